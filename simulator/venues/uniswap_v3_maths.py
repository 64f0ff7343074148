"""Integer arithmetic of a Uniswap v3 pool: square-root prices, ticks, amounts between prices, one step of a swap.

Prices are square roots of token1 units for a token0 unit, in 96 fractional bits. Every function rounds as the pool
does, so that its results are the pool's own.
"""

from __future__ import annotations

from functools import lru_cache
from math import isqrt, log
from typing import NamedTuple

__all__ = [
    "HIGHEST",
    "HIGHEST_TICK",
    "LOWEST",
    "PARTS",
    "Q96",
    "Step",
    "amount0",
    "amount1",
    "liquidity_for",
    "price_at",
    "step",
    "tick_at",
]

PARTS = 1_000_000
"""A fee is in parts per million."""
Q96 = 1 << 96
WORD = 1 << 256
HIGHEST_TICK = 887_272
"""A tick is a factor of 1.0001 in the price; so many lie on each side of 1."""


def _ceil(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)


# ---------------------------------------------------------------------------------------------------- prices and ticks


def _factors() -> tuple[int, ...]:
    """Square roots of 1.0001 to the powers −1, −2, −4, …, in 128 fractional bits and rounded to the nearest."""
    root = isqrt((10_000 << 1_024) // 10_001)  # in 512 fractional bits
    factors = []
    for _ in range(HIGHEST_TICK.bit_length()):
        factors.append(((root >> 383) + 1) >> 1)
        root = root * root >> 512
    return tuple(factors)


FACTORS = _factors()


@lru_cache(maxsize=100_000)
def price_at(tick: int) -> int:
    """Price of a tick, rounded up."""
    ratio = 1 << 128
    for bit, factor in enumerate(FACTORS):
        if abs(tick) >> bit & 1:
            ratio = ratio * factor >> 128
    return _ceil((WORD - 1) // ratio if tick > 0 else ratio, 1 << 32)


LOWEST, HIGHEST = price_at(-HIGHEST_TICK), price_at(HIGHEST_TICK)
"""A price lies from the first to below the second."""


def tick_at(price: int) -> int:
    """Greatest tick whose price is at most `price`."""
    tick = min(max(int(2 * log(price / Q96) / log(1.0001)), -HIGHEST_TICK), HIGHEST_TICK - 1)
    while price_at(tick) > price:
        tick -= 1
    while price_at(tick + 1) <= price:
        tick += 1
    return tick


# ------------------------------------------------------------------------------------------------------------- amounts


def amount0(low: int, high: int, liquidity: int, up: bool) -> int:
    """Token0 that `liquidity` holds between two prices."""
    whole = (liquidity << 96) * (high - low)
    return _ceil(_ceil(whole, high), low) if up else whole // high // low


def amount1(low: int, high: int, liquidity: int, up: bool) -> int:
    """Token1 that `liquidity` holds between two prices."""
    whole = liquidity * (high - low)
    return _ceil(whole, Q96) if up else whole // Q96


def liquidity_for(price: int, low: int, high: int, most0: int, most1: int) -> int:
    """Most liquidity between two prices that so much of each token pays for, as Uniswap's position manager counts."""

    def of0(below: int) -> int:
        return most0 * (below * high // Q96) // (high - below)

    def of1(above: int) -> int:
        return (most1 << 96) // (above - low)

    if price <= low:
        return of0(low)
    return min(of0(price), of1(price)) if price < high else of1(high)


# --------------------------------------------------------------------------------------------------------------- swaps


class Step(NamedTuple):
    """What one step of a swap comes to: `paid` is without `fee`."""

    price: int
    paid: int
    out: int
    fee: int


def step(price: int, target: int, liquidity: int, left: int, fee: int) -> Step:
    """Swap at most `left` of input, fee included, toward the price `target`, which it does not pass."""
    falls = price >= target
    kept = left * (PARTS - fee) // PARTS
    full = amount0(target, price, liquidity, True) if falls else amount1(price, target, liquidity, True)
    if kept >= full:
        reached, paid = target, full
    elif falls:
        reached = _after_token0(price, liquidity, kept)
        paid = amount0(reached, price, liquidity, True)
    else:
        reached = price + (kept << 96) // liquidity
        paid = amount1(price, reached, liquidity, True)
    out = amount1(reached, price, liquidity, False) if falls else amount0(price, reached, liquidity, False)
    return Step(reached, paid, out, left - paid if reached != target else _ceil(paid * fee, PARTS - fee))


def _after_token0(price: int, liquidity: int, paid: int) -> int:
    """Price after an input of token0 within one range, rounded up; less exactly where 256 bits would not hold it."""
    virtual, moved = liquidity << 96, paid * price
    if moved < WORD and virtual + moved < WORD:
        return _ceil(virtual * price, virtual + moved)
    return _ceil(virtual, virtual // price + paid)
