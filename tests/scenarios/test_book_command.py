from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
APE = Path(sys.executable).with_name("ape")
TWO_POOLS = str(ROOT / "tests" / "scenarios" / "two_pools.yaml")
CRASH = str(ROOT / "tests" / "scenarios" / "crash.yaml")


def ape(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(APE), "run", "book", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


def test_books_are_shown_without_a_node() -> None:
    ended = ape(TWO_POOLS)
    assert ended.returncode == 0, ended.stderr
    shown = [line.split() for line in ended.stdout.replace("│", " ").splitlines()]
    assert "north  12 accounts (north.csv)" in ended.stdout
    assert ["WETH", "$2,000.00", "$2,012,047", "10", "$180,000", "3"] in shown
    assert ["1", "lee", "$330,000", "$600,000", "55.0%", "1.509", "21.2%"] in shown
    assert "anvil" not in ended.stdout + ended.stderr


def test_figures_are_given_as_json() -> None:
    ended = ape(CRASH, "--set", "protocols.main.positions.count=5", "--json")
    assert ended.returncode == 0, ended.stderr
    (book,) = json.loads(ended.stdout)
    assert (book["protocol"], book["totals"]["accounts"]) == ("main", 5)


def test_a_book_that_does_not_hold_is_refused_by_its_row(tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text("account,collateral_asset,collateral,debt_asset,debt\nann,WETH,1,USDC,nan\n")
    (tmp_path / "bad.yaml").write_text(
        f"extends: {CRASH}\nname: bad\nprotocols: {json.dumps(_protocols(tmp_path))}\n", encoding="utf-8"
    )
    ended = ape(str(tmp_path / "bad.yaml"))
    assert ended.returncode == 2
    assert "bad.csv, line 2, debt = 'nan': must be a number" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def _protocols(folder: Path) -> object:
    protocols = yaml.safe_load(Path(CRASH).read_text())["protocols"]
    protocols["main"]["positions"] = {"kind": "csv", "csv": "bad.csv"}
    return protocols
