"""A grid of settings: each point is the run with those settings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from simulator import FIGURES, InputError, Sweep, load, paired, run, sweep
from simulator.figures import figures_of
from simulator.intervals import mean_of, mean_of_differences
from tests.scenarios.world import CRASH

ROOT = Path(__file__).resolve().parent.parent.parent
APE = Path(sys.executable).with_name("ape")
DEPTH, BONUS = "outside.depth", "protocols.main.assets.WETH.liquidation_bonus"
OVER = [f"{DEPTH}=$150k:$300k:$150k", f"{BONUS}=2%,8%"]
SHORT = "chain.blocks=18"
FILES = {"scenario.yaml", "runs.csv", "sweep.csv", "sweep.json", "sweep.svg"}


@pytest.fixture(scope="module")
def found() -> Sweep:
    return sweep(load(CRASH, overrides=[SHORT]), OVER, seeds=2, workers=2)


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may run."""

    def run_tasks(*_: Any, **__: Any) -> None:
        pytest.fail("something ran")

    monkeypatch.setattr(paired, "run_tasks", run_tasks)


def runs(found: Sweep, depth: str, bonus: str) -> pd.DataFrame:
    rows = found.paired.runs
    return rows[(rows[DEPTH] == depth) & (rows[BONUS] == bonus)].reset_index(drop=True)


def test_points_are_all_combinations_the_last_parameter_fastest(found: Sweep) -> None:
    points = found.table()[[DEPTH, BONUS]].to_numpy().tolist()
    assert points == [["$150000", "2%"], ["$150000", "8%"], ["$300000", "2%"], ["$300000", "8%"]]
    for depth, bonus in points:
        assert runs(found, depth, bonus)["seed"].tolist() == [7, 8]


def test_each_point_is_the_run_with_its_settings(found: Sweep) -> None:
    overrides = [SHORT, f"{DEPTH}=$300k", f"{BONUS}=8%"]
    alone = run(load(CRASH, seed=8, overrides=overrides), engine="anvil")
    row = runs(found, "$300000", "8%").set_index("seed").loc[8]
    assert {column: row[column] for column in FIGURES} == figures_of(alone.summary)
    assert row["amplification"] != runs(found, "$150000", "8%").set_index("seed").loc[8]["amplification"]


def test_columns_are_means_and_differences_to_the_first_point(found: Sweep) -> None:
    table = found.table()
    assert table["n"].tolist() == [2, 2, 2, 2]
    for column in FIGURES:
        mine, first = (runs(found, *point)[column].tolist() for point in (("$300000", "8%"), ("$150000", "2%")))
        wanted = [*mean_of(mine), *mean_of_differences(mine, first)]
        names = [f"{column}{kind}_{key}" for kind in ("", "_difference") for key in ("mean", "low", "high", "n")]
        assert table.loc[3, names].tolist() == wanted
        assert table.loc[0, [name for name in names if "_difference_" in name]].isna().all()


def test_two_sweeps_write_the_same_bytes(found: Sweep, tmp_path: Path) -> None:
    again = sweep(load(CRASH, overrides=[SHORT]), OVER, seeds=2, workers=1)
    for folder, one in (("first", found), ("again", again)):
        one.write(tmp_path / folder)
    assert {path.name for path in (tmp_path / "first").iterdir()} == FILES
    for name in FILES:
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "again" / name).read_bytes(), name
    told = json.loads((tmp_path / "first" / "sweep.json").read_text())
    assert told["parameters"] == {DEPTH: ["$150000", "$300000"], BONUS: ["2%", "8%"]}
    assert told["command"] == (
        f"ape run sweep crash --over '{OVER[0]}' --over {OVER[1]} --seed 7 --seeds 2 --network ethereum:local:foundry"
    )
    assert len(pd.read_csv(tmp_path / "first" / "sweep.csv")) == 4


def test_the_picture_has_a_line_for_each_value_of_the_second_parameter(found: Sweep) -> None:
    drawn = found.picture()
    for text in ("amplification", "bad debt", DEPTH, "$150000", "$300000", f"{BONUS} = 2%", f"{BONUS} = 8%"):
        assert f">{text}</text>" in drawn
    assert [line.label for line in found._lines("amplification")] == [f"{BONUS} = 2%", f"{BONUS} = 8%"]
    second = list(found._lines("amplification"))[1]
    assert second.mean == [runs(found, depth, "8%")["amplification"].mean() for depth in ("$150000", "$300000")]


@pytest.mark.usefixtures("refused")
@pytest.mark.parametrize(
    ("over", "told"),
    [
        ([], "must be given at least once"),
        ([f"{BONUS}=2%:30%:2%"], "liquidation_threshold x \\(1 \\+ liquidation_bonus\\)"),
        ([f"{DEPTH}=$1M,infinity"], "outside.depth"),
        (["outside.deep=$1M"], "outside.deep: unknown key"),
        (["outsides.depth=$1M"], "no setting called outsides"),
        (["seed=1,2"], "seed: must be the same"),
        ([f"{DEPTH}=$1M", f"{DEPTH}=$2M"], "names a setting twice"),
        ([f"{DEPTH}=$1k:$1M:$1k", "chain.blocks=1:12:1"], "makes 12000 points"),
    ],
)
def test_a_point_that_does_not_hold_is_refused_before_any_run(over: Sequence[str], told: str) -> None:
    with pytest.raises(InputError, match=told):
        sweep(load(CRASH), over)


def test_the_command_prints_a_table_and_writes_the_files(tmp_path: Path) -> None:
    command = [str(APE), "run", "sweep", "--network", "ethereum:local:foundry", str(CRASH), "--set", SHORT]
    arguments = ["--over", f"{DEPTH}=$150k,infinite", "--seeds", "1", "--workers", "1", "--out", str(tmp_path / "out")]
    ended = subprocess.run([*command, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=180)
    assert ended.returncode == 0, ended.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    rows = pd.read_csv(tmp_path / "out" / "sweep.csv").set_index(DEPTH)
    assert rows.loc["infinite", "amplification_mean"] == pytest.approx(1)
    assert "crash  seed 7 of each point on anvil" in ended.stdout
    assert f"{rows.loc['$150k', 'amplification_mean']:.3f}" in ended.stdout
    assert "Traceback" not in ended.stderr
