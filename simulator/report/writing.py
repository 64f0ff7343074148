"""A folder's rows → its ``report.html``."""

from __future__ import annotations

from pathlib import Path

from ..errors import InputError
from .audit_files import read_audit
from .audit_page import audit_page
from .files import write_text
from .page import Page, html
from .run_files import again, read_run
from .run_page import run_page

__all__ = ["write_report"]


def write_report(folder: Path) -> Path:
    """Write ``report.html`` into the folder of a run or an audit, from the files that are there.

    Returns
    -------
    The file; the same rows give the same bytes.

    Raises
    ------
    InputError : no such folder, a file is missing or damaged, or the folder cannot be written
    ToolError : plotly.js is not installed
    """
    path = folder / "report.html"
    text = html(_page(folder))
    try:
        write_text(path, text)
    except OSError as error:
        raise InputError(str(path), f"cannot be written ({error.strerror})", "Make the folder writable") from error
    return path


def _page(folder: Path) -> Page:
    if not folder.is_dir():
        raise again(folder, "is not a folder")
    kinds = [name for name in ("audit.json", "summary.json") if (folder / name).exists()]
    if not kinds:
        raise again(folder, "holds neither summary.json nor audit.json")
    try:
        return audit_page(read_audit(folder)) if kinds[0] == "audit.json" else run_page(read_run(folder))
    except (KeyError, IndexError, ValueError, TypeError) as error:
        # each file holds by itself, but one speaks of an asset, say, that another lacks
        raise again(folder, f"holds files that do not fit together ({type(error).__name__}: {error})") from error
