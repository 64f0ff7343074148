from __future__ import annotations

from fractions import Fraction

import pytest

from simulator.transaction import Account
from tests.contracts.liquidation_modules import held, owed
from tests.contracts.stability import Stability
from tests.contracts.world import MAX, WAD, World, ceil_div, events, reverts

USD, ETH = 10**6, 10**18
DEBT = 14_000 * USD
HALF_PERCENT = WAD // 200


@pytest.fixture
def pool(indebted: World) -> Stability:
    """The borrower owes 14,000 USDC against 10 WETH; depositors hold 20,000 USDC."""
    pool = Stability(indebted, HALF_PERCENT)
    pool.deposit("A", 15_000 * USD)
    pool.deposit("B", 5_000 * USD)
    return pool


def amounts(pool: Stability, borrower: Account, symbol: str = "WETH") -> tuple[int, int, int]:
    """Liquidates, and holds every trace of it against each other: debt, collateral, compensation."""
    world, shown = pool.world, pool.liquidatable(borrower, symbol)
    before = owed(world, borrower), held(world, borrower, symbol), world.balance(symbol, pool.caller)
    stock, deposits = world.balance(symbol, pool.module), pool.module.read("totalDeposits")
    health = world.health(borrower)
    receipt = pool.liquidate(borrower, symbol)
    (told,) = events(receipt, "Liquidated")
    debt, collateral, compensation = shown
    assert told.arguments == {
        "borrower": borrower.address,
        "debtAsset": world.usdc.address,
        "collateralAsset": world.tokens[symbol].address,
        "liquidator": pool.caller.address,
        "debtAssets": debt,
        "collateralAssets": collateral,
        "protocolAssets": 0,
        "healthFactor": health,
    }
    (offset,) = events(receipt, "DebtOffset")
    assert offset.arguments["gainAssets"] == collateral - compensation
    assert offset.arguments["totalDeposits"] == deposits - debt == pool.module.read("totalDeposits")
    assert world.balance("USDC", pool.module) == deposits - debt
    assert world.balance(symbol, pool.module) == stock + collateral - compensation
    assert world.balance(symbol, pool.caller) == before[2] + compensation
    recorded = [event.arguments for event in events(receipt, "DeficitRecorded")]
    written_off = sum(deficit["assets"] for deficit in recorded if deficit["asset"] == world.usdc.address)
    after = owed(world, borrower) + written_off, held(world, borrower, symbol)
    assert after == (before[0] - debt, before[1] - collateral)
    return shown


