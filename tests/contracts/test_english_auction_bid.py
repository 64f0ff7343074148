from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.auctions import ENGLISH_RULES, ETH, MINUTE, USDC, English, arguments, only
from tests.contracts.world import World, reverts

TAB = 14_700 * USDC


def started(world: World, rules: tuple[int, ...] = ENGLISH_RULES) -> English:
    house = English(world, rules)
    world.set_price("WETH", 1_700)
    house.start()
    return house


def test_one_unit_is_a_first_bid(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    with reverts("BidTooLow", 0, 1):
        house.bid(liquidator, 0)
    receipt = house.bid(liquidator, 1)
    placed = arguments(receipt, "BidPlaced")
    assert only(placed, "id", "bidder", "lot", "amount") == (1, liquidator.address, 10 * ETH, 1)
    now = indebted.chain.head.timestamp
    assert only(house.auction(), "bid", "bidder", "lot") == (1, liquidator.address, 10 * ETH)
    assert house.auction()["closesAt"] == now + 10 * MINUTE
    assert indebted.balance("USDC", house.module) == 1


@pytest.mark.parametrize(
    ("before", "minimum"),
    [
        (1, 2),
        (20, 21),
        (21, 23),  # a twentieth, rounded up
        (1_000 * USDC, 1_050 * USDC),
        (TAB * 20 // 21, TAB),
        (TAB * 20 // 21 + 1, TAB),  # the tab itself needs no increment
        (TAB - 1, TAB),
    ],
)
def test_bids_rise_by_the_increment(
    indebted: World, liquidator: Account, attacker: Account, before: int, minimum: int
) -> None:
    house = started(indebted)
    house.bid(liquidator, before)
    with reverts("BidTooLow", minimum - 1, minimum):
        house.bid(attacker, minimum - 1)
    house.bid(attacker, minimum)
    assert house.auction()["bid"] == minimum


def test_without_an_increment_one_unit_more_is_enough(indebted: World, liquidator: Account, attacker: Account) -> None:
    house = started(indebted, rules=(60, 60, 0))
    house.bid(liquidator, 1_000)
    with reverts("BidTooLow", 1_000, 1_001):
        house.bid(attacker, 1_000)
    house.bid(attacker, TAB)
    with reverts("LotTooLarge", 10 * ETH, 10 * ETH):
        house.bid(liquidator, TAB, 10 * ETH)
    house.bid(liquidator, TAB, 10 * ETH - 1)


def test_who_is_outbid_is_repaid_by_the_next(indebted: World, liquidator: Account, attacker: Account) -> None:
    house = started(indebted)
    house.bid(liquidator, 1_000)
    assert indebted.balance("USDC", liquidator) == 0
    house.bid(attacker, 2_000)
    assert indebted.balance("USDC", liquidator) == 1_000
    assert indebted.balance("USDC", attacker) == 0
    assert indebted.balance("USDC", house.module) == 2_000


def test_who_raises_its_own_bid_pays_the_difference(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    house.bid(liquidator, 1_000)
    indebted.give("USDC", liquidator, 1_000)
    house.send("bid", 1, 10 * ETH, 2_000, sender=liquidator)
    assert indebted.balance("USDC", liquidator) == 0
    assert indebted.balance("USDC", house.module) == 2_000


def test_bids_below_the_tab_are_for_the_whole_lot(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    for lot in (10 * ETH - 1, 10 * ETH + 1):
        with reverts("NotWholeLot", lot, 10 * ETH):
            house.bid(liquidator, 1_000, lot)


def test_more_than_the_tab_reverts(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    with reverts("BidAboveTab", TAB + 1, TAB):
        house.bid(liquidator, TAB + 1)
    house.bid(liquidator, TAB)


def test_at_the_tab_bidders_ask_for_less(indebted: World, liquidator: Account, attacker: Account) -> None:
    house = started(indebted)
    house.bid(liquidator, TAB)
    most = 10 * ETH * 20 // 21
    for amount in (TAB - 1, TAB + 1):
        with reverts("NotTab", amount, TAB):
            house.bid(attacker, amount, most)
    with reverts("LotTooLarge", most + 1, most):
        house.bid(attacker, TAB, most + 1)
    house.bid(attacker, TAB, most)
    assert only(house.auction(), "bid", "bidder", "lot") == (TAB, attacker.address, most)
    assert indebted.balance("USDC", liquidator) == TAB
    assert indebted.balance("USDC", house.module) == TAB
    # Nobody can start another auction of what was not asked for
    assert house.under_auction() == (14_000 * USDC, 10 * ETH)
    assert house.startable() == (0, 0)


def test_a_bid_for_nothing_ends_the_bidding(indebted: World, liquidator: Account, attacker: Account) -> None:
    house = started(indebted)
    house.bid(liquidator, TAB)
    house.bid(liquidator, TAB, 0)
    with reverts("LotTooLarge", 0, 0):
        house.bid(attacker, TAB, 0)


def test_the_last_second_is_before_the_bids_lifetime_is_over(
    indebted: World, liquidator: Account, attacker: Account
) -> None:
    house = started(indebted)
    house.bid(liquidator, 1)
    placed = indebted.chain.head.timestamp
    indebted.give("USDC", attacker, 100)
    bid = house.module.artifact.encode("bid", 1, 10 * ETH, 100)
    with indebted.chain.anchor(), reverts("AuctionOver", 1, placed + 600):
        indebted.send(attacker, house.module.address, bid, after=placed + 600 - indebted.chain.head.timestamp)
    indebted.send(attacker, house.module.address, bid, after=placed + 599 - indebted.chain.head.timestamp)
    assert house.auction()["closesAt"] == placed + 599 + 600


def test_no_bid_outlives_the_auction(indebted: World, liquidator: Account, attacker: Account) -> None:
    house = started(indebted, rules=(600, 700, 0))
    end = indebted.chain.head.timestamp + 700
    indebted.warp(300)
    house.bid(liquidator, 1)
    assert only(house.auction(), "closesAt", "endsAt") == (end, end)
    indebted.warp(end - indebted.chain.head.timestamp - 1)
    with reverts("AuctionOver", 1, end):
        house.bid(attacker, 2)


def test_bids_are_taken_after_the_price_recovered(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    indebted.set_price("WETH", 3_000)
    house.bid(liquidator, 1)


def test_an_unknown_auction_reverts(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    with reverts("NoAuction", 2):
        house.send("bid", 2, 1, 1, sender=liquidator)
