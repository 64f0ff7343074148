"""What a place in a block would have cost, and so why an attempt was left out of it."""

from __future__ import annotations

from functools import cached_property

from .transaction import Block, Transaction
from .units import FEED_SCALE, WAD

__all__ = ["Room"]

OWN = frozenset({"oracle", "poke", "auction", "bid", "liquidation", "backstop"})
"""Kinds without which nobody is liquidated: outbidding them only moves the queue."""


class Room:
    """Room in one block, as who outbids others can buy it.

    Parameters
    ----------
    block : as it was mined
    native : price of the coin that pays for gas, dollars with eight decimals
    """

    def __init__(self, block: Block, native: int) -> None:
        self._block, self._native = block, native

    @cached_property
    def _cheapest(self) -> list[tuple[int, int]]:
        """Price and gas of what was mined and is not the protocols' own, cheapest first."""
        others = (one for one in self._block.receipts if one.transaction.kind not in OWN)
        return sorted((one.effective_gas_price, one.gas_used) for one in others)

    def price(self, gas: int) -> int | None:
        """Wei per gas that would have bought room for `gas`: one above the dearest to give way; None: not for sale."""
        room = self._block.gas_limit - self._block.gas_used
        if room >= gas:
            return self._block.base_fee
        for price, used in self._cheapest:
            room += used
            if room >= gas:
                return price + 1
        return None

    def why_left_out(self, transaction: Transaction) -> str:
        """What kept a waiting transaction out.

        "no_room": a place cost more than its expected profit; "fee_policy": the profit would have covered it; "queue":
        so did the offer, but an earlier one of its sender waits before it. Where nobody notes a profit, for a chore
        say, any price is worth it.
        """
        price = self.price(transaction.gas_limit)
        if price is None:
            return "no_room"
        if min(transaction.max_fee, self._block.base_fee + transaction.priority_fee) >= price:
            return "queue"
        gas = int(str(transaction.note.get("gas", transaction.gas_limit)))
        cost = gas * price / WAD * self._native / FEED_SCALE
        worth = transaction.note.get("profit")
        return "fee_policy" if worth is None or float(str(worth)) >= cost else "no_room"
