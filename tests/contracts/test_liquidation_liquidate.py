from __future__ import annotations

from fractions import Fraction

import pytest

from simulator.transaction import Account
from tests.contracts.world import AAVE_RULES, MAX, WAD, World, ceil_div, events, reverts

FREE_RULES = (WAD, WAD, 0, 0, 0)
"""No close factor, no dust rule, nothing for the treasury."""


def owed(world: World, borrower: Account, symbol: str = "USDC") -> int:
    debt: int = world.pool.read("borrowBalance", world.tokens[symbol].address, borrower.address)
    return debt


def held(world: World, borrower: Account, symbol: str = "WETH") -> int:
    collateral: int = world.pool.read("supplyBalance", world.tokens[symbol].address, borrower.address)
    return collateral


def test_health_of_exactly_one_is_not_liquidatable_and_one_step_below_is(indebted: World, borrower: Account) -> None:
    indebted.set_price("WETH", 1_750)
    with reverts("NotLiquidatable", borrower.address, WAD):
        indebted.liquidate(borrower, "USDC", "WETH", 1_000 * 10**6)
    indebted.set_price("WETH", Fraction(1_750) - Fraction(1, 10**8))
    indebted.liquidate(borrower, "USDC", "WETH", 1_000 * 10**6)


def test_an_account_without_debt_is_not_liquidatable(lent: World, supplier: Account) -> None:
    with reverts("NotLiquidatable", supplier.address, MAX):
        lent.liquidate(supplier, "USDC", "WETH", 1)


def test_amounts_are_those_of_the_formula(indebted: World, borrower: Account, liquidator: Account) -> None:
    indebted.set_price("WETH", 1_700)
    repay = 5_000 * 10**6
    receipt = indebted.liquidate(borrower, "USDC", "WETH", repay)
    taken = repay * 10**12 * 105 // (1_700 * 100)
    bonus = taken - ceil_div(taken * 100, 105)
    protocol = bonus // 10
    (liquidated,) = events(receipt, "Liquidated")
    assert liquidated.arguments == {
        "borrower": borrower.address,
        "debtAsset": indebted.usdc.address,
        "collateralAsset": indebted.weth.address,
        "liquidator": liquidator.address,
        "debtAssets": repay,
        "collateralAssets": taken - protocol,
        "protocolAssets": protocol,
        "healthFactor": 10 * 1_700 * 8 * WAD // 10 // 14_000,
    }
    assert indebted.balance("WETH", liquidator) == taken - protocol
    assert owed(indebted, borrower) == 9_000 * 10**6
    assert held(indebted, borrower) == 10 * 10**18 - taken
    # The treasury's shares are worth what it was given, less at most one unit.
    assert protocol - held(indebted, indebted.accounts["treasury"]) in (0, 1)
    assert indebted.balance("USDC", indebted.module) == indebted.balance("WETH", indebted.module) == 0


def test_the_close_factor_caps_at_half_of_all_debt(indebted: World, borrower: Account) -> None:
    indebted.borrow("WBTC", borrower, 10**6)  # $300
    indebted.set_price("WETH", 1_700)
    indebted.liquidate(borrower, "USDC", "WETH", MAX)
    assert owed(indebted, borrower) == 14_000 * 10**6 - 7_150 * 10**6


def test_health_at_the_full_close_line_allows_all_and_just_above_half(lent: World, borrower: Account) -> None:
    # 9,500 of threshold value on 10,000 of debt
    lent.supply("WETH", borrower, 10 * 10**18)
    lent.borrow("USDC", borrower, 10_000 * 10**6)
    lent.set_price("WETH", Fraction(9_500, 8) + Fraction(1, 10**8))
    assert lent.terms(borrower, "USDC", "WETH")[2] == 5_000 * 10**6
    lent.set_price("WETH", Fraction(9_500, 8))
    assert lent.health(borrower) == 95 * WAD // 100
    assert lent.terms(borrower, "USDC", "WETH")[2] == 10_000 * 10**6
    lent.liquidate(borrower, "USDC", "WETH", MAX)
    assert owed(lent, borrower) == 0


@pytest.mark.parametrize(("debt", "most"), [(1_999, 1_999), (2_000, 1_000)])
def test_a_debt_below_the_minimum_position_may_be_closed_in_full(
    lent: World, borrower: Account, debt: int, most: int
) -> None:
    lent.supply("WETH", borrower, 2 * 10**18)
    lent.borrow("USDC", borrower, debt * 10**6)
    lent.set_price("WETH", 1_225)
    assert 95 * WAD // 100 < lent.health(borrower) < WAD
    lent.liquidate(borrower, "USDC", "WETH", MAX)
    assert owed(lent, borrower) == (debt - most) * 10**6


