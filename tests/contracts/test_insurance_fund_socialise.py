from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.transaction import Account
from tests.contracts.funds import FundWorld, told
from tests.contracts.test_pool_seize import write_off
from tests.contracts.world import MAX, events, reverts

DAY = 86_400


@pytest.fixture(scope="module")
def funded() -> FundWorld:
    return FundWorld()


@pytest.fixture
def world(funded: FundWorld) -> Iterator[FundWorld]:
    with funded.chain.anchor():
        yield funded


def test_it_must_be_enabled(world: FundWorld) -> None:
    world.short()
    with reverts("SocialisationDisabled"):
        world.by_anyone("socialise")


def test_without_patience_suppliers_bear_at_once_what_capital_does_not_pay(world: FundWorld, supplier: Account) -> None:
    deficit = world.short()
    world.allow_socialising(0)
    world.donate("USDC", 1_000 * 10**6)
    receipt = world.by_anyone("socialise")
    assert told(receipt, "Covered") == 1_000 * 10**6
    assert told(receipt, "Socialised") == told(receipt, "DeficitSocialised") == deficit - 1_000 * 10**6
    assert (world.deficit(), world.capital(), world.notice()) == (0, 0, (0, 0))
    world.pool.send(supplier, "withdraw", world.usdc.address, MAX, supplier.address)
    lost = 1_000_000 * 10**6 - world.balance("USDC", supplier)
    assert lost - (deficit - 1_000 * 10**6) in (0, 1)


def test_a_deficit_has_the_patience_from_the_first_look_on(world: FundWorld) -> None:
    deficit = world.short()
    world.allow_socialising(DAY)
    receipt = world.by_anyone("socialise")
    noted_at = world.chain.head.timestamp
    assert (told(receipt, "DeficitNoted"), events(receipt, "Socialised")) == (deficit, [])
    world.warp(DAY - 2)
    assert events(world.by_anyone("socialise"), "Socialised") == []
    assert world.chain.head.timestamp == noted_at + DAY - 1
    assert told(world.by_anyone("socialise"), "Socialised") == deficit


def test_too_early_a_call_still_pays(world: FundWorld) -> None:
    deficit = world.short()
    world.allow_socialising(DAY)
    world.donate("USDC", 1_000 * 10**6)
    world.by_anyone("socialise")
    assert (world.deficit(), world.notice()[0]) == (deficit - 1_000 * 10**6,) * 2


def test_capital_that_cannot_be_withdrawn_stands_in_the_way(world: FundWorld, supplier: Account) -> None:
    deficit = world.short()
    world.allow_socialising(0)
    world.donate("USDC", 1_000 * 10**6)
    world.leave_liquidity(0)
    assert events(world.by_anyone("socialise"), "Socialised") == []
    assert (world.deficit(), world.capital()) == (deficit, 1_000 * 10**6)
    world.supply("USDC", supplier, 10**9)
    assert told(world.by_anyone("socialise"), "Socialised") == deficit - 1_000 * 10**6


def test_a_gift_of_one_unit_does_not_stand_in_the_way(world: FundWorld, supplier: Account) -> None:
    deficit = world.short()
    world.allow_socialising(0)
    with_interest = 10**10  # makes a share worth a little more, so that a unit buys shares worth less than a unit
    world.pool.send(world.owner, "setFlashLoanFee", 5 * 10**16)
    world.give("USDC", world.puppet, with_interest)
    approve = world.usdc.act("approve", world.pool.address, MAX)
    nothing = bytes.fromhex("20".rjust(64, "0") + "0" * 64)
    loan = world.pool.act("flashLoan", world.puppet.address, world.usdc.address, 10**9, nothing)
    world.puppet.send(world.owner, "perform", [approve, loan])
    world.donate("USDC", 1)
    assert world.pool.read("supplyShares", world.usdc.address, world.fund.address) > 0
    assert world.capital() == 0
    assert told(world.by_anyone("socialise"), "Socialised") == deficit


def test_what_was_added_later_waits_for_its_own_time(world: FundWorld, borrower: Account) -> None:
    deficit = world.short()
    world.allow_socialising(DAY)
    world.by_anyone("cover")
    world.set_price("WETH", 2_000)
    world.supply("WETH", borrower, 10**18)
    world.borrow("USDC", borrower, 500 * 10**6)
    write_off(world, borrower, 0, 500 * 10**6, 1)
    world.warp(DAY)
    receipt = world.by_anyone("socialise")
    assert told(receipt, "Socialised") == deficit
    assert (told(receipt, "DeficitNoted"), world.deficit()) == (500 * 10**6, 500 * 10**6)
    assert world.notice() == (500 * 10**6, world.chain.head.timestamp)
    assert events(world.by_anyone("socialise"), "Socialised") == []
    world.warp(DAY)
    assert told(world.by_anyone("socialise"), "Socialised") == 500 * 10**6


def test_a_deficit_that_a_donor_paid_is_forgotten_at_the_next_look(world: FundWorld, passer_by: Account) -> None:
    deficit = world.short()
    world.allow_socialising(DAY)
    world.by_anyone("cover")
    world.give("USDC", passer_by, deficit)
    world.pool.send(passer_by, "coverDeficit", world.usdc.address, deficit)
    world.warp(DAY)
    assert events(world.by_anyone("socialise"), "Socialised") == []
    assert world.notice() == (0, 0)
