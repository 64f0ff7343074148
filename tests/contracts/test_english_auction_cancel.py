from __future__ import annotations

from simulator.transaction import Account
from tests.contracts.auctions import ETH, HOUR, USDC, English, arguments
from tests.contracts.world import MAX, MAXIMUM_AGE, World, reverts


def started(world: World) -> English:
    house = English(world)
    world.set_price("WETH", 1_700)
    house.start()
    return house


def test_a_debt_that_is_repaid_returns_the_bid(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    house.bid(liquidator, 1_000)
    house.repay(MAX)
    assert arguments(house.send("cancel", 1), "AuctionCancelled") == {"id": 1}
    assert indebted.balance("USDC", liquidator) == 1_000
    assert indebted.balance("USDC", house.module) == 0
    assert house.under_auction() == (0, 0)
    assert house.held() == 10 * ETH
    with reverts("NoAuction", 1):
        house.send("cancel", 1)


def test_a_debt_of_which_a_unit_is_left_reverts(indebted: World, liquidator: Account) -> None:
    """Otherwise anybody could stop any auction for the price of a unit."""
    house = started(indebted)
    house.bid(liquidator, 1_000)
    house.repay(14_000 * USDC - 1)
    with reverts("CannotBeCancelled", 1):
        house.send("cancel", 1)


def test_a_lot_that_was_withdrawn_returns_the_bid(indebted: World, borrower: Account, liquidator: Account) -> None:
    house = started(indebted)
    house.bid(liquidator, 1_000)
    indebted.set_price("WETH", 2_500)
    indebted.pool.send(borrower, "withdraw", indebted.weth.address, ETH // 10**5, borrower.address)
    with reverts("CannotBeCancelled", 1):
        house.send("cancel", 1)
    indebted.pool.send(borrower, "withdraw", indebted.weth.address, 1, borrower.address)
    house.send("cancel", 1)
    assert indebted.balance("USDC", liquidator) == 1_000


def test_an_auction_that_goes_on_reverts(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    indebted.set_price("WETH", 3_000)
    with reverts("CannotBeCancelled", 1):
        house.send("cancel", 1)
    house.bid(liquidator, 1_000)
    indebted.warp(6 * HOUR)
    with reverts("CannotBeCancelled", 1):
        house.send("cancel", 1)


def test_running_out_without_a_bid_frees_a_healthy_account(indebted: World) -> None:
    house = started(indebted)
    end = house.auction()["endsAt"]
    indebted.set_price("WETH", 1_750)
    indebted.warp(end - indebted.chain.head.timestamp - 2)
    with reverts("CannotBeCancelled", 1):
        house.send("cancel", 1)
    house.send("cancel", 1)
    assert house.under_auction() == (0, 0)


def test_running_out_without_a_bid_frees_no_unhealthy_account(indebted: World) -> None:
    house = started(indebted)
    indebted.warp(6 * HOUR)
    with reverts("CannotBeCancelled", 1):
        house.send("cancel", 1)
    indebted.warp(MAXIMUM_AGE)  # nobody knows
    with reverts("CannotBeCancelled", 1):
        house.send("cancel", 1)


def test_a_module_that_was_replaced_returns_the_bid(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    house.bid(liquidator, 1_000)
    indebted.pool.send(indebted.owner, "setLiquidationModule", indebted.module.address)
    house.send("cancel", 1)
    assert indebted.balance("USDC", liquidator) == 1_000
