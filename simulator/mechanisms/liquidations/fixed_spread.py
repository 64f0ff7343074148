"""Fixed spread: the bonus is the collateral's, whoever is liquidated. Aave v3's rules."""

from __future__ import annotations

from typing import Literal

from ...position_book import PositionBook
from ...terms import Terms
from .spread import SpreadMechanism
from .spread_rules import SpreadRules
from .spread_terms import terms

__all__ = ["FixedSpread"]


class FixedSpread(SpreadRules):
    """Aave v3's rules of liquidation."""

    kind: Literal["fixed_spread"] = "fixed_spread"

    def mechanism(self) -> SpreadMechanism:
        """The module, before it is deployed."""
        return _FixedSpread(self, "FixedSpreadLiquidation")


class _FixedSpread(SpreadMechanism):
    def terms(self, book: PositionBook, number: int, debt: int, collateral: int) -> Terms:
        """By the twin: every keeper asks for every target."""
        return terms(book, number, debt, collateral, self._rules)
