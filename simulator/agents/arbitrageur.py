"""Closes the gap between a pool and the outside price when it pays, and so carries forced sales outside."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..agent_settings import ArbitrageurSettings
from ..transaction import Account, Transaction
from ..units import WAD
from ..view import MarketView
from .agent import raised
from .fees import Bid, bid

__all__ = ["Arbitrageur"]

GAS_LIMIT = 250_000
GAS = 130_000
PATIENCE = 5
"""Blocks that a trade may wait before its deadline stops it."""
SIXTEENTHS = range(16, 0, -1)


class Arbitrageur:
    """Trades on one venue against the outside market, with one transaction under way at a time.

    Parameters
    ----------
    settings : venue, capital, fee policy
    account : holds both tokens
    base, quote : asset names of the venue
    impact_a_dollar : fall of the log outside price for each dollar sold there
    """

    def __init__(
        self, settings: ArbitrageurSettings, account: Account, base: str, quote: str, impact_a_dollar: float
    ) -> None:
        self.name, self.latency = f"arbitrageur/{settings.name}", settings.latency
        self._settings, self._account, self._base, self._quote = settings, account, base, quote
        self._impact = impact_a_dollar

    def act(self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> list[Transaction]:
        """One swap toward the outside price, or a better bid for the one that waits."""
        # READ
        waiting = view.pending(self._account.address)
        # DECIDE
        if waiting:
            return raised(waiting[-1].transaction, bid(self._settings.fee, view))
        best = max(
            (self._best_trade(view, price, sells_base) for sells_base in (True, False)), key=lambda trade: trade[0]
        )
        profit, sells_base, amount = best
        gas = GAS + view.venues[self._settings.venue].extra_gas
        in_wei = int(profit / (price[view.native] / 1e8) * WAD)
        offer = bid(self._settings.fee, view, profit=max(in_wei, 0), gas=gas)
        cost = gas * offer.effective(view.base_fee) / WAD * price[view.native] / 1e8
        if amount == 0 or profit - cost < float(self._settings.minimum_profit):
            return []
        # ACT
        return [self._swap(view, sells_base, amount, offer)]

    def _best_trade(self, view: MarketView, price: Mapping[str, int], sells_base: bool) -> tuple[float, bool, int]:
        """Most profitable share of the gap: (profit in dollars, direction, input)."""
        reserves = view.venues[self._settings.venue].reserves
        token_in = self._base if sells_base else self._quote
        token_out = self._quote if sells_base else self._base
        scales = {asset: 10 ** view.tokens[asset].decimals for asset in (self._base, self._quote)}
        full = reserves.input_to_price(
            sells_base, price[self._base] * scales[self._quote], price[self._quote] * scales[self._base]
        )
        held = view.balances[token_in][self._account.address]
        best = (0.0, sells_base, 0)
        for part in SIXTEENTHS:
            amount = min(full * part // 16, held)
            if amount == 0:
                continue
            out = reserves.quote_exact_input(sells_base, amount)
            paid, received = view.value(token_in, amount, price), view.value(token_out, out, price)
            # the leg outside moves the price against it, on average by half of what it moves in the end
            outside = paid if sells_base else received
            profit = received - paid - outside * self._impact * outside / 2
            if profit > best[0]:
                best = (profit, sells_base, amount)
        return best

    def _swap(self, view: MarketView, sells_base: bool, amount: int, offer: Bid) -> Transaction:
        venue = view.venues[self._settings.venue]
        expected = venue.reserves.quote_exact_input(sells_base, amount)
        token_in = view.tokens[self._base if sells_base else self._quote].address
        deadline = view.timestamp + (PATIENCE + self.latency) * view.block_time
        to, data = venue.swap_call(token_in, amount, expected * 995 // 1000, self._account.address, deadline)
        nonce = next(view.free_nonces(self._account.address))
        order = (self._account, to, data, GAS_LIMIT + venue.extra_gas, *offer, nonce)
        return Transaction(*order, kind="arbitrage", agent=self.name, note={"venue": venue.name})
