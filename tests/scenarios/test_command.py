from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
APE = Path(sys.executable).with_name("ape")
CRASH = ROOT / "tests" / "scenarios" / "crash.yaml"
FILES = {
    *("scenario.yaml", "summary.json", "timing.json"),
    *("blocks.csv", "transactions.csv", "liquidations.csv", "accounts.csv", "deficits.csv"),
}
COMMAND = [str(APE), "run", "scenario", "--network", "ethereum:local:test"]
SHORT = ["--set", "chain.blocks=16", "--set", "background.load=10%"]


def ape(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=180)


def test_a_run_writes_its_files_and_prints_its_summary(tmp_path: Path) -> None:
    ended = ape(str(CRASH), *SHORT, "--seed", "9", "--out", str(tmp_path / "out"))
    assert ended.returncode == 0, ended.stderr
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert (summary["complete"], summary["seed"], summary["blocks"]) == (True, 9, 16)
    assert len(pd.read_csv(tmp_path / "out" / "blocks.csv")) == 16
    assert "crash  seed 9 on pyevm, 16 blocks" in ended.stdout
    assert f"{summary['liquidations']['count']} ({summary['liquidations']['direct']} direct" in ended.stdout
    assert "written to" in ended.stdout
    assert "Traceback" not in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["no_such_scenario"], ("no_such_scenario", "flash_crash")),
        ([str(CRASH), "--set", "chain.blokcs=5"], ("chain.blokcs", "unknown key")),
        ([str(CRASH), "--set", "chain.block_time=12"], ("chain.block_time", "12", "needs a unit")),
        ([str(CRASH), "--seed", "-1"], ("--seed", "-1")),
    ],
    ids=["unknown scenario", "unknown key", "no unit", "negative seed"],
)
def test_bad_input_is_told_in_a_few_words(arguments: list[str], told: tuple[str, ...], tmp_path: Path) -> None:
    ended = ape(*arguments, "--out", str(tmp_path / "out"))
    assert ended.returncode == 2, ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout
    assert 0 < len(ended.stderr.strip().splitlines()) < 10
    for part in told:
        assert part in ended.stderr
    assert ended.stdout == ""
    assert not (tmp_path / "out").exists()
