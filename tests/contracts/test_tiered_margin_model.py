from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise

import pytest

from simulator.transaction import Account
from tests.contracts.world import MAX, WAD, ZERO, Deployed, World, events, reverts

P = WAD // 100
Tiers = list[tuple[int, int, int]]
TIERS: Tiers = [(10_000 * WAD, 75 * P, 80 * P), (50_000 * WAD, 60 * P, 70 * P), (MAX, 20 * P, 40 * P)]


@pytest.fixture
def model(world: World) -> Deployed:
    """Tiers for WETH, of 2,000: 5 and 25 of it fill the first and the second."""
    model = world.deploy("TieredMarginModel", world.owner.address, world.pool.address)
    model.send(world.owner, "setTiers", world.weth.address, TIERS, 5 * P)
    for token, margins in ((world.usdc, (80 * P, 85 * P)), (world.wbtc, (70 * P, 75 * P))):
        model.send(world.owner, "setTiers", token.address, [(MAX, *margins)], 5 * P)
    return model


def margin(model: Deployed, holder: str = ZERO) -> tuple[int, int]:
    """Loan-to-value and threshold of WETH."""
    found: tuple[int, int] = model.read("margin", model.world.weth.address, holder)
    return found


def expected(tiers: Tiers, value: int) -> tuple[int, int]:
    """Part by part, as a tax is computed."""
    sums, start = [0, 0], 0
    for up_to, *margins in tiers:
        part = max(min(value, up_to) - start, 0)
        sums = [total + part * share for total, share in zip(sums, margins, strict=True)]
        start = up_to
    return sums[0] // value, sums[1] // value


