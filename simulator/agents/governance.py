"""Timed events that are transactions: liquidity withdrawn, parameters changed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..events import LiquidityWithdrawal, ParameterChange
from ..scenario import Scenario
from ..transaction import Account, Transaction
from ..units import GWEI
from ..view import MarketView
from .fees import Bid

__all__ = ["Governance"]

CHANGE_GAS = 400_000
OFFER = Bid(100_000 * GWEI, 1_000 * GWEI)
"""Above everybody: an event happens in its block, whatever gas costs."""


class Governance:
    """Sends the scenario's events when their block comes.

    Parameters
    ----------
    scenario : its events
    owner : owner of the contracts
    provider : liquidity provider of the venues
    liquidity : liquidity tokens that the provider holds, by venue
    """

    name = "governance"
    latency = 0

    def __init__(self, scenario: Scenario, owner: Account, provider: Account, liquidity: Mapping[str, int]) -> None:
        self._events, self._owner, self._provider = scenario.events, owner, provider
        self._liquidity = dict(liquidity)
        self._margins = scenario.changes()

    def act(self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> list[Transaction]:
        """The events of this block."""
        sent: list[Transaction] = []
        for number, event in enumerate(self._events):
            if event.at != view.step:
                continue
            if isinstance(event, LiquidityWithdrawal):
                amount = int(self._liquidity[event.venue] * event.share)
                self._liquidity[event.venue] -= amount
                venue = view.venues[event.venue]
                call = venue.remove_call(amount, self._provider.address)
                sent.append(self._send(view, self._provider, call, sent, venue.removal_gas))
            elif isinstance(event, ParameterChange):
                call = view.protocols[event.protocol].margin_call(event.asset, self._margins[number])
                sent.append(self._send(view, self._owner, call, sent, CHANGE_GAS))
        return sent

    def _send(
        self, view: MarketView, sender: Account, call: tuple[str, bytes], before: list[Transaction], gas: int
    ) -> Transaction:
        nonce = view.nonces[sender.address] + sum(one.sender is sender for one in before)
        return Transaction(sender, *call, gas, *OFFER, nonce, kind="event", agent=self.name)
