from __future__ import annotations

from simulator.transaction import Account
from tests.contracts.auctions import ETH, HOUR, English, arguments, only
from tests.contracts.world import MAXIMUM_AGE, WAD, World, reverts


def started(world: World) -> English:
    house = English(world)
    world.set_price("WETH", 1_700)
    house.start()
    return house


def test_an_auction_that_ran_out_without_a_bid_gets_another_lifetime(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    before = house.auction()
    indebted.warp(6 * HOUR)
    receipt = house.send("restart", 1)
    end = indebted.chain.head.timestamp + 6 * HOUR
    assert only(arguments(receipt, "AuctionRestarted"), "id", "endsAt") == (1, end)
    assert house.auction() == before | {"closesAt": end, "endsAt": end}
    house.bid(liquidator, 1)


def test_an_open_auction_reverts_until_its_last_second_is_over(indebted: World) -> None:
    house = started(indebted)
    closes = house.auction()["closesAt"]
    indebted.warp(closes - indebted.chain.head.timestamp - 2)
    with reverts("AuctionOpen", 1, closes):
        house.send("restart", 1)
    house.send("restart", 1)


def test_an_auction_with_a_bid_reverts(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    house.bid(liquidator, 5)
    indebted.warp(6 * HOUR)
    with reverts("HasBid", 1, 5):
        house.send("restart", 1)


def test_a_healthy_account_is_not_auctioned_anew(indebted: World) -> None:
    house = started(indebted)
    indebted.warp(6 * HOUR)
    indebted.set_price("WETH", 1_750)
    with reverts("NotLiquidatable", house.borrower.address, WAD):
        house.send("restart", 1)


def test_a_stale_price_reverts(indebted: World) -> None:
    house = started(indebted)
    indebted.warp(MAXIMUM_AGE + 1)
    with reverts("StalePrice"):
        house.send("restart", 1)


def test_an_unknown_auction_reverts(indebted: World) -> None:
    house = started(indebted)
    with reverts("NoAuction", 2):
        house.send("restart", 2)
    assert house.auction()["lot"] == 10 * ETH
