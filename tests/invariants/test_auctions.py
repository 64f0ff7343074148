from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.world import Reverted, World
from tests.invariants.auction_walk import AuctionWalk, DutchWalk, EnglishWalk
from tests.invariants.test_lending_pool import WALKS, check_always
from tests.invariants.walk import ACTORS, PARTS, SYMBOLS, Step

FEW_WALKS = settings(WALKS, max_examples=3)
HOURS = 3 * 3_600
POOL = ("supply", "withdraw", "borrow", "repay", "wait", "move_price")
SALES = {EnglishWalk: ("bid", "bid", "settle"), DutchWalk: ("buy", "buy", "buy")}
CRASH = [Step("move_price", "borrower", symbol, symbol, 200) for symbol in ("WETH", "WBTC")]
STARTS = [
    Step("start", actor, "USDC", collateral, 1) for actor in ("borrower", "attacker") for collateral in ("WETH", "WBTC")
]
KINDS = pytest.mark.parametrize("kind", [EnglishWalk, DutchWalk])


def steps(kind: type[AuctionWalk]) -> st.SearchStrategy[list[Step]]:
    verbs = (*POOL, *SALES[kind] * 2, "start", "start", "restart", "cancel")
    sizes = st.integers(0, PARTS) | st.sampled_from([0, 1, PARTS])
    assets = st.sampled_from(SYMBOLS)
    step = st.builds(Step, st.sampled_from(verbs), st.sampled_from(ACTORS), assets, assets, sizes)
    return st.lists(step, min_size=8, max_size=16)


def explore(world: World, kind: type[AuctionWalk], path: list[Step]) -> AuctionWalk:
    walk = kind(world, HOURS)
    for step in path:
        walk.take(step)
        check_always(walk)
        walk.check()
    check_everything_ends(walk)
    return walk


def check_everything_ends(walk: AuctionWalk) -> None:
    """(18): when all are over, and prices known, each can be settled or cancelled, or restarted to be sold."""
    walk.world.warp(7 * 3_600)
    walk.report()
    for number in list(walk.open):
        answers = []
        for verb in ("settle", "cancel", "restart"):
            try:
                if isinstance(walk, EnglishWalk) and verb == "settle":
                    walk.settle_one(number)
                elif verb != "settle":
                    walk.house.send(verb, number)
            except Reverted as refusal:
                answers.append(str(refusal).partition("(")[0])
            else:
                answers.append("done")
                break
        assert "done" in answers or "InsufficientLiquidity" in answers, (number, answers)


@KINDS
def test_after_a_crash_auctions_take_place_and_the_books_balance(built: World, kind: type[AuctionWalk]) -> None:
    done: Counter[str] = Counter()
    sale = Step(SALES[kind][0], "borrower", "USDC", "USDC", 0)

    @FEW_WALKS
    @given(path=steps(kind))
    def walks(path: list[Step]) -> None:
        with built.chain.anchor():
            done.update(explore(built, kind, CRASH + STARTS + [sale] + path).happened)

    walks()
    assert min(done[verb] for verb in ("start", "move_price", SALES[kind][0])) > 0


@KINDS
def test_a_fixed_walk_reaches_every_end_of_an_auction(built: World, kind: type[AuctionWalk]) -> None:
    path = CRASH + STARTS
    if kind is EnglishWalk:
        # A bid of a unit, a rising one, one at the tab and one for less
        bids = ((0, 0), (1, 300), (2, PARTS), (2, 902), (3, 3))
        path += [Step("bid", "borrower", "USDC", "USDC", size - size % 4 + number) for number, size in bids]
        path += [Step("wait", "borrower", "USDC", "USDC", 100)]
        path += [Step("settle", "borrower", "USDC", "USDC", 0)] * 3
    else:
        path += [Step("buy", "borrower", "USDC", "USDC", size) for size in (0, 101, 402, 900, 601)]
        path += [Step("wait", "borrower", "USDC", "USDC", 999), *CRASH, Step("restart", "borrower", "USDC", "USDC", 0)]
        path += [Step("buy", "borrower", "USDC", "USDC", 900)]
    path += [Step("repay", actor, "USDC", "USDC", PARTS) for actor in ("borrower", "attacker")]
    path += [Step("cancel", "borrower", "USDC", "USDC", 0)]
    with built.chain.anchor():
        walk = explore(built, kind, path)
    last = "settle" if kind is EnglishWalk else "restart"
    assert min(walk.happened[verb] for verb in ("start", "cancel", SALES[kind][0], last)) > 0
    assert sum(walk.deficits.values()) > 0