def test_an_account_that_covers_the_bonus_pays_it_and_keeps_the_rest(pool: Stability, borrower: Account) -> None:
    pool.world.set_price("WETH", 1_700)
    taken = DEBT * 10**12 * 105 // (1_700 * 100)
    assert amounts(pool, borrower) == (DEBT, taken, taken // 200)
    assert held(pool.world, borrower) == 10 * ETH - taken
    assert pool.compounded("A") == 4_500 * USD
    assert 0 <= Fraction((taken - taken // 200) * 3, 4) - pool.pending("A") < 1


def test_without_compensation_depositors_receive_all(pool: Stability, borrower: Account) -> None:
    pool.module.send(pool.world.owner, "setStabilityRules", (0, 0))
    pool.world.set_price("WETH", 1_700)
    assert amounts(pool, borrower)[2] == 0


def test_an_account_that_just_covers_the_bonus_gives_all_its_collateral(pool: Stability, borrower: Account) -> None:
    pool.world.set_price("WETH", 1_470)
    assert amounts(pool, borrower)[:2] == (DEBT, 10 * ETH)


@pytest.mark.parametrize("price", [Fraction(1_470) - Fraction(1, 10**8), 1_400, 1_000, Fraction(1, 10**8)])
def test_below_it_all_debt_is_paid_for_all_collateral(pool: Stability, borrower: Account, price: Fraction) -> None:
    """At 1,000 depositors lose 4,000 of 14,000; the lending pool loses nothing."""
    pool.world.set_price("WETH", price)
    assert amounts(pool, borrower) == (DEBT, 10 * ETH, 10 * ETH // 200)
    assert pool.world.state("USDC")[4] == 0


def test_deposits_that_do_not_suffice_leave_the_rest_at_the_same_ratio(pool: Stability, borrower: Account) -> None:
    pool.withdraw("A", 13_000 * USD)
    pool.world.set_price("WETH", 1_000)
    assert amounts(pool, borrower)[:2] == (7_000 * USD, 5 * ETH)
    assert (owed(pool.world, borrower), held(pool.world, borrower)) == (7_000 * USD, 5 * ETH)
    assert pool.module.read("epoch") == 1
    with reverts("NoDeposits"):
        pool.liquidate(borrower)
    pool.deposit("C", 8_000 * USD)
    assert amounts(pool, borrower)[:2] == (7_000 * USD, 5 * ETH)
    assert pool.compounded("C") == 1_000 * USD


def test_deposits_that_do_not_suffice_for_a_covered_account_take_the_bonus_on_what_they_pay(
    pool: Stability, borrower: Account
) -> None:
    pool.withdraw("A", 13_000 * USD)
    pool.world.set_price("WETH", 1_700)
    assert amounts(pool, borrower)[:2] == (7_000 * USD, 7_000 * ETH * 105 // 170_000)


def test_the_guards_limit_is_kept(pool: Stability, borrower: Account) -> None:
    guard = pool.world.deploy("ToldGuard")
    pool.world.pool.send(pool.world.owner, "setGuard", guard.address)
    pool.world.set_price("WETH", 1_000)
    with reverts("NothingSeizable", pool.world.usdc.address, pool.world.weth.address):
        pool.liquidate(borrower)
    guard.send(pool.world.owner, "tell", 3_500 * USD)
    assert amounts(pool, borrower)[:2] == (3_500 * USD, 25 * ETH // 10)


def test_a_ratio_of_exactly_the_minimum_is_paid_and_one_below_is_refused(pool: Stability, borrower: Account) -> None:
    pool.module.send(pool.world.owner, "setStabilityRules", (HALF_PERCENT, 90 * WAD // 100))
    pool.world.set_price("WETH", Fraction(1_260) - Fraction(1, 10**8))
    ratio = (12_600 * WAD - 10 * 10**10) // 14_000
    with reverts("CollateralRatioTooLow", borrower.address, ratio, 90 * WAD // 100):
        pool.liquidate(borrower)
    assert pool.liquidatable(borrower) == (0, 0, 0)
    pool.world.set_price("WETH", 1_260)
    assert amounts(pool, borrower)[:2] == (DEBT, 10 * ETH)


def test_a_health_of_exactly_one_is_not_liquidatable(pool: Stability, borrower: Account) -> None:
    pool.world.set_price("WETH", 1_750)
    with reverts("NotLiquidatable", borrower.address, WAD):
        pool.liquidate(borrower)


def test_a_little_of_a_second_collateral_does_not_buy_the_whole_debt(pool: Stability, borrower: Account) -> None:
    """1 unit of WBTC for 14,000 USDC, and 10 WETH left to the borrower: what case 2 must not be."""
    pool.world.supply("WBTC", borrower, 1)
    pool.world.set_price("WETH", 1_000)
    part = ceil_div(DEBT * 3 * 10**14, 10_000 * WAD + 3 * 10**14)
    assert amounts(pool, borrower, "WBTC")[:2] == (part, 1)
    assert amounts(pool, borrower)[:2] == (DEBT - part, 10 * ETH)


@pytest.mark.parametrize("order", [("WETH", "WBTC"), ("WBTC", "WETH")])
def test_each_of_two_collaterals_pays_its_part_in_either_order(
    pool: Stability, borrower: Account, order: tuple[str, str]
) -> None:
    pool.world.supply("WBTC", borrower, 10**7)  # $3,000
    pool.world.set_price("WETH", 1_000)
    expected = {"WETH": (DEBT * 10 // 13, 10 * ETH), "WBTC": (DEBT * 3 // 13, 10**7)}
    for symbol in order:
        debt, collateral, _ = amounts(pool, borrower, symbol)
        assert 0 <= debt - expected[symbol][0] <= 1
        assert collateral == expected[symbol][1]
    assert owed(pool.world, borrower) == pool.world.state("USDC")[4] == 0


def test_a_covered_account_with_two_collaterals_pays_what_each_covers(pool: Stability, borrower: Account) -> None:
    pool.world.supply("WBTC", borrower, 2 * 10**7)  # $6,000
    pool.world.set_price("WETH", 1_000)
    pool.world.set_price("WBTC", 27_500)  # $5,500: 15,500 in all, and 14,700 would do
    assert amounts(pool, borrower)[:2] == (ceil_div(10_000 * USD * 100, 105), 10 * ETH)
    left = DEBT - ceil_div(10_000 * USD * 100, 105)
    assert amounts(pool, borrower, "WBTC")[:2] == (left, left * 110 // 27_500)  # 10 % on WBTC


def test_debts_in_other_assets_stay(pool: Stability, borrower: Account) -> None:
    pool.world.borrow("WBTC", borrower, 3 * 10**6)  # $900
    pool.world.set_price("WETH", 1_000)
    assert amounts(pool, borrower)[:2] == (DEBT, 10 * ETH)
    assert pool.world.state("WBTC")[4] == 3 * 10**6  # no collateral was left for it


def test_what_cannot_be_liquidated_is_refused_by_name(pool: Stability, borrower: Account, supplier: Account) -> None:
    world = pool.world
    other = world.accounts["attacker"]
    world.supply("WETH", other, ETH)
    world.borrow("WBTC", other, 4 * 10**6)
    world.set_price("WETH", 1_000)
    with reverts("UnknownCollateral", world.usdc.address):
        pool.liquidate(borrower, "USDC")
    with reverts("NoDebt", other.address, world.usdc.address):
        pool.liquidate(other)
    with reverts("NoCollateral", borrower.address, world.wbtc.address):
        pool.liquidate(borrower, "WBTC")
    with reverts("NotLiquidatable", supplier.address, MAX):
        pool.liquidate(supplier)
    world.supply("WBTC", borrower, 10**4)
    world.margins.send(world.owner, "setMargin", world.wbtc.address, (0, 0, 0))
    with reverts("NoCollateral", borrower.address, world.wbtc.address):
        pool.liquidate(borrower, "WBTC")


def test_a_debt_too_small_for_one_unit_of_collateral_is_not_paid(pool: Stability) -> None:
    world = pool.world
    pool.withdraw("A")
    pool.withdraw("B")
    pool.deposit("A", 250)  # $0.00025; a unit of WBTC is $0.0002
    someone = pool.borrower(100 * USD, 10**6, "WBTC")
    world.set_price("WBTC", 12_000)
    assert pool.liquidatable(someone, "WBTC")[:2] == (250, 2)
    pool.withdraw("A", 150)
    with reverts("NothingSeizable", world.usdc.address, world.wbtc.address):
        pool.liquidate(someone, "WBTC")
    assert pool.liquidatable(someone, "WBTC") == (0, 0, 0)


def test_a_stale_price_stops_liquidation(pool: Stability, borrower: Account) -> None:
    pool.world.set_price("WETH", 1_000)
    pool.world.warp(10**6)
    with reverts("StalePrice"):
        pool.liquidate(borrower)


def test_a_module_that_the_pool_does_not_know_changes_nothing(pool: Stability, borrower: Account) -> None:
    world = pool.world
    world.set_price("WETH", 1_000)
    world.pool.send(world.owner, "setLiquidationModule", world.module.address)
    with reverts("NotLiquidationModule", pool.module.address, world.module.address):
        pool.liquidate(borrower)
    assert pool.holdings("A") == (15_000 * USD, 0)
