"""Aave v3's accounts, in its own integers: basis points, dollars with eight decimals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..position_book import Floats, Position, PositionBook
from ..units import WAD
from .aave_v3_reserve import BASE, BASIS_POINTS, Reserve, percent_of

__all__ = ["AaveBook", "Pair"]

NEAR = 2 / BASIS_POINTS
"""Relative distance to the line within which the integers are asked: mean thresholds are cut to whole basis points."""
LIFT = 1e-8
"""Keeps a mean threshold that is a whole number of basis points from falling under it in floating point."""


class Pair(NamedTuple):
    """One debt against one collateral of an account; token units, the scaled supply, and all its debt in base currency.

    Where a twin needs no sum of all debts it is zero.
    """

    owed: int
    held: int
    supplied: int
    owes: Reserve
    holds: Reserve
    all_debt: int = 0


class AavePosition(Position):
    """Values of one account whose health factor is Aave's: rounded to the nearest."""

    __slots__ = ()

    @property
    def health_factor(self) -> int:
        """1e18-scaled; 2**256 − 1 without debt."""
        threshold, debt = self.threshold_value // BASE, self.debt_value // BASE
        return (threshold * WAD + debt // 2) // debt if debt else 2**256 - 1


class AaveBook(PositionBook):
    """Scaled balances by (account, asset), and which supplies each account uses as collateral."""

    def __init__(self, accounts: Sequence[str], assets: Sequence[str]) -> None:
        super().__init__(accounts, assets)
        self.configurations = [0] * len(self.accounts)
        self._covers: NDArray[np.bool_] = np.zeros((len(self.accounts), len(self.assets)), dtype=bool)

    def add(self, account: str) -> None:
        """Follow one more account, which has no shares yet."""
        super().add(account)
        self.configurations.append(0)
        self._covers = np.vstack([self._covers, np.zeros(len(self.assets), dtype=bool)])

    @property
    def reserves(self) -> tuple[Reserve, ...]:
        """The states."""
        found = []
        for state in self.states:
            assert isinstance(state, Reserve)
            found.append(state)
        return tuple(found)

    def set_account(self, account: str, configuration: int, supplied: Sequence[int], borrowed: Sequence[int]) -> None:
        """Take over an account as read from the chain; the reserves must be known."""
        number = self.index[account]
        self.configurations[number] = configuration
        self._covers[number] = [reserve.covers(configuration) for reserve in self.reserves]
        self.set_shares(account, supplied, borrowed)

    def pair(self, number: int, debt: int, collateral: int, reserves: Sequence[Reserve] | None = None) -> Pair:
        """Asset number `debt` against `collateral` of account `number`; `reserves` as of another block, if given."""
        known = self.reserves if reserves is None else reserves
        owed, supplied = self.borrow_shares[number][debt], self._collateral(number, collateral)
        owes, holds = known[debt], known[collateral]
        return Pair(owes.borrow_assets(owed), holds.supply_assets(supplied), supplied, owes, holds)

    def _collateral(self, number: int, asset: int) -> int:
        """Scaled supply of an account in an asset that it uses as collateral, if it can be."""
        counts = self.reserves[asset].threshold_points and self._covers[number, asset]
        return self.supply_shares[number][asset] if counts else 0

    def thresholds_at(self, prices: Floats) -> Floats:
        """See `PositionBook.thresholds_at`: zero where an account does not use its supply as collateral."""
        flat = super().thresholds_at(prices)
        idle = (self._supply > 0) & (flat > 0) & ~self._covers
        return flat * self._covers if idle.any() else flat

    def health_at(self, prices: Floats) -> Floats:
        """Health factors at `prices`; the mean threshold of an account is cut to whole basis points."""
        debts = self.debts() @ prices
        thresholds = self.thresholds_at(prices)
        worth = self.supplies() * prices * (thresholds > 0)
        total = worth.sum(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            mean = (worth * thresholds).sum(axis=1) / total
            covered = np.where(total > 0, total * np.floor(mean * BASIS_POINTS + LIFT) / BASIS_POINTS, 0.0)
            health: Floats = np.where(debts > 0, covered / debts, np.inf)
        return health

    def eligible(self) -> NDArray[np.bool_]:
        """Accounts with a health factor below one and collateral to take: of the rest nothing can be liquidated."""
        if "eligible" not in self.kept:
            health = self.health()
            below = (health < 1) & (self.collateral_values() > 0)
            for number in np.flatnonzero(np.abs(health - 1) < NEAR):
                below[number] = self.position(int(number)).health_factor < WAD
            found = below & self.priced()
            found.flags.writeable = False
            self.kept["eligible"] = found
        kept: NDArray[np.bool_] = self.kept["eligible"]
        return kept

    def position(self, number: int) -> Position:
        """Exact values of account `number`, in the order and rounding of Aave's ``GenericLogic``."""
        collateral, weighed, debt = self._sums(number, [reserve.threshold_points for reserve in self.reserves])
        mean = weighed // collateral if collateral else 0
        return AavePosition(collateral * BASE, percent_of(collateral, mean) * BASE, debt * BASE)

    def borrow_limit(self, number: int) -> int:
        """What account `number` may owe in all, 1e18-scaled quote units."""
        collateral, weighed, _ = self._sums(number, [reserve.loan_points for reserve in self.reserves])
        return percent_of(collateral, weighed // collateral) * BASE if collateral else 0

    def _sums(self, number: int, margins: Sequence[int]) -> tuple[int, int, int]:
        """Collateral, the same times `margins` (basis points), and debt: base currency."""
        collateral = weighed = 0
        for asset, (reserve, margin) in enumerate(zip(self.reserves, margins, strict=True)):
            value = reserve.supply_assets(self._collateral(number, asset)) * reserve.base_price // reserve.unit
            collateral, weighed = collateral + value, weighed + value * margin
        return collateral, weighed, self._all_debt(number, self.reserves)

    def _all_debt(self, number: int, reserves: Sequence[Reserve]) -> int:
        """Debt of account `number`, base currency."""
        owed = zip(reserves, self.borrow_shares[number], strict=True)
        return sum(reserve.debt_in_base(shares) for reserve, shares in owed if shares)
