"""Rows → figures, tables and files."""

from .files import check_folder, write_all, write_json, write_scenario, write_text
from .result import Result, result_of
from .wording import bounded, written
from .writing import write_report

__all__ = [
    "Result",
    "bounded",
    "check_folder",
    "result_of",
    "write_all",
    "write_json",
    "write_report",
    "write_scenario",
    "write_text",
    "written",
]
