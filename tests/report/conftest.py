from __future__ import annotations

from pathlib import Path

import pytest

from simulator import load, run
from tests.report.audits import write_audit


@pytest.fixture(scope="session")
def run_rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rows of the start of the flash crash, which nobody changes."""
    folder = tmp_path_factory.mktemp("rows") / "run"
    run(load("flash_crash", overrides=["chain.blocks=60", "chain.gas_limit=8000000"]), engine="anvil").write(folder)
    return folder


@pytest.fixture(scope="session")
def audit_rows(run_rows: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of an audit of 1,000 runs, which nobody changes."""
    return write_audit(tmp_path_factory.mktemp("rows") / "audit", 1_000, worst=run_rows)
