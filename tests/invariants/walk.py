"""A random walk over the lending pool's verbs: one method per verb, sizes as fractions of what is possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from eth_abi import encode

from simulator.transaction import Account, Receipt
from tests.contracts.world import MAX, WAD, Reverted, World, events

RATES = (5 * WAD // 100, 8 * WAD // 10, 20 * WAD // 100, 75 * WAD // 100)
SYMBOLS = ("WETH", "USDC", "WBTC")
ACTORS = ("supplier", "borrower", "attacker")
HOLDERS = (*ACTORS, "liquidator", "passer_by", "treasury")
FORTUNE = {"WETH": 100 * 10**18, "USDC": 200_000 * 10**6, "WBTC": 7 * 10**8}
PARTS = 1_000


@dataclass(frozen=True)
class Step:
    """`size` is in thousandths; `other` is the second asset where a verb needs one."""

    verb: str
    actor: str
    symbol: str
    other: str
    size: int


class Walk:
    """Takes steps and remembers what the invariants need."""

    def __init__(self, world: World, longest_wait: int, *, interest: bool) -> None:
        self.world, self.longest_wait, self.interest = world, longest_wait, interest
        self.prices = {"WETH": 2_000 * WAD, "USDC": WAD, "WBTC": 30_000 * WAD}
        self.given = dict.fromkeys(SYMBOLS, 0)
        self.deficits = dict.fromkeys(SYMBOLS, 0)
        self.socialised = dict.fromkeys(SYMBOLS, 0)  # since the share values were looked at
        self.share_values = dict.fromkeys(SYMBOLS, (1, 10**6))
        self.done: Counter[str] = Counter()
        world.pool.send(world.owner, "setFlashLoanFee", 9 * WAD // 10_000)
        for symbol in SYMBOLS:
            world.set_rates(symbol, *(RATES if interest else (0, WAD // 2, 0, 0)))
            for actor in ACTORS:
                world.supply(symbol, world.accounts[actor], FORTUNE[symbol] // 20)
        world.supply("USDC", world.accounts["supplier"], FORTUNE["USDC"])
        for actor in ("borrower", "attacker"):
            self.borrow(Step("borrow", actor, "USDC", "USDC", 900), world.accounts[actor])

    def take(self, step: Step) -> None:
        """One step; a refusal is part of the walk, a panic is not (6)."""
        verb: Callable[[Step, Account], Receipt | None] = getattr(self, step.verb)
        try:
            receipt = verb(step, self.world.accounts[step.actor])
        except Reverted as refusal:
            self.done[f"{step.verb} refused"] += 1
            name = str(refusal).partition("(")[0]  # empty when gas ran out
            if name in ("", "Panic") or step.verb == "repay":  # (6), (7)
                raise AssertionError(f"{step}: {refusal}") from refusal
        else:
            self.done[step.verb] += 1
            if receipt:
                self._follow_deficit(receipt)

    def _follow_deficit(self, receipt: Receipt) -> None:
        for name, sign in (("DeficitRecorded", 1), ("DeficitCovered", -1), ("DeficitSocialised", -1)):
            for event in events(receipt, name):
                symbol, assets = self._symbol(event.arguments["asset"]), event.arguments["assets"]
                self.deficits[symbol] += sign * assets
                self.socialised[symbol] += assets if name == "DeficitSocialised" else 0

    def _symbol(self, address: str) -> str:
        return next(symbol for symbol in SYMBOLS if self.world.tokens[symbol].address == address)

    def supply(self, step: Step, actor: Account) -> Receipt:
        return self.world.supply(step.symbol, actor, 1 + FORTUNE[step.symbol] * step.size // PARTS)

    def withdraw(self, step: Step, actor: Account) -> Receipt:
        token = self.world.tokens[step.symbol].address
        held = self.world.pool.read("supplyBalance", token, actor.address)
        amount = MAX if step.size == PARTS else 1 + held * step.size // PARTS
        return self.world.pool.send(actor, "withdraw", token, amount, actor.address)

    def borrow(self, step: Step, actor: Account) -> Receipt:
        _, limit, _, debt = self.world.pool.read("position", actor.address)
        room = max(limit - debt, 0)
        unit = self.world.pool.read("unit", self.world.tokens[step.symbol].address)
        amount = 1 + room * unit // self.prices[step.symbol] * step.size // PARTS
        return self.world.borrow(step.symbol, actor, amount)

    def repay(self, step: Step, actor: Account) -> Receipt | None:
        token = self.world.tokens[step.symbol].address
        if self.world.pool.read("borrowShares", token, actor.address) == 0:
            return None
        owed = self.world.pool.read("borrowBalance", token, actor.address)
        self.world.give(step.symbol, actor, owed * 2 + 1)  # interest of the seconds until then included
        amount = MAX if step.size == PARTS else 1 + owed * step.size // PARTS
        return self.world.pool.send(actor, "repay", token, amount, actor.address)

    def accrue(self, step: Step, actor: Account) -> Receipt:
        return self.world.pool.send(actor, "accrue", self.world.tokens[step.symbol].address)

    def liquidate(self, step: Step, actor: Account) -> Receipt:
        _, _, most, _, _ = self.world.terms(actor, step.symbol, step.other)
        amount = MAX if step.size == PARTS else 1 + most * step.size // PARTS
        return self.world.liquidate(actor, step.symbol, step.other, amount)

    def flash_loan(self, step: Step, actor: Account) -> Receipt:
        supplied, _, borrowed, _, deficit, _ = self.world.state(step.symbol)
        token, puppet = self.world.tokens[step.symbol], self.world.puppet
        assets = 1 + (supplied - borrowed - deficit) * step.size // PARTS
        self.world.give(step.symbol, puppet, assets)
        nothing = encode(["(address,bytes)[]"], [[]])
        loan = self.world.pool.act("flashLoan", puppet.address, token.address, assets, nothing)
        return puppet.send(actor, "perform", [token.act("approve", self.world.pool.address, MAX), loan])

    def cover_deficit(self, step: Step, actor: Account) -> Receipt:
        payer = self.world.accounts["passer_by"]
        amount = 1 + self.deficits[step.symbol] * step.size // PARTS
        self.world.give(step.symbol, payer, amount)
        return self.world.pool.send(payer, "coverDeficit", self.world.tokens[step.symbol].address, amount)

    def socialise_deficit(self, step: Step, actor: Account) -> Receipt:
        token, amount = self.world.tokens[step.symbol].address, 1 + self.deficits[step.symbol] * step.size // PARTS
        return self.world.pool.send(self.world.accounts["treasury"], "socialiseDeficit", token, amount)

    def give(self, step: Step, actor: Account) -> None:
        amount = 1 + FORTUNE[step.symbol] * step.size // PARTS
        self.world.give(step.symbol, self.world.pool, amount)
        self.given[step.symbol] += amount

    def wait(self, step: Step, actor: Account) -> None:
        self.world.warp(1 + self.longest_wait * step.size // PARTS)
        self.report()

    def go_stale(self, step: Step, actor: Account) -> None:
        self.world.warp(86_401)

    def move_price(self, step: Step, actor: Account) -> None:
        # From minus 60 % to plus 60 %, within what an asset may be worth here
        moved = self.prices[step.symbol] * (400 + step.size * 12 // 10) // PARTS
        self.prices[step.symbol] = min(max(moved, WAD // 100), 10**6 * WAD)
        self.report()

    def report(self) -> None:
        for symbol, price in self.prices.items():
            feed = self.world.feeds[symbol]
            scaled = price * 10 ** feed.read("decimals") // WAD
            feed.send(self.world.accounts["reporter"], "report", scaled)
