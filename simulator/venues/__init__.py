"""Venues behind one adapter each."""

from .table import VENUES

__all__ = ["VENUES"]
