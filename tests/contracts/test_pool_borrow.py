from __future__ import annotations

from simulator.transaction import Account
from tests.contracts.world import UNCAPPED, WAD, ZERO, World, events, reverts


def test_borrow_up_to_the_limit_passes_and_one_unit_more_reverts(lent: World, borrower: Account) -> None:
    lent.supply("WETH", borrower, 10 * 10**18)
    with reverts("InsufficientCollateral", borrower.address, 15_000 * WAD + 10**12, 15_000 * WAD):
        lent.borrow("USDC", borrower, 15_000 * 10**6 + 1)
    receipt = lent.borrow("USDC", borrower, 15_000 * 10**6)
    (borrowed,) = events(receipt, "Borrowed")
    assert borrowed.arguments["shares"] == 15_000 * 10**12
    assert lent.balance("USDC", borrower) == 15_000 * 10**6


def test_several_collaterals_and_debts_of_all_decimals_add_up(lent: World, borrower: Account) -> None:
    lent.supply("WETH", borrower, 10 * 10**18)
    lent.supply("WBTC", borrower, 10**8)
    lent.borrow("USDC", borrower, 10_000 * 10**6)
    lent.borrow("WETH", borrower, 10**18)
    lent.borrow("WBTC", borrower, 10**7)
    position = lent.pool.read("position", borrower.address)
    assert position == (50_000 * WAD, 36_000 * WAD, 38_500 * WAD, 15_000 * WAD)
    assert lent.health(borrower) == 38_500 * WAD // 15_000


def test_borrow_without_collateral_reverts(lent: World, passer_by: Account) -> None:
    with reverts("InsufficientCollateral", passer_by.address, 10**12, 0):
        lent.borrow("USDC", passer_by, 1)


def test_supply_of_an_asset_without_threshold_is_no_collateral_and_needs_no_price(
    lent: World, borrower: Account
) -> None:
    lent.margins.send(lent.owner, "setMargin", lent.weth.address, (0, 0, 0))
    lent.oracle.send(lent.owner, "setFeed", lent.weth.address, ZERO, 0)
    lent.supply("WETH", borrower, 10 * 10**18)
    with reverts("InsufficientCollateral", borrower.address, 10**12, 0):
        lent.borrow("USDC", borrower, 1)


def test_borrow_of_more_than_is_there_reverts(lent: World, borrower: Account) -> None:
    lent.supply("WETH", borrower, 1_000 * 10**18)
    held = 100 * 10**8
    with reverts("InsufficientLiquidity", lent.wbtc.address, held + 1, held):
        lent.borrow("WBTC", borrower, held + 1)


def test_tokens_given_to_the_pool_cannot_be_borrowed(lent: World, borrower: Account) -> None:
    lent.supply("WETH", borrower, 10_000 * 10**18)
    lent.give("WBTC", lent.pool, 10**8)
    with reverts("InsufficientLiquidity"):
        lent.borrow("WBTC", borrower, 100 * 10**8 + 1)


def test_borrow_up_to_the_cap_passes_and_one_unit_more_reverts(lent: World, borrower: Account) -> None:
    configuration = (lent.free_rates.address, 0, UNCAPPED, 1_000)
    lent.pool.send(lent.owner, "configureAsset", lent.usdc.address, configuration)
    lent.supply("WETH", borrower, 10 * 10**18)
    lent.borrow("USDC", borrower, 1_000)
    with reverts("BorrowCapExceeded", lent.usdc.address, 1_001, 1_000):
        lent.borrow("USDC", borrower, 1)


def test_borrow_at_a_stale_price_reverts(lent: World, borrower: Account) -> None:
    lent.supply("WETH", borrower, 10 * 10**18)
    updated_at = lent.oracle.read("price", lent.weth.address)[1]
    lent.warp(86_400)
    lent.set_price("USDC", 1)
    with reverts("StalePrice", lent.weth.address, updated_at, 86_400):
        lent.borrow("USDC", borrower, 1)


def test_borrow_of_nothing_or_to_nobody_reverts(lent: World, borrower: Account) -> None:
    with reverts("ZeroAmount"):
        lent.borrow("USDC", borrower, 0)
    with reverts("ZeroAddress"):
        lent.pool.send(borrower, "borrow", lent.usdc.address, 1, ZERO)


def test_borrow_of_an_unlisted_asset_reverts(lent: World, borrower: Account) -> None:
    with reverts("AssetNotListed", lent.amm.address):
        lent.pool.send(borrower, "borrow", lent.amm.address, 1, borrower.address)
