"""What all tests share."""

from __future__ import annotations

from collections.abc import Generator

import pytest


@pytest.hookimpl(wrapper=True)
def pytest_exception_interact(report: pytest.TestReport) -> Generator[None, None, None]:
    """Keep pytest's own report of a failure: Ape's shows every frame of the environment and all locals."""
    written = report.longrepr
    yield
    report.longrepr = written
