"""State of a Uniswap v3 pool, and what a trade does to it: equal to the pool to the wei, ticks crossed included."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isqrt
from typing import NamedTuple

from .uniswap_v3_maths import HIGHEST, HIGHEST_TICK, LOWEST, PARTS, Q96, price_at, step, tick_at

__all__ = ["Concentrated", "Swap", "Ticks"]

ENDLESS = 2**255 - 1
"""More than any pool takes."""


class Ticks:
    """Where positions begin or end: how much liquidity does, and how much more there is above than below.

    Immutable. A tick stays one while anything begins or ends there, even where that cancels out.

    Parameters
    ----------
    ends : (gross, net) by tick
    """

    def __init__(self, ends: Mapping[int, tuple[int, int]]) -> None:
        self._ends = {tick: ends[tick] for tick in sorted(ends) if ends[tick][0]}
        self._sorted = list(self._ends)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Ticks) and self._ends == other._ends

    def __hash__(self) -> int:
        return hash(tuple(self._ends.items()))

    def net(self, tick: int) -> int:
        """What `tick` adds when the price rises over it."""
        return self._ends[tick][1]

    def changed(self, low: int, high: int, amount: int) -> Ticks:
        """With so much more liquidity between two ticks."""
        ends = dict(self._ends)
        for tick, sign in ((low, 1), (high, -1)):
            gross, net = ends.get(tick, (0, 0))
            ends[tick] = gross + amount, net + sign * amount
        return Ticks(ends)

    def at_most(self, tick: int) -> int | None:
        """Greatest one that is at most `tick`."""
        place = bisect_right(self._sorted, tick)
        return self._sorted[place - 1] if place else None

    def above(self, tick: int) -> int | None:
        """Least one above `tick`."""
        place = bisect_right(self._sorted, tick)
        return self._sorted[place] if place < len(self._sorted) else None


class Swap(NamedTuple):
    """What a swap comes to; `paid` includes the fee and is less than what was offered where the pool ran out."""

    paid: int
    out: int
    state: Concentrated
    crossed: int


@dataclass(frozen=True, slots=True)
class Concentrated:
    """A pool between two blocks.

    Attributes
    ----------
    price : square root of token1 units for a token0 unit, 96 fractional bits
    tick : the pool's own note of where the price is; on a tick just crossed downward it is one less
    liquidity : of the positions around the price
    ticks : where other positions begin and end
    fee : parts per million
    spacing : of the ticks at which positions may end
    base_first : whether the base is token0
    """

    price: int
    tick: int
    liquidity: int
    ticks: Ticks
    fee: int
    spacing: int
    base_first: bool

    # ------------------------------------------------------------------------------------------------ quotes

    @property
    def base(self) -> int:
        """Base tokens of a constant-product pool that would be as deep as this one is at its price."""
        if not self.price:
            return 0
        return self.liquidity * Q96 // self.price if self.base_first else self.liquidity * self.price // Q96

    def depth(self, sells_base: bool) -> tuple[int, int, int]:
        """Reserves, of the input first, of a constant-product pool that trades alike within the range; and the fee."""
        if not self.price:
            return 0, 0, self.fee
        first, second = self.liquidity * Q96 // self.price, self.liquidity * self.price // Q96
        return (*((first, second) if sells_base is self.base_first else (second, first)), self.fee)

    def spot(self) -> tuple[int, int]:
        """The price, quote units for base units."""
        square, one = self.price * self.price, Q96 * Q96
        return (square, one) if self.base_first else (one, square)

    def quote_exact_input(self, sells_base: bool, amount_in: int) -> int:
        """Output of an exact input; where the pool runs out of liquidity, of the part that it takes."""
        return self.swap(sells_base, amount_in).out

    def after(self, sells_base: bool, amount_in: int) -> Concentrated:
        """State after an exact input."""
        return self.swap(sells_base, amount_in).state

    def input_to_price(self, sells_base: bool, numerator: int, denominator: int) -> int:
        """Input after which the marginal price, fee included, meets numerator/denominator (quote per base).

        Zero when the gap is within the fee. It never moves the price beyond; ranges without liquidity cost nothing.
        """
        kept = PARTS - self.fee
        over, under = (numerator * PARTS, denominator * kept) if sells_base else (numerator * kept, denominator * PARTS)
        if not self.base_first:
            over, under = under, over
        falls = sells_base is self.base_first
        limit = isqrt((over << 192) // under)
        if falls:
            limit += limit * limit * under != over << 192
        limit = min(max(limit, LOWEST + 1), HIGHEST - 1)
        if limit >= self.price if falls else limit <= self.price:
            return 0
        return self.swap(sells_base, ENDLESS, limit).paid

    # ------------------------------------------------------------------------------------------------ swaps

    def swap(self, sells_base: bool, amount_in: int, limit: int = 0) -> Swap:
        """Exact input, up to the price `limit`; zero: as far as there are prices."""
        falls = sells_base is self.base_first
        end = limit or (LOWEST + 1 if falls else HIGHEST - 1)
        price, tick, liquidity, left, out, crossed = self.price, self.tick, self.liquidity, amount_in, 0, 0
        while left and price != end:
            ahead, initialised = self._next(tick, falls, liquidity)
            at_ahead = price_at(ahead)
            target = max(at_ahead, end) if falls else min(at_ahead, end)
            one, before = step(price, target, liquidity, left, self.fee), price
            price, left, out = one.price, left - one.paid - one.fee, out + one.out
            if price == at_ahead:
                if initialised:
                    liquidity, crossed = liquidity + (-1 if falls else 1) * self.ticks.net(ahead), crossed + 1
                tick = ahead - 1 if falls else ahead
            elif price != before:
                tick = tick_at(price)
        return Swap(amount_in - left, out, replace(self, price=price, tick=tick, liquidity=liquidity), crossed)

    def _next(self, tick: int, falls: bool, liquidity: int) -> tuple[int, bool]:
        """Next tick to stop at, and whether it is initialised.

        The pool looks no further than the 256 spacings of one word of its bitmap, and rounds anew in each; without
        liquidity there is nothing to round.
        """
        word = self.spacing << 8
        found = self.ticks.at_most(tick) if falls else self.ticks.above(tick)
        if liquidity:
            begins = (tick if falls else (tick // self.spacing + 1) * self.spacing) // word * word
            edge = begins if falls else begins + word - self.spacing
        else:
            edge = -HIGHEST_TICK if falls else HIGHEST_TICK
        if found is not None and (found >= edge if falls else found <= edge):
            return found, True
        return min(max(edge, -HIGHEST_TICK), HIGHEST_TICK), False
