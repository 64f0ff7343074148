"""The manager of an insurance fund: covers deficits, sells what the fund earned, calls for socialisation."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ..agent_settings import MarketFee
from ..transaction import Account, Transaction
from ..view import MarketView
from .agent import raised
from .fees import bid

__all__ = ["FundManager"]


class FundManager:
    """The one account that may sell for the fund of `protocol`."""

    latency = 0

    def __init__(self, protocol: str, account: Account, fee: MarketFee) -> None:
        self.name, self._protocol, self._account, self._fee = account.name, protocol, account, fee

    def act(self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> list[Transaction]:
        """What is due and not yet under way."""
        # READ
        waiting = [one.transaction for one in view.pending(self._account.address)]
        keys = {str(one.note["key"]) for one in waiting}
        fund = view.protocols[self._protocol].fund
        # DECIDE
        offer = bid(self._fee, view)
        sent = [better for one in waiting for better in raised(one, offer)]
        due = fund.chores(view.protocols[self._protocol].book, view.timestamp) if fund else []
        # ACT
        nonces = view.free_nonces(self._account.address)
        for chore in due:
            if chore.key not in keys:
                order = (self._account, chore.to, chore.data, chore.gas_limit, *offer, next(nonces))
                sent.append(Transaction(*order, kind=chore.kind, agent=self.name, note={"key": chore.key}))
        return sent
