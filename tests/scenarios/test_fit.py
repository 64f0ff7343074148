from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
APE = Path(sys.executable).with_name("ape")
CANDLES = "simulator/scenarios/black_thursday_hourly.csv"


def ape(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(APE), "run", "fit", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180)


def test_a_fit_prints_a_price_and_how_well_it_is_known() -> None:
    ended = ape(CANDLES, CANDLES, "--model", "jump_diffusion")
    assert ended.returncode == 0, ended.stderr
    first, _, rest = ended.stdout.partition("\n\n")
    assert yaml.safe_load(first)["price"]["model"] == "jump_diffusion"
    assert "# correlation of black_thursday_hourly.csv and black_thursday_hourly.csv: 1.000" in rest
    assert "warning: black_thursday_hourly.csv: 35 log returns are few for 4 values" in ended.stderr


def test_what_cannot_be_fitted_ends_with_a_message() -> None:
    ended = ape(CANDLES)
    assert ended.returncode == 2
    assert "alpha + beta = 1.0000" in ended.stderr
    assert "Traceback" not in ended.stderr + ended.stdout
    assert ended.stdout == ""
