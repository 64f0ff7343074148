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
    """
    page = html(_page(folder))
    path = folder / "report.html"
    try:
        write_text(path, page)
    except OSError as error:
        raise InputError(str(path), f"cannot be written ({error.strerror})", "Make the folder writable") from error
    return path


def _page(folder: Path) -> Page:
    if not folder.is_dir():
        raise again(folder, "is not a folder")
    if (folder / "audit.json").exists():
        return audit_page(read_audit(folder))
    if (folder / "summary.json").exists():
        return run_page(read_run(folder))
    raise again(folder, "holds neither summary.json nor audit.json")
