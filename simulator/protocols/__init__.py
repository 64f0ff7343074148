"""Lending protocols behind one adapter each."""

from .building import foreseen_pokes
from .table import PROTOCOLS

__all__ = ["PROTOCOLS", "foreseen_pokes"]
