from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APE = Path(sys.executable).with_name("ape")
CRASH = ROOT / "tests" / "scenarios" / "crash.yaml"


def ape(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [str(APE), "run", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=180)


def test_a_report_is_made_again_from_the_rows(run_rows: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(run_rows, tmp_path / "run"))
    ended = ape("report", str(folder))
    assert (ended.returncode, ended.stdout) == (0, f"written to {folder / 'report.html'}\n")
    assert "Run of flash_crash, seed 1" in (folder / "report.html").read_text()


def test_a_bad_folder_is_told_in_one_message(tmp_path: Path) -> None:
    ended = ape("report", str(tmp_path))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"{tmp_path}: holds neither summary.json nor audit.json." in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_run_may_write_its_report_too(tmp_path: Path) -> None:
    out = tmp_path / "out"
    network = ["--network", "ethereum:local:test", "--set", "chain.blocks=8", "--set", "background.load=10%"]
    ended = ape("scenario", str(CRASH), *network, "--out", str(out), "--report")
    assert ended.returncode == 0, ended.stderr
    assert f"written to {out / 'report.html'}" in ended.stdout.replace("\n", " ")
    assert (out / "report.html").exists()
