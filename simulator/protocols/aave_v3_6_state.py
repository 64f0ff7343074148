"""Aave v3.6's reserves and accounts: as v3.0's, but that every rounding favours the pool."""

from __future__ import annotations

from collections.abc import Sequence

from ..position_book import Floats, Position, PositionBook
from ..units import WAD
from .aave_v3_reserve import BASE, BASIS_POINTS, RAY, Reserve
from .aave_v3_state import AaveBook, Pair

__all__ = ["Book36", "Reserve36"]

POINT = BASE // BASIS_POINTS
"""1e18-scaled quote units of a basis point of one unit of base currency."""


class Reserve36(Reserve):
    """One listed asset."""

    __slots__ = ()

    def supply_assets(self, shares: int) -> int:
        """Assets of a scaled supply, rounded down."""
        return shares * self.income // RAY

    def borrow_assets(self, shares: int) -> int:
        """Assets of a scaled debt, rounded up."""
        return -(-shares * self.debt_index // RAY)

    def debt_in_base(self, shares: int) -> int:
        """Worth of a scaled debt in base currency, rounded up."""
        return self.worth_up(self.borrow_assets(shares))

    def worth_up(self, assets: int) -> int:
        """Worth of token units in base currency, rounded up."""
        return -(-self.base_price * assets // self.unit)

    def worth_down(self, assets: int) -> int:
        """Worth of token units in base currency, rounded down."""
        return self.base_price * assets // self.unit


class Position36(Position):
    """Values of one account; the threshold's is exact, whatever part of a basis point the mean threshold has."""

    __slots__ = ()

    @property
    def health_factor(self) -> int:
        """1e18-scaled; 2**256 − 1 without debt."""
        weighed, debt = self.threshold_value // POINT, self.debt_value // BASE
        return (weighed * WAD + debt // 2) // debt // BASIS_POINTS if debt else 2**256 - 1


class Book36(AaveBook):
    """Scaled balances by (account, asset)."""

    def position(self, number: int) -> Position:
        """Exact values of account `number`, in the order and rounding of v3.6's ``GenericLogic``."""
        collateral, weighed, debt = self._sums(number, [reserve.threshold_points for reserve in self.reserves])
        return Position36(collateral * BASE, weighed * POINT, debt * BASE)

    def borrow_limit(self, number: int) -> int:
        """What account `number` may owe in all, 1e18-scaled quote units."""
        collateral, weighed, _ = self._sums(number, [reserve.loan_points for reserve in self.reserves])
        return collateral * (weighed // collateral) // BASIS_POINTS * BASE if collateral else 0

    def health_at(self, prices: Floats) -> Floats:
        """Health factors at `prices`; mean thresholds are not cut."""
        return PositionBook.health_at(self, prices)

    def pair(self, number: int, debt: int, collateral: int, reserves: Sequence[Reserve] | None = None) -> Pair:
        """See `AaveBook.pair`; the close factor is a share of all debt."""
        known = self.reserves if reserves is None else reserves
        return super().pair(number, debt, collateral, known)._replace(all_debt=self._all_debt(number, known))
