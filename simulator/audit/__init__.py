"""A proposal against the market as it is: runs, intervals, causes, a verdict."""

from .audit import Audit, audit

__all__ = ["Audit", "audit"]
