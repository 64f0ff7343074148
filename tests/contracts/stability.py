"""What the tests of the stability pool share: a market of depositors and fresh borrowers, and the exact pool."""

from __future__ import annotations

from fractions import Fraction

from simulator.chain import account
from simulator.transaction import Account, Receipt
from tests.contracts.world import MAX, Deployed, World, events

GAINS = ("WETH", "WBTC")
LENT = 10**30
SLACK = Fraction(1, 10**6)
"""Far more than what a part in 1e27 for each offset comes to here."""


class Stability:
    """The pool's module is a stability pool of USDC with collaterals WETH and WBTC, free until a test says so."""

    def __init__(self, world: World, gas_compensation: int = 0, minimum_ratio: int = 0) -> None:
        self.world, self.rules = world, (gas_compensation, minimum_ratio)
        self.caller = world.accounts["passer_by"]
        self.depositors: dict[str, Account] = {}
        self.borrowers = 0
        collaterals = [world.tokens[symbol].address for symbol in GAINS]
        self.module: Deployed = world.deploy(
            "StabilityPoolLiquidation",
            *(world.owner.address, world.pool.address, world.usdc.address, collaterals, self.rules),
        )
        world.pool.send(world.owner, "setLiquidationModule", self.module.address)
        world.supply("USDC", world.accounts["supplier"], LENT)

    def who(self, name: str) -> Account:
        if name not in self.depositors:
            self.depositors[name] = account(f"depositor/{name}")
            self.world.usdc.send(self.depositors[name], "approve", self.module.address, MAX)
        return self.depositors[name]

    def deposit(self, name: str, assets: int) -> Receipt:
        self.world.give("USDC", self.who(name), assets)
        return self.module.send(self.who(name), "deposit", assets)

    def withdraw(self, name: str, assets: int = MAX) -> int:
        (event,) = events(self.module.send(self.who(name), "withdraw", assets), "DepositWithdrawn")
        return int(event.arguments["assets"])

    def claim(self, name: str, symbol: str = "WETH") -> int:
        receipt = self.module.send(self.who(name), "claim", self.world.tokens[symbol].address)
        return int(events(receipt, "GainClaimed")[0].arguments["assets"])

    def compounded(self, name: str) -> int:
        found: int = self.module.read("compoundedDeposit", self.who(name).address)
        return found

    def pending(self, name: str, symbol: str = "WETH") -> int:
        found: int = self.module.read("pendingGain", self.who(name).address, self.world.tokens[symbol].address)
        return found

    def holdings(self, name: str) -> tuple[int, int]:
        """Deposit and gain in WETH."""
        return self.compounded(name), self.pending(name)

    def liquidatable(self, borrower: Account, symbol: str = "WETH") -> tuple[int, int, int]:
        """Debt, collateral, compensation."""
        token = self.world.tokens[symbol].address
        found: tuple[int, int, int] = self.module.read("liquidatable", borrower.address, token)
        return found

    def liquidate(self, borrower: Account, symbol: str = "WETH") -> Receipt:
        return self.module.send(self.caller, "liquidate", borrower.address, self.world.tokens[symbol].address)

    def borrower(self, debt: int, collateral: int, symbol: str = "WETH") -> Account:
        """A fresh account with this debt in USDC and this collateral, which must allow it at the world's prices."""
        self.borrowers += 1
        someone = account(f"stability borrower/{self.borrowers}")
        payer = self.world.accounts["supplier"]
        self.world.give(symbol, payer, collateral)
        self.world.pool.send(payer, "supply", self.world.tokens[symbol].address, collateral, someone.address)
        self.world.borrow("USDC", someone, debt)
        return someone

    def offset(self, debt: int, collateral: int, price: Fraction | int, symbol: str = "WETH") -> tuple[int, int]:
        """A fresh borrower opens at today's price, falls to `price` and is liquidated; returns debt and collateral."""
        someone = self.borrower(debt, collateral, symbol)
        before = {"WETH": 2_000, "WBTC": 30_000}[symbol]
        self.world.set_price(symbol, price)
        (done,) = events(self.liquidate(someone, symbol), "DebtOffset")
        self.world.set_price(symbol, before)
        return done.arguments["debtAssets"], done.arguments["gainAssets"]


class ExactPool:
    """The same with real numbers: every offset is shared pro rata at once, and nothing is rounded."""

    def __init__(self) -> None:
        self.deposits: dict[str, Fraction] = {}
        self.gains: dict[tuple[str, str], Fraction] = {}

    @property
    def total(self) -> Fraction:
        return sum(self.deposits.values(), Fraction(0))

    def deposit(self, name: str, assets: int) -> None:
        self.deposits[name] = self.deposits.get(name, Fraction(0)) + assets

    def withdraw(self, name: str, assets: int) -> None:
        self.deposits[name] -= assets

    def claim(self, name: str, symbol: str, assets: int) -> None:
        self.gains[name, symbol] = self.gains.get((name, symbol), Fraction(0)) - assets

    def offset(self, debt: int, gain: int, symbol: str) -> None:
        total = self.total
        for name, held in self.deposits.items():
            self.gains[name, symbol] = self.gains.get((name, symbol), Fraction(0)) + held / total * gain
            self.deposits[name] = held - held / total * debt


def check(pool: Stability, exact: ExactPool) -> None:
    """Nobody is shown more than its exact share, or less by a unit; claims are covered, and little more than it."""
    world, module = pool.world, pool.module
    shown = {name: pool.compounded(name) for name in exact.deposits}
    for name, deposit in exact.deposits.items():
        assert 0 <= deposit - shown[name] < 1 + SLACK, name
    total = module.read("totalDeposits")
    assert exact.total == total == world.balance("USDC", module)
    assert 0 <= total - sum(shown.values()) < len(shown) + SLACK
    for symbol in GAINS:
        gains = {name: exact.gains.get((name, symbol), Fraction(0)) for name in exact.deposits}
        pending = {name: pool.pending(name, symbol) for name in gains}
        for name, gain in gains.items():
            assert 0 <= gain - pending[name] < 1 + SLACK, (name, symbol)
        held = world.balance(symbol, module)
        assert sum(gains.values()) == held
        assert 0 <= held - sum(pending.values()) < len(gains) + SLACK
