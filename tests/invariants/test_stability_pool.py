"""A random walk over the stability pool and its lending pool while prices move; the invariants are in README.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from simulator.transaction import Account
from tests.contracts.stability import GAINS, Stability
from tests.contracts.world import MAX, WAD, Reverted, World, events

DEPOSITORS = ("A", "B", "C")
BORROWERS = ("borrower", "attacker")
VERBS = ("deposit", "withdraw", "claim", "supply", "borrow", "move_price", "liquidate", "give", "wait", "go_stale")
DRAWN = (*VERBS, "liquidate", "liquidate", "move_price", "borrow", "deposit")
PARTS = 1_000
FORTUNE = {"USDC": 50_000 * 10**6, "WETH": 20 * 10**18, "WBTC": 10**8}
WALKS = settings(
    max_examples=2, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
"""Not shrunk: a step costs a quarter of a second, and the walk that failed is printed."""


@dataclass(frozen=True)
class Step:
    """`depositor` or `borrower` acts, whichever the verb needs; `size` is in thousandths."""

    verb: str
    depositor: str
    borrower: str
    symbol: str
    size: int


def step(verb: str, symbol: str = "WETH", size: int = 500, depositor: str = "A", borrower: str = "borrower") -> Step:
    return Step(verb, depositor, borrower, symbol, size)


CRASH = [
    *(step("move_price", symbol, 100) for symbol in GAINS),
    *(step("liquidate", symbol, borrower=name) for name in BORROWERS for symbol in GAINS),
    step("deposit", size=PARTS, depositor="B"),
    *(step("liquidate", symbol, borrower=name) for name in BORROWERS for symbol in GAINS),
]
SPEND = [step("withdraw", size=PARTS, depositor=name) for name in DEPOSITORS]
EMPTIED = [*SPEND, step("deposit", size=5), step("deposit", size=3, depositor="B"), *CRASH, step("claim"), *CRASH]
LASTING = [step("deposit", size=PARTS, depositor="C"), *CRASH, step("claim", depositor="B"), step("wait")]


class Walk:
    """Takes steps and remembers what the invariants need."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.pool = Stability(world, gas_compensation=WAD // 200)
        self.prices = {"WETH": 2_000 * WAD, "USDC": WAD, "WBTC": 30_000 * WAD}
        self.given = dict.fromkeys(FORTUNE, 0)
        self.unclaimed = dict.fromkeys(GAINS, 0)
        self.done: Counter[str] = Counter()
        for symbol in FORTUNE:
            world.set_rates(symbol, 5 * WAD // 100, 8 * WAD // 10, 20 * WAD // 100, 75 * WAD // 100)
        for name in DEPOSITORS:
            self.pool.deposit(name, FORTUNE["USDC"] // 7)
        for name in BORROWERS:
            someone = world.accounts[name]
            for symbol in GAINS:
                world.supply(symbol, someone, FORTUNE[symbol] // 4)
            self.borrow(step("borrow", size=900, borrower=name))
        self.clock = self.times()
        self.claims = self.all_claims()

    def times(self) -> tuple[int, int]:
        return self.pool.module.read("epoch"), self.pool.module.read("scale")

    def all_claims(self) -> dict[str, tuple[int, ...]]:
        """Deposit and gains of each depositor, as shown."""
        return {
            name: (self.pool.compounded(name), *(self.pool.pending(name, symbol) for symbol in GAINS))
            for name in DEPOSITORS
        }

    def take(self, taken: Step) -> None:
        verb: Callable[[Step], None] = getattr(self, taken.verb)
        try:
            verb(taken)
        except Reverted as refusal:
            self.done[f"{taken.verb} refused"] += 1
            name = str(refusal).partition("(")[0]  # empty when gas ran out
            if name in ("", "Panic") or taken.verb in ("deposit", "withdraw", "claim"):  # (42)
                raise AssertionError(f"{taken}: {refusal}") from refusal
        else:
            self.done[taken.verb] += 1

    def deposit(self, taken: Step) -> None:
        self.pool.deposit(taken.depositor, 1 + FORTUNE["USDC"] * taken.size // PARTS)

    def withdraw(self, taken: Step) -> None:
        held = self.pool.compounded(taken.depositor)
        amount = MAX if taken.size == PARTS else 1 + held * taken.size // PARTS
        assert self.pool.withdraw(taken.depositor, amount) == min(amount, held)  # (42)

    def claim(self, taken: Step) -> None:
        pending = self.pool.pending(taken.depositor, taken.symbol)
        assert self.pool.claim(taken.depositor, taken.symbol) == pending  # (42)
        self.unclaimed[taken.symbol] -= pending

    def supply(self, taken: Step) -> None:
        assets = 1 + FORTUNE[taken.symbol] * taken.size // PARTS
        self.world.supply(taken.symbol, self.world.accounts[taken.borrower], assets)

    def borrow(self, taken: Step) -> None:
        someone = self.world.accounts[taken.borrower]
        _, limit, _, debt = self.world.pool.read("position", someone.address)
        room = max(limit - debt, 0) // 10**12
        self.world.borrow("USDC", someone, 1 + room * taken.size // PARTS)

    def liquidate(self, taken: Step) -> None:
        someone = self.world.accounts[taken.borrower]
        with self.world.chain.anchor():
            self.world.warp(1)  # interest until the second of the transaction
            shown = self.pool.liquidatable(someone, taken.symbol)
        before = self.standing(someone, taken.symbol)
        try:
            receipt = self.pool.liquidate(someone, taken.symbol)
        except Reverted:
            assert shown == (0, 0, 0)  # (45)
            raise
        (told,) = events(receipt, "Liquidated")
        debt, collateral, compensation = shown
        assert (told.arguments["debtAssets"], told.arguments["collateralAssets"]) == (debt, collateral)  # (45)
        after = self.standing(someone, taken.symbol)
        assert before[0] - after[0] == debt  # (46)
        assert after[1] - before[1] == collateral - compensation  # (46)
        assert after[2] - before[2] == compensation == collateral // 200  # (46)
        self.unclaimed[taken.symbol] += collateral - compensation

    def standing(self, someone: Account, symbol: str) -> tuple[int, int, int]:
        """Deposits, collateral of the module and of the caller."""
        world, pool = self.world, self.pool
        total = pool.module.read("totalDeposits")
        return total, world.balance(symbol, pool.module), world.balance(symbol, pool.caller)

    def give(self, taken: Step) -> None:
        for symbol in ("USDC", taken.symbol):
            amount = 1 + FORTUNE[symbol] * taken.size // PARTS
            self.world.give(symbol, self.pool.module, amount)
            self.given[symbol] += amount

    def wait(self, taken: Step) -> None:
        self.world.warp(1 + 30 * 86_400 * taken.size // PARTS)
        self.report()

    def go_stale(self, taken: Step) -> None:
        self.world.warp(86_401)

    def move_price(self, taken: Step) -> None:
        moved = self.prices[taken.symbol] * (400 + taken.size * 12 // 10) // PARTS  # minus to plus 60 %
        self.prices[taken.symbol] = min(max(moved, WAD), 10**6 * WAD)
        self.report()

    def report(self) -> None:
        for symbol, price in self.prices.items():
            feed = self.world.feeds[symbol]
            feed.send(self.world.accounts["reporter"], "report", price * 10 ** feed.read("decimals") // WAD)


def check(walk: Walk, taken: Step) -> None:
    world, module = walk.world, walk.pool.module
    total, claims = module.read("totalDeposits"), walk.all_claims()
    assert world.balance("USDC", module) == total + walk.given["USDC"]  # (40)
    assert 0 <= total - sum(held[0] for held in claims.values()) <= len(DEPOSITORS)  # (40)
    for index, symbol in enumerate(GAINS, 1):
        unclaimed = walk.unclaimed[symbol]
        assert world.balance(symbol, module) == unclaimed + walk.given[symbol]  # (41)
        assert 0 <= unclaimed - sum(held[index] for held in claims.values()) <= len(DEPOSITORS)  # (41)
    assert 10**27 <= module.read("product") <= 10**36  # (43)
    clock = walk.times()
    assert clock >= walk.clock  # (43): the epoch counts first
    if taken.verb != "liquidate":
        acts = taken.verb in ("deposit", "withdraw", "claim")
        others = {name: held for name, held in claims.items() if not (acts and name == taken.depositor)}
        assert others == {name: walk.claims[name] for name in others}  # (44)
    walk.clock, walk.claims = clock, claims


def leave(walk: Walk) -> None:
    """(47), at stale prices"""
    walk.world.warp(10**6)
    for name in DEPOSITORS:
        walk.take(step("withdraw", size=PARTS, depositor=name))
        for symbol in GAINS:
            walk.take(step("claim", symbol, depositor=name))
    module = walk.pool.module
    for symbol, given_away in walk.given.items():
        assert walk.world.balance(symbol, module) - given_away <= len(DEPOSITORS)  # (47)


def explore(world: World, path: list[Step]) -> Walk:
    walk = Walk(world)
    for taken in path:
        walk.take(taken)
        check(walk, taken)
    leave(walk)
    return walk


STEPS = st.builds(
    Step,
    st.sampled_from(DRAWN),
    st.sampled_from(DEPOSITORS),
    st.sampled_from(BORROWERS),
    st.sampled_from(GAINS),
    st.integers(0, PARTS) | st.sampled_from([0, 1, PARTS - 1, PARTS]),
)


def test_prices_moving_claims_are_covered_and_everybody_can_leave(built: World) -> None:
    done: Counter[str] = Counter()

    @WALKS
    @given(path=st.lists(STEPS, min_size=8, max_size=12))
    def walks(path: list[Step]) -> None:
        with built.chain.anchor():
            done.update(explore(built, [step(verb) for verb in VERBS] + path + CRASH).done)

    walks()
    assert min(done[verb] for verb in VERBS) > 0
    assert done["liquidate refused"] > 0


@pytest.mark.parametrize("ends", [True, False])
def test_a_crash_that_uses_up_the_deposits_or_does_not(built: World, ends: bool) -> None:
    """A fixed walk that is sure to reach what a random one may miss."""
    with built.chain.anchor():
        walk = explore(built, EMPTIED if ends else LASTING)
        assert walk.done["liquidate"] > 2
        assert (walk.clock[0] > 0) is ends
