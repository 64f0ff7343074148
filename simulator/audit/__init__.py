"""A proposal against the market as it is: runs, intervals, causes, a verdict."""

from .audit import Audit, audit
from .metrics import HEADLINES

__all__ = ["HEADLINES", "Audit", "audit"]