@pytest.mark.parametrize(
    ("supplied", "margins"),
    [
        (1, (75 * P, 80 * P)),
        (5 * 10**18, (75 * P, 80 * P)),
        (10 * 10**18, (675 * WAD // 1_000, 75 * P)),
        (25 * 10**18, (63 * P, 72 * P)),
        (50 * 10**18, (415 * WAD // 1_000, 56 * P)),
    ],
)
def test_each_part_of_the_value_counts_at_its_own_tier(
    world: World, model: Deployed, borrower: Account, supplied: int, margins: tuple[int, int]
) -> None:
    world.supply("WETH", borrower, supplied)
    assert margin(model, borrower.address) == margins


def test_the_mean_is_rounded_down_once(world: World, model: Deployed, borrower: Account) -> None:
    draw = random.Random(7)
    for _ in range(15):
        world.supply("WETH", borrower, draw.randrange(1, 10 ** draw.randrange(1, 20)))
        world.set_price("WETH", Fraction(draw.randrange(1, 10**12), 10**8))
        held = world.pool.read("supplyBalance", world.weth.address, borrower.address)
        value = held * world.oracle.read("price", world.weth.address)[0] // WAD
        if value:
            assert margin(model, borrower.address) == expected(TIERS, value)


def test_there_is_no_cliff(world: World, model: Deployed, borrower: Account) -> None:
    """One unit of collateral more never lowers what all of it covers, at a tier's end either."""
    world.pool.send(world.owner, "setMarginModel", model.address)
    for edge in (5 * 10**18, 25 * 10**18):
        held = world.pool.read("supplyBalance", world.weth.address, borrower.address)
        world.supply("WETH", borrower, edge - held - 2)
        covered = []
        for _ in range(4):
            covered.append(world.pool.read("position", borrower.address)[1:3])
            world.supply("WETH", borrower, 1)
        for before, after in pairwise(covered):
            # A unit is worth 2,000; rounding the mean down costs less than a part in 1e18 of the value
            assert all(new + 50_000 >= old for old, new in zip(before, after, strict=True))


def test_the_price_moves_positions_between_tiers(world: World, model: Deployed, borrower: Account) -> None:
    world.supply("WETH", borrower, 10 * 10**18)
    world.set_price("WETH", 1_000)
    assert margin(model, borrower.address) == (75 * P, 80 * P)
    world.set_price("WETH", 4_000)
    assert margin(model, borrower.address) == expected(TIERS, 40_000 * WAD)


def test_interest_counts_as_value(world: World, model: Deployed, borrower: Account, supplier: Account) -> None:
    world.supply("WETH", borrower, 5 * 10**18)
    world.supply("WBTC", supplier, 10**9)
    world.set_rates("WETH", WAD, WAD // 2, 0, 0)
    world.borrow("WETH", supplier, 4 * 10**18)
    world.warp(10_000)
    assert margin(model, borrower.address)[1] < 80 * P


def test_a_holder_of_nothing_has_the_first_tier_also_without_a_price(
    world: World, model: Deployed, borrower: Account
) -> None:
    world.warp(10**6)
    for holder in (ZERO, borrower.address):
        assert margin(model, holder) == (75 * P, 80 * P)


def test_without_a_price_a_holders_margin_reverts(world: World, model: Deployed, borrower: Account) -> None:
    world.supply("WETH", borrower, 1)
    world.warp(10**6)
    with reverts("StalePrice"):
        margin(model, borrower.address)


def test_a_price_that_decides_nothing_is_not_asked_for(world: World, model: Deployed, borrower: Account) -> None:
    world.supply("WETH", borrower, 10**18)
    world.warp(10**6)
    for tiers in ([], [(MAX, 5 * P, 6 * P)], [(WAD, 0, 0), (MAX, 0, 0)]):
        model.send(world.owner, "setTiers", world.weth.address, tiers, 0)
        assert margin(model, borrower.address) == (tiers[0][1:] if tiers else (0, 0))


def test_a_large_account_falls_due_before_a_small_one_and_healing_frees_its_better_tiers(
    lent: World, model: Deployed, borrower: Account, passer_by: Account
) -> None:
    """Both borrow to their limit's edge at the same share of their collateral."""
    lent.pool.send(lent.owner, "setMarginModel", model.address)
    lent.module.send(lent.owner, "setRules", (WAD, WAD, 0, 0, 0))
    for someone, weth in ((borrower, 20), (passer_by, 2)):
        lent.supply("WETH", someone, weth * 10**18)
        lent.borrow("USDC", someone, weth * 1_250 * 10**6)
    lent.set_price("WETH", 1_700)
    assert lent.health(borrower) < WAD < lent.health(passer_by)
    threshold = margin(model, borrower.address)[1]
    assert threshold == expected(TIERS, 34_000 * WAD)[1]
    assert lent.health(borrower) == 34_000 * threshold // 25_000
    lent.liquidate(borrower, "USDC", "WETH", 10_000 * 10**6)
    assert margin(model, borrower.address)[1] > threshold


def test_tiers_and_bonus_are_shown(world: World, model: Deployed) -> None:
    receipt = model.send(world.owner, "setTiers", world.weth.address, TIERS[1:], 7 * P)
    assert events(receipt, "BonusSet")[0].arguments["liquidationBonus"] == 7 * P
    told = [tuple(event.arguments.values()) for event in events(receipt, "TierSet")]
    assert told == [(world.weth.address, index, *tier) for index, tier in enumerate(TIERS[1:])]
    assert model.read("tiers", world.weth.address) == tuple(TIERS[1:])
    assert model.read("liquidationBonus", world.weth.address) == 7 * P
    assert model.read("pool") == world.pool.address


@pytest.mark.parametrize(
    ("tiers", "bonus", "error", "arguments"),
    [
        ([(0, 0, 0), (MAX, 0, 0)], 0, "TierIsEmpty", (0, 0, 0)),
        ([(5, 0, 0), (5, 0, 0), (MAX, 0, 0)], 0, "TierIsEmpty", (1, 5, 5)),
        ([(5, 0, 0), (6, 0, 0)], 0, "LastTierEnds", (6,)),
        ([(5, 1, 2), (MAX, 2, 2)], 0, "MarginRises", (1,)),
        ([(5, 1, 2), (MAX, 1, 3)], 0, "MarginRises", (1,)),
        ([(5, 3, 3), (MAX, 3, 2)], 0, "LoanToValueAboveThreshold", (3, 2)),
        ([(MAX, 3, 2)], 0, "LoanToValueAboveThreshold", (3, 2)),
        ([(MAX, 0, WAD)], 0, "ThresholdTooHigh", (WAD,)),
        ([(MAX, 0, 0)], WAD, "BonusTooHigh", (WAD,)),
        ([(n, 0, 0) for n in range(1, 7)] + [(MAX, 0, 0)], 0, "TooManyTiers", (7, 6)),
    ],
)
def test_tiers_that_cannot_hold_are_refused(
    world: World, model: Deployed, tiers: Tiers, bonus: int, error: str, arguments: tuple[int, ...]
) -> None:
    with reverts(error, *arguments):
        model.send(world.owner, "setTiers", world.weth.address, tiers, bonus)


def test_six_tiers_are_counted_to_the_last(world: World, model: Deployed, borrower: Account) -> None:
    tiers = [(n * 1_000 * WAD, (50 - n) * P, (60 - n) * P) for n in range(1, 6)] + [(MAX, 0, P)]
    model.send(world.owner, "setTiers", world.weth.address, tiers, 0)
    world.supply("WETH", borrower, 5 * 10**18)
    assert margin(model, borrower.address) == expected(tiers, 10_000 * WAD)


def test_only_the_owner_sets_tiers(world: World, model: Deployed, attacker: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        model.send(attacker, "setTiers", world.weth.address, [], 0)
