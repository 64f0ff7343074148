from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.breakers import HAIRCUT, HOUR, MOVE, RULES, SPEED, in_force, trip, watch
from tests.contracts.oracles import poke, warp_to
from tests.contracts.test_pool_seize import seizure
from tests.contracts.world import MAX, WAD, World, reverts


def seizable(world: World, debt: str = "USDC", collateral: str = "WETH") -> int:
    pair = world.tokens[debt].address, world.tokens[collateral].address
    most: int = world.pool.read("seizable", *pair)
    return most


def seize(world: World, borrower: Account) -> None:
    """One unit, as the module."""
    caller = world.accounts["liquidator"]
    world.pool.send(world.owner, "setLiquidationModule", caller.address)
    world.give("USDC", caller, 1)
    world.pool.send(caller, "seize", seizure(world, borrower, 1, 1, 0, caller))


def test_a_trip_pauses_liquidations_until_it_ends(indebted: World, borrower: Account) -> None:
    breaker = in_force(indebted)
    at = trip(breaker)
    assert seizable(indebted) == seizable(indebted, "WBTC", "WBTC") == 0
    assert indebted.terms(borrower, "USDC", "WETH")[0] is False
    with indebted.chain.anchor(), reverts("LiquidationPaused", at + HOUR):
        seize(indebted, borrower)
    warp_to(indebted, at + HOUR - 1)  # the transaction comes a second later
    assert seizable(indebted) == 0
    indebted.liquidate(borrower, "USDC", "WETH", 10**9)
    assert seizable(indebted) == MAX


def test_a_trip_pauses_borrowing_until_it_ends(indebted: World, supplier: Account) -> None:
    breaker = in_force(indebted)
    at = trip(breaker)
    with reverts("BorrowingPaused", at + HOUR):
        indebted.borrow("WBTC", supplier, 1)
    warp_to(indebted, at + HOUR - 1)
    indebted.borrow("WBTC", supplier, 1)


def test_what_is_not_to_be_paused_goes_on(indebted: World, borrower: Account, supplier: Account) -> None:
    breaker = in_force(indebted, (*RULES[:3], False, True))
    at = trip(breaker)
    assert seizable(indebted) == MAX
    indebted.liquidate(borrower, "USDC", "WETH", 10**9)
    breaker.send(indebted.owner, "setRules", (*RULES[:3], True, False))
    indebted.borrow("USDC", supplier, 1)
    with reverts("LiquidationPaused", at + HOUR):
        seize(indebted, borrower)


def test_paying_back_supplying_and_withdrawing_go_on(indebted: World, borrower: Account, passer_by: Account) -> None:
    trip(in_force(indebted))
    indebted.give("USDC", passer_by, 10**9)
    indebted.pool.send(passer_by, "repay", indebted.usdc.address, 10**9, borrower.address)
    indebted.supply("WETH", borrower, 10**18)
    indebted.pool.send(borrower, "withdraw", indebted.weth.address, 10**17, borrower.address)


