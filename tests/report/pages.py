"""A report, opened in a headless Chromium that listens for every complaint and every request."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
MISSING = "No Chromium to read the report with: run make test once, install Chromium, or set UNDERTOW_CHROMIUM"
DRAWN = "html[data-drawn=all]"


@dataclass
class Opened:
    """A page and what happened while it was open."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


def launched(playwright: Playwright) -> Browser:
    """The browser of UNDERTOW_CHROMIUM, else one on the path, else playwright's own; none fails the test."""
    named = os.environ.get("UNDERTOW_CHROMIUM")
    chosen = named or next((name for name in map(shutil.which, NAMES) if name and _runs(name)), None)
    own = playwright.chromium.executable_path
    if chosen is None and not Path(own).exists():
        pytest.fail(MISSING)
    arguments = ["--no-sandbox"] if os.name == "posix" and os.geteuid() == 0 else []
    return playwright.chromium.launch(executable_path=chosen or own, args=arguments)


def _runs(name: str) -> bool:
    return subprocess.run([name, "--version"], capture_output=True, check=False, timeout=60).returncode == 0


@contextmanager
def opened(browser: Browser, path: Path, width: int = 1200, scheme: str = "light") -> Iterator[Opened]:
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    try:
        found = Opened(context.new_page())
        found.page.on("console", lambda message: found.complaints.append(f"{message.type}: {message.text}"))
        found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
        found.page.on("request", lambda request: found.requests.append(request.url))
        found.page.goto(path.as_uri())
        found.page.wait_for_selector(DRAWN, timeout=60_000)
        yield found
    finally:
        context.close()
