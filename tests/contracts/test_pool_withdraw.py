from __future__ import annotations

from simulator.transaction import Account
from tests.contracts.world import MAX, WAD, ZERO, World, events, reverts


def test_withdrawing_all_returns_what_was_supplied(world: World, supplier: Account) -> None:
    world.supply("USDC", supplier, 1_000)
    receipt = world.pool.send(supplier, "withdraw", world.usdc.address, MAX, supplier.address)
    (withdrawn,) = events(receipt, "Withdrawn")
    assert (withdrawn.arguments["assets"], withdrawn.arguments["shares"]) == (1_000, 1_000 * 10**6)
    assert world.balance("USDC", supplier) == 1_000
    assert world.state("USDC")[:5] == (0, 0, 0, 0, 0)


def test_withdrawal_goes_to_the_recipient(world: World, supplier: Account, passer_by: Account) -> None:
    world.supply("USDC", supplier, 1_000)
    world.pool.send(supplier, "withdraw", world.usdc.address, 400, passer_by.address)
    assert world.balance("USDC", passer_by) == 400
    assert world.pool.read("supplyBalance", world.usdc.address, supplier.address) == 600


def test_withdrawing_one_unit_more_than_supplied_reverts(lent: World, passer_by: Account) -> None:
    lent.supply("USDC", passer_by, 1_000)
    held = 1_000 * 10**6
    with reverts("InsufficientSupply", lent.usdc.address, passer_by.address, held + 10**6, held):
        lent.pool.send(passer_by, "withdraw", lent.usdc.address, 1_001, passer_by.address)


def test_withdrawing_what_is_lent_out_reverts(indebted: World, supplier: Account) -> None:
    free = (1_000_000 - 14_000) * 10**6
    with reverts("InsufficientLiquidity", indebted.usdc.address, free + 1, free):
        indebted.pool.send(supplier, "withdraw", indebted.usdc.address, free + 1, supplier.address)
    indebted.pool.send(supplier, "withdraw", indebted.usdc.address, free, supplier.address)


def test_withdrawing_collateral_down_to_the_borrow_limit_passes_and_one_unit_more_reverts(
    lent: World, borrower: Account
) -> None:
    lent.supply("WETH", borrower, 10 * 10**18)
    lent.borrow("USDC", borrower, 7_500 * 10**6)  # needs 5 WETH at 75 %
    with reverts("InsufficientCollateral"):
        lent.pool.send(borrower, "withdraw", lent.weth.address, 5 * 10**18 + 1, borrower.address)
    lent.pool.send(borrower, "withdraw", lent.weth.address, 5 * 10**18, borrower.address)


def test_withdrawing_without_debt_needs_no_price(lent: World, supplier: Account) -> None:
    lent.warp(10**6)
    lent.pool.send(supplier, "withdraw", lent.weth.address, 1, supplier.address)


def test_withdrawing_with_debt_at_a_stale_price_reverts(indebted: World, borrower: Account) -> None:
    indebted.warp(10**6)
    with reverts("StalePrice"):
        indebted.pool.send(borrower, "withdraw", indebted.weth.address, 1, borrower.address)


def test_withdrawing_nothing_or_to_nobody_reverts(lent: World, supplier: Account) -> None:
    with reverts("ZeroAmount"):
        lent.pool.send(supplier, "withdraw", lent.usdc.address, 0, supplier.address)
    with reverts("ZeroAddress"):
        lent.pool.send(supplier, "withdraw", lent.usdc.address, 1, ZERO)


def test_shares_burnt_round_up(lent: World, borrower: Account, supplier: Account) -> None:
    lent.set_rates("USDC", WAD, WAD // 2, 0, 0)
    lent.supply("WETH", borrower, 100 * 10**18)
    lent.borrow("USDC", borrower, 100_000 * 10**6)
    lent.warp(1_000)
    receipt = lent.pool.send(supplier, "withdraw", lent.usdc.address, 1_000, supplier.address)
    (withdrawn,) = events(receipt, "Withdrawn")
    assets, shares = lent.state("USDC")[:2]
    assets, shares = assets + 1_000, shares + withdrawn.arguments["shares"]
    exact = 1_000 * (shares + 10**6) / (assets + 1)
    assert 0 < withdrawn.arguments["shares"] - exact < 1
