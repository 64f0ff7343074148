"""One small market on an in-process chain: three tokens of 18, 6 and 8 decimals, a lending pool and an AMM."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

import pytest

from simulator.chain import Call, Genesis, PyEvmChain, account
from simulator.contracts import Event, artifact, decode_error, decode_log
from simulator.errors import CallReverted
from simulator.transaction import Account, Receipt, Transaction

WAD = 10**18
MAX = 2**256 - 1
ZERO = "0x" + "00" * 20
START = 1_700_000_000
MAXIMUM_AGE = 86_400
GAS = 10_000_000
ROLES = ("owner", "treasury", "reporter", "supplier", "borrower", "liquidator", "attacker", "passer_by")
AAVE_RULES = (WAD // 2, 95 * WAD // 100, 2_000 * WAD, 1_000 * WAD, WAD // 10)
UNCAPPED = 2**128


class Reverted(Exception):
    """A transaction or call reverted; the text is the decoded error."""


@contextmanager
def reverts(name: str, *arguments: object) -> Iterator[None]:
    """Expect the error of that name, with exactly these arguments when any are given."""
    with pytest.raises(Reverted) as caught:
        yield
    text = str(caught.value)
    if arguments:
        assert text == f"{name}({', '.join(str(argument) for argument in arguments)})"
    else:
        assert text.partition("(")[0] == name


class Deployed:
    """A contract of the world: `read` calls, `send` mines one block with one transaction."""

    def __init__(self, world: World, kind: str, address: str) -> None:
        self.world, self.kind, self.address = world, kind, address
        self.artifact = artifact(kind)

    def read(self, function: str, *arguments: Any, sender: str = ZERO) -> Any:
        data = self.artifact.encode(function, *arguments)
        try:
            return self.artifact.decode(function, self.world.chain.call(Call(self.address, data, sender)))
        except CallReverted as error:
            raise Reverted(decode_error(error.data)) from None

    def send(self, sender: Account, function: str, *arguments: Any) -> Receipt:
        return self.world.send(sender, self.address, self.artifact.encode(function, *arguments))

    def act(self, function: str, *arguments: Any) -> tuple[str, bytes]:
        """The call as a `Puppet` takes it."""
        return self.address, self.artifact.encode(function, *arguments)


class World:
    """Deploys everything; prices are WETH 2,000, USDC 1, WBTC 30,000, and borrowing is free until a test says so."""

    def __init__(self) -> None:
        self.accounts = {role: account(role) for role in ROLES}
        balances = {someone.address: 10**24 for someone in self.accounts.values()}
        self.chain = PyEvmChain(Genesis(100_000_000, 0, START, ZERO, balances))
        self.owner = self.accounts["owner"]
        self.tokens = {
            symbol: self.deploy("TestToken", symbol, symbol, decimals, self.owner.address)
            for symbol, decimals in (("WETH", 18), ("USDC", 6), ("WBTC", 8))
        }
        self.weth, self.usdc, self.wbtc = self.tokens.values()
        self._deploy_oracle()
        self._deploy_pool()
        self._deploy_keeping()

    def _deploy_oracle(self) -> None:
        self.oracle = self.deploy("FeedOracle", self.owner.address)
        self.feeds = {}
        for symbol, decimals, price in (("WETH", 8, 2_000), ("USDC", 8, 1), ("WBTC", 18, 30_000)):
            reporter = self.accounts["reporter"].address
            feed = self.deploy("PriceFeed", decimals, f"{symbol} / USD", reporter, self.owner.address)
            self.feeds[symbol] = feed
            self.oracle.send(self.owner, "setFeed", self.tokens[symbol].address, feed.address, MAXIMUM_AGE)
            self.set_price(symbol, price)

    def _deploy_pool(self) -> None:
        self.margins = self.deploy("StaticMarginModel", self.owner.address)
        self.free_rates = self.deploy("KinkedRateModel", 0, WAD // 2, 0, 0)
        self.pool = self.deploy("LendingPool", self.owner.address, self.accounts["treasury"].address)
        self.module = self.deploy("FixedSpreadLiquidation", self.owner.address, self.pool.address, AAVE_RULES)
        self.lens = self.deploy("PoolLens")
        margins = {"WETH": (75, 80, 5), "USDC": (80, 85, 4), "WBTC": (70, 75, 10)}
        for symbol, token in self.tokens.items():
            configuration = (self.free_rates.address, WAD // 10, UNCAPPED, UNCAPPED)
            self.pool.send(self.owner, "listAsset", token.address, configuration)
            percentages = tuple(value * WAD // 100 for value in margins[symbol])
            self.margins.send(self.owner, "setMargin", token.address, percentages)
        self.pool.send(self.owner, "setOracle", self.oracle.address)
        self.pool.send(self.owner, "setMarginModel", self.margins.address)
        self.pool.send(self.owner, "setLiquidationModule", self.module.address)

    def _deploy_keeping(self) -> None:
        self.amm = self.deploy("ConstantProductPool", self.weth.address, self.usdc.address, 3_000)
        self.router = self.deploy("PoolRouter")
        self.puppet = self.deploy("Puppet")
        for someone in self.accounts.values():
            for token in self.tokens.values():
                for spender in (self.pool, self.module, self.router):
                    token.send(someone, "approve", spender.address, MAX)

    def deploy(self, kind: str, *arguments: Any) -> Deployed:
        return Deployed(self, kind, self.chain.deploy(artifact(kind).deployment(*arguments), self.owner, label=kind))

    def send(self, sender: Account, to: str, data: bytes, *, gas: int = GAS, after: int = 1) -> Receipt:
        """Mine one transaction `after` seconds; raises `Reverted`."""
        (nonce,) = self.chain.nonces([sender.address])
        transaction = Transaction(sender, to, data, gas, 0, 0, nonce)
        block = self.chain.build_block([transaction], self.chain.head.timestamp + after)
        (receipt,) = block.receipts
        if not receipt.succeeded:
            raise Reverted(decode_error(receipt.revert_data))
        return receipt

    def warp(self, seconds: int) -> None:
        self.chain.build_block([], self.chain.head.timestamp + seconds)

    def set_price(self, symbol: str, price: int | Fraction) -> None:
        feed = self.feeds[symbol]
        decimals = feed.read("decimals")
        feed.send(self.accounts["reporter"], "report", int(price * 10**decimals))

    def give(self, symbol: str, someone: Account | Deployed, amount: int) -> None:
        self.tokens[symbol].send(self.owner, "mint", someone.address, amount)

    def balance(self, symbol: str, someone: Account | Deployed) -> int:
        held: int = self.tokens[symbol].read("balanceOf", someone.address)
        return held

    def supply(self, symbol: str, someone: Account, amount: int) -> Receipt:
        self.give(symbol, someone, amount)
        return self.pool.send(someone, "supply", self.tokens[symbol].address, amount, someone.address)

    def borrow(self, symbol: str, someone: Account, amount: int) -> Receipt:
        return self.pool.send(someone, "borrow", self.tokens[symbol].address, amount, someone.address)

    def set_rates(self, symbol: str, *parameters: int) -> None:
        """Give an asset a kinked rate model: base rate, kink, slopes."""
        model = self.deploy("KinkedRateModel", *parameters)
        _, *rest = self.pool.read("configuration", self.tokens[symbol].address)
        self.pool.send(self.owner, "configureAsset", self.tokens[symbol].address, (model.address, *rest))

    def state(self, symbol: str) -> tuple[int, ...]:
        """Supply assets, supply shares, borrow assets, borrow shares, deficit, accrual time."""
        state: tuple[int, ...] = self.pool.read("assetState", self.tokens[symbol].address)
        return state

    def health(self, someone: Account) -> int:
        health: int = self.pool.read("healthFactor", someone.address)
        return health

    def liquidate(self, borrower: Account, debt: str, collateral: str, amount: int, minimum: int = 0) -> Receipt:
        """As the liquidator, who is given what it pays."""
        liquidator = self.accounts["liquidator"]
        self.give(debt, liquidator, min(amount, 10**30))
        return self.module.send(
            liquidator,
            "liquidate",
            borrower.address,
            self.tokens[debt].address,
            self.tokens[collateral].address,
            amount,
            minimum,
        )

    def terms(self, borrower: Account, debt: str, collateral: str) -> tuple[bool, int, int, int, int]:
        """Eligible, health factor, most debt, collateral for it, collateral to the treasury."""
        terms: tuple[bool, int, int, int, int] = self.module.read(
            "checkLiquidation", borrower.address, self.tokens[debt].address, self.tokens[collateral].address
        )
        return terms


def events(receipt: Receipt, name: str) -> list[Event]:
    """Events of that name, in order."""
    decoded = (decode_log(log) for log in receipt.logs)
    return [event for event in decoded if event is not None and event.name == name]


def ceil_div(numerator: int, denominator: int) -> int:
    return -(-numerator // denominator)
