"""What every agent is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import numpy as np

from ..transaction import Transaction
from ..view import MarketView
from .fees import Bid, worth_replacing

__all__ = ["Agent", "raised"]


class Agent(Protocol):
    """Turns what it knows into transactions. It reads the view, never the chain.

    Attributes
    ----------
    name : also the name of its random stream
    latency : blocks until its transactions reach the mempool
    """

    name: str
    latency: int

    def act(self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> list[Transaction]:
        """Transactions to send now; `price` holds the outside prices with eight decimals."""
        ...


def raised(waiting: Transaction, offer: Bid) -> list[Transaction]:
    """The same transaction at a better price, when it is better by enough to replace the waiting one."""
    if not worth_replacing(waiting, offer):
        return []
    return [replace(waiting, max_fee=offer.max_fee, priority_fee=offer.priority_fee)]
