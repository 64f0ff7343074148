"""Twin of Aave v3.6's ``LiquidationLogic``: a close factor of all debt, no dust, deficits."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..position_book import PositionBook
from ..units import FEED_SCALE
from .aave_v3_6_state import Book36, Reserve36
from .aave_v3_reserve import BASIS_POINTS, RAY, percent_of
from .aave_v3_state import Pair
from .aave_v3_terms import CLOSE_FACTOR, FULL_CLOSE, AaveLiquidations

__all__ = ["Liquidations36"]

LEAST = 2_000 * FEED_SCALE
"""Base currency: a debt or a collateral below it may be taken whole."""
LEAST_LEFT = LEAST // 2
"""What must be left of both, unless all of one is gone."""
SPARE = 1_001
"""Thousandths of `LEAST_LEFT` that the twin leaves: the pool accrues interest before it looks."""
OFFERED = 5_000
"""A most that dust rules set is told a 5,000th lower: keepers offer a little more than the most, for interest."""


def _reserves(pair: Pair) -> tuple[Reserve36, Reserve36]:
    assert isinstance(pair.owes, Reserve36)
    assert isinstance(pair.holds, Reserve36)
    return pair.owes, pair.holds


class Liquidations36(AaveLiquidations):
    """The pool's own liquidations, by ``liquidationCall``."""

    extra_gas = 12_000

    def _most(self, pair: Pair, health: int) -> tuple[int, int]:
        """See `AaveLiquidations`; the pool refuses what would leave dust, so the most is what leaves none."""
        repaid, taken = super()._most(pair, health)
        if not self._leaves_dust(pair, repaid, taken):
            return repaid, taken
        repaid = self._without_dust(pair, repaid)
        return self._capped(pair, max(0, repaid - repaid // OFFERED - 1))

    def _maximum(self, pair: Pair, health: int) -> int:
        owes, holds = _reserves(pair)
        owed = owes.worth_up(pair.owed)
        if health <= FULL_CLOSE or owed < LEAST or holds.worth_down(pair.held) < LEAST:
            return pair.owed
        most = percent_of(pair.all_debt, CLOSE_FACTOR)
        return most * owes.unit // owes.base_price if owed > most else pair.owed

    @staticmethod
    def _leaves_dust(pair: Pair, repaid: int, taken: int) -> bool:
        owes, holds = _reserves(pair)
        if repaid >= pair.owed or taken >= pair.held:
            return False
        debt, collateral = owes.worth_up(pair.owed - repaid), holds.worth_down(pair.held - taken)
        return debt < LEAST_LEFT or collateral < LEAST_LEFT

    @staticmethod
    def _without_dust(pair: Pair, repay: int) -> int:
        """`repay` lowered until enough is left of debt and collateral; zero or less if nothing would do."""
        owes, holds = _reserves(pair)
        wanted = LEAST_LEFT * SPARE // 1_000
        debt_left = -(-wanted * owes.unit // owes.base_price)
        seizable = pair.held - -(-wanted * holds.unit // holds.base_price)
        worth = seizable * holds.base_price * owes.unit * BASIS_POINTS
        covered = worth // (owes.base_price * holds.unit * holds.bonus_points)
        return min(repay, pair.owed - debt_left, covered)

    def _without_bonus(self, amount: int, bonus_points: int) -> int:
        return -(-amount * BASIS_POINTS // bonus_points)

    def _left(self, pair: Pair, taken: int, protocol: int) -> int:
        left = pair.supplied - -(-taken * RAY // pair.holds.income)
        wanted = -(-protocol * RAY // pair.holds.income)
        return pair.holds.supply_assets(left) if wanted > left else protocol

    def keeps_enough(self, book: PositionBook, number: int, debt: int, collateral: int, amount: int) -> int:
        """A partial repayment that leaves no dust."""
        assert isinstance(book, Book36)
        return max(0, self._without_dust(book.pair(number, debt, collateral), amount))

    def closable(self, health: NDArray[np.float64], debts: NDArray[np.float64]) -> NDArray[np.float64]:
        """See `Mechanism.closable`."""
        small: NDArray[np.float64] = np.where(debts < LEAST / FEED_SCALE, debts, super().closable(health, debts))
        return small
