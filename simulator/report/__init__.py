"""Rows → figures, tables and files."""

from .files import check_folder, write_all
from .result import Result, result_of

__all__ = ["Result", "check_folder", "result_of", "write_all"]
