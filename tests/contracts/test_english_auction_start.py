from __future__ import annotations

from fractions import Fraction

import pytest

from simulator.contracts import artifact
from simulator.transaction import Account
from tests.contracts.auctions import BTC, ENGLISH_RULES, ETH, HOUR, SAYS_ZERO, USDC, English, arguments, only
from tests.contracts.world import MAXIMUM_AGE, WAD, World, reverts


def test_a_health_of_one_reverts_and_a_hair_less_starts(indebted: World) -> None:
    house = English(indebted)
    indebted.set_price("WETH", 1_750)
    assert house.startable() == (0, 0)
    with reverts("NotLiquidatable", house.borrower.address, WAD):
        house.start()
    indebted.set_price("WETH", 1_750 - Fraction(1, 10**8))
    assert house.startable() == (10 * ETH, 14_000 * USDC)
    house.start()


def test_the_first_lot_carries_its_part_of_the_debt(indebted: World) -> None:
    house = English(indebted, lot=3 * ETH)
    indebted.set_price("WETH", 1_700)
    assert house.startable() == (3 * ETH, 4_200 * USDC)
    receipt = house.start()
    started = arguments(receipt, "AuctionStarted")
    assert only(started, "id", "lot", "debt", "tab") == (1, 3 * ETH, 4_200 * USDC, 4_410 * USDC)
    now = indebted.chain.head.timestamp
    expected = (*house.pair("USDC", "WETH"), 3 * ETH, 4_200 * USDC, 4_410 * USDC, 3 * ETH, 0, "0x" + "00" * 20)
    assert tuple(house.auction().values()) == (*expected, now + 6 * HOUR, now + 6 * HOUR)
    assert house.under_auction() == (4_200 * USDC, 3 * ETH)
    assert house.module.read("auctionCount") == 1


def test_lots_run_at_once_until_nothing_is_left(indebted: World) -> None:
    house = English(indebted, lot=4 * ETH)
    indebted.set_price("WETH", 1_700)
    for lot, debt in ((4, 5_600), (4, 5_600), (2, 2_800)):
        assert house.startable() == (lot * ETH, debt * USDC)
        house.start()
    assert house.under_auction() == (14_000 * USDC, 10 * ETH)
    assert house.startable() == (0, 0)
    with reverts("NoDebt", house.borrower.address, indebted.usdc.address):
        house.start()


