"""What all tests share."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session", autouse=True)
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Worlds are kept for the session, also for commands that tests start; those of the user are left alone."""
    folder = tmp_path_factory.mktemp("worlds")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNDERTOW_WORLDS", str(folder))
        yield folder


@pytest.hookimpl(wrapper=True)
def pytest_exception_interact(report: pytest.TestReport) -> Generator[None, None, None]:
    """Keep pytest's own report of a failure: Ape's shows every frame of the environment and all locals."""
    written = report.longrepr
    yield
    report.longrepr = written
