"""Keepers: find eligible accounts, choose the repayment that pays best after slippage and gas, and bid for a place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from ..adapters import LendingProtocol, Quote
from ..agent_settings import LiquidatorSettings
from ..terms import Declined, Target, Terms
from ..transaction import Account, Transaction
from ..units import FEED_SCALE, WAD
from ..view import MarketView
from .agent import raised
from .fees import Bid, bid
from .inventory import Stock

__all__ = ["Liquidator", "best_amount"]

FLASH_GAS, FLASH_LIMIT = 420_000, 800_000
OWN_GAS, OWN_LIMIT = 260_000, 500_000
NEAR = WAD // 10**6
"""So near a health factor of one a keeper asks the contract itself; elsewhere the twin's terms are the contract's."""
MARGIN = 10_000
"""A full repayment is offered with 1/10,000 on top: interest may not turn it into one that leaves dust."""


class _Plan(NamedTuple):
    protocol: str
    borrower: str
    debt: str
    collateral: str
    amount: int
    collateral_out: int
    clears: bool  # all that one call may repay; the module caps it
    profit: float  # dollars, before gas
    terms: Terms


class _Candidate(NamedTuple):
    protocol: str
    number: int
    borrower: str
    debt: str
    collateral: str


class Liquidator:
    """One keeper.

    Parameters
    ----------
    settings : protocols, venue, capital, fee policy
    account : its key; its own tokens when it works from inventory
    contract : its `FlashLiquidator`, or "" when it works from inventory
    base, quote : asset names of the venue where it sells
    protocols : the protocols it serves
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
        self._extra_gas = 0
        self._stock = Stock(account, settings.venue, self._base, settings.fee)
        self.declined: list[Declined] = []

    def act(self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> list[Transaction]:
        """New liquidations, better bids for those that wait, and sales of inventory."""
        # READ
        self.declined = []
        if any(first <= view.step < after for first, after in self._outages):
            self.declined += [Declined(name, "", "outage") for name in self._protocols]
            return []
        self._extra_gas = max(view.protocols[name].extra_gas for name in self._protocols)
        if self._contract:  # it sells at once
            self._extra_gas += view.venues[self._settings.venue].extra_gas
        waiting = [one.transaction for one in view.pending(self._account.address)]
        busy = {str(one.note["account"]) for one in waiting if one.kind == "liquidation"}
        free = self._free_capital(view, waiting)
        # DECIDE
        sent = [better for one in waiting for better in self._rebid(view, price, one)]
        room = self._settings.in_flight - len(busy)
        if room <= 0:
            self.declined += [Declined(name, "", "in_flight") for name in self._protocols]
        plans = self._plans(view, price, rng, busy, free, room) if room > 0 else []
        # ACT
        nonces = view.free_nonces(self._account.address)
        for plan in plans:
            offer = self._offer(view, price, plan.profit)
            cost = self._gas_cost(view, price, offer)
            if plan.profit - cost < float(self._settings.minimum_profit):
                self._decline(plan, self._why_short(view, price, plan, cost))
                continue
            if self._outbid(view, plan, offer):
                continue
            sent.append(self._liquidation(view, price, plan, offer, next(nonces)))
        return sent + self._stock.sale(view, self._settings.capital, waiting, nonces)

    # ------------------------------------------------------------------------------------------------ targets

    def _plans(
        self,
        view: MarketView,
        price: Mapping[str, int],
        rng: np.random.Generator,
        busy: set[str],
        free: int,
        room: int,
    ) -> list[_Plan]:
        """The best plan for each of the most promising targets, each priced after the ones before it."""
        reserves = view.venues[self._settings.venue].reserves
        plans: list[_Plan] = []
        targets = self._targets(view, rng, busy)
        for place, target in enumerate(targets):
            if len(plans) == room or (free == 0 and not self._contract):
                reason = "in_flight" if len(plans) == room else "capital"
                self.declined += [Declined(one.protocol, one.borrower, reason) for one in targets[place:]]
                break
            protocol = view.protocols[target.protocol]
            terms = protocol.terms(target.number, target.debt, target.collateral)
            if not terms.eligible:
                self._decline(target, "refused")
                continue
            plan = self._plan(protocol, target, terms, reserves, free, price, view)
            if plan.amount == 0 or plan.profit <= 0:
                self._decline(target, self._why_short(view, price, plan, 0.0))
                continue
            if WAD - terms.health_factor < NEAR and not protocol.check([target[2:]])[0].eligible:
                continue
            plans.append(plan)
            if self._contract:
                reserves = reserves.after(True, plan.collateral_out)
            else:
                free -= plan.amount
        return plans

    def _targets(self, view: MarketView, rng: np.random.Generator, busy: set[str]) -> list[_Candidate]:
        """Eligible accounts, largest debts first but for a random factor."""
        found: list[tuple[float, _Candidate]] = []
        for name in self._protocols:
            book = view.protocols[name].book
            numbers = np.flatnonzero(book.eligible())
            scores = book.debt_values()[numbers] * rng.uniform(0.5, 1.0, len(numbers))
            for number, score in zip(numbers.tolist(), scores.tolist(), strict=True):
                debt, collateral = (book.assets[asset] for asset in book.largest(number))
                if (debt, collateral) == (self._quote, self._base) and book.accounts[number] not in busy:
                    found.append((-score, _Candidate(name, number, book.accounts[number], debt, collateral)))
        return [target for _, target in sorted(found)]

    def _plan(
        self,
        protocol: LendingProtocol,
        target: _Candidate,
        terms: Terms,
        reserves: Quote,
        free: int,
        price: Mapping[str, int],
        view: MarketView,
    ) -> _Plan:
        def collateral_for(amount: int) -> int:
            return amount * terms.collateral // terms.maximum_debt

        def flash_profit(amount: int) -> int:
            proceeds = reserves.quote_exact_input(True, collateral_for(amount))
            return proceeds - amount - protocol.flash_fee(amount)

        if self._contract:
            amount = best_amount(terms, protocol.flash_fee(terms.maximum_debt), reserves)
        else:
            amount = min(terms.maximum_debt, free)
        if amount < terms.maximum_debt:
            amount = protocol.keeps_enough(target.number, target.debt, target.collateral, amount)

        if self._contract:
            dollars = view.value(target.debt, flash_profit(amount), price)
        else:
            bought = view.value(target.collateral, collateral_for(amount), price)
            dollars = bought - view.value(target.debt, amount, price)
        clears = amount == terms.maximum_debt
        names = (target.protocol, target.borrower, target.debt, target.collateral)
        return _Plan(*names, amount, collateral_for(amount), clears, dollars, terms)

    def _why_short(self, view: MarketView, price: Mapping[str, int], plan: _Plan, cost: float) -> str:
        """Why it earns too little after a `cost` (dollars): its own means, a market below the protocol's price, or gas.

        Empty where nothing but its own minimum stands against it: it is not one who would have acted.
        """

        def earned(prices: Mapping[str, int]) -> float:
            bought = view.value(plan.collateral, plan.terms.collateral, prices)
            return bought - view.value(plan.debt, plan.terms.maximum_debt, prices)

        wanted = cost + float(self._settings.minimum_profit)
        if earned(price) >= wanted:
            return "slippage" if self._contract else "capital"
        book = view.protocols[plan.protocol].book
        oracle = {asset: round(dollars * FEED_SCALE) for asset, dollars in zip(book.assets, book.prices(), strict=True)}
        promised = earned(oracle)
        return "overpriced" if promised >= wanted else "gas" if promised < cost else ""

    def _decline(self, one: _Candidate | _Plan, reason: str) -> None:
        if reason:
            self.declined.append(Declined(one.protocol, one.borrower, reason))

    # ------------------------------------------------------------------------------------------------ bids

    def _gas(self) -> int:
        """Gas that a liquidation is expected to use."""
        return (FLASH_GAS if self._contract else OWN_GAS) + self._extra_gas

    def _offer(self, view: MarketView, price: Mapping[str, int], profit: float) -> Bid:
        in_wei = int(profit / (price[view.native] / 1e8) * WAD)
        return bid(self._settings.fee, view, profit=in_wei, gas=self._gas())

    def _gas_cost(self, view: MarketView, price: Mapping[str, int], offer: Bid) -> float:
        """Dollars."""
        return self._gas() * offer.effective(view.base_fee) / WAD * price[view.native] / 1e8

    def _rebid(self, view: MarketView, price: Mapping[str, int], waiting: Transaction) -> list[Transaction]:
        profit = float(str(waiting.note.get("profit", 0.0)))
        offer = self._offer(view, price, profit)
        if waiting.kind == "liquidation" and self._gas_cost(view, price, offer) > profit:
            return []
        return raised(waiting, offer)

    def _outbid(self, view: MarketView, plan: _Plan, offer: Bid) -> bool:
        """Whether somebody else's attempt on the account is visible and pays at least as much."""
        rival = view.attempts.get(plan.borrower)
        return rival is not None and rival >= min(offer.priority_fee, offer.max_fee - view.base_fee)

    # ------------------------------------------------------------------------------------------------ transactions

    def _liquidation(
        self, view: MarketView, price: Mapping[str, int], plan: _Plan, offer: Bid, nonce: int
    ) -> Transaction:
        protocol = view.protocols[plan.protocol]
        offered = plan.amount + plan.amount // MARGIN + 1 if plan.clears else plan.amount
        target = Target(plan.borrower, plan.debt, plan.collateral, offered)
        if self._contract:
            cost = self._gas_cost(view, price, offer) / (price[plan.debt] / 1e8)
            least = int(cost * 10 ** view.tokens[plan.debt].decimals)
            to, data = protocol.flash_call(self._contract, view.venues[self._settings.venue].address, target, least)
        else:
            to, data = protocol.liquidate_call(target, plan.collateral_out * 99 // 100)
        note = {
            "protocol": plan.protocol,
            "account": plan.borrower,
            "debt": plan.debt,
            "collateral": plan.collateral,
            "amount": plan.amount,
            "profit": plan.profit,
            "gas": self._gas(),
        }
        limit = (FLASH_LIMIT if self._contract else OWN_LIMIT) + self._extra_gas
        return Transaction(
            self._account, to, data, limit, *offer, nonce, kind="liquidation", agent=self.name, note=note
        )

    def _free_capital(self, view: MarketView, waiting: list[Transaction]) -> int:
        if self._contract:
            return 0
        committed = sum(int(str(one.note["amount"])) for one in waiting if one.kind == "liquidation")
        return max(0, view.balances[self._quote][self._account.address] - committed)


def best_amount(terms: Terms, fee: int, reserves: Quote) -> int:
    """The debt to repay whose collateral, sold at once, earns most; at most ``terms.maximum_debt``.

    Selling pays until the pool's marginal price has fallen to what a unit of collateral costs: the debt repaid for it,
    and its share of `fee`, the flash loan's on the maximum.
    """
    collateral = reserves.input_to_price(True, terms.maximum_debt + fee, terms.collateral)
    return min(terms.maximum_debt, collateral * terms.maximum_debt // terms.collateral)
