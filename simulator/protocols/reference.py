"""Undertow's own lending pool behind the adapter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..adapters import Venue
from ..chain.engine import Call, CallResult, Chain, Reader
from ..chain.signing import account
from ..contracts import Event, artifact, decode_log
from ..mechanisms import DeployedMargins, InsuranceFund, Mechanism, Poke, Site, VenueSite
from ..opening_book import OpeningPosition
from ..position_book import AssetState, PositionBook
from ..set_up import SetUp
from ..settings import ProtocolSettings
from ..terms import Chore, Deficit, Holding, Liquidation, Losses, Target, Terms
from ..transaction import Account, Log
from ..units import WAD, wad
from .building import NOWHERE, build, deploy_keeper, open_positions
from .moving import holdings, moved

__all__ = ["ReferenceProtocol"]

GOVERNANCE = ("AssetListed", "AssetConfigured", "OracleSet", "MarginModelSet", "FeedSet", "MarginSet", "TierSet")
"""Events after which more than prices and totals may have changed."""
LOSSES = {"DeficitRecorded": "recorded", "DeficitCovered": "covered", "DeficitSocialised": "socialised"}
POKE_GAS = 300_000
PRICES = 5
"""Prices that a liquidation reads: of debt and collateral, twice, and once for a guard."""
BATCH = 200
"""Accounts to one lens call: about 5 million gas."""


class ReferenceProtocol:
    """One deployed pool with its oracle, margins, liquidation module and lens.

    Parameters
    ----------
    name : the scenario's for it
    settings : its part of the scenario
    tokens : address and decimals by asset name
    """

    chain: Chain

    def __init__(self, name: str, settings: ProtocolSettings, tokens: Mapping[str, tuple[str, int]]) -> None:
        self.name, self.settings = name, settings
        self.assets = tuple(settings.assets)
        self._tokens = {asset: tokens[asset] for asset in self.assets}
        self.tokens = {asset: token for asset, (token, _) in self._tokens.items()}
        self._asset_of = {address: asset for asset, address in self.tokens.items()}
        self.mechanism: Mechanism = settings.liquidation.mechanism()
        parts = self.mechanism.extra_gas + sum(guard.extra_gas() for guard in settings.guards)
        self.extra_gas = PRICES * settings.oracle.extra_gas() + settings.margins.extra_gas() + parts
        self.own_rules: Sequence[str] = ()
        self.protocol_share: Decimal = getattr(settings.liquidation, "protocol_share", Decimal(0))
        self.fund: InsuranceFund | None = None
        self.pool = self.lens = self.oracle = self.guard = ""
        self.margins = DeployedMargins("", "")
        self.pokes: Sequence[Poke] = ()
        self._poked: dict[tuple[str, str], int] = {}  # (contract, asset) → timestamp
        self.losses = Losses()
        self.deficits: list[Deficit] = []
        self.book = PositionBook((), self.assets)
        self._terms: dict[tuple[str, str, str], Terms] = {}

    def deploy(
        self, set_up: SetUp, feeds: Mapping[str, str], venues: Mapping[str, VenueSite], prices: Mapping[str, int]
    ) -> None:
        """Create and wire the contracts, list the assets and put the lenders' money in."""
        age = int(self.settings.maximum_price_age)
        site = Site(set_up, self.assets, self._tokens, feeds, venues, age, collateral=self.settings.collateral())
        parts = build(self.name, self.settings, self.mechanism, site, prices)
        self.pool, self.lens, self.oracle, self.margins, self.guard, self.fund = parts
        self.pokes = tuple(site.pokes)

    def arm(self, set_up: SetUp) -> None:
        """After positions are open and oracles poked: the scenario's own oracle, guards and margins from here on."""
        set_up.send(set_up.deployer, self.pool, "LendingPool", "setOracle", self.oracle)
        if self.guard:
            set_up.send(set_up.deployer, self.pool, "LendingPool", "setGuard", self.guard)
        for asset in self.settings.opened_under:
            set_up.call(set_up.deployer, *self.margin_call(asset, self.settings.assets[asset]))

    def margin_call(self, asset: str, margins: Any) -> tuple[str, bytes]:
        """Target and calldata by which governance sets the margins of `asset`."""
        return self.margins.base, self.settings.margins.set_data(asset, self.tokens[asset], margins)

    def poke_call(self, poke: Poke) -> tuple[str, bytes]:
        """Target and calldata of a poke."""
        return poke.contract, artifact("IPokedOracle").encode("poke", self.tokens[poke.asset])

    def open_book(self, set_up: SetUp, positions: Sequence[OpeningPosition]) -> None:
        """Supply each account's collateral on its behalf, and let it borrow."""
        open_positions(set_up, self.name, self.pool, self.tokens, positions)
        self.book = PositionBook([account(position.name).address for position in positions], self.assets)
        self.book.brackets = self.margins.brackets

    # ------------------------------------------------------------------------------------------------ reading

    def read_all(self, read: Reader) -> None:
        """Read every account and every asset from the chain."""
        self._read_accounts(self.book.accounts, read)
        self._read_assets(read)
        self._poked = {(poke.contract, poke.asset): self.chain.head.timestamp for poke in self.pokes}

    def _read_accounts(self, accounts: Sequence[str], read: Reader) -> None:
        lens = artifact("PoolLens")
        batches = [accounts[start : start + BATCH] for start in range(0, len(accounts), BATCH)]
        calls = [Call(self.lens, lens.encode("accountShares", self.pool, batch)) for batch in batches]
        for batch, result in zip(batches, read(calls), strict=True):
            for address, (supply, borrow) in zip(batch, lens.decode("accountShares", result.data), strict=True):
                self.book.set_shares(address, supply, borrow)

    def _read_assets(self, read: Reader) -> None:
        """Everything about every asset, with interest up to the newest block."""
        lens = artifact("PoolLens")
        (answer,) = read([Call(self.lens, lens.encode("marketView", self.pool))])
        self.book.states = tuple(AssetState(*state) for state in lens.decode("marketView", answer.data))

    def follow(self, logs: Sequence[Log]) -> None:
        """Carry the book over one block: accounts that its logs name, prices, totals; all if governance acted."""
        self._terms.clear()
        head = self.chain.head.timestamp
        touched = self.touched(logs)
        if touched:
            self._read_accounts(touched, self.chain.call_many)
        governed = (self.margins.base, self.oracle, self.pool)
        events = [event for log in logs if log.address in governed and (event := decode_log(log)) is not None]
        if any(event.name in GOVERNANCE for event in events):
            self._read_assets(self.chain.call_many)
        self._read_moving(logs)
        self._count_losses(events)
        if self.fund:
            self.fund.follow([log for log in logs if log.address in (self.fund.address, self.pool)], head)
        if self.pokes:
            self._note_pokes(logs)

    def _note_pokes(self, logs: Sequence[Log]) -> None:
        contracts = {poke.contract for poke in self.pokes}
        for log in logs:
            event = decode_log(log) if log.address in contracts else None
            if event is not None and "asset" in event.arguments:
                key = (log.address, self._asset_of[event.arguments["asset"]])
                self._poked[key] = self.chain.head.timestamp

    def moving_calls(self) -> list[Call]:
        """Reads of what moves every block. Reading everything took a fifth of a run on py-evm."""
        pool, oracle, margins = artifact("LendingPool"), artifact("IPriceOracle"), artifact("IMarginModel")
        tokens = self.tokens.values()
        calls = [Call(self.pool, pool.encode("assetState", token)) for token in tokens]
        calls += [Call(self.oracle, oracle.encode("price", token)) for token in tokens]
        if self.margins.moving:
            calls += [Call(self.margins.address, margins.encode("margin", token, NOWHERE)) for token in tokens]
        return calls + self.mechanism.calls(self.book)

    def _read_moving(self, logs: Sequence[Log]) -> None:
        results, count = self.chain.call_many(self.moving_calls()), len(self.assets)
        margins: Sequence[CallResult | None] = results[2 * count : 3 * count] if self.margins.moving else [None] * count
        read = zip(self.book.states, results[:count], results[count : 2 * count], margins, strict=True)
        self.book.states = tuple(moved(*one) for one in read)
        rest = results[(3 if self.margins.moving else 2) * count :]
        self.mechanism.follow(self.book, logs, rest, self.chain.head.timestamp)

    def _count_losses(self, events: Iterable[Event]) -> None:
        for event in (one for one in events if one.name in LOSSES):
            state = self.book.states[self.assets.index(self._asset_of[event.arguments["asset"]])]
            lost, kind = event.arguments["assets"] / state.unit * state.price / WAD, LOSSES[event.name]
            self.losses = self.losses._replace(**{kind: getattr(self.losses, kind) + lost})
            if kind == "recorded":
                self.deficits.append(Deficit(event.arguments["account"], lost))

    def touched(self, logs: Iterable[Log]) -> list[str]:
        """Accounts of the book that the pool's logs name, in the book's order."""
        named = set()
        for log in logs:
            event = decode_log(log) if log.address == self.pool else None
            if event is not None:
                named |= {self.book.index[v] for v in event.arguments.values() if v in self.book.index}
        return [self.book.accounts[number] for number in sorted(named)]

    def balance_of_books(self) -> list[Holding]:
        """Supply less debt and deficit of every asset."""
        return holdings(self.pool, self.assets, self.book.states)

    def liquidations(self, logs: Iterable[Log]) -> list[Liquidation]:
        """Liquidations among one transaction's logs."""
        found: list[Liquidation] = []
        paid: list[int] = []
        written: dict[tuple[str, str], int] = {}
        for log in logs:
            event = decode_log(log) if log.address in (self.mechanism.address, self.pool) else None
            if event is None:
                continue
            values = list(event.arguments.values())
            if event.name == "Liquidated":
                values[1:3] = [self._asset_of[address] for address in values[1:3]]
                found.append(Liquidation(*values))
            elif event.name == "DeficitRecorded":
                key = (values[1], self._asset_of[values[0]])
                written[key] = written.get(key, 0) + values[2]
            elif event.name in self.mechanism.payments:
                paid.append(event.arguments[self.mechanism.payments[event.name]])
        return [
            one._replace(paid=payment, written_off=written.pop((one.borrower, one.debt_asset), 0))
            for one, payment in zip(found, paid or [one.debt for one in found], strict=True)
        ]

    # ------------------------------------------------------------------------------------------------ liquidation

    def chores(self, timestamp: int) -> list[Chore]:
        """What is due at `timestamp`."""
        due = [
            Chore(f"poke {poke.contract} {poke.asset}", "poke", *self.poke_call(poke), POKE_GAS, {"asset": poke.asset})
            for poke in self.pokes
            if timestamp >= self._poked[poke.contract, poke.asset] + poke.interval
        ]
        due += self.mechanism.chores(self.book, timestamp)
        return [one._replace(note={**one.note, "protocol": self.name}) for one in due]

    def terms(self, number: int, debt: str, collateral: str) -> Terms:
        """Terms for account `number` of the book, by the mechanism's twin or by the contract."""
        key = (number, debt, collateral)
        if key not in self.book.kept:
            columns = self._columns(debt, collateral)
            found = None if self.guard else self.mechanism.terms(self.book, number, *columns)
            self.book.kept[key] = found or self.check([(self.book.accounts[number], debt, collateral)])[0]
        known: Terms = self.book.kept[key]
        return known

    def keeps_enough(self, number: int, debt: str, collateral: str, amount: int) -> int:
        """A partial repayment that leaves no dust."""
        return self.mechanism.keeps_enough(self.book, number, *self._columns(debt, collateral), amount)

    def _columns(self, debt: str, collateral: str) -> tuple[int, int]:
        return self.assets.index(debt), self.assets.index(collateral)

    def closable(self, health: NDArray[np.float64], debts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Dollars of debt that one liquidation may repay."""
        share: NDArray[np.float64] = self.mechanism.closable(health, debts)
        return share

    def check(self, wanted: Sequence[tuple[str, str, str]]) -> list[Terms]:
        """The contract's own terms for (borrower, debt asset, collateral asset); asked once a block for each."""
        module = artifact("ILiquidationModule")
        unknown = [key for key in dict.fromkeys(wanted) if key not in self._terms]
        calls = [
            Call(
                self.mechanism.address,
                module.encode("checkLiquidation", who, self.tokens[debt], self.tokens[collateral]),
                ahead=1,
            )
            for who, debt, collateral in unknown
        ]
        for key, result in zip(unknown, self.chain.call_many(calls) if calls else [], strict=True):
            self._terms[key] = Terms(*module.decode("checkLiquidation", result.data))
        return [self._terms[key] for key in wanted]

    # ------------------------------------------------------------------------------------------------ transactions

    def liquidate_call(self, target: Target, minimum: int) -> tuple[str, bytes]:
        """Target and calldata of a liquidation out of the sender's own tokens."""
        arguments = (target.borrower, *self._pair(target), target.amount, minimum)
        return self.mechanism.address, artifact("ILiquidationModule").encode("liquidate", *arguments)

    def flash_call(self, keeper: str, venue: str, target: Target, minimum_profit: int) -> tuple[str, bytes]:
        """Target and calldata of a liquidation by flash loan through the sender's keeper contract."""
        places = (self.pool, self.mechanism.address, venue)
        order = (*places, target.borrower, *self._pair(target), target.amount, minimum_profit)
        return keeper, artifact("FlashLiquidator").encode("liquidate", order)

    def _pair(self, target: Target) -> tuple[str, str]:
        return self.tokens[target.debt], self.tokens[target.collateral]

    def supply_call(self, asset: str, amount: int, owner: str) -> tuple[str, bytes]:
        """Target and calldata of a top-up."""
        return self.pool, artifact("LendingPool").encode("supply", self.tokens[asset], amount, owner)

    def repay_call(self, asset: str, amount: int, owner: str) -> tuple[str, bytes]:
        """Target and calldata of a repayment."""
        return self.pool, artifact("LendingPool").encode("repay", self.tokens[asset], amount, owner)

    def keeper(self, set_up: SetUp, owner: Account, venue: Venue) -> str:
        """A `FlashLiquidator` or `FlashTaker`; where it does not sell to our own pool, one that has a seller."""
        return deploy_keeper(set_up, self.mechanism.style, owner, venue)

    def prepare_keeper(self, set_up: SetUp, keeper: Account, debt_assets: Iterable[str]) -> None:
        """Approvals that a keeper needs to pay the module."""
        for asset in debt_assets:
            if asset in self.tokens:
                set_up.approve(keeper, self.tokens[asset], self.mechanism.address)

    def flash_fee(self, amount: int) -> int:
        """Flash-loan fee on `amount`, rounded up."""
        return -(-amount * wad(self.settings.flash_loan_fee) // WAD)
