"""Twin of Aave v3.0's ``LiquidationLogic``: the terms of a liquidation, in the contract's integers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..chain.engine import Call, CallResult
from ..mechanisms import Site
from ..position_book import PositionBook
from ..terms import Auction, Chore, Terms
from ..transaction import Log
from ..units import WAD
from .aave_v3_reserve import BASIS_POINTS, percent_divided, percent_of, ray_quotient
from .aave_v3_state import AaveBook, Pair

__all__ = ["CLOSE_FACTOR", "FULL_CLOSE", "AaveLiquidations"]

CLOSE_FACTOR = 5_000
"""Basis points of a debt that one liquidation may repay, unless the account is far below the line."""
FULL_CLOSE = 95 * WAD // 100
"""Health factor down to which that holds."""


class AaveLiquidations:
    """The pool's own liquidations, by ``liquidationCall``; the twin knows all terms.

    Attributes
    ----------
    extra_gas : measured, beyond a liquidation of our own pool at a fixed spread
    """

    style = "spread"
    most_bonus: float | None = None
    payments: Mapping[str, str] = {}
    auctions: Sequence[Auction] = ()

    extra_gas = 65_000

    def __init__(self) -> None:
        self.address = ""

    def deploy(self, site: Site) -> None:
        """Nothing: the pool is the module."""

    def calls(self, book: PositionBook) -> list[Call]:
        """None: accounts and reserves are all that there is."""
        return []

    def follow(self, book: PositionBook, logs: Sequence[Log], answers: Sequence[CallResult], timestamp: int) -> None:
        """Nothing to carry."""

    def chores(self, book: PositionBook, timestamp: int) -> list[Chore]:
        """None."""
        return []

    def terms(self, book: PositionBook, number: int, debt: int, collateral: int) -> Terms:
        """See `Mechanism.terms`."""
        assert isinstance(book, AaveBook)
        if not book.priced()[number]:
            return Terms(False, 0, 0, 0, 0)
        return self.of(book.pair(number, debt, collateral), book.position(number).health_factor)

    def of(self, pair: Pair, health: int) -> Terms:
        """Terms of a pair of an account with that health factor."""
        closed = not (pair.owes.open and pair.holds.open)
        if closed or health >= WAD or not pair.owed or not pair.held:
            return Terms(False, health, 0, 0, 0)
        repaid, taken = self._most(pair, health)
        bonus = taken - percent_divided(taken, pair.holds.bonus_points)
        protocol = percent_of(bonus, pair.holds.fee_points)
        received = taken - protocol
        if not repaid or not received:  # the pool burns no part of a unit
            return Terms(False, health, 0, 0, 0)
        return Terms(True, health, repaid, received, self._left(pair, received, protocol))

    def _most(self, pair: Pair, health: int) -> tuple[int, int]:
        """The most debt that may be repaid, and the collateral taken for it, bonus included."""
        return self._capped(pair, self._maximum(pair, health))

    def _maximum(self, pair: Pair, health: int) -> int:
        """Debt that the close factor lets be repaid."""
        return percent_of(pair.owed, CLOSE_FACTOR if health > FULL_CLOSE else BASIS_POINTS)

    def _capped(self, pair: Pair, repay: int) -> tuple[int, int]:
        """Debt repaid and collateral taken, bonus included, when `repay` is offered: no more than the account holds."""
        owes, holds = pair.owes, pair.holds
        worth = owes.base_price * repay * holds.unit // (holds.base_price * owes.unit)
        taken = percent_of(worth, holds.bonus_points)
        if taken <= pair.held:
            return repay, taken
        needed = holds.base_price * pair.held * owes.unit // (owes.base_price * holds.unit)
        return self._without_bonus(needed, holds.bonus_points), pair.held

    def _without_bonus(self, amount: int, bonus_points: int) -> int:
        return percent_divided(amount, bonus_points)

    def _left(self, pair: Pair, taken: int, protocol: int) -> int:
        """What the protocol gets of its part once `taken` is gone: scaled balances may be short of it by a rounding."""
        left = pair.supplied - ray_quotient(taken, pair.holds.income)
        wanted = ray_quotient(protocol, pair.holds.income)
        return pair.holds.supply_assets(left) if wanted > left else protocol

    def keeps_enough(self, book: PositionBook, number: int, debt: int, collateral: int, amount: int) -> int:
        """All: v3.0 knows no dust."""
        return amount

    def closable(self, health: NDArray[np.float64], debts: NDArray[np.float64]) -> NDArray[np.float64]:
        """See `Mechanism.closable`."""
        share: NDArray[np.float64] = np.where(health <= FULL_CLOSE / WAD, debts, debts * CLOSE_FACTOR / BASIS_POINTS)
        return share
