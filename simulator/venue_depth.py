"""What selling so much on a venue costs, in the venue's own integers: it knows no kind of venue, only quotes."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction as Exact

from .adapters import Quote

__all__ = ["pool_size", "sale_at_slippage", "sale_that_moves", "slippage"]

DOUBLINGS = 100
"""Times that the search for a sale too large doubles it; a venue that still takes it has no end."""


def slippage(quote: Quote, sells_base: bool, amount: int) -> Exact:
    """Shortfall of a sale's average price against the spot price before it, fee included.

    Parameters
    ----------
    amount : token units of what is sold, above zero
    """
    over, under = quote.spot() if sells_base else quote.spot()[::-1]
    return 1 - Exact(quote.quote_exact_input(sells_base, amount) * under, amount * over)


def sale_at_slippage(quote: Quote, sells_base: bool, most: Exact) -> int:
    """Largest sale, token units, whose `slippage` is at most `most`; zero where the fee alone is more."""
    return _largest(lambda amount: slippage(quote, sells_base, amount) <= most, quote, sells_base)


def sale_that_moves(quote: Quote, sells_base: bool, move: Exact) -> int:
    """Largest sale, token units, that leaves the spot price of what is sold at 1 − `move` of what it was, or above."""

    def price(state: Quote) -> Exact:
        return Exact(*state.spot()) if sells_base else 1 / Exact(*state.spot())

    least = price(quote) * (1 - move)
    return _largest(lambda amount: price(quote.after(sells_base, amount)) >= least, quote, sells_base)


def pool_size(quote: Quote, sells_base: bool) -> int:
    """Base tokens to trade against, or what they are worth in quote tokens at spot; token units of what is sold."""
    over, under = quote.spot()
    return quote.base if sells_base else quote.base * over // under


def _largest(holds: Callable[[int], bool], quote: Quote, sells_base: bool) -> int:
    low, high = 0, max(pool_size(quote, sells_base), 1)
    for _ in range(DOUBLINGS):
        if not holds(high):
            break
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
