"""Bidders in English auctions. They go straight to what the lot is worth to them, as bots with a price model do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ..agent_settings import LiquidatorSettings
from ..mechanisms.liquidations.english_auction import BID_GAS, EnglishAuctions
from ..terms import Auction, Chore, Declined
from ..transaction import Account, Transaction
from ..view import MarketView
from .agent import raised
from .fees import bid
from .inventory import Stock

__all__ = ["Bidder"]


class Bidder:
    """One keeper with capital of its own.

    Parameters
    ----------
    settings : venue, capital, offers, fee policy
    account : its key
    contract : none: a bid lies in the auction for longer than a flash loan lasts
    pair : base and quote of the venue where it sells
    protocols : those whose auctions it follows
    outages : (first, after last) steps in which it is silent
    """

    def __init__(
        self,
        settings: LiquidatorSettings,
        account: Account,
        contract: str,
        pair: tuple[str, str],
        protocols: tuple[str, ...],
        outages: tuple[tuple[int, int], ...],
    ) -> None:
        self.name, self.latency = account.name, settings.latency
        self._settings, self._account, self._protocols, self._outages = settings, account, protocols, outages
        self._base, self._quote = pair
        self._stock = Stock(account, settings.venue, self._base, settings.fee)
        self._shares: dict[tuple[str, int], float] = {}  # of the price outside, by auction
        self.declined: list[Declined] = []

    def act(self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> list[Transaction]:
        """New bids, better fees for those that wait, settlements of what it won, and sales of inventory."""
        # READ
        self.declined = []
        if any(first <= view.step < after for first, after in self._outages):
            self.declined += [Declined(name, "", "outage") for name in self._protocols]
            return []
        waiting = [one.transaction for one in view.pending(self._account.address)]
        busy = {str(one.note["key"]) for one in waiting if "key" in one.note}
        # DECIDE
        offer = bid(self._settings.fee, view, profit=0, gas=BID_GAS)
        sent = [better for one in waiting for better in raised(one, offer)]
        committed = sum(int(str(one.note.get("commits", 0))) for one in waiting)
        free = view.balances[self._quote][self._account.address] - committed
        chores = [one for one in self._settlements(view) if one.key not in busy | view.chores_under_way]
        chores += self._bids(view, price, rng, busy, free)
        # ACT
        nonces = view.free_nonces(self._account.address)
        room = max(0, self._settings.in_flight - len(busy))
        self.declined += [
            Declined(str(one.note["protocol"]), str(one.note["account"]), "in_flight") for one in chores[room:]
        ]
        for chore in chores[:room]:
            note = {**chore.note, "key": chore.key}
            order = (self._account, chore.to, chore.data, chore.gas_limit, *offer, next(nonces))
            sent.append(Transaction(*order, kind=chore.kind, agent=self.name, note=note))
        return sent + self._stock.sale(view, self._settings.capital, waiting, nonces)

    def _mechanisms(self, view: MarketView) -> Iterator[tuple[str, EnglishAuctions]]:
        for name in self._protocols:
            mechanism = view.protocols[name].mechanism
            assert isinstance(mechanism, EnglishAuctions)
            yield name, mechanism

    def _settlements(self, view: MarketView) -> Iterator[Chore]:
        """What it won and nobody has settled."""
        for name, mechanism in self._mechanisms(view):
            for auction in mechanism.auctions:
                if auction.bidder == self._account.address and view.timestamp >= auction.closes_at:
                    chore = mechanism.settlement(auction)
                    yield chore._replace(note={**chore.note, "protocol": name})

    def _bids(
        self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator, busy: set[str], free: int
    ) -> Iterator[Chore]:
        """One bid for each auction in which it can afford to be the highest, where least is bid first."""
        for name, mechanism in self._mechanisms(view):
            for auction, most in self._promising(view, name, mechanism, price, rng):
                place = f"{name} {auction.number}"
                key = f"bid {place} {self._account.address}"
                chosen = self._chosen(mechanism, auction, most) if key not in busy else None
                if chosen is None or view.bids.get(place, (0, 0)) >= (chosen[1], -chosen[0]):
                    continue
                if chosen[1] > free:
                    self.declined.append(Declined(name, auction.borrower, "capital"))
                    continue
                free -= chosen[1]
                to, data = mechanism.bid_call(auction.number, *chosen)
                profit = view.value(self._base, chosen[0], price) - view.value(self._quote, chosen[1], price)
                about = {"protocol": name, "account": auction.borrower, "profit": profit}
                note = {"bids_for": place, "lot": chosen[0], "commits": chosen[1], **about}
                yield Chore(key, "bid", to, data, BID_GAS, note)

    def _promising(
        self,
        view: MarketView,
        name: str,
        mechanism: EnglishAuctions,
        price: Mapping[str, int],
        rng: np.random.Generator,
    ) -> list[tuple[Auction, float]]:
        """Auctions that are worth more to it than what is bid, and how much; the lowest bids first, else by chance."""
        worth, found = self._worth(view, price), []
        for auction in mechanism.auctions:
            if view.timestamp >= auction.closes_at or auction.bidder == self._account.address:
                continue
            most = self._share(name, auction.number, rng) * auction.lot * worth
            if not auction.bid or most > auction.bid:
                found.append((auction.bid / max(most, 1.0), rng.random(), auction, most))
        pair = (self._quote, self._base)
        ordered = sorted(found, key=lambda one: one[:2])
        return [(auction, most) for *_, auction, most in ordered if (auction.debt, auction.collateral) == pair]

    def _share(self, name: str, number: int, rng: np.random.Generator) -> float:
        """What it pays at most in this auction, drawn when it first sees it."""
        offers = self._settings.offers
        if (name, number) not in self._shares:
            self._shares[name, number] = rng.uniform(float(offers.low), float(offers.high))
        return self._shares[name, number]

    def _worth(self, view: MarketView, price: Mapping[str, int]) -> float:
        """Debt units that a unit of collateral is worth at outside prices."""
        units = 10.0 ** (view.tokens[self._quote].decimals - view.tokens[self._base].decimals)
        return price[self._base] / price[self._quote] * units

    def _chosen(self, mechanism: EnglishAuctions, auction: Auction, most: float) -> tuple[int, int] | None:
        """Lot and amount to bid when the whole lot is worth `most` to it: at once all that it would ever give."""
        if auction.bid < auction.tab:
            amount = min(max(int(most), 1), auction.tab)
            return (auction.lot, amount) if amount >= mechanism.least_bid(auction) else None
        lot = max(1, int(auction.lot * auction.tab / most)) if most else auction.lot
        return (lot, auction.tab) if lot <= mechanism.most_lot(auction) else None
