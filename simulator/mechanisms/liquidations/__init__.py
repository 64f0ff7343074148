"""Liquidation mechanisms: who may be liquidated, how much, at what price."""

from .mechanism import Mechanism
from .table import LiquidationRules

__all__ = ["LiquidationRules", "Mechanism"]
