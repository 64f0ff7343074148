"""Sellers for contracts, used as a keeper's contract uses them: tokens sent first, sold in the same transaction."""

from __future__ import annotations

from typing import Any

from simulator.contracts import artifact
from tests.contracts.venues import Venues, settings

__all__ = ["Selling", "selling"]


class Selling:
    """One venue, its seller, and a `Puppet` that sells there for the trader."""

    def __init__(self, venues: Venues, name: str) -> None:
        self.venues, self.venue = venues, venues.venues[name]
        before = len(venues.set_up.transactions)
        self.address = self.venue.seller(venues.set_up)
        self.puppet = venues.set_up.deploy("Puppet")
        self.stranger = venues.set_up.deploy("TestToken", "OTHER", "OTHER", 18, venues.set_up.deployer.address)
        for token in (venues.base, venues.quote, self.stranger):
            venues.set_up.mint(token, self.puppet, 10**30)
        venues.run(venues.set_up.transactions[before:])
        self.base_token, self.quote_token = venues.base, venues.quote
        self.last_quote = 0

    def quote(self, sells_base: bool, amount: int) -> int:
        """By the twin."""
        return self.venue.reserves.quote_exact_input(sells_base, amount)

    def sell(self, sells_base: bool, amount: int) -> int:
        """What the trader got."""
        tokens = (self.base_token, self.quote_token) if sells_base else (self.quote_token, self.base_token)
        self.last_quote = self.quote(sells_base, amount)
        return self.sell_tokens(*tokens, amount)

    def sell_tokens(self, token_in: str, token_out: str, amount: int, pool: str = "") -> int:
        """The same, of any two tokens."""
        venues, trader = self.venues, self.venues.trader.address
        order = (pool or self.venue.address, token_in, token_out, amount, trader)
        acts = [
            (token_in, artifact("TestToken").encode("transfer", self.address, amount)),
            (self.address, artifact("ISeller").encode("sell", *order)),
        ]
        before = venues.balance(token_out, trader)
        self.receipt = venues.send(venues.trader, (self.puppet, artifact("Puppet").encode("perform", acts)))
        return venues.balance(token_out, trader) - before

    def depth(self, sells_base: bool) -> tuple[int, int, int]:
        """As the seller tells it."""
        token = self.base_token if sells_base else self.quote_token
        found: tuple[int, int, int] = self.venues.ask("ISplitPart", self.address, "depth", self.venue.address, token)
        return found

    def left(self) -> tuple[int, ...]:
        """Tokens that stayed with the seller."""
        return tuple(self.venues.balance(token, self.address) for token in (self.base_token, self.quote_token))


def selling(kind: str, base_first: bool = True, **more: Any) -> Selling:
    """At one venue of that kind."""
    return Selling(Venues({"it": settings(kind, **more)}, base_first), "it")
