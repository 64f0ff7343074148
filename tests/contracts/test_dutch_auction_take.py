from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.auctions import DUTCH_RULES, ETH, MINUTE, REFUSES, USDC, Dutch, arguments, only
from tests.contracts.world import MAX, MAXIMUM_AGE, WAD, World, ceil_div, events, reverts

TAB = 14_700 * USDC
TOP = 2_040 * WAD


def started(world: World, rules: tuple[int, ...] = DUTCH_RULES, price: int = 1_700) -> Dutch:
    house = Dutch(world, rules)
    world.set_price("WETH", price)
    house.start()
    return house


def collateral_for(paid: int, price: int) -> int:
    return paid * 10**12 * WAD // price


def test_a_part_is_paid_at_the_price_of_the_second(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    receipt = house.take(2 * ETH)
    taken = arguments(receipt, "Taken")
    assert only(taken, "id", "taker", "price") == (1, liquidator.address, TOP)
    assert only(taken, "collateralAssets", "paid", "repaid") == (2 * ETH, 4_080 * USDC, 4_080 * USDC)
    assert only(taken, "incentive", "writtenOff", "lot", "tab") == (0, 0, 8 * ETH, TAB - 4_080 * USDC)
    assert indebted.balance("WETH", liquidator) == 2 * ETH
    assert indebted.balance("USDC", liquidator) == 10**30 - 4_080 * USDC
    assert (house.owed(), house.held()) == (9_920 * USDC, 8 * ETH)
    assert house.under_auction() == (9_920 * USDC, 8 * ETH)
    assert only(house.auction(), "lot", "debt", "penalty") == (8 * ETH, 9_920 * USDC, 700 * USDC)
    assert indebted.balance("USDC", house.module) == 0


def test_a_later_taker_pays_less(indebted: World) -> None:
    house = started(indebted)
    receipt = house.take(ETH, at=19 * MINUTE)
    price = arguments(receipt, "Taken")["price"]
    assert 1_680 * WAD < price < 1_700 * WAD
    assert arguments(receipt, "Taken")["paid"] == ceil_div(price, 10**12)


def test_every_tool_sees_a_liquidation(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    liquidated = arguments(house.take(2 * ETH), "Liquidated")
    health = 17_000 * 80 * WAD // 100 // 14_000
    amounts = {"debtAssets": 4_080 * USDC, "collateralAssets": 2 * ETH, "protocolAssets": 0, "healthFactor": health}
    assert {name: liquidated[name] for name in amounts} == amounts
    parties = only(liquidated, "borrower", "debtAsset", "collateralAsset", "liquidator")
    assert parties == (*house.pair("USDC", "WETH"), liquidator.address)


def test_paying_the_tab_leaves_the_rest_to_the_borrower(
    indebted: World, liquidator: Account, passer_by: Account
) -> None:
    house = started(indebted)
    receipt = house.take()
    bought = collateral_for(TAB, TOP)
    taken = arguments(receipt, "Taken")
    assert only(taken, "collateralAssets", "paid", "repaid") == (bought, TAB, 14_000 * USDC)
    assert only(taken, "incentive", "writtenOff", "lot", "tab") == (34_700_000, 0, 0, 0)
    assert (house.owed(), house.held()) == (0, 10 * ETH - bought)
    assert indebted.balance("USDC", passer_by) == 34_700_000
    assert house.held("USDC", house.treasury) == 700 * USDC - 34_700_000
    assert indebted.balance("USDC", house.module) == 0
    assert house.under_auction() == (0, 0)
    assert house.running() == 0
    with reverts("NoAuction", 1):
        house.send("take", 1, 1, MAX, passer_by.address)


def test_a_lot_sold_out_writes_the_rest_off(indebted: World, passer_by: Account) -> None:
    house = started(indebted, price=1_000)  # top 1,200
    house.take(4 * ETH)
    receipt = house.take()
    taken = arguments(receipt, "Taken")
    assert only(taken, "collateralAssets", "paid", "repaid") == (6 * ETH, 7_200 * USDC, 7_200 * USDC)
    assert only(taken, "incentive", "writtenOff", "lot", "tab") == (0, 2_000 * USDC, 0, 0)
    assert (house.owed(), house.held()) == (0, 0)
    assert indebted.state("USDC")[4] == 2_000 * USDC
    assert indebted.balance("USDC", passer_by) == 0
    assert house.running() == 0
    assert house.under_auction() == (0, 0)


@pytest.mark.parametrize(
    ("price", "incentive", "treasury", "written_off"),
    [
        (1_166, 0, 0, 8 * USDC),  # 10 * 1,166 * 1.2 = 13,992
        (1_168, 16 * USDC, 0, 0),
        (1_180, 34_700_000, 160 * USDC - 34_700_000, 0),
    ],
)
def test_debt_comes_before_the_incentive_and_that_before_the_treasury(
    indebted: World, passer_by: Account, price: int, incentive: int, treasury: int, written_off: int
) -> None:
    house = started(indebted, price=price)
    house.take()
    assert indebted.balance("USDC", passer_by) == incentive
    assert house.held("USDC", house.treasury) == treasury
    assert indebted.state("USDC")[4] == written_off


def test_what_a_part_pays_is_rounded_up(indebted: World) -> None:
    house = started(indebted)
    receipt = house.take(490_196_079)  # 1.0000000012 units of USDC
    assert only(arguments(receipt, "Taken"), "collateralAssets", "paid") == (490_196_079, 2)


def test_a_part_leaves_enough_for_the_next(indebted: World) -> None:
    house = started(indebted)
    receipt = house.take(7 * ETH)  # 14,280 would leave 420
    bought = collateral_for(TAB - 2_000 * USDC, TOP)
    assert only(arguments(receipt, "Taken"), "collateralAssets", "paid", "tab") == (
        bought,
        TAB - 2_000 * USDC,
        2_000 * USDC,
    )
    with reverts("NoPartLeft", 2_000 * USDC, 2_000 * USDC):
        house.take(ETH // 2)
    house.take()
    assert house.owed() == 0


def test_a_part_that_leaves_just_enough_is_whole(indebted: World) -> None:
    house = started(indebted)
    part = collateral_for(TAB - 2_000 * USDC, TOP)
    assert arguments(house.take(part), "Taken")["collateralAssets"] == part


def test_a_part_leaves_a_unit_of_debt(indebted: World) -> None:
    """The pool gives no collateral for a penalty alone."""
    house = started(indebted, (*DUTCH_RULES[:7], 0))
    receipt = house.take(7 * ETH)
    assert only(arguments(receipt, "Taken"), "paid", "tab") == (14_000 * USDC - 1, 700 * USDC + 1)
    with reverts("NoPartLeft", 700 * USDC + 1, 700 * USDC + 1):
        house.take(1)
    house.take()
    assert house.owed() == 0
    assert house.running() == 0


def test_a_price_above_the_takers_reverts(indebted: World) -> None:
    house = started(indebted)
    with reverts("PriceTooHigh", TOP, TOP - 1):
        house.take(ETH, most=TOP - 1)
    house.take(ETH, most=TOP)


def test_nothing_asked_for_reverts(indebted: World) -> None:
    house = started(indebted)
    with reverts("ZeroAmount"):
        house.take(0)


def test_the_recipient_receives_and_the_caller_pays(indebted: World, attacker: Account) -> None:
    house = started(indebted)
    indebted.give("USDC", attacker, 2_040 * USDC)
    house.send("take", 1, ETH, MAX, house.treasury.address, sender=attacker)
    assert indebted.balance("WETH", house.treasury) == ETH
    assert indebted.balance("USDC", attacker) == 0


def test_an_auction_that_needs_a_restart_reverts(indebted: World) -> None:
    house = started(indebted)
    with reverts("NeedsRestart", 1):
        house.take(at=92 * MINUTE)
    with indebted.chain.anchor(), reverts("NeedsRestart", 1):
        house.take(at=200 * MINUTE)


def test_neither_a_recovered_nor_a_stale_price_matters(indebted: World) -> None:
    house = started(indebted, (*DUTCH_RULES[:2], 3_600, 30 * 86_400, *DUTCH_RULES[4:]))
    indebted.set_price("WETH", 3_000)
    receipt = house.take(ETH)
    assert arguments(receipt, "Liquidated")["healthFactor"] == 30_000 * 80 * WAD // 100 // 14_000
    receipt = house.take(ETH, at=MAXIMUM_AGE + 60)
    assert arguments(receipt, "Liquidated")["healthFactor"] == 0


def test_debt_repaid_since_is_not_repaid_again(indebted: World, passer_by: Account) -> None:
    house = started(indebted)
    house.repay(13_980 * USDC)
    receipt = house.take()
    # The penalty of what is left is a dollar, which is less than the incentive was
    assert only(arguments(receipt, "Taken"), "paid", "repaid", "incentive") == (21 * USDC, 20 * USDC, USDC)
    assert indebted.balance("USDC", passer_by) == USDC
    assert (house.owed(), house.under_auction()) == (0, (0, 0))


def test_debt_of_a_lot_that_was_withdrawn_is_not_written_off(indebted: World, borrower: Account) -> None:
    indebted.supply("WBTC", borrower, 10**8 // 10**4)
    house = started(indebted)
    indebted.supply("WBTC", borrower, 10**8)
    debt = house.auction()["debt"]
    indebted.pool.send(borrower, "withdraw", indebted.weth.address, 9 * ETH, borrower.address)
    receipt = house.take(at=90 * MINUTE)
    taken = arguments(receipt, "Taken")
    assert taken["collateralAssets"] == ETH
    assert taken["repaid"] + taken["writtenOff"] == debt // 10
    assert house.owed() == 14_000 * USDC - debt // 10
    assert indebted.state("USDC")[4] == taken["writtenOff"] > 0
    assert (house.running(), house.under_auction()) == (0, (0, 0))


def test_a_position_without_debt_or_without_the_collateral_reverts(indebted: World, borrower: Account) -> None:
    house = started(indebted)
    with indebted.chain.anchor():
        house.repay(MAX)
        with reverts("NothingLeft", 1):
            house.take()
    indebted.supply("WBTC", borrower, 10**8)
    indebted.pool.send(borrower, "withdraw", indebted.weth.address, MAX, borrower.address)
    with reverts("NothingLeft", 1):
        house.take()


def test_interest_since_the_start_stays_with_the_borrower(indebted: World) -> None:
    indebted.set_rates("USDC", WAD // 10, WAD // 2, 0, 0)
    house = started(indebted)
    debt, begun = house.auction()["debt"], indebted.chain.head.timestamp
    receipt = house.take(at=15 * MINUTE)
    assert arguments(receipt, "Liquidated")["debtAssets"] == debt
    seconds = indebted.chain.head.timestamp - begun
    assert house.owed() == debt * seconds // (10 * 365 * 86_400)


def test_a_full_supply_cap_sends_the_penalty_to_the_treasury(indebted: World) -> None:
    house = started(indebted)
    house.cap_supply("USDC")
    house.take()
    assert indebted.balance("USDC", house.treasury) == 700 * USDC - 34_700_000


def test_who_refuses_to_be_seized_now_may_be_tried_later(indebted: World, liquidator: Account) -> None:
    house = started(indebted)
    house.set_guard(REFUSES)
    with reverts(""):
        house.take()
    indebted.pool.send(indebted.owner, "setGuard", "0x" + "00" * 20)
    assert len(events(house.take(), "Taken")) == 1


def test_without_a_price_above_the_tab_a_taker_of_all_pays_no_more(indebted: World) -> None:
    """The lot is worth just the tab: neither a write-off nor anything left."""
    rules = (WAD, *DUTCH_RULES[1:])
    house = started(indebted, rules, price=1_470)
    receipt = house.take()
    taken = arguments(receipt, "Taken")
    assert only(taken, "collateralAssets", "paid", "writtenOff") == (10 * ETH, TAB, 0)
    assert (house.owed(), house.held()) == (0, 0)