def test_a_collateral_below_the_minimum_position_may_be_taken_in_full(lent: World, borrower: Account) -> None:
    lent.supply("WETH", borrower, 10**18)
    lent.supply("WBTC", borrower, 5 * 10**6)
    lent.borrow("USDC", borrower, 2_500 * 10**6)
    lent.set_price("WETH", 1_900)
    lent.set_price("WBTC", 24_800)
    assert 95 * WAD // 100 < lent.health(borrower) < WAD
    lent.liquidate(borrower, "USDC", "WETH", MAX)  # worth $1,809.52 of debt, more than half of all
    assert held(lent, borrower) == 0
    assert owed(lent, borrower) == 2_500 * 10**6 - ceil_div(1_900 * 10**6 * 100, 105)


def test_dust_left_of_the_collateral_lowers_the_cap(lent: World, borrower: Account) -> None:
    lent.supply("WETH", borrower, 105 * 10**16)  # $2,100: half of all debt would take $1,312.50 and leave less
    lent.supply("WBTC", borrower, 5 * 10**6)
    lent.borrow("USDC", borrower, 2_500 * 10**6)
    lent.set_price("WBTC", 20_500)
    assert 95 * WAD // 100 < lent.health(borrower) < WAD
    most = 1_100 * 10**6 * 100 // 105
    assert lent.terms(borrower, "USDC", "WETH")[2] == most
    lent.liquidate(borrower, "USDC", "WETH", MAX)
    assert owed(lent, borrower) == 2_500 * 10**6 - most
    assert 0 <= held(lent, borrower) - 5 * 10**17 < 10**12


def test_less_collateral_than_due_lowers_the_repayment_and_records_the_rest(indebted: World, borrower: Account) -> None:
    indebted.set_price("WETH", 1_400)
    receipt = indebted.liquidate(borrower, "USDC", "WETH", MAX)
    repaid = ceil_div(14_000 * 10**6 * 100, 105)
    assert events(receipt, "Liquidated")[0].arguments["debtAssets"] == repaid
    (recorded,) = events(receipt, "DeficitRecorded")
    assert recorded.arguments["assets"] == 14_000 * 10**6 - repaid == indebted.state("USDC")[4]
    assert held(indebted, borrower) == owed(indebted, borrower) == 0


def test_leaving_dust_on_the_debt_side_reverts_and_leaving_the_minimum_passes(
    indebted: World, borrower: Account
) -> None:
    indebted.set_price("WETH", 1_600)  # health 0.914: all may be repaid
    repay = 13_000 * 10**6
    taken = (repay + 1) * 10**12 * 105 // (1_600 * 100)
    collateral_left = (10 * 10**18 - taken) * 1_600
    with reverts("LeavesDust", 1_000 * WAD - 10**12, collateral_left, 1_000 * WAD):
        indebted.liquidate(borrower, "USDC", "WETH", repay + 1)
    indebted.liquidate(borrower, "USDC", "WETH", repay)


def test_leaving_dust_on_the_collateral_side_reverts(indebted: World, borrower: Account) -> None:
    indebted.set_price("WETH", 1_480)  # 14,800 of collateral, 14,700 due for all debt
    with reverts("LeavesDust"):
        indebted.liquidate(borrower, "USDC", "WETH", 13_143 * 10**6)  # leaves $999.85
    indebted.liquidate(borrower, "USDC", "WETH", 13_000 * 10**6)


def test_dust_left_by_the_close_factor_lowers_the_cap(lent: World, borrower: Account) -> None:
    # $2,500 of the $4,000 owed is USDC: half of all would leave $500 of it
    lent.supply("WBTC", borrower, 19 * 10**6)  # $5,700
    lent.borrow("USDC", borrower, 2_500 * 10**6)
    lent.borrow("WETH", borrower, 72 * 10**16)
    lent.set_price("WETH", Fraction(1_500_00, 72))  # 1,500 of WETH
    lent.set_price("WBTC", 27_900)
    assert 95 * WAD // 100 < lent.health(borrower) < WAD
    eligible, _, most, _, _ = lent.terms(borrower, "USDC", "WBTC")
    assert (eligible, most) == (True, 1_500 * 10**6)
    lent.liquidate(borrower, "USDC", "WBTC", MAX)
    assert owed(lent, borrower) == 1_000 * 10**6


