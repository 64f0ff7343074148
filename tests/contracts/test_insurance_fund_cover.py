from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.transaction import Account
from tests.contracts.funds import FundWorld, told
from tests.contracts.world import MAX, WAD, events


@pytest.fixture(scope="module")
def funded() -> FundWorld:
    return FundWorld()


@pytest.fixture
def world(funded: FundWorld) -> Iterator[FundWorld]:
    with funded.chain.anchor():
        yield funded


def test_anyone_makes_the_fund_pay_the_whole_deficit(world: FundWorld, supplier: Account) -> None:
    deficit = world.short()
    world.donate("USDC", 10_000 * 10**6)
    receipt = world.by_anyone("cover")
    assert told(receipt, "Covered") == told(receipt, "DeficitCovered") == deficit
    assert events(receipt, "DeficitCovered")[0].arguments["payer"] == world.fund.address
    assert (world.deficit(), world.capital()) == (0, 10_000 * 10**6 - deficit)
    assert world.balance("USDC", world.fund) == 0
    world.pool.send(supplier, "withdraw", world.usdc.address, MAX, supplier.address)
    assert world.balance("USDC", supplier) == 1_000_000 * 10**6


def test_capital_below_the_deficit_is_paid_out_in_full(world: FundWorld) -> None:
    deficit = world.short()
    world.donate("USDC", deficit - 1)
    assert told(world.by_anyone("cover"), "Covered") == deficit - 1
    assert (world.deficit(), world.capital()) == (1, 0)


def test_scarce_liquidity_is_paid_out_and_paid_out_again(world: FundWorld) -> None:
    deficit = world.short()
    world.donate("USDC", 10_000 * 10**6)
    world.leave_liquidity(3_000 * 10**6)
    paid = [told(world.by_anyone("cover"), "Covered") for _ in range(2)]
    assert paid == [3_000 * 10**6, deficit - 3_000 * 10**6]
    assert (world.deficit(), world.capital()) == (0, 10_000 * 10**6 - deficit)


def test_without_liquidity_nothing_is_paid_and_nothing_reverts(world: FundWorld) -> None:
    deficit = world.short()
    world.donate("USDC", 10_000 * 10**6)
    world.leave_liquidity(0)
    assert events(world.by_anyone("cover"), "Covered") == []
    assert (world.deficit(), world.capital()) == (deficit, 10_000 * 10**6)


def test_without_a_deficit_nothing_is_paid_and_nothing_reverts(world: FundWorld) -> None:
    world.donate("USDC", 10_000 * 10**6)
    receipt = world.by_anyone("cover")
    assert events(receipt, "Covered") == events(receipt, "DeficitNoted") == []
    assert world.capital() == 10_000 * 10**6


def test_the_newest_fee_is_capital_already(world: FundWorld, supplier: Account) -> None:
    world.short()
    world.set_rates("USDC", WAD // 10, WAD // 2, 0, 0)
    world.borrow("USDC", supplier, 100_000 * 10**6)
    world.warp(10_000)
    receipt = world.by_anyone("cover")
    (accrued,) = events(receipt, "Accrued")
    fee = accrued.arguments["interest"] // 10
    assert fee > 10**5
    assert fee - told(receipt, "Covered") in (0, 1)  # its shares were rounded down


def test_penalties_and_interest_are_the_funds_capital(world: FundWorld, borrower: Account, supplier: Account) -> None:
    world.supply("USDC", supplier, 1_000_000 * 10**6)
    world.supply("WETH", borrower, 10 * 10**18)
    world.borrow("USDC", borrower, 14_000 * 10**6)
    world.set_price("WETH", 1_700)
    protocol = events(world.liquidate(borrower, "USDC", "WETH", MAX), "Liquidated")[0].arguments["protocolAssets"]
    assert protocol - world.capital("WETH") in (0, 1)
    assert protocol > 10**15


def test_what_remains_is_noted_once(world: FundWorld) -> None:
    deficit = world.short()
    assert world.notice() == (0, 0)
    receipt = world.by_anyone("cover")
    noted_at = world.chain.head.timestamp
    assert told(receipt, "DeficitNoted") == deficit
    assert events(world.by_anyone("cover"), "DeficitNoted") == []
    assert world.notice() == (deficit, noted_at)
    world.donate("USDC", 1_000)
    world.by_anyone("cover")
    assert world.notice() == (deficit - 1_000, noted_at)
    world.donate("USDC", deficit)
    world.by_anyone("cover")
    assert world.notice() == (0, 0)
