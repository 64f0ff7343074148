from __future__ import annotations

from simulator.transaction import Account
from tests.contracts.world import MAX, WAD, World, events, reverts


def test_repaying_all_clears_the_debt(indebted: World, borrower: Account) -> None:
    receipt = indebted.pool.send(borrower, "repay", indebted.usdc.address, MAX, borrower.address)
    (repaid,) = events(receipt, "Repaid")
    assert repaid.arguments["assets"] == 14_000 * 10**6
    assert indebted.state("USDC")[2:4] == (0, 0)
    assert indebted.pool.read("borrowShares", indebted.usdc.address, borrower.address) == 0
    assert indebted.health(borrower) == MAX


def test_anybody_may_repay_part_for_a_borrower(indebted: World, borrower: Account, passer_by: Account) -> None:
    indebted.give("USDC", passer_by, 4_000 * 10**6)
    indebted.pool.send(passer_by, "repay", indebted.usdc.address, 4_000 * 10**6, borrower.address)
    assert indebted.balance("USDC", passer_by) == 0
    assert indebted.pool.read("borrowBalance", indebted.usdc.address, borrower.address) == 10_000 * 10**6


def test_repaying_after_interest_clears_every_share_and_the_books_balance(lent: World, borrower: Account) -> None:
    lent.set_rates("USDC", WAD, WAD // 2, 0, 0)
    lent.supply("WETH", borrower, 10 * 10**18)
    lent.borrow("USDC", borrower, 3_333_333)
    lent.warp(12_345)
    lent.give("USDC", borrower, 10**9)
    lent.pool.send(borrower, "repay", lent.usdc.address, 1_111_111, borrower.address)
    lent.pool.send(borrower, "repay", lent.usdc.address, MAX, borrower.address)
    supplied, _, borrowed, shares, deficit, _ = lent.state("USDC")
    assert (borrowed, shares) == (0, 0)
    assert lent.balance("USDC", lent.pool) == supplied - borrowed - deficit


def test_repaying_after_a_crash_and_at_a_stale_price_passes(indebted: World, borrower: Account) -> None:
    indebted.set_price("WETH", 1)
    indebted.warp(10**6)
    indebted.pool.send(borrower, "repay", indebted.usdc.address, 1_000, borrower.address)


def test_repaying_nothing_or_for_who_owes_nothing_reverts(indebted: World, borrower: Account) -> None:
    with reverts("ZeroAmount"):
        indebted.pool.send(borrower, "repay", indebted.usdc.address, 0, borrower.address)
    with reverts("ZeroAmount"):
        indebted.pool.send(borrower, "repay", indebted.wbtc.address, 1, borrower.address)
