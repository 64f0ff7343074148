"""Depositors of a stability pool: they stay for the gains, until the price has fallen further than they can bear."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..agent_settings import DepositorSettings
from ..mechanisms.liquidations.stability_pool import StabilityPoolMechanism
from ..transaction import Account, Transaction
from ..view import MarketView
from .agent import raised
from .fees import bid
from .inventory import Stock

__all__ = ["Depositor"]

GAS_LIMIT = 400_000


class Depositor:
    """One depositor, whose deposit the set-up made.

    Parameters
    ----------
    settings : where it deposits, when it leaves, where it sells
    account : its key
    collateral : asset that it gains and that decides when it leaves
    rng : draws the fall that it bears
    """

    def __init__(
        self, settings: DepositorSettings, account: Account, collateral: str, rng: np.random.Generator
    ) -> None:
        self.name, self.latency = account.name, settings.latency
        self._settings, self._account, self._collateral = settings, account, collateral
        self._bears = rng.uniform(float(settings.leaves.low), float(settings.leaves.high))
        self._stock = Stock(account, settings.venue, collateral, settings.fee)
        self._first: int | None = None
        self._left = False

    def act(self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> list[Transaction]:
        """Leave and claim once the fall is too deep, then sell what was gained."""
        # READ
        self._first = self._first or price[self._collateral]
        waiting = [one.transaction for one in view.pending(self._account.address)]
        offer = bid(self._settings.fee, view)
        # DECIDE
        sent = [better for one in waiting for better in raised(one, offer)]
        fallen = 1 - price[self._collateral] / self._first
        nonces = view.free_nonces(self._account.address)
        # ACT
        if not self._left and fallen >= self._bears:
            self._left = True
            mechanism = view.protocols[self._settings.protocol].mechanism
            assert isinstance(mechanism, StabilityPoolMechanism)
            for to, data in (mechanism.withdraw_call(), mechanism.claim_call(self._collateral)):
                order = (self._account, to, data, GAS_LIMIT, *offer, next(nonces))
                sent.append(Transaction(*order, kind="deposit", agent=self.name))
        return sent + self._stock.sale(view, self._settings, waiting, nonces)
