from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.auctions import ETH, MINUTE, REFUSES, USDC, English, arguments, only
from tests.contracts.world import MAXIMUM_AGE, WAD, World, ceil_div, events, reverts

TAB = 14_700 * USDC


def won(world: World, amount: int, lot: int = 10 * ETH) -> English:
    """The liquidator holds the highest bid."""
    house = English(world)
    world.set_price("WETH", 1_700)
    house.start()
    house.bid(world.accounts["liquidator"], amount)
    if lot != 10 * ETH:
        house.bid(world.accounts["liquidator"], amount, lot)
    return house


def test_a_bid_at_the_tab_pays_debt_and_penalty(indebted: World, liquidator: Account) -> None:
    lot = 9 * ETH
    house = won(indebted, TAB, lot)
    before = indebted.balance("USDC", liquidator)
    receipt = house.settle_after()
    settled = arguments(receipt, "AuctionSettled")
    assert only(settled, "id", "winner", "bid") == (1, liquidator.address, TAB)
    assert only(settled, "lot", "repaid", "writtenOff") == (lot, 14_000 * USDC, 0)
    assert house.owed() == 0
    assert house.held() == ETH  # what the winner did not ask for
    assert indebted.balance("WETH", liquidator) == lot
    assert indebted.balance("USDC", liquidator) == before
    assert house.held("USDC", house.treasury) == 700 * USDC
    assert indebted.balance("USDC", house.module) == 0
    assert indebted.state("USDC")[4] == 0
    assert house.under_auction() == (0, 0)
    assert house.auction()["endsAt"] == 0


def test_every_tool_sees_a_liquidation(indebted: World, liquidator: Account) -> None:
    house = won(indebted, TAB)
    indebted.warp(10 * MINUTE)
    liquidated = arguments(house.send("settle", 1), "Liquidated")
    health = 17_000 * 80 * WAD // 100 // 14_000
    amounts = {"debtAssets": 14_000 * USDC, "collateralAssets": 10 * ETH, "protocolAssets": 0, "healthFactor": health}
    assert {name: liquidated[name] for name in amounts} == amounts
    parties = only(liquidated, "borrower", "debtAsset", "collateralAsset", "liquidator")
    assert parties == (*house.pair("USDC", "WETH"), liquidator.address)


def test_a_bid_of_one_unit_writes_the_rest_off(indebted: World, liquidator: Account) -> None:
    house = won(indebted, 1)
    receipt = house.settle_after()
    assert only(arguments(receipt, "AuctionSettled"), "repaid", "writtenOff") == (1, 14_000 * USDC - 1)
    assert arguments(receipt, "Liquidated")["debtAssets"] == 1
    assert arguments(receipt, "DeficitRecorded")["assets"] == 14_000 * USDC - 1
    assert indebted.balance("WETH", liquidator) == 10 * ETH
    assert (house.owed(), house.held()) == (0, 0)
    assert indebted.state("USDC")[4] == 14_000 * USDC - 1
    assert house.held("USDC", house.treasury) == 0


@pytest.mark.parametrize(
    ("amount", "written_off", "penalty"),
    [(13_999_999_999, 1, 0), (14_000 * USDC, 0, 0), (14_000 * USDC + 1, 0, 1), (TAB - 1, 0, 700 * USDC - 1)],
)
def test_debt_comes_before_the_penalty(indebted: World, amount: int, written_off: int, penalty: int) -> None:
    house = won(indebted, amount)
    house.settle_after()
    assert indebted.state("USDC")[4] == written_off
    assert house.held("USDC", house.treasury) == penalty


def test_one_of_several_lots_leaves_the_others(indebted: World, liquidator: Account) -> None:
    house = English(indebted, lot=4 * ETH)
    indebted.set_price("WETH", 1_700)
    for _ in range(3):
        house.start()
    house.bid(liquidator, 10, 4 * ETH, 2)
    house.settle_after(number=2)
    assert house.under_auction() == (8_400 * USDC, 6 * ETH)
    assert (house.owed(), house.held()) == (8_400 * USDC, 6 * ETH)
    assert indebted.state("USDC")[4] == 5_600 * USDC - 10
    for number, lot in ((1, 4 * ETH), (3, 2 * ETH)):
        house.bid(liquidator, 10, lot, number)
        house.settle_after(number=number)
    assert (house.owed(), house.held()) == (0, 0)
    assert house.under_auction() == (0, 0)
    assert indebted.state("USDC")[4] == 14_000 * USDC - 30