def test_debt_and_penalty_are_rounded_up(indebted: World) -> None:
    house = English(indebted, lot=ETH // 3)
    indebted.set_price("WETH", 1_700)
    house.start()
    assert only(house.auction(), "debt", "tab") == (466_666_667, 490_000_001)


def test_an_underwater_account_puts_more_debt_on_a_lot_than_it_is_worth(indebted: World) -> None:
    house = English(indebted, lot=5 * ETH)
    indebted.set_price("WETH", 1_000)
    assert house.startable() == (5 * ETH, 7_000 * USDC)


def test_a_lot_carries_debt_by_its_part_of_all_collateral(indebted: World, borrower: Account) -> None:
    """Otherwise the smallest collateral would carry all debt, and have it written off."""
    indebted.supply("WBTC", borrower, BTC // 10**4)  # $3, of $17,003
    house = English(indebted)
    indebted.set_price("WETH", 1_700)
    lot, debt = house.startable("USDC", "WBTC")
    assert (lot, debt) == (BTC // 10**4, 2_470_153)  # 14,000 * 3 / 17,003 = 2.4701523…
    house.start("USDC", "WBTC")
    assert house.startable() == (10 * ETH, 14_000 * USDC - 2_470_153)


def test_a_small_debt_takes_a_small_lot(indebted: World, borrower: Account) -> None:
    indebted.borrow("WBTC", borrower, BTC // 10**4)  # $3, of $14,003
    house = English(indebted)
    indebted.set_price("WETH", 1_700)
    lot = -(-10 * ETH * 3 // 14_003)
    assert house.startable("WBTC", "WETH") == (lot, BTC // 10**4)
    house.start("WBTC", "WETH")
    # What is left goes with the other debt, up to the rounding of the first lot
    rest, debt = house.startable()
    assert (rest, debt) == (10 * ETH - lot, 14_000 * USDC)


def test_collateral_that_is_worth_nothing_takes_all_debt(indebted: World, borrower: Account) -> None:
    house = English(indebted)
    indebted.feeds["WETH"].send(indebted.accounts["reporter"], "report", 1)
    held = 10 * ETH - 1
    assert house.startable() == (10 * ETH, 14_000 * USDC)
    indebted.pool.send(indebted.owner, "setLiquidationModule", borrower.address)
    order = (borrower.address, indebted.usdc.address, 0, 1, indebted.weth.address, held, 0, borrower.address)
    indebted.pool.send(borrower, "seize", order)
    indebted.pool.send(indebted.owner, "setLiquidationModule", house.module.address)
    assert house.startable() == (1, 14_000 * USDC - 1)


def test_collateral_without_a_lot_size_reverts(indebted: World) -> None:
    house = English(indebted, lot=0)
    indebted.set_price("WETH", 1_700)
    assert house.startable() == (0, 0)
    with reverts("NoLotSize", indebted.weth.address):
        house.start()


def test_debt_that_is_not_owed_reverts(indebted: World) -> None:
    house = English(indebted)
    indebted.set_price("WETH", 1_700)
    assert house.startable("WBTC", "WETH") == (0, 0)
    with reverts("NoDebt", house.borrower.address, indebted.wbtc.address):
        house.start("WBTC", "WETH")


@pytest.mark.parametrize("supplied", [0, BTC])
def test_what_is_no_collateral_reverts(indebted: World, borrower: Account, supplied: int) -> None:
    if supplied:
        indebted.supply("WBTC", borrower, supplied)
        indebted.margins.send(indebted.owner, "setMargin", indebted.wbtc.address, (0, 0, 0))
    house = English(indebted)
    indebted.set_price("WETH", 1_700)
    assert house.startable("USDC", "WBTC") == (0, 0)
    with reverts("NoCollateral", borrower.address, indebted.wbtc.address):
        house.start("USDC", "WBTC")


def test_a_guard_that_lets_nothing_go_reverts(indebted: World) -> None:
    house = English(indebted)
    indebted.set_price("WETH", 1_700)
    house.set_guard(SAYS_ZERO)
    assert house.startable() == (0, 0)
    with reverts("NothingSeizable", indebted.usdc.address, indebted.weth.address):
        house.start()


def test_a_module_that_the_pool_does_not_have_reverts(indebted: World) -> None:
    house = English(indebted)
    indebted.set_price("WETH", 1_700)
    indebted.pool.send(indebted.owner, "setLiquidationModule", indebted.module.address)
    assert house.startable() == (0, 0)
    with reverts("NotLiquidationModule", house.module.address, indebted.module.address):
        house.start()


def test_a_stale_price_reverts(indebted: World) -> None:
    house = English(indebted)
    indebted.set_price("WETH", 1_700)
    indebted.warp(MAXIMUM_AGE + 1)
    assert house.startable() == (0, 0)
    with reverts("StalePrice"):
        house.start()


def test_an_unknown_asset_can_not_be_started(indebted: World) -> None:
    house = English(indebted)
    indebted.set_price("WETH", 1_700)
    stranger = indebted.deploy("TestToken", "X", "X", 18, indebted.owner.address).address
    house.send("setLotSize", stranger, 1, sender=indebted.owner)
    weth, usdc, borrower = indebted.weth.address, indebted.usdc.address, house.borrower.address
    assert house.module.read("startable", borrower, usdc, stranger) == (0, 0)
    assert house.module.read("startable", borrower, stranger, weth) == (0, 0)


def test_the_module_shows_what_all_modules_show(world: World) -> None:
    house = English(world)
    assert house.module.read("rules") == ENGLISH_RULES
    assert house.module.read("pool") == world.pool.address
    assert "Liquidated" in {entry.get("name") for entry in artifact("EnglishAuctionLiquidation").abi}
