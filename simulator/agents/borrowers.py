"""Borrowers who top up or deleverage below a health they chose, as far as wallet and congestion allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..adapters import LendingProtocol
from ..agent_settings import BorrowerSettings
from ..transaction import Account, Transaction
from ..view import MarketView
from .agent import raised
from .fees import bid

__all__ = ["Borrowers"]

GAS_LIMIT = 350_000


class _Owner(NamedTuple):
    account: Account
    number: int  # in the protocol's book
    floor: float  # health below which it acts


class Borrowers:
    """The attentive owners of one protocol's positions.

    Parameters
    ----------
    protocol : name of the protocol
    owners : accounts and their numbers in the protocol's book
    settings : bounds of the health they choose, wallets, fee policy
    rng : draws each owner's health
    """

    def __init__(
        self,
        protocol: str,
        owners: Sequence[tuple[Account, int]],
        settings: BorrowerSettings,
        rng: np.random.Generator,
    ) -> None:
        self.name, self.latency = f"borrowers/{protocol}", settings.latency
        self._protocol, self._settings = protocol, settings
        floors = rng.uniform(settings.health_low, settings.health_high, len(owners)).tolist()
        self._owners = [_Owner(*owner, floor) for owner, floor in zip(owners, floors, strict=True)]
        self._numbers = np.array([owner.number for owner in self._owners], dtype=int)
        self._floors = np.array(floors)

    def act(self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> list[Transaction]:
        """One defence for each owner whose health is below its floor and who has something left to defend with."""
        # READ
        protocol = view.protocols[self._protocol]
        book = protocol.book
        prices = np.array([price[asset] / 1e8 for asset in book.assets])
        health = book.health_at(prices)[self._numbers]
        # DECIDE
        worried = [self._owners[index] for index in np.flatnonzero(health < self._floors)]
        offer = bid(self._settings.fee, view)
        # ACT
        sent: list[Transaction] = []
        for owner in worried:
            waiting = view.pending(owner.account.address)
            if waiting:
                sent += raised(waiting[-1].transaction, offer)
                continue
            call = self._defence(view, protocol, owner, prices)
            if call is None:
                continue
            to, data, kind = call
            nonce = view.nonces[owner.account.address]
            note = {"account": owner.account.address, "defence": kind}
            sent.append(
                Transaction(
                    owner.account, to, data, GAS_LIMIT, *offer, nonce, kind="borrower", agent=self.name, note=note
                )
            )
        return sent

    def _defence(
        self, view: MarketView, protocol: LendingProtocol, owner: _Owner, prices: NDArray[np.float64]
    ) -> tuple[str, bytes, str] | None:
        """Top up with the largest collateral's token, or repay the largest debt, toward floor + gain."""
        book, address = protocol.book, owner.account.address
        debt, collateral = book.largest(owner.number)
        target = owner.floor + self._settings.target_gain
        owed, thresholds = float(book.debts()[owner.number] @ prices), book.thresholds_of(owner.number)
        covered = float(book.supplies()[owner.number] @ (prices * thresholds))
        missing = target * owed - covered  # dollars of threshold value
        if missing <= 0:
            return None
        threshold = float(thresholds[collateral])
        asset = book.assets[collateral]
        held = view.balances[asset][address]
        if held and threshold:
            wanted = int(missing / threshold / prices[collateral] * 10 ** view.tokens[asset].decimals)
            return *protocol.supply_call(asset, min(held, wanted), address), "top_up"
        asset = book.assets[debt]
        held = view.balances[asset][address]
        if held:
            wanted = int(missing / target / prices[debt] * 10 ** view.tokens[asset].decimals)
            return *protocol.repay_call(asset, min(held, wanted), address), "deleverage"
        return None
