"""Trades as pools report them."""

from __future__ import annotations

from ..adapters import Quote, Trade

__all__ = ["traded"]


def traded(trader: str, sold_base: bool, amount_in: int, amount_out: int, before: Quote) -> Trade:
    """A swap, with its shortfall against the spot price of the state before it."""
    over, under = before.spot() if sold_base else before.spot()[::-1]
    return Trade(trader, sold_base, amount_in, amount_out, 1 - amount_out * under / (amount_in * over))