def test_repaying_a_debt_or_seizing_a_collateral_that_is_not_there_reverts(indebted: World, borrower: Account) -> None:
    indebted.set_price("WETH", 1_700)
    with reverts("NoDebt", borrower.address, indebted.wbtc.address):
        indebted.liquidate(borrower, "WBTC", "WETH", 1)
    with reverts("NoCollateral", borrower.address, indebted.wbtc.address):
        indebted.liquidate(borrower, "USDC", "WBTC", 1)


def test_a_supply_without_threshold_cannot_be_seized(indebted: World, borrower: Account) -> None:
    indebted.supply("WBTC", borrower, 10**8)
    indebted.margins.send(indebted.owner, "setMargin", indebted.wbtc.address, (0, 0, 0))
    indebted.set_price("WETH", 1_700)
    with reverts("NoCollateral", borrower.address, indebted.wbtc.address):
        indebted.liquidate(borrower, "USDC", "WBTC", 1)


def test_less_than_the_minimum_asked_for_reverts(indebted: World, borrower: Account) -> None:
    indebted.set_price("WETH", 1_700)
    _, _, most, collateral, _ = indebted.terms(borrower, "USDC", "WETH")
    with reverts("InsufficientCollateralOut", collateral, collateral + 1):
        indebted.liquidate(borrower, "USDC", "WETH", most, collateral + 1)
    indebted.liquidate(borrower, "USDC", "WETH", most, collateral)


def test_a_stale_price_stops_liquidation(indebted: World, borrower: Account) -> None:
    indebted.set_price("WETH", 1_700)
    indebted.warp(10**6)
    with reverts("StalePrice"):
        indebted.liquidate(borrower, "USDC", "WETH", 1)


def test_debt_and_collateral_in_the_same_asset(lent: World, borrower: Account) -> None:
    lent.supply("WETH", borrower, 10 * 10**18)
    lent.borrow("WETH", borrower, 7 * 10**18)
    lent.margins.send(lent.owner, "setMargin", lent.weth.address, (WAD // 2, 68 * WAD // 100, WAD // 10))
    lent.liquidate(borrower, "WETH", "WETH", 10**18)
    assert (owed(lent, borrower, "WETH"), held(lent, borrower)) == (6 * 10**18, 89 * 10**17)


@pytest.mark.parametrize("target", [Fraction(1), Fraction(101, 100), Fraction(11, 10)])
def test_the_repayment_of_the_formula_reaches_the_target_health(
    indebted: World, borrower: Account, target: Fraction
) -> None:
    """r = (h D - LT C) / (h - LT (1 + b)) reaches health h, and one unit less does not."""
    indebted.module.send(indebted.owner, "setRules", FREE_RULES)
    indebted.set_price("WETH", 1_700)
    debt, threshold_value = 14_000, Fraction(17_000 * 80, 100)
    repay = (target * debt - threshold_value) / (target - Fraction(80, 100) * Fraction(105, 100))
    units = ceil_div(repay.numerator * 10**6, repay.denominator)
    with indebted.chain.anchor():
        indebted.liquidate(borrower, "USDC", "WETH", units - 1)
        assert indebted.health(borrower) < int(target * WAD)
    indebted.liquidate(borrower, "USDC", "WETH", units)
    assert int(target * WAD) <= indebted.health(borrower) < int(target * WAD) + 10**10


@pytest.mark.parametrize(("price", "rises"), [(1_484, True), (1_470, None), (1_456, False)])
def test_liquidation_raises_health_only_while_collateral_exceeds_debt_with_bonus(
    indebted: World, borrower: Account, price: int, rises: bool | None
) -> None:
    """C/D of 1.06, 1.05 and 1.04 at a bonus of 5 %: above it health rises, below it liquidation is toxic."""
    indebted.set_price("WETH", price)
    before = indebted.health(borrower)
    indebted.liquidate(borrower, "USDC", "WETH", 5_000 * 10**6)
    change = indebted.health(borrower) - before
    if rises is None:
        assert abs(change) <= 1
    else:
        assert (change > 10**12) if rises else (change < -(10**12))


def test_new_rules_hold_at_once(indebted: World, borrower: Account) -> None:
    rules = (WAD // 4, *AAVE_RULES[1:])
    indebted.module.send(indebted.owner, "setRules", rules)
    indebted.set_price("WETH", 1_700)
    indebted.liquidate(borrower, "USDC", "WETH", MAX)
    assert owed(indebted, borrower) == 10_500 * 10**6
