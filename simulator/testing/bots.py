"""A test's own bot among the agents: a function that is asked in every block what to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from ..agents.agent import raised
from ..agents.fees import Bid
from ..transaction import Account, Transaction
from ..units import FEED_SCALE, GWEI
from ..view import MarketView
from .contract import Function

__all__ = ["Bot", "Decide", "Turn"]

GAS = 1_000_000
"""Limit of a transaction whose gas nobody stated."""
EAGER = 0.8
"""By default a bot pays what beats this share of the gas of the best-paying block."""


class Turn:
    """One block as it is being prepared: what a bot may know, and what it sends.

    Attributes
    ----------
    step : block of the market, from 0
    view : what bots know after the last block: books, prices, reserves, fees, the public mempool
    rng : the bot's own random stream
    """

    def __init__(self, bot: str, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> None:
        self.step, self.view, self.rng = view.step, view, rng
        self.sent: list[Transaction] = []
        self._bot, self._price = bot, price
        self._nonces: dict[str, Iterator[int]] = {}

    def price(self, asset: str) -> float:
        """Outside price in dollars."""
        return self._price[asset] / FEED_SCALE

    def send(
        self,
        function: Function,
        *arguments: object,
        sender: Account,
        tip: float | None = None,
        max_fee: float | None = None,
        gas: int = GAS,
        value: int = 0,
        liquidates: tuple[str, str] | None = None,
    ) -> None:
        """Offer a transaction for this block; it waits in the mempool with everybody's, and may come too late.

        While the same call of the same sender waits, its offer is raised instead, if by 10 % or more.

        Parameters
        ----------
        function : of a contract, for example ``vault.deleverage``
        tip : priority fee in gwei; by default what beats four fifths of the best-paying block's gas
        max_fee : gwei a gas, base fee and tip together; by default twice the base fee and the tip, as wallets offer
        gas : limit
        value : wei
        liquidates : protocol and address of the borrower, if it is an attempt at a liquidation: it then has a row among
            the result's liquidations
        """
        data = function.encode(*arguments)
        offer = self._offer(tip, max_fee)
        for waiting in (one.transaction for one in self.view.pending(sender.address)):
            if (waiting.to, waiting.data) == (function.contract.address, data):
                self.sent += raised(waiting, offer)
                return
        if sender.address not in self._nonces:
            self._nonces[sender.address] = self.view.free_nonces(sender.address)
        nonce = next(self._nonces[sender.address])
        note = self._aim(*liquidates) if liquidates else {"call": str(function)}
        kind = "liquidation" if liquidates else "other"
        to = function.contract.address
        self.sent.append(
            Transaction(sender, to, data, gas, *offer, nonce, value, kind=kind, agent=self._bot, note=note)
        )

    def _offer(self, tip: float | None, max_fee: float | None) -> Bid:
        wei = self.view.fees.percentile(EAGER) + 1 if tip is None else int(tip * GWEI)
        most = 2 * self.view.base_fee + wei if max_fee is None else int(max_fee * GWEI)
        return Bid(most, min(wei, most))

    def _aim(self, protocol: str, borrower: str) -> dict[str, object]:
        book = self.view.protocols[protocol].book
        debt, collateral = (book.assets[asset] for asset in book.largest(book.index[borrower]))
        return {"protocol": protocol, "account": borrower, "debt": debt, "collateral": collateral}


Decide = Callable[[Turn], None]


class Bot:
    """A function as an agent.

    Parameters
    ----------
    name : in the column `agent` of the result's tables
    latency : blocks until what it sends reaches the mempool
    decide : asked once a block
    """

    def __init__(self, name: str, latency: int, decide: Decide) -> None:
        self.name, self.latency, self._decide = name, latency, decide

    def act(self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> list[Transaction]:
        """See `agents.Agent`."""
        turn = Turn(self.name, view, price, rng)
        self._decide(turn)
        return turn.sent
