"""The example project, as a reader of the documentation has it: copied, compiled, tested, in a folder of its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "example"
SLIPPAGE = "uint256 minimum = worth * (WAD - MAXIMUM_SLIPPAGE) / WAD;"


def told(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=500)
    return done.stdout + done.stderr


def ape(folder: Path, *arguments: str) -> str:
    return told(folder, str(Path(sys.executable).with_name("ape")), *arguments)


def suite(folder: Path, *arguments: str) -> str:
    return told(folder, sys.executable, "-m", "pytest", "-q", *arguments)


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example") / "vault"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns(".build", "__pycache__", ".pytest_cache", ".cache"))
    assert "SUCCESS" in ape(folder, "compile")
    return folder


def test_its_tests_pass_under_pytest(example: Path) -> None:
    assert "7 passed" in suite(example)


def test_its_tests_pass_under_ape(example: Path) -> None:
    assert "1 passed" in ape(example, "test", "-q", "-k", "opens_within")


def test_that_of_its_safety_fails_without_it(example: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(example, tmp_path / "vault")
    source = folder / "contracts" / "LeveragedVault.sol"
    text = source.read_text()
    assert text.count(SLIPPAGE) == 1
    source.write_text(text.replace(SLIPPAGE, "uint256 minimum = worth * 0;"))
    assert "SUCCESS" in ape(folder, "compile")
    failed = suite(folder, "-k", "opens_within or sell_at_a_loss")
    assert "1 failed, 1 passed" in failed
    assert "nobody_can_make_it_sell_at_a_loss" in failed
    assert "expected a revert with OutputBelowMinimum, but nothing reverted" in failed