def test_a_reason_that_nobody_poked_refuses_all_the_same(indebted: World, borrower: Account, supplier: Account) -> None:
    breaker = in_force(indebted)
    poke(breaker)
    indebted.set_price("WETH", 1_700)
    reason = (indebted.weth.address, SPEED, 15 * WAD // 100, MOVE)
    assert (breaker.read("tripped"), seizable(indebted), seizable(indebted, "WETH", "USDC")) == (False, 0, 0)
    with reverts("WouldTrip", *reason):
        seize(indebted, borrower)
    with reverts("WouldTrip", *reason):
        indebted.borrow("USDC", borrower, 1)  # the borrower holds WETH
    assert breaker.read("tripped") is False


def test_a_reason_concerns_seizures_of_that_asset_and_loans_to_its_holders_alone(
    indebted: World, passer_by: Account
) -> None:
    breaker = in_force(indebted)
    indebted.supply("WBTC", passer_by, 10**8)
    poke(breaker)
    indebted.set_price("WETH", 1_700)
    assert seizable(indebted, "USDC", "WBTC") == MAX
    indebted.borrow("USDC", passer_by, 10**6)
    with reverts("WouldTrip"):
        indebted.borrow("WETH", passer_by, 1)


def test_in_the_cooldown_nothing_is_refused(indebted: World, borrower: Account, supplier: Account) -> None:
    breaker = in_force(indebted)
    at = trip(breaker)
    watch(breaker, divergence=WAD // 2)  # an empty venue gives reason for ever
    warp_to(indebted, at + HOUR)
    assert seizable(indebted) == MAX
    indebted.liquidate(borrower, "USDC", "WETH", 10**9)
    indebted.borrow("USDC", supplier, 1)
    warp_to(indebted, at + 3 * HOUR)
    assert seizable(indebted) == 0


def test_a_poke_within_the_same_transaction_ends_no_refusal(indebted: World, borrower: Account) -> None:
    breaker = in_force(indebted)
    poke(breaker)
    indebted.set_price("WETH", 1_700)
    pair = borrower.address, indebted.usdc.address, indebted.weth.address
    acts = [breaker.act("poke", indebted.weth.address), indebted.module.act("liquidate", *pair, 10**6, 0)]
    with reverts("NothingSeizable", indebted.usdc.address, indebted.weth.address):
        indebted.puppet.send(indebted.owner, "perform", acts)
    assert breaker.read("tripped") is False  # the trip was undone with the rest


def test_stale_prices_make_seizable_no_error(indebted: World) -> None:
    breaker = in_force(indebted)
    watch(breaker, move=MOVE, divergence=WAD // 2)
    assert seizable(indebted) == 0
    indebted.warp(10**6)
    assert seizable(indebted) == MAX


def test_only_the_caller_announces(indebted: World, attacker: Account) -> None:
    breaker = in_force(indebted)
    order = seizure(indebted, attacker, 1, 1, 0, attacker)
    for verb, arguments in (("onSeize", (order,)), ("onBorrow", (indebted.usdc.address, attacker.address, 1))):
        with reverts("NotPool", attacker.address, indebted.pool.address):
            breaker.send(attacker, verb, *arguments)


@pytest.mark.parametrize("percent", [0, 5, 50])
def test_margins_are_raised_while_tripped(indebted: World, borrower: Account, percent: int) -> None:
    """The borrower has 17,000 of WETH at a threshold of 80 % after the fall, and owes 14,000."""
    breaker = in_force(indebted, (*RULES[:2], percent * WAD // 100, False, False))
    model = indebted.deploy("RaisedMarginModel", indebted.margins.address, breaker.address)
    indebted.pool.send(indebted.owner, "setMarginModel", model.address)
    asked = indebted.weth.address, borrower.address
    assert model.read("margin", *asked) == (75 * WAD // 100, 80 * WAD // 100)
    at = trip(breaker)
    kept = 100 - percent
    assert model.read("margin", *asked) == (75 * kept * WAD // 10_000, 80 * kept * WAD // 10_000)
    assert model.read("liquidationBonus", indebted.weth.address) == 5 * WAD // 100
    assert indebted.health(borrower) == 17_000 * 80 * kept * WAD // 10_000 // 14_000
    warp_to(indebted, at + HOUR)
    assert model.read("margin", *asked) == (75 * WAD // 100, 80 * WAD // 100)


def test_raised_margins_round_down(indebted: World) -> None:
    breaker = in_force(indebted, (*RULES[:2], HAIRCUT + 1, False, False))
    model = indebted.deploy("RaisedMarginModel", indebted.margins.address, breaker.address)
    trip(breaker)
    kept = WAD - HAIRCUT - 1
    expected = tuple(percent * WAD // 100 * kept // WAD for percent in (75, 80))
    assert model.read("margin", indebted.weth.address, indebted.owner.address) == expected


def test_a_raised_margin_makes_accounts_near_the_line_fall_due_and_its_end_saves_them(
    indebted: World, borrower: Account
) -> None:
    breaker = in_force(indebted, (*RULES[:2], WAD // 10, False, True))
    model = indebted.deploy("RaisedMarginModel", indebted.margins.address, breaker.address)
    indebted.pool.send(indebted.owner, "setMarginModel", model.address)
    poke(breaker)
    indebted.set_price("WETH", 2_300)  # rises, and trips all the same
    at = poke(breaker)
    assert indebted.health(borrower) == 23_000 * 72 * WAD // 100 // 14_000
    indebted.set_price("WETH", 1_900)
    assert indebted.health(borrower) < WAD
    warp_to(indebted, at + HOUR)
    assert indebted.health(borrower) > WAD
