"""Takers in Dutch auctions: wait until the price has fallen to what the collateral brings them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np

from ..adapters import Quote
from ..agent_settings import LiquidatorSettings
from ..mechanisms.liquidations.dutch_auction import TAKE_GAS, DutchAuctions
from ..terms import Auction, Declined
from ..transaction import Account, Transaction
from ..units import WAD
from ..view import MarketView
from .agent import raised
from .fees import Bid, bid
from .inventory import Stock

__all__ = ["Taker"]

FLASH_GAS, OWN_GAS = 600_000, 450_000
"""Gas that a purchase is expected to use, for its cost."""


class _Plan(NamedTuple):
    protocol: str
    auction: Auction
    price: int
    amount: int  # collateral units
    cost: int  # debt units
    profit: float  # dollars, before gas
    at_market: float  # the same, were all that is for sale taken and sold at the outside price


class Taker:
    """One keeper.

    Parameters
    ----------
    settings : venue, capital, offers, fee policy
    account : its key; its own tokens when it works from inventory
    contract : its `FlashTaker`, or "" when it works from inventory
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
        self._settings, self._account, self._contract = settings, account, contract
        self._base, self._quote = pair
        self._protocols, self._outages = protocols, outages
        self._stock = Stock(account, settings.venue, self._base, settings.fee)
        self._extra_gas = 0
        self._shares: dict[tuple[str, int], float] = {}  # of the price outside, by auction
        self.declined: list[Declined] = []

    def act(self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> list[Transaction]:
        """New purchases, better bids for those that wait, and sales of inventory."""
        # READ
        self.declined = []
        if any(first <= view.step < after for first, after in self._outages):
            self.declined += [Declined(name, "", "outage") for name in self._protocols]
            return []
        self._extra_gas = view.venues[self._settings.venue].extra_gas if self._contract else 0  # it sells at once
        waiting = [one.transaction for one in view.pending(self._account.address)]
        busy = {str(one.note["key"]) for one in waiting if "key" in one.note}
        # DECIDE
        sent = [
            better
            for one in waiting
            for better in raised(one, self._offer(view, price, float(str(one.note.get("profit", 0)))))
        ]
        room = max(0, self._settings.in_flight - len(busy))
        # ACT
        nonces = view.free_nonces(self._account.address)
        for plan in self._plans(view, price, rng, busy, self._free(view, waiting)):
            offer = self._offer(view, price, plan.profit)
            wanted = self._gas_dollars(view, price, offer) + float(self._settings.minimum_profit)
            if not room or plan.profit < wanted:
                short = "waiting" if plan.at_market < wanted else self._held_back_by()
                self._decline(plan.protocol, plan.auction, short if room else "in_flight")
                continue
            room -= 1
            sent.append(self._purchase(view, price, plan, offer, next(nonces)))
        return sent + self._stock.sale(view, self._settings.capital, waiting, nonces)

    def _free(self, view: MarketView, waiting: list[Transaction]) -> int:
        committed = sum(int(str(one.note.get("commits", 0))) for one in waiting)
        return max(0, view.balances[self._quote][self._account.address] - committed)

    def _gas(self) -> int:
        return (FLASH_GAS if self._contract else OWN_GAS) + self._extra_gas

    def _offer(self, view: MarketView, price: Mapping[str, int], profit: float) -> Bid:
        in_wei = int(profit / (price[view.native] / 1e8) * WAD)
        return bid(self._settings.fee, view, profit=in_wei, gas=self._gas())

    def _gas_dollars(self, view: MarketView, price: Mapping[str, int], offer: Bid) -> float:
        return self._gas() * offer.effective(view.base_fee) / WAD * price[view.native] / 1e8

    # ------------------------------------------------------------------------------------------------ targets

    def _plans(
        self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator, busy: set[str], free: int
    ) -> Iterator[_Plan]:
        """A purchase in each auction that pays, each priced after the ones before it."""
        reserves = view.venues[self._settings.venue].reserves
        for name in self._protocols:
            mechanism = view.protocols[name].mechanism
            assert isinstance(mechanism, DutchAuctions)
            for auction in mechanism.auctions:
                asked = mechanism.price(auction.number, view.timestamp)
                pair = (auction.debt, auction.collateral) == (self._quote, self._base)
                if asked is None or not pair or _key(name, auction) in busy:
                    continue
                dear, cheap = self._ratio(view, asked)
                most = min(auction.lot, -(-auction.tab * cheap // dear))  # the module takes no more than the tab
                if self._contract:
                    fee = view.protocols[name].flash_fee(WAD)
                    wanted = reserves.input_to_price(True, dear * (WAD + fee), cheap * WAD)
                elif asked <= self._share(name, auction, rng) * price[self._base] / price[self._quote] * WAD:
                    wanted = free * cheap // dear
                else:
                    self._decline(name, auction, "waiting")
                    continue
                amount = min(most, wanted)
                if amount < most:
                    unit = 10 ** view.tokens[self._quote].decimals
                    spare = auction.tab - mechanism.least_left(price[self._quote], unit)
                    amount = min(amount, max(0, spare) * cheap // dear)
                cost = -(-amount * dear // cheap)
                worth = view.value(self._base, most, price) - view.value(self._quote, most * dear // cheap, price)
                plan = _Plan(name, auction, asked, amount, cost, 0.0, worth)
                profit = self._profit(view, plan, reserves, price)
                if amount == 0 or profit <= 0:
                    self._decline(name, auction, self._held_back_by() if wanted or not self._contract else "waiting")
                    continue
                yield plan._replace(profit=profit)
                reserves = reserves.after(True, amount) if self._contract else reserves
                free -= cost

    def _held_back_by(self) -> str:
        """Why it earns less than the whole lot would at the outside price."""
        return "slippage" if self._contract else "capital"

    def _decline(self, protocol: str, auction: Auction, reason: str) -> None:
        self.declined.append(Declined(protocol, auction.borrower, reason))

    def _ratio(self, view: MarketView, asked: int) -> tuple[int, int]:
        """Debt units for collateral units, as a fraction."""
        return (
            asked * 10 ** view.tokens[self._quote].decimals,
            WAD * 10 ** view.tokens[self._base].decimals,
        )

    def _share(self, name: str, auction: Auction, rng: np.random.Generator) -> float:
        """What it pays at most in this auction, drawn when it first sees it."""
        offers, key = self._settings.offers, (name, auction.number)
        if key not in self._shares:
            self._shares[key] = rng.uniform(float(offers.low), float(offers.high))
        return self._shares[key]

    def _profit(self, view: MarketView, plan: _Plan, reserves: Quote, price: Mapping[str, int]) -> float:
        """Dollars before gas: by a sale at once, or at the outside price."""
        if self._contract:
            proceeds = reserves.quote_exact_input(True, plan.amount)
            fee = view.protocols[plan.protocol].flash_fee(plan.cost)
            return view.value(self._quote, proceeds - plan.cost - fee, price)
        return view.value(self._base, plan.amount, price) - view.value(self._quote, plan.cost, price)

    # ------------------------------------------------------------------------------------------------ transactions

    def _purchase(self, view: MarketView, price: Mapping[str, int], plan: _Plan, offer: Bid, nonce: int) -> Transaction:
        auction = plan.auction
        mechanism = view.protocols[plan.protocol].mechanism
        assert isinstance(mechanism, DutchAuctions)
        if self._contract:
            venue, pool = view.venues[self._settings.venue].address, view.protocols[plan.protocol].pool
            tokens = (view.tokens[self._quote].address, view.tokens[self._base].address)
            places = (pool, mechanism.address, venue)
            least = self._gas_dollars(view, price, offer) / (price[self._quote] / 1e8)
            amounts = (plan.amount, plan.price, plan.cost + 1, int(least * 10 ** view.tokens[self._quote].decimals))
            to, data = mechanism.flash_call(self._contract, places, auction.number, tokens, *amounts)
        else:
            to, data = mechanism.take_call(auction.number, plan.amount, plan.price, self._account.address)
        note = {
            "key": _key(plan.protocol, auction),
            "protocol": plan.protocol,
            "account": auction.borrower,
            "debt": auction.debt,
            "collateral": auction.collateral,
            "amount": plan.cost,
            "commits": 0 if self._contract else plan.cost,
            "profit": plan.profit,
            "gas": self._gas(),
        }
        order = (self._account, to, data, TAKE_GAS + self._extra_gas, *offer, nonce)
        return Transaction(*order, kind="liquidation", agent=self.name, note=note)


def _key(protocol: str, auction: Auction) -> str:
    return f"take {protocol} {auction.number}"
