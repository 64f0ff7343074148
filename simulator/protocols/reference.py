"""Undertow's own lending pool behind the adapter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..adapters import Liquidation, Target, Terms
from ..chain.engine import Call, Chain, Reader
from ..chain.signing import account
from ..contracts import artifact, decode_log
from ..opening_book import OpeningPosition
from ..position_book import AssetState, PositionBook
from ..set_up import SetUp
from ..settings import ListedAsset, ProtocolSettings
from ..transaction import Account, Log
from ..units import WAD, to_units, wad
from .fixed_spread import keeps_enough, terms

__all__ = ["ReferenceProtocol"]

YEAR = 365 * 86_400
GOVERNANCE = ("AssetListed", "AssetConfigured", "OracleSet", "MarginModelSet", "FeedSet", "MarginSet")
"""Events after which more than prices and totals may have changed."""
TOTALS = ("total_supply_assets", "total_supply_shares", "total_borrow_assets", "total_borrow_shares", "deficit")
SUPPLY_GAS, BORROW_GAS, BORROW_GAS_AN_ASSET = 220_000, 180_000, 100_000
"""Limits of the calls that open a position: about a third more than the gas snapshot's first supply and borrow."""
BATCH = 200
"""Accounts to one lens call: about 5 million gas."""


class ReferenceProtocol:
    """One deployed pool with its oracle, margins, liquidation module and lens.

    Parameters
    ----------
    chain, name : where, and the scenario's name for it
    settings : its part of the scenario
    tokens : address and decimals by asset name
    """

    def __init__(
        self, chain: Chain, name: str, settings: ProtocolSettings, tokens: Mapping[str, tuple[str, int]]
    ) -> None:
        self.chain, self.name, self.settings = chain, name, settings
        self.assets = tuple(settings.assets)
        self.tokens = {asset: tokens[asset][0] for asset in self.assets}
        self._decimals = {asset: tokens[asset][1] for asset in self.assets}
        self._asset_of = {address: asset for asset, address in self.tokens.items()}
        self.pool = self.module = self.lens = self.oracle = self.margin_model = ""
        self.book = PositionBook((), self.assets)
        self._terms: dict[tuple[str, str, str], Terms] = {}

    # ------------------------------------------------------------------------------------------------ deployment

    def deploy(self, set_up: SetUp, feeds: Mapping[str, str], prices: Mapping[str, int]) -> None:
        """Create and wire the contracts, list the assets and put the lenders' money in."""
        owner = set_up.deployer
        self.oracle = set_up.deploy("FeedOracle", owner.address)
        self.margin_model = set_up.deploy("StaticMarginModel", owner.address)
        self.pool = set_up.deploy("LendingPool", owner.address, account("treasury").address)
        rules = self.settings.liquidation
        chosen = (
            rules.close_factor,
            rules.full_close_health_factor,
            rules.minimum_position,
            rules.minimum_left,
            rules.protocol_share,
        )
        numbers = tuple(wad(value) for value in chosen)
        self.module = set_up.deploy("FixedSpreadLiquidation", owner.address, self.pool, numbers)
        self.lens = set_up.deploy("PoolLens")
        set_up.send(owner, self.pool, "LendingPool", "setOracle", self.oracle)
        set_up.send(owner, self.pool, "LendingPool", "setMarginModel", self.margin_model)
        set_up.send(owner, self.pool, "LendingPool", "setLiquidationModule", self.module)
        set_up.send(owner, self.pool, "LendingPool", "setFlashLoanFee", wad(self.settings.flash_loan_fee))
        for asset, listed in self.settings.assets.items():
            self._list(set_up, asset, listed, feeds[asset], prices[asset])

    def _list(self, set_up: SetUp, asset: str, listed: ListedAsset, feed: str, price: int) -> None:
        owner, token = set_up.deployer, self.tokens[asset]
        rates = listed.interest
        model = set_up.deploy(
            "KinkedRateModel", wad(rates.base), wad(rates.kink), wad(rates.slope_below), wad(rates.slope_above)
        )

        def tokens_for(value: Any) -> int:
            return to_units(value * 10**8 / price, self._decimals[asset])

        configuration = (
            model,
            wad(listed.reserve_factor),
            tokens_for(listed.supply_cap),
            tokens_for(listed.borrow_cap),
        )
        age = int(self.settings.maximum_price_age)
        set_up.send(owner, self.oracle, "FeedOracle", "setFeed", token, feed, age)
        set_up.call(owner, *self.margin_call(asset, listed))
        set_up.send(owner, self.pool, "LendingPool", "listAsset", token, configuration)
        lender = account(f"lender/{self.name}")
        amount = tokens_for(listed.supplied)
        if amount:
            set_up.mint(token, lender.address, amount)
            set_up.approve(lender, token, self.pool)
            set_up.send(lender, self.pool, "LendingPool", "supply", token, amount, lender.address)

    def margin_call(self, asset: str, margins: Any) -> tuple[str, bytes]:
        """Target and calldata by which governance sets the margins of `asset`."""
        margin = tuple(
            wad(value) for value in (margins.loan_to_value, margins.liquidation_threshold, margins.liquidation_bonus)
        )
        return self.margin_model, artifact("StaticMarginModel").encode("setMargin", self.tokens[asset], margin)

    def open_book(self, set_up: SetUp, positions: Sequence[OpeningPosition]) -> None:
        """Supply each account's collateral on its behalf, and let it borrow."""
        depositor = account(f"depositor/{self.name}")
        for asset, token in self.tokens.items():
            total = sum(position.collateral.get(asset, 0) for position in positions)
            if total:
                set_up.mint(token, depositor.address, total)
                set_up.approve(depositor, token, self.pool)
        for position in positions:
            owner = account(position.name)
            for asset, amount in position.collateral.items():
                arguments = (self.tokens[asset], amount, owner.address)
                set_up.send(depositor, self.pool, "LendingPool", "supply", *arguments, gas=SUPPLY_GAS)
        for position in positions:
            owner = account(position.name)
            for asset, amount in position.debt.items():
                arguments = (self.tokens[asset], amount, owner.address)
                gas = BORROW_GAS + BORROW_GAS_AN_ASSET * len(self.assets)
                set_up.send(owner, self.pool, "LendingPool", "borrow", *arguments, gas=gas)
        self.book = PositionBook([account(position.name).address for position in positions], self.assets)

    # ------------------------------------------------------------------------------------------------ reading

    def read_all(self, read: Reader) -> None:
        """Read every account and every asset from the chain."""
        self._read_accounts(self.book.accounts, read)
        self._read_assets(read)

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
        self._terms.clear()

    def follow(self, logs: Sequence[Log]) -> None:
        """Carry the book over one block: accounts that its logs name, prices, totals; all if governance acted."""
        touched = self.touched(logs)
        if touched:
            self._read_accounts(touched, self.chain.call_many)
        governed = (log for log in logs if log.address in (self.margin_model, self.oracle, self.pool))
        events = (decode_log(log) for log in governed)
        if any(event is not None and event.name in GOVERNANCE for event in events):
            self._read_assets(self.chain.call_many)
        else:
            self._read_prices_and_totals()

    def moving_calls(self) -> list[Call]:
        """Reads of what moves every block: totals and prices. Reading everything took a fifth of a run on py-evm."""
        pool, oracle = artifact("LendingPool"), artifact("FeedOracle")
        calls = [Call(self.pool, pool.encode("assetState", token)) for token in self.tokens.values()]
        return calls + [Call(self.oracle, oracle.encode("price", token)) for token in self.tokens.values()]

    def _read_prices_and_totals(self) -> None:
        pool, oracle = artifact("LendingPool"), artifact("FeedOracle")
        results = self.chain.call_many(self.moving_calls())
        states = []
        for number, state in enumerate(self.book.states):
            quoted = results[len(self.assets) + number]
            price, updated_at = oracle.decode("price", quoted.data) if quoted.succeeded else (0, 0)
            totals = pool.decode("assetState", results[number].data)
            states.append(
                state._replace(
                    priced=quoted.succeeded,
                    price=price,
                    price_updated_at=updated_at,
                    **dict(zip(TOTALS, totals, strict=False)),
                )
            )
        self.book.states = tuple(states)
        self._terms.clear()

    def touched(self, logs: Iterable[Log]) -> list[str]:
        """Accounts of the book that the pool's logs name, in the book's order."""
        named = set()
        for log in logs:
            event = decode_log(log) if log.address == self.pool else None
            if event is not None:
                named |= {self.book.index[v] for v in event.arguments.values() if v in self.book.index}
        return [self.book.accounts[number] for number in sorted(named)]

    def liquidations(self, logs: Iterable[Log]) -> list[Liquidation]:
        """Liquidations among one transaction's logs."""
        found = []
        for log in logs:
            event = decode_log(log) if log.address == self.module else None
            if event is not None and event.name == "Liquidated":
                values = list(event.arguments.values())
                values[1:3] = [self._asset_of[address] for address in values[1:3]]
                found.append(Liquidation(*values))
        return found

    def terms(self, number: int, debt: str, collateral: str) -> Terms:
        """The twin's terms for account `number` of the book; every keeper asks for them."""
        key = (number, debt, collateral)
        if key not in self.book.kept:
            columns = (self.book.assets.index(debt), self.book.assets.index(collateral))
            self.book.kept[key] = terms(self.book, number, *columns, self.settings.liquidation)
        found: Terms = self.book.kept[key]
        return found

    def keeps_enough(self, number: int, debt: str, collateral: str, amount: int) -> int:
        """A partial repayment that leaves no dust; see `fixed_spread`."""
        columns = (self.book.assets.index(debt), self.book.assets.index(collateral))
        return keeps_enough(self.book, number, *columns, amount, self.settings.liquidation)

    def closable(self, health: NDArray[np.float64], debts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Dollars of debt that one liquidation may repay by the close factor."""
        rules = self.settings.liquidation
        whole = (health <= float(rules.full_close_health_factor)) | (debts < float(rules.minimum_position))
        share: NDArray[np.float64] = np.where(whole, debts, debts * float(rules.close_factor))
        return share

    def check(self, wanted: Sequence[tuple[str, str, str]]) -> list[Terms]:
        """The contract's own terms for (borrower, debt asset, collateral asset); asked once a block for each."""
        module = artifact("FixedSpreadLiquidation")
        unknown = [key for key in dict.fromkeys(wanted) if key not in self._terms]
        calls = [
            Call(self.module, module.encode("checkLiquidation", who, self.tokens[debt], self.tokens[collateral]))
            for who, debt, collateral in unknown
        ]
        for key, result in zip(unknown, self.chain.call_many(calls) if calls else [], strict=True):
            self._terms[key] = Terms(*module.decode("checkLiquidation", result.data))
        return [self._terms[key] for key in wanted]

    # ------------------------------------------------------------------------------------------------ transactions

    def liquidate_call(self, target: Target, minimum: int) -> tuple[str, bytes]:
        """Target and calldata of a liquidation out of the sender's own tokens."""
        arguments = (target.borrower, *self._pair(target), target.amount, minimum)
        return self.module, artifact("FixedSpreadLiquidation").encode("liquidate", *arguments)

    def flash_call(self, keeper: str, venue: str, target: Target, minimum_profit: int) -> tuple[str, bytes]:
        """Target and calldata of a liquidation by flash loan through the sender's keeper contract."""
        order = (self.pool, self.module, venue, target.borrower, *self._pair(target), target.amount, minimum_profit)
        return keeper, artifact("FlashLiquidator").encode("liquidate", order)

    def _pair(self, target: Target) -> tuple[str, str]:
        return self.tokens[target.debt], self.tokens[target.collateral]

    def supply_call(self, asset: str, amount: int, owner: str) -> tuple[str, bytes]:
        """Target and calldata of a top-up."""
        return self.pool, artifact("LendingPool").encode("supply", self.tokens[asset], amount, owner)

    def repay_call(self, asset: str, amount: int, owner: str) -> tuple[str, bytes]:
        """Target and calldata of a repayment."""
        return self.pool, artifact("LendingPool").encode("repay", self.tokens[asset], amount, owner)

    def prepare_keeper(self, set_up: SetUp, keeper: Account, debt_assets: Iterable[str]) -> None:
        """Approvals that `liquidate_call` needs."""
        for asset in debt_assets:
            if asset in self.tokens:
                set_up.approve(keeper, self.tokens[asset], self.module)

    def flash_fee(self, amount: int) -> int:
        """Flash-loan fee on `amount`, rounded up."""
        return -(-amount * wad(self.settings.flash_loan_fee) // WAD)
