"""A keeper's own capital: what of it is free, and how collateral becomes capital again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..agent_settings import DepositorSettings, Fee, Inventory
from ..transaction import Account, Transaction
from ..view import MarketView
from .fees import bid

__all__ = ["Stock"]

SALE_GAS_LIMIT = 250_000
SALE_SHARE = 100
"""A sale of inventory takes at most 1/100 of the pool's base reserve: about 1 % of slippage."""


class Stock:
    """Collateral that one keeper holds.

    Parameters
    ----------
    account : whose
    venue, base : where it sells, and what
    fee : what it pays for a place
    """

    def __init__(self, account: Account, venue: str, base: str, fee: Fee) -> None:
        self._account, self._venue, self._base, self._fee = account, venue, base, fee
        self._holding_since: int | None = None

    def sale(
        self, view: MarketView, capital: object, waiting: Sequence[Transaction], nonces: Iterator[int]
    ) -> list[Transaction]:
        """Turn collateral back into money once it was held for long enough; nothing unless `capital` is its own."""
        if not isinstance(capital, Inventory | DepositorSettings) or any(one.kind == "sale" for one in waiting):
            return []
        held = view.balances[self._base][self._account.address]
        if held == 0:
            self._holding_since = None
            return []
        if self._holding_since is None:
            self._holding_since = view.timestamp
        if view.timestamp - self._holding_since < int(capital.sell_after):
            return []
        venue = view.venues[self._venue]
        amount, gas = min(held, venue.reserves.base // SALE_SHARE), SALE_GAS_LIMIT + venue.extra_gas
        if amount == 0:
            return []
        minimum = venue.reserves.quote_exact_input(True, amount) * 98 // 100
        deadline = view.timestamp + 50 * view.block_time
        token = view.tokens[self._base].address
        to, data = venue.swap_call(token, amount, minimum, self._account.address, deadline)
        offer = bid(self._fee, view, profit=0, gas=gas)
        order = (self._account, to, data, gas, *offer, next(nonces))
        return [Transaction(*order, kind="sale", agent=self._account.name, note={"venue": venue.name})]
