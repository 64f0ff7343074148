from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.world import MAX, WAD, World, events, reverts


@pytest.fixture
def short(indebted: World, borrower: Account) -> tuple[World, int]:
    """A world with a deficit in USDC, whose treasury has supplied a hundredth of what the supplier has."""
    indebted.supply("USDC", indebted.accounts["treasury"], 10_000 * 10**6)
    indebted.set_price("WETH", 1_000)
    indebted.liquidate(borrower, "USDC", "WETH", MAX)
    return indebted, indebted.state("USDC")[4]


def socialise(world: World, amount: int) -> dict[str, object]:
    treasury = world.accounts["treasury"]
    receipt = world.pool.send(treasury, "socialiseDeficit", world.usdc.address, amount)
    return dict(events(receipt, "DeficitSocialised")[0].arguments)


def test_suppliers_bear_what_is_socialised_in_proportion(short: tuple[World, int], supplier: Account) -> None:
    world, deficit = short
    supplied, shares, *_ = world.state("USDC")
    told = socialise(world, deficit)
    assert told == {
        "asset": world.usdc.address,
        "assets": deficit,
        "lossPerShare": deficit * WAD // supplied,
    }
    assert world.state("USDC")[:5] == (supplied - deficit, shares, 0, 0, 0)
    for holder, before in ((supplier, 1_000_000 * 10**6), (world.accounts["treasury"], 10_000 * 10**6)):
        after = world.pool.read("supplyBalance", world.usdc.address, holder.address)
        exact = before - before * deficit / supplied
        assert exact - 1 <= after <= exact + 1


def test_part_leaves_the_rest_standing_and_the_books_balance(short: tuple[World, int]) -> None:
    world, deficit = short
    supplied = world.state("USDC")[0]
    assert socialise(world, 7)["assets"] == 7
    assert world.state("USDC")[0] == supplied - 7
    assert world.state("USDC")[4] == deficit - 7
    assert world.balance("USDC", world.pool) == supplied - deficit


def test_more_than_the_deficit_is_capped_at_it_and_every_supplier_can_leave(
    short: tuple[World, int], supplier: Account
) -> None:
    world, deficit = short
    assert socialise(world, MAX)["assets"] == deficit
    for holder in (supplier, world.accounts["treasury"]):
        world.pool.send(holder, "withdraw", world.usdc.address, MAX, holder.address)
    assert world.balance("USDC", world.pool) == world.state("USDC")[0] <= 2


def test_debts_and_other_assets_do_not_change(short: tuple[World, int], supplier: Account) -> None:
    world, deficit = short
    world.borrow("USDC", supplier, 1_000 * 10**6)
    others = world.state("WETH")
    socialise(world, deficit)
    assert world.pool.read("borrowBalance", world.usdc.address, supplier.address) == 1_000 * 10**6
    assert world.state("WETH")[:5] == others[:5]


def test_interest_until_now_is_accrued_before(short: tuple[World, int], supplier: Account) -> None:
    world, deficit = short
    world.set_rates("USDC", WAD // 10, WAD // 2, 0, 0)
    world.borrow("USDC", supplier, 1_000 * 10**6)
    world.warp(10_000)
    receipt = world.pool.send(world.accounts["treasury"], "socialiseDeficit", world.usdc.address, deficit)
    interest = events(receipt, "Accrued")[0].arguments["interest"]
    world.set_rates("USDC", 0, WAD // 2, 0, 0)
    later = world.state("USDC")
    assert interest > 0
    assert world.balance("USDC", world.pool) == later[0] - later[2] - later[4]
    (told,) = events(receipt, "DeficitSocialised")
    supplied = 1_010_000 * 10**6 + interest
    assert told.arguments["lossPerShare"] == deficit * WAD // supplied


def test_anyone_but_the_treasury_is_refused(short: tuple[World, int], attacker: Account) -> None:
    world, _ = short
    treasury = world.accounts["treasury"].address
    for caller in (attacker, world.owner):
        with reverts("NotTreasury", caller.address, treasury):
            world.pool.send(caller, "socialiseDeficit", world.usdc.address, 1)


def test_socialising_nothing_reverts(short: tuple[World, int]) -> None:
    with reverts("ZeroAmount"):
        socialise(short[0], 0)


def test_socialising_where_there_is_no_deficit_reverts(lent: World) -> None:
    with reverts("NoDeficit", lent.usdc.address):
        socialise(lent, 1)