def test_interest_since_the_start_stays_with_the_borrower(indebted: World, liquidator: Account) -> None:
    indebted.set_rates("USDC", WAD // 10, WAD // 2, 0, 0)
    house = English(indebted)
    indebted.set_price("WETH", 1_700)
    house.start()
    begun = indebted.chain.head.timestamp
    house.bid(liquidator, house.auction()["tab"])
    house.bid(liquidator, house.auction()["tab"], 9 * ETH)
    debt = house.auction()["debt"]
    receipt = house.settle_after()
    assert arguments(receipt, "Liquidated")["debtAssets"] == debt > 14_000 * USDC
    seconds = indebted.chain.head.timestamp - begun
    assert house.owed() == ceil_div(debt * seconds, 10 * 365 * 86_400)
    assert indebted.state("USDC")[4] == 0


def test_a_lot_that_is_short_by_less_than_a_millionth_is_what_is_there(indebted: World, liquidator: Account) -> None:
    """Suppliers of WETH bear a loss of a millionth of a WETH in 1,010."""
    supplier = indebted.accounts["supplier"]
    indebted.borrow("WETH", supplier, ETH)
    house = won(indebted, 1)
    indebted.pool.send(indebted.owner, "setLiquidationModule", supplier.address)
    weth, loss = indebted.weth.address, ETH // 10**6
    indebted.pool.send(supplier, "seize", (supplier.address, weth, 0, loss, weth, 0, 0, supplier.address))
    indebted.pool.send(indebted.owner, "setLiquidationModule", house.module.address)
    indebted.pool.send(house.treasury, "socialiseDeficit", weth, loss)
    held = house.held()
    assert 10 * ETH - ETH // 10**6 < held < 10 * ETH
    assert arguments(house.settle_after(), "AuctionSettled")["lot"] == held
    assert (house.owed(), house.held()) == (0, 0)
    assert indebted.balance("WETH", liquidator) == held


def test_debt_repaid_since_is_not_repaid_again(indebted: World) -> None:
    house = won(indebted, TAB, 9 * ETH)
    house.repay(4_000 * USDC)
    receipt = house.settle_after()
    assert only(arguments(receipt, "AuctionSettled"), "repaid", "writtenOff") == (10_000 * USDC, 0)
    assert house.owed() == 0
    assert house.held("USDC", house.treasury) == 700 * USDC
    assert house.held("USDC") == 4_000 * USDC  # the borrower's, with the WETH that nobody asked for
    assert house.held() == ETH


def test_debt_repaid_since_is_not_written_off(indebted: World) -> None:
    house = won(indebted, 1_000 * USDC)
    house.repay(4_000 * USDC)
    receipt = house.settle_after()
    assert only(arguments(receipt, "AuctionSettled"), "repaid", "writtenOff") == (1_000 * USDC, 9_000 * USDC)
    assert indebted.state("USDC")[4] == 9_000 * USDC


def test_the_price_does_not_matter_once_begun(indebted: World, liquidator: Account) -> None:
    house = won(indebted, 1)
    indebted.set_price("WETH", 3_000)
    receipt = house.settle_after()
    assert arguments(receipt, "Liquidated")["healthFactor"] == 30_000 * 80 * WAD // 100 // 14_000
    assert indebted.balance("WETH", liquidator) == 10 * ETH


def test_a_stale_price_does_not_matter_and_health_is_told_as_zero(indebted: World) -> None:
    house = won(indebted, 1)
    receipt = house.settle_after(MAXIMUM_AGE + 1)
    assert arguments(receipt, "Liquidated")["healthFactor"] == 0


def test_a_full_supply_cap_sends_the_penalty_to_the_treasury(indebted: World) -> None:
    house = won(indebted, TAB, 9 * ETH)
    house.repay(4_000 * USDC)
    house.cap_supply("USDC")
    house.settle_after()
    assert indebted.balance("USDC", house.treasury) == 700 * USDC
    assert indebted.balance("USDC", house.borrower) == 14_000 * USDC + 4_000 * USDC
    assert house.held("USDC", house.treasury) == 0
    assert indebted.usdc.read("allowance", house.module.address, indebted.pool.address) == 0


def test_who_refuses_to_be_seized_now_may_be_tried_later(indebted: World, liquidator: Account) -> None:
    house = won(indebted, TAB)
    house.set_guard(REFUSES)
    with reverts(""):
        house.settle_after()
    assert indebted.balance("USDC", house.module) == TAB
    indebted.pool.send(indebted.owner, "setGuard", "0x" + "00" * 20)
    house.send("settle", 1)
    assert indebted.balance("WETH", liquidator) == 10 * ETH


def test_an_open_auction_reverts_until_its_last_second_is_over(indebted: World) -> None:
    house = won(indebted, 1)
    closes = house.auction()["closesAt"]
    indebted.warp(closes - indebted.chain.head.timestamp - 2)
    with reverts("AuctionOpen", 1, closes):
        house.send("settle", 1)
    assert len(events(house.send("settle", 1), "AuctionSettled")) == 1


def test_an_auction_without_a_bid_reverts(indebted: World) -> None:
    house = English(indebted)
    indebted.set_price("WETH", 1_700)
    house.start()
    with reverts("NoBid", 1):
        house.settle_after(7 * 3_600)


def test_a_debt_that_is_repaid_reverts(indebted: World) -> None:
    house = won(indebted, TAB)
    house.repay(2**256 - 1)
    with reverts("PositionGone", 1, 0, 14_000 * USDC, 10 * ETH, 10 * ETH):
        house.settle_after()


def test_a_lot_that_was_withdrawn_reverts(indebted: World, borrower: Account) -> None:
    house = won(indebted, TAB)
    indebted.set_price("WETH", 2_500)
    lot_less_rounding = 10 * ETH - 10 * ETH // 10**6
    for amount in (10**13, 1):
        indebted.pool.send(borrower, "withdraw", indebted.weth.address, amount, borrower.address)
        if amount != 1:
            with indebted.chain.anchor():
                house.settle_after()
    with reverts("PositionGone", 1, 14_000 * USDC, 14_000 * USDC, lot_less_rounding - 1, 10 * ETH):
        house.settle_after()


def test_twice_reverts(indebted: World) -> None:
    house = won(indebted, TAB)
    house.settle_after()
    with reverts("NoAuction", 1):
        house.send("settle", 1)
