"""Rows → figures, tables and files."""

from .result import Result, check_folder, result_of

__all__ = ["Result", "check_folder", "result_of"]
