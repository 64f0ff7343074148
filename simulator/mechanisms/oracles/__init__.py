"""Oracles: what a protocol reads, as stacks of adapters."""

from .feed import Feed
from .table import Oracle

__all__ = ["Feed", "Oracle"]
