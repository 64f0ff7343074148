"""Variants side by side: the figures are those of single runs, whatever the workers do."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest

from simulator import FIGURES, Comparison, InputError, Scenario, compare, load, processes, run, worlds
from simulator.chain.anvil_node import find_anvil
from simulator.errors import ScenarioError
from simulator.figures import figures_of
from simulator.intervals import mean_of, mean_of_differences
from simulator.montecarlo import Task, run_tasks
from simulator.processes import Processes
from tests.scenarios.world import CRASH

ROOT = Path(__file__).resolve().parent.parent.parent
APE = Path(sys.executable).with_name("ape")
VARIANTS = ROOT / "tests" / "scenarios" / "variants.yaml"
COMMAND = [str(APE), "run", "compare", "--network", "ethereum:local:foundry"]
SHORT = "chain.blocks=18"
SAME = "variants.same={}"
FILES = {"scenario.yaml", "runs.csv", "compare.csv", "compare.json"}


def short(*overrides: str) -> Scenario:
    return load(VARIANTS, overrides=(SHORT, *overrides))


OF_AUCTIONS = ("near_zero_share", "uncovered_share")
"""Figures that these variants do not have."""


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare(short(SAME), seeds=2, workers=2)


def runs(found: Comparison, variant: str) -> pd.DataFrame:
    return found.paired.runs[found.paired.runs["variant"] == variant].reset_index(drop=True)


# Figures


def test_each_run_gives_the_figures_of_the_same_run_alone(found: Comparison) -> None:
    for variant, seed in (("half", 7), ("deep", 8)):
        alone = run(load(VARIANTS, seed=seed, overrides=[SHORT], variant=variant), engine="anvil")
        assert alone.summary["liquidations"]["count"] > 0
        row = runs(found, variant).set_index("seed").loc[seed]
        assert {column: row[column] for column in FIGURES} == figures_of(alone.summary)


def test_every_variant_runs_with_the_scenarios_seed_and_those_after_it(found: Comparison) -> None:
    assert list(found.variants) == ["half", "full", "deep", "same"]
    for variant in found.variants:
        assert runs(found, variant)["seed"].tolist() == [7, 8]
    assert found.figures()["seeds"] == [7, 8]


def test_means_and_paired_differences_are_those_of_the_runs(found: Comparison) -> None:
    for variant in ("full", "deep"):
        for column in FIGURES:
            mine, first = (runs(found, name)[column].tolist() for name in (variant, "half"))
            assert found.variants[variant][column] == (mean_of(mine), mean_of_differences(mine, first))
    assert found.variants["deep"]["amplification"].difference != mean_of([0.0, 0.0])


def test_a_variant_that_changes_nothing_differs_in_nothing(found: Comparison) -> None:
    """Common random numbers, to the last digit."""
    for column, (value, difference) in found.variants["same"].items():
        assert value == found.variants["half"][column].value
        nothing = (None, None, None, 0) if column in OF_AUCTIONS else (0.0, 0.0, 0.0, 2)
        assert difference == nothing, column
    assert all(measured.difference is None for measured in found.variants["half"].values())


def test_outcomes_stand_in_the_order_of_the_tasks_whoever_finishes_first() -> None:
    done: list[int] = []
    tasks = [Task(load(CRASH, overrides=[f"chain.blocks={blocks}"]), "anvil", "") for blocks in (600, 14, 13)]
    outcomes = run_tasks(tasks, Processes(2), progress=lambda finished, _: done.append(finished))
    spans = [outcome.figures["blocks_to_clear"] or 0 for outcome in outcomes]
    assert spans[0] > 20 > spans[1] == spans[2] + 1
    assert done == [0, 1, 2, 3]


# Files


def test_one_worker_and_two_write_the_same_bytes(found: Comparison, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    alone = compare(short(SAME), seeds=2, workers=1, progress=lambda *done: told.append(done))
    assert told == [(number, 8) for number in range(9)]
    for folder, one in (("two", found), ("one", alone)):
        one.write(tmp_path / folder)
    assert {path.name for path in (tmp_path / "one").iterdir()} == FILES
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_both_files_tell_the_same(found: Comparison, tmp_path: Path) -> None:
    found.write(tmp_path)
    rows = pd.read_csv(tmp_path / "compare.csv").set_index(["variant", "column"])
    told = json.loads((tmp_path / "compare.json").read_text(), parse_constant=pytest.fail)
    assert set(told["variants"]) == {"half", "full", "deep", "same"}
    for variant, columns in told["variants"].items():
        assert list(columns) == list(FIGURES)
        for column, figures in columns.items():
            row = rows.loc[(variant, column)]
            told_here = [figures[key] for key in ("mean", "low", "high", "n")]
            expected = [math.nan if one is None else one for one in told_here]
            assert [row[key] for key in ("mean", "low", "high", "n")] == pytest.approx(expected, nan_ok=True)
            assert (figures["difference"] is None) is (variant == "half")
            if variant == "full" and column not in OF_AUCTIONS:
                assert row["difference_mean"] == pytest.approx(figures["difference"]["mean"])
                assert row["pairs"] == figures["difference"]["n"] == 2
    header = {key: told[key] for key in ("scenario", "engine", "failures", "command")}
    assert header == {
        "scenario": "crash_variants",
        "engine": "anvil",
        "failures": [],
        "command": "ape run compare crash_variants --seed 7 --seeds 2 --network ethereum:local:foundry",
    }
    assert set(told["versions"]) == {"undertow", "python", "engine"}


# Faults


def node(folder: Path, monkeypatch: pytest.MonkeyPatch, first: str, times: int) -> None:
    """A node whose first starts do something else."""
    script = folder / "anvil"
    lines = [f"mkdir {folder}/started{number} 2>/dev/null && {first}" for number in range(times)]
    script.write_text("\n".join(["#!/bin/sh", *lines, f'exec {find_anvil()} "$@"', ""]))
    script.chmod(0o755)
    monkeypatch.setenv("UNDERTOW_ANVIL", str(script))


@pytest.mark.parametrize(
    ("first", "times", "fault"),
    [
        ("exit 9", 1, "EngineDied: the Anvil node did not start (exit code 9)"),
        ("{ kill -9 $PPID; exit; }", 2, "its process ended without an answer, 2 times (exit code -9)"),
    ],
    ids=["the node", "the worker"],
)
def test_a_run_that_dies_is_told_and_missing_in_the_means(
    first: str, times: int, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node(tmp_path, monkeypatch, first, times)
    told: list[int] = []
    scenario = short("variants={half: {}, deep: {outside.depth: $1M}}")
    found = compare(scenario, seeds=2, workers=1, progress=lambda done, _: told.append(done), arguments=[str(VARIANTS)])
    replay = f"ape run scenario {VARIANTS} --variant half --seed 7 --network ethereum:local:foundry"
    assert list(found.failures) == [({"variant": "half"}, 7, fault, replay)]
    assert told == [0, 1, 2, 3, 4]
    assert [found.variants[name]["amplification"].value.n for name in ("half", "deep")] == [1, 2]
    assert found.variants["deep"]["amplification"].difference == mean_of(
        [runs(found, "deep")["amplification"][1] - runs(found, "half")["amplification"][1]]
    )
    found.write(tmp_path / "out")
    failures = json.loads((tmp_path / "out" / "compare.json").read_text())["failures"]
    assert failures == [{"labels": {"variant": "half"}, "seed": 7, "fault": fault, "replay": replay}]


def test_a_run_whose_worker_dies_once_is_run_again(
    found: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node(tmp_path, monkeypatch, "{ kill -9 $PPID; exit; }", 1)
    again = compare(short(SAME), seeds=2, workers=2)
    assert not again.failures
    pd.testing.assert_frame_equal(again.paired.runs, found.paired.runs)


def test_what_a_run_refuses_ends_all_of_them(tmp_path: Path) -> None:
    book = "variants={half: {}, missing: {protocols.main.positions: {kind: csv, csv: nowhere.csv}}}"
    with pytest.raises(InputError, match=r"nowhere\.csv: must be a readable CSV"):
        compare(short(book), seeds=1, workers=1)


def test_a_scenario_without_variants_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"crash_variants: has no variants to compare\. Name them"):
        compare(short("variants={}"))


def test_worlds_are_kept_for_as_many_runs_as_there_is_room() -> None:
    assert worlds._KEPT == processes.FEW


def test_more_runs_than_worlds_leave_the_kept_ones_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERTOW_WORLDS", str(tmp_path / "worlds"))
    for few, kept in ((1, 0), (2, 2)):
        monkeypatch.setattr(processes, "FEW", few)
        compare(short("variants={half: {}, shallow: {venues.weth_usdc.liquidity: $2M}}"), seeds=1, workers=1)
        assert len(list(tmp_path.glob("worlds/*.world"))) == kept


# The command


def test_the_command_prints_a_table_and_writes_the_files(tmp_path: Path) -> None:
    arguments = [str(VARIANTS), "--seeds", "2", "--seed", "11", "--set", SHORT, "--out", str(tmp_path / "out")]
    ended = subprocess.run(
        [*COMMAND, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
        env={**os.environ, "COLUMNS": "100"},
    )
    assert ended.returncode == 0, ended.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    told = json.loads((tmp_path / "out" / "compare.json").read_text())
    assert told["command"] == (
        f"ape run compare {VARIANTS} --set {SHORT} --seed 11 --seeds 2 --network ethereum:local:foundry"
    )
    assert "crash_variants  seeds 11 to 12 of each variant on anvil" in ended.stdout
    for part in ("difference to half, seed by seed", "auction proceeds / market value", "deep", "written to"):
        assert part in ended.stdout
    amplification = told["variants"]["deep"]["amplification"]
    assert f"{amplification['mean']:.3f}" in ended.stdout
    assert f"[{amplification['low']:.3f}, {amplification['high']:.3f}]" in ended.stdout
    assert max(len(line) for line in ended.stdout.splitlines() if "─" in line or "│" in line) <= 100
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["flash_crash"], ("flash_crash", "has no variants")),
        ([str(VARIANTS), "--set", "variants.half={chain.blokcs: 3}"], ("variants.half", "chain.blokcs", "unknown key")),
    ],
    ids=["no variants", "broken variant"],
)
def test_bad_input_is_told_in_a_few_words(arguments: list[str], told: tuple[str, ...], tmp_path: Path) -> None:
    command = [*COMMAND[:3], *arguments, "--out", str(tmp_path / "out")]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180)
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout
    assert len(ended.stderr.strip().splitlines()) < 10
    for part in told:
        assert part in ended.stderr
    assert not (tmp_path / "out").exists()


def started(process: psutil.Process) -> list[psutil.Process]:
    """Workers and nodes, once both workers run blocks on two nodes each beside that of Ape."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        below: list[Any] = process.children(recursive=True)
        if sum("anvil" in one.name() for one in below) >= 5:
            return below
        time.sleep(0.1)
    raise AssertionError("the nodes did not start")


@pytest.mark.parametrize("all_of_them", [True, False], ids=["Ctrl-C", "SIGTERM"])
def test_an_interruption_ends_workers_and_nodes_and_writes_nothing(all_of_them: bool, tmp_path: Path) -> None:
    arguments = [str(VARIANTS), "--set", "chain.blocks=30000", "--workers", "2", "--out", str(tmp_path / "out")]
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    below = started(psutil.Process(process.pid))
    if all_of_them:
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
    else:
        process.send_signal(signal.SIGTERM)
    shown = process.communicate(timeout=60)[1]
    assert process.returncode == 1, shown
    assert "interrupted; nothing is written" in shown
    assert "Traceback" not in shown
    assert not psutil.wait_procs(below, timeout=10)[1]
    assert not (tmp_path / "out").exists()
