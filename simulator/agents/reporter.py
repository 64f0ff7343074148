"""Writes the outside price to a feed on deviation or heartbeat; in congestion its update waits like everyone's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..settings import FeedSettings
from ..transaction import Account, Transaction
from ..view import MarketView
from .fees import bid, worth_replacing

__all__ = ["Reporter"]

GAS_LIMIT = 120_000


class Reporter:
    """One feed's reporter.

    Parameters
    ----------
    asset : whose price it reports
    feed : which feed it writes, by the view's name
    account : who may write the feed
    settings : heartbeat, deviation threshold, delay, fee
    outages : (first, after last) steps in which it is silent
    """

    latency = 0

    def __init__(
        self, asset: str, feed: str, account: Account, settings: FeedSettings, outages: tuple[tuple[int, int], ...]
    ) -> None:
        self.name, self._asset, self._account, self._settings = f"reporter/{feed}", asset, account, settings
        self._feed = feed
        self._outages = outages
        self._observed: list[tuple[int, int]] = []

    def act(self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> list[Transaction]:
        """Report when the observed price has left the band round the last report, or the report is old."""
        # READ
        self._observed.append((view.timestamp, price[self._asset]))
        observed = self._seen(view.timestamp - int(self._settings.delay))
        if any(first <= view.step < after for first, after in self._outages):
            return []
        feed = view.feeds[self._feed]
        waiting = view.pending(self._account.address)
        # DECIDE
        moved = abs(observed - feed.answer) >= float(self._settings.deviation_threshold) * feed.answer
        if not waiting and not moved and view.timestamp - feed.updated_at < int(self._settings.heartbeat):
            return []
        offer = bid(self._settings.fee, view)
        to, data = feed.report_call(observed)
        # ACT
        if waiting:
            held = waiting[-1].transaction
            if not worth_replacing(held, offer):
                return []
            return [replace(held, data=data, max_fee=offer.max_fee, priority_fee=offer.priority_fee)]
        nonce = next(view.free_nonces(self._account.address))
        return [Transaction(self._account, to, data, GAS_LIMIT, *offer, nonce, kind="oracle", agent=self.name)]

    def _seen(self, until: int) -> int:
        """The newest price observed no later than `until`; the first one before there is any."""
        past = [(time, price) for time, price in self._observed if time <= until]
        if len(past) > 1:
            self._observed = self._observed[len(past) - 1 :]
        return past[-1][1] if past else self._observed[0][1]
