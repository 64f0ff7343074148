from __future__ import annotations

import pytest

from simulator.transaction import Account, Receipt
from tests.contracts.world import WAD, Deployed, World, ceil_div, events, reverts

FEE = 5 * WAD // 10_000


@pytest.fixture
def keeper(indebted: World, liquidator: Account) -> Deployed:
    """A liquidator's contract in a world whose AMM holds 1,000 WETH at $1,700, the oracle's price too."""
    indebted.give("WETH", indebted.amm, 1_000 * 10**18)
    indebted.give("USDC", indebted.amm, 1_700_000 * 10**6)
    indebted.amm.send(indebted.owner, "mint", indebted.owner.address)
    indebted.set_price("WETH", 1_700)
    indebted.pool.send(indebted.owner, "setFlashLoanFee", FEE)
    return indebted.deploy("FlashLiquidator", liquidator.address)


def order(world: World, amount: int, minimum: int = 0, collateral: str = "WETH", venue: str = "") -> tuple[object, ...]:
    return (
        world.pool.address,
        world.module.address,
        venue or world.amm.address,
        world.accounts["borrower"].address,
        world.usdc.address,
        world.tokens[collateral].address,
        amount,
        minimum,
    )


def liquidate(keeper: Deployed, *arguments: object, **options: object) -> Receipt:
    world = keeper.world
    sender = world.accounts["liquidator"]
    return keeper.send(sender, "liquidate", order(world, *arguments, **options))  # type: ignore[arg-type]


def expected_profit(world: World, amount: int) -> int:
    taken = amount * 10**12 * 105 // (1_700 * 100)
    seized = taken - (taken - ceil_div(taken * 100, 105)) // 10
    proceeds: int = world.amm.read("quoteExactInput", world.weth.address, seized)
    return proceeds - amount - ceil_div(amount * FEE, WAD)


def test_the_profit_is_what_the_sale_brings_over_loan_and_fee(keeper: Deployed, liquidator: Account) -> None:
    world, amount = keeper.world, 7_000 * 10**6
    profit = expected_profit(world, amount)
    receipt = liquidate(keeper, amount, profit)
    assert profit > 0
    assert world.balance("USDC", liquidator) == profit
    assert events(receipt, "LiquidationProfit")[0].arguments["profit"] == profit
    assert world.balance("USDC", keeper) == world.balance("WETH", keeper) == 0
    assert world.usdc.read("allowance", keeper.address, world.module.address) == 0


def test_one_unit_more_of_profit_than_there_is_reverts(keeper: Deployed) -> None:
    world, amount = keeper.world, 7_000 * 10**6
    profit = expected_profit(world, amount)
    required = amount + ceil_div(amount * FEE, WAD) + profit + 1
    with reverts("Unprofitable", required - 1, required):
        liquidate(keeper, amount, profit + 1)


def test_a_venue_too_thin_reverts(keeper: Deployed) -> None:
    world = keeper.world
    supply = world.amm.read("balanceOf", world.owner.address)
    world.amm.send(world.owner, "transfer", world.amm.address, supply * 99 // 100)
    world.amm.send(world.owner, "burn", world.owner.address)
    with reverts("Unprofitable"):
        liquidate(keeper, 7_000 * 10**6)


def test_a_loan_above_the_cap_of_the_rules_is_returned_unspent(keeper: Deployed, liquidator: Account) -> None:
    world, loan, repaid = keeper.world, 9_000 * 10**6, 7_000 * 10**6
    more_fee = ceil_div(loan * FEE, WAD) - ceil_div(repaid * FEE, WAD)
    profit = expected_profit(world, repaid) - more_fee
    liquidate(keeper, loan)
    assert world.balance("USDC", liquidator) == profit
    assert world.pool.read("borrowBalance", world.usdc.address, world.accounts["borrower"].address) == repaid


def test_the_same_asset_on_both_sides_needs_no_sale(keeper: Deployed, liquidator: Account, borrower: Account) -> None:
    world = keeper.world
    world.set_price("WETH", 2_000)
    world.supply("USDC", borrower, 3_000 * 10**6)
    world.set_price("WETH", 1_400)
    liquidate(keeper, 1_000 * 10**6, collateral="USDC")
    taken = 1_040 * 10**6
    protocol = (taken - ceil_div(taken * 100, 104)) // 10
    assert world.balance("USDC", liquidator) == taken - protocol - 1_000 * 10**6 - 500_000


def test_a_healthy_borrower_reverts_with_the_module_s_error(keeper: Deployed) -> None:
    keeper.world.set_price("WETH", 2_000)
    with reverts("NotLiquidatable"):
        liquidate(keeper, 7_000 * 10**6)


def test_a_venue_of_other_tokens_reverts(keeper: Deployed) -> None:
    world = keeper.world
    other = world.deploy("ConstantProductPool", world.wbtc.address, world.weth.address, 3_000)
    with reverts("WrongVenue", other.address, world.usdc.address, world.weth.address):
        liquidate(keeper, 7_000 * 10**6, venue=other.address)


def test_only_the_owner_liquidates(keeper: Deployed, attacker: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        keeper.send(attacker, "liquidate", order(keeper.world, 1))


def test_a_callback_that_was_not_asked_for_reverts(keeper: Deployed, attacker: Account) -> None:
    world = keeper.world
    with reverts("UnexpectedCallback", attacker.address, keeper.address):
        keeper.send(attacker, "onFlashLoan", keeper.address, world.usdc.address, 1, 0, b"")
    with reverts("UnexpectedCallback", world.pool.address, attacker.address):
        world.pool.send(attacker, "flashLoan", keeper.address, world.usdc.address, 1, b"")


def test_a_profit_left_by_somebody_stays_out_of_the_reckoning(keeper: Deployed, liquidator: Account) -> None:
    world, amount = keeper.world, 7_000 * 10**6
    profit = expected_profit(world, amount)
    world.give("USDC", keeper, 10**9)
    with reverts("Unprofitable"):
        liquidate(keeper, amount, profit + 1)
    liquidate(keeper, amount, profit)
    assert world.balance("USDC", liquidator) == profit
