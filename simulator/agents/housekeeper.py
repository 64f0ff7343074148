"""Bots that do what anybody may and somebody must: poke oracles, start and settle auctions, call the fund."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ..agent_settings import HousekeeperSettings
from ..terms import Chore
from ..transaction import Account, Transaction
from ..view import MarketView
from .agent import raised
from .fees import bid

__all__ = ["Housekeeper"]


class Housekeeper:
    """One bot.

    Parameters
    ----------
    settings : chores, fee policy, how much it lets wait
    account : its key; it pays gas out of its own pocket
    protocols : names of those that it serves
    """

    def __init__(self, settings: HousekeeperSettings, account: Account, protocols: tuple[str, ...]) -> None:
        self.name, self.latency = account.name, settings.latency
        self._settings, self._account, self._protocols = settings, account, protocols

    def act(self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> list[Transaction]:
        """Chores that are due and that nobody visibly has under way, and better bids for those that wait."""
        # READ
        waiting = [one.transaction for one in view.pending(self._account.address)]
        # DECIDE
        offer = bid(self._settings.fee, view)
        sent = [better for one in waiting for better in raised(one, offer)]
        keys = view.chores_under_way | {str(one.note["key"]) for one in waiting}
        due = [chore for chore in self._chores(view) if chore.key not in keys]
        # ACT
        nonces = view.free_nonces(self._account.address)
        for chore in due[: self._settings.in_flight - len(waiting)]:
            note = {**chore.note, "key": chore.key}
            order = (self._account, chore.to, chore.data, chore.gas_limit, *offer, next(nonces))
            sent.append(Transaction(*order, kind=chore.kind, agent=self.name, note=note))
        return sent

    def _chores(self, view: MarketView) -> Iterator[Chore]:
        wanted = self._settings.chores
        for name in self._protocols:
            for chore in view.protocols[name].chores(view.timestamp):
                if not wanted or chore.kind in wanted:
                    yield chore
