from __future__ import annotations

from fractions import Fraction

from simulator.contracts import artifact
from simulator.transaction import Account
from tests.contracts.auctions import BTC, DUTCH_RULES, ETH, SAYS_ZERO, USDC, Dutch, arguments, only
from tests.contracts.world import MAXIMUM_AGE, WAD, World, reverts


def test_a_health_of_one_reverts_and_a_hair_less_starts(indebted: World) -> None:
    house = Dutch(indebted)
    indebted.set_price("WETH", 1_750)
    assert house.startable() == (0, 0)
    with reverts("NotLiquidatable", house.borrower.address, WAD):
        house.start()
    indebted.set_price("WETH", 1_750 - Fraction(1, 10**8))
    assert house.startable() == (10 * ETH, 14_000 * USDC)
    house.start()


def test_the_whole_position_is_under_auction(indebted: World, passer_by: Account) -> None:
    house = Dutch(indebted)
    indebted.set_price("WETH", 1_700)
    assert house.startable() == (10 * ETH, 14_000 * USDC)
    started = arguments(house.start(), "AuctionStarted")
    assert only(started, "id", "lot", "debt", "tab") == (1, 10 * ETH, 14_000 * USDC, 14_700 * USDC)
    assert only(started, "top", "keeper") == (2_040 * WAD, passer_by.address)
    expected = (10 * ETH, 14_000 * USDC, 700 * USDC, 34_700_000, 2_000 * USDC, 2_040 * WAD)
    now = indebted.chain.head.timestamp
    assert tuple(house.auction().values()) == (*house.pair("USDC", "WETH"), passer_by.address, *expected, now)
    assert house.under_auction() == (14_000 * USDC, 10 * ETH)
    assert house.running() == house.module.read("auctionCount") == 1
    assert house.status() == (False, 2_040 * WAD, 10 * ETH, 14_700 * USDC)


def test_the_first_price_is_in_debt_tokens_and_rounded_up(indebted: World, borrower: Account) -> None:
    indebted.borrow("WBTC", borrower, BTC // 50)
    house = Dutch(indebted)
    indebted.set_price("WETH", 1_700)
    indebted.set_price("WBTC", 29_999)
    house.start("WBTC", "WETH")
    assert house.auction()["top"] == 1_700 * 12 * WAD // 10 // 29_999 + 1
    assert house.auction()["minimumLeft"] == 2_000 * BTC // 29_999 + 1
    tab = house.auction()["debt"] + house.auction()["penalty"]
    assert house.auction()["incentive"] == 20 * BTC // 29_999 + tab // 1_000


def test_the_incentive_is_no_more_than_the_penalty(indebted: World) -> None:
    house = Dutch(indebted, (*DUTCH_RULES[:6], 10**6 * WAD, 0))
    indebted.set_price("WETH", 1_700)
    house.start()
    assert house.auction()["incentive"] == 700 * USDC


def test_a_pair_under_auction_reverts(indebted: World) -> None:
    house = Dutch(indebted)
    indebted.set_price("WETH", 1_700)
    house.start()
    indebted.supply("WETH", house.borrower, 10**16)
    assert house.startable() == (0, 0)
    with reverts("AuctionRunning", 1):
        house.start()


def test_another_pair_takes_what_is_left(indebted: World, borrower: Account) -> None:
    indebted.borrow("WBTC", borrower, BTC // 100)  # $300, of $14,300
    house = Dutch(indebted)
    indebted.set_price("WETH", 1_700)
    house.start("WBTC", "WETH")
    lot = -(-10 * ETH * 300 // 14_300)
    assert house.under_auction("WBTC", "WETH") == (BTC // 100, lot)
    house.start()
    assert house.under_auction() == (14_000 * USDC, 10 * ETH)
    assert house.auction(2)["lot"] == 10 * ETH - lot


def test_a_collateral_carries_debt_by_its_part_of_all(indebted: World, borrower: Account) -> None:
    """Otherwise the smallest collateral would carry all debt, and have it written off."""
    indebted.supply("WBTC", borrower, BTC // 10**4)  # $3, of $17,003
    house = Dutch(indebted)
    indebted.set_price("WETH", 1_700)
    assert house.startable("USDC", "WBTC") == (BTC // 10**4, 2_470_153)


def test_debt_or_collateral_that_is_not_there_reverts(indebted: World) -> None:
    house = Dutch(indebted)
    indebted.set_price("WETH", 1_700)
    assert house.startable("WBTC", "WETH") == house.startable("USDC", "WBTC") == (0, 0)
    with reverts("NoDebt", house.borrower.address, indebted.wbtc.address):
        house.start("WBTC", "WETH")
    with reverts("NoCollateral", house.borrower.address, indebted.wbtc.address):
        house.start("USDC", "WBTC")


def test_a_guard_that_lets_nothing_go_reverts(indebted: World) -> None:
    house = Dutch(indebted)
    indebted.set_price("WETH", 1_700)
    house.set_guard(SAYS_ZERO)
    assert house.startable() == (0, 0)
    with reverts("NothingSeizable", indebted.usdc.address, indebted.weth.address):
        house.start()


def test_a_stale_price_reverts(indebted: World) -> None:
    house = Dutch(indebted)
    indebted.set_price("WETH", 1_700)
    indebted.warp(MAXIMUM_AGE + 1)
    assert house.startable() == (0, 0)
    with reverts("StalePrice"):
        house.start()


def test_the_module_shows_what_all_modules_show(world: World) -> None:
    house = Dutch(world)
    assert house.module.read("rules") == DUTCH_RULES
    assert house.module.read("pool") == world.pool.address
    assert "Liquidated" in {entry.get("name") for entry in artifact("DutchAuctionLiquidation").abi}
