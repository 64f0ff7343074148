"""Lending protocols behind one adapter each."""

from .table import PROTOCOLS

__all__ = ["PROTOCOLS"]
