"""Rows → figures, tables and files."""

from .files import check_folder, write_all
from .result import Result, result_of
from .writing import write_report

__all__ = ["Result", "check_folder", "result_of", "write_all", "write_report"]
