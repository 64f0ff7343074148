from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.contracts.world import WAD, World
from tests.invariants.walk import ACTORS, HOLDERS, PARTS, SYMBOLS, Step, Walk

STILL = (
    *("supply", "withdraw", "borrow", "repay", "accrue", "liquidate", "flash_loan", "cover_deficit"),
    *("socialise_deficit", "give", "wait"),
)
MOVING = (*STILL, "move_price", "move_price", "liquidate", "borrow", "go_stale")
HOUR, SEASON = 3_600, 90 * 86_400
TOUR = [Step(verb, "borrower", "USDC", "WETH", 500) for verb in STILL]
CRASH = [Step("move_price", "borrower", symbol, symbol, 0) for symbol in ("WETH", "WBTC")]
CRASH += [
    Step("liquidate", actor, "USDC", collateral, size)
    for actor in ("borrower", "attacker")
    for collateral in SYMBOLS
    for size in (100, PARTS)
]
WALKS = settings(
    max_examples=3, deadline=None, derandomize=True, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
"""Not shrunk: a step costs a tenth of a second, and the walk that failed is printed."""


def steps(verbs: tuple[str, ...]) -> st.SearchStrategy[list[Step]]:
    sizes = st.integers(0, PARTS) | st.sampled_from([0, 1, PARTS - 1, PARTS])
    assets = st.sampled_from(SYMBOLS)
    step = st.builds(Step, st.sampled_from(verbs), st.sampled_from(ACTORS), assets, assets, sizes)
    return st.lists(step, min_size=5, max_size=20)


def check_always(walk: Walk) -> None:
    world = walk.world
    with world.chain.anchor():
        # Until then the treasury's newest shares are in the total only
        accruals = [world.pool.act("accrue", world.tokens[symbol].address) for symbol in SYMBOLS]
        world.puppet.send(world.owner, "perform", accruals)
        check_books(walk)


def check_books(walk: Walk) -> None:
    world = walk.world
    holders = [world.accounts[name].address for name in HOLDERS]
    shares = world.lens.read("accountShares", world.pool.address, holders)
    for index, symbol in enumerate(SYMBOLS):
        supplied, supply_shares, borrowed, borrow_shares, deficit, _ = world.state(symbol)
        assert world.balance(symbol, world.pool) == supplied - borrowed - deficit + walk.given[symbol]  # (1)
        assert sum(held[index] for held, _ in shares) == supply_shares  # (2)
        assert sum(owed[index] for _, owed in shares) == borrow_shares  # (2)
        claims = sum(held[index] * (supplied + 1) // (supply_shares + 10**6) for held, _ in shares)
        assert claims <= supplied  # (3)
        token = world.tokens[symbol].address
        debts = sum(world.pool.read("borrowBalance", token, holder) for holder in holders)
        virtual = -(-(10**6) * (borrowed + 1) // (borrow_shares + 10**6))
        assert debts + virtual >= borrowed  # (3)
        before, after = walk.share_values[symbol], (supplied + 1, supply_shares + 10**6)
        # What was seen last was not stored: interest of two spans in one can owe the treasury one unit more
        slack = walk.socialised[symbol] + (1 if walk.interest else 0)
        assert (after[0] + slack) * before[1] >= before[0] * after[1]  # (4)
        walk.share_values[symbol], walk.socialised[symbol] = after, 0
        assert deficit == walk.deficits[symbol]  # (5)


def check_views(walk: Walk) -> None:
    """(8): an accrual in this very second stores what the view shows a second later in the chain's terms."""
    world = walk.world
    for symbol in SYMBOLS:
        with world.chain.anchor():
            world.warp(10)
            seen = world.state(symbol)
        with world.chain.anchor():
            world.warp(9)
            world.pool.send(world.owner, "accrue", world.tokens[symbol].address)
            assert world.state(symbol) == seen


def check_written_off(walk: Walk) -> None:
    """(9), with a small margin: prices are fresh."""
    walk.report()
    for name in ACTORS:
        address = walk.world.accounts[name].address
        collateral, _, _, debt = walk.world.pool.read("position", address)
        held = [walk.world.pool.read("supplyBalance", token.address, address) for token in walk.world.tokens.values()]
        assert any(held) or debt == 0
        assert collateral > 0 or debt == 0


def explore(world: World, path: list[Step], longest_wait: int, *, interest: bool = True) -> Walk:
    walk = Walk(world, longest_wait, interest=interest)
    for step in path:
        walk.take(step)
        check_always(walk)
    check_views(walk)
    check_written_off(walk)
    return walk


def test_prices_still_everybody_stays_healthy(built: World) -> None:
    done: Counter[str] = Counter()

    @WALKS
    @given(path=steps(STILL))
    def walks(path: list[Step]) -> None:
        with built.chain.anchor():
            walk = explore(built, path + TOUR, HOUR)
            done.update(walk.done)
            assert walk.done["liquidate"] == 0  # (10)
            assert all(deficit == 0 for deficit in walk.deficits.values())  # (10)
            assert all(built.health(built.accounts[name]) >= WAD for name in ACTORS)  # (11)

    walks()
    assert min(done[verb] for verb in ("supply", "withdraw", "borrow", "repay", "flash_loan", "liquidate refused")) > 0


def test_prices_moving_the_books_balance(built: World) -> None:
    done: Counter[str] = Counter()

    @WALKS
    @given(path=steps(MOVING))
    def walks(path: list[Step]) -> None:
        with built.chain.anchor():
            done.update(explore(built, TOUR + path + CRASH, SEASON).done)

    walks()
    assert min(done[verb] for verb in ("borrow", "repay", "move_price", "liquidate")) > 0


@pytest.mark.parametrize("interest", [True, False])
def test_a_crash_with_liquidations_leaves_deficits_and_the_books_balance(built: World, interest: bool) -> None:
    """A fixed walk that is sure to reach what a random one may miss."""
    verbs = ("wait", "supply", "repay", "flash_loan", "withdraw", "borrow", "give", "go_stale", "repay", "wait")
    crash = [Step(verb, "attacker", symbol, "WETH", 7) for verb in verbs for symbol in ("USDC", "WBTC")]
    crash += CRASH * 2
    ends = ("cover_deficit", "socialise_deficit", "wait", "socialise_deficit")
    crash += [Step(verb, "borrower", symbol, "WETH", 500) for verb in ends for symbol in SYMBOLS]
    with built.chain.anchor():
        walk = explore(built, crash, SEASON, interest=interest)
        assert walk.done["liquidate"] > 5
        assert sum(walk.deficits.values()) > 0
        assert min(walk.done[verb] for verb in ("cover_deficit", "socialise_deficit")) > 0
