from __future__ import annotations

from simulator.transaction import Account
from tests.contracts.auctions import ETH, MINUTE, USDC, Dutch, arguments
from tests.contracts.world import MAX, MAXIMUM_AGE, World, reverts


def started(world: World) -> Dutch:
    house = Dutch(world)
    world.set_price("WETH", 1_700)
    house.start()
    return house


def test_a_debt_that_is_repaid_frees_the_pair(indebted: World) -> None:
    house = started(indebted)
    house.repay(MAX)
    assert arguments(house.send("cancel", 1), "AuctionCancelled") == {"id": 1}
    assert house.under_auction() == (0, 0)
    assert house.running() == 0
    with reverts("NoAuction", 1):
        house.send("cancel", 1)


def test_a_debt_of_which_a_unit_is_left_reverts(indebted: World) -> None:
    house = started(indebted)
    house.repay(14_000 * USDC - 1)
    with reverts("CannotBeCancelled", 1):
        house.send("cancel", 1)


def test_collateral_that_was_withdrawn_frees_the_pair(indebted: World, borrower: Account) -> None:
    house = started(indebted)
    indebted.supply("WBTC", borrower, 10**8)
    weth = indebted.weth.address
    indebted.pool.send(borrower, "withdraw", weth, 10 * ETH - ETH // 10**3, borrower.address)
    with reverts("CannotBeCancelled", 1):
        house.send("cancel", 1)
    # So little is left that no debt goes with it: nobody could take it
    indebted.pool.send(borrower, "withdraw", weth, ETH // 10**3 - 1, borrower.address)
    house.send("cancel", 1)
    assert house.under_auction() == (0, 0)


def test_an_auction_that_goes_on_reverts(indebted: World) -> None:
    house = started(indebted)
    indebted.set_price("WETH", 3_000)
    house.warp_into(92 * MINUTE - 2)
    with reverts("CannotBeCancelled", 1):
        house.send("cancel", 1)


def test_running_out_frees_a_healthy_account(indebted: World) -> None:
    house = started(indebted)
    house.warp_into(92 * MINUTE)
    with reverts("CannotBeCancelled", 1):
        house.send("cancel", 1)
    indebted.set_price("WETH", 1_750)
    house.send("cancel", 1)
    assert house.running() == 0


def test_nobody_knows_that_an_account_is_healthy_at_a_stale_price(indebted: World) -> None:
    house = started(indebted)
    indebted.set_price("WETH", 1_750)
    indebted.warp(MAXIMUM_AGE + 1)
    with reverts("CannotBeCancelled", 1):
        house.send("cancel", 1)


def test_a_module_that_was_replaced_may_cancel(indebted: World) -> None:
    house = started(indebted)
    indebted.pool.send(indebted.owner, "setLiquidationModule", indebted.module.address)
    house.send("cancel", 1)
    assert house.under_auction() == (0, 0)
