from __future__ import annotations

import pytest

from simulator.transaction import Account, Receipt
from tests.contracts.morpho import INCENTIVE, MorphoWorld, indebted
from tests.contracts.world import WAD, Deployed, World, ceil_div, events, reverts

DEBT = 14_000 * 10**6


@pytest.fixture
def market(world: World) -> MorphoWorld:
    """The AMM holds 1,000 WETH at $1,700, the oracle's price too."""
    world.give("WETH", world.amm, 1_000 * WAD)
    world.give("USDC", world.amm, 1_700_000 * 10**6)
    world.amm.send(world.owner, "mint", world.owner.address)
    made = indebted(world)
    world.set_price("WETH", 1_700)
    return made


@pytest.fixture
def keeper(market: MorphoWorld, liquidator: Account) -> Deployed:
    seller = market.world.deploy("ConstantProductSeller")
    return market.world.deploy("MorphoLiquidator", liquidator.address, seller.address)


def order(market: MorphoWorld, amount: int, minimum: int = 0, venue: str = "") -> tuple[object, ...]:
    world = market.world
    where = venue or world.amm.address
    return (market.morpho.address, market.params, where, world.accounts["borrower"].address, amount, minimum)


def liquidate(market: MorphoWorld, keeper: Deployed, *arguments: int, **options: str) -> Receipt:
    return keeper.send(market.world.accounts["liquidator"], "liquidate", order(market, *arguments, **options))


def seized_for(amount: int, price: int = 1_700) -> int:
    return amount * INCENTIVE // WAD * 10**12 // price


def proceeds(world: World, seized: int) -> int:
    brought: int = world.amm.read("quoteExactInput", world.weth.address, seized)
    return brought


def test_profit_is_what_the_sale_brings_over_the_debt(
    market: MorphoWorld, keeper: Deployed, liquidator: Account, borrower: Account
) -> None:
    world, amount = market.world, 7_000 * 10**6
    profit = proceeds(world, seized_for(amount)) - amount
    receipt = liquidate(market, keeper, amount, profit)
    assert profit > 0
    assert world.balance("USDC", liquidator) == profit
    assert events(receipt, "LiquidationProfit")[0].arguments["profit"] == profit
    assert world.balance("USDC", keeper) == world.balance("WETH", keeper) == 0
    assert world.usdc.read("allowance", keeper.address, market.morpho.address) == 0
    assert market.position(borrower)[1:] == (7 * 10**15, 10 * WAD - seized_for(amount))


def test_one_unit_more_of_profit_than_there_is_reverts(market: MorphoWorld, keeper: Deployed) -> None:
    amount = 7_000 * 10**6
    brought = proceeds(market.world, seized_for(amount))
    with reverts("Unprofitable", brought, brought + 1):
        liquidate(market, keeper, amount, brought - amount + 1)


@pytest.mark.parametrize("more", [0, 1, DEBT // 10_000 + 1, DEBT])
def test_more_than_is_owed_repays_what_is_owed(
    market: MorphoWorld, keeper: Deployed, borrower: Account, more: int
) -> None:
    receipt = liquidate(market, keeper, DEBT + more)
    taken = events(receipt, "Liquidate")[0].arguments
    assert (taken["repaidAssets"], taken["seizedAssets"]) == (DEBT, seized_for(DEBT))
    assert market.position(borrower)[1] == 0


def test_interest_since_the_order_does_not_revert_a_full_repayment(
    world: World, borrower: Account, liquidator: Account
) -> None:
    market = indebted(world, rates=(WAD // 10, WAD // 2, 0, 0))
    world.give("WETH", world.amm, 1_000 * WAD)
    world.give("USDC", world.amm, 1_700_000 * 10**6)
    world.amm.send(world.owner, "mint", world.owner.address)
    world.set_price("WETH", 1_700)
    keeper = world.deploy("MorphoLiquidator", liquidator.address, world.deploy("ConstantProductSeller").address)
    _, _, owed, _ = market.ask("checkLiquidation", borrower.address)
    world.warp(3_600)
    liquidate(market, keeper, owed + owed // 10_000 + 1)
    assert market.position(borrower)[1] == 0


def test_more_than_the_collateral_pays_for_takes_all_of_it_and_leaves_bad_debt(
    market: MorphoWorld, keeper: Deployed, borrower: Account, supplier: Account
) -> None:
    market.world.set_price("WETH", 1_300)
    worth = 13_000 * 10**6
    repaid = ceil_div(worth * WAD, INCENTIVE)
    receipt = liquidate(market, keeper, DEBT + DEBT // 10_000 + 1)
    taken = events(receipt, "Liquidate")[0].arguments
    assert (taken["repaidAssets"], taken["seizedAssets"]) == (repaid, 10 * WAD)
    assert taken["badDebtAssets"] == DEBT - repaid
    assert market.position(borrower) == (0, 0, 0)
    assert market.market()[0] == 1_000_000 * 10**6 - taken["badDebtAssets"]


def test_healthy_borrower_reverts_with_morpho_s_error(market: MorphoWorld, keeper: Deployed) -> None:
    market.world.set_price("WETH", 2_000)
    with reverts("Error", "position is healthy"):
        liquidate(market, keeper, 7_000 * 10**6)


def test_venue_of_other_tokens_reverts(market: MorphoWorld, keeper: Deployed) -> None:
    world = market.world
    other = world.deploy("ConstantProductPool", world.wbtc.address, world.weth.address, 3_000)
    with reverts("WrongPool", other.address, world.weth.address, world.usdc.address):
        liquidate(market, keeper, 7_000 * 10**6, venue=other.address)


def test_only_the_owner_liquidates(market: MorphoWorld, keeper: Deployed, attacker: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        keeper.send(attacker, "liquidate", order(market, 1))


def test_callback_that_was_not_asked_for_reverts(market: MorphoWorld, keeper: Deployed, attacker: Account) -> None:
    with reverts("UnexpectedMorpho", attacker.address):
        keeper.send(attacker, "onMorphoLiquidate", 1, b"")


def test_tokens_left_by_somebody_stay_out_of_the_reckoning(
    market: MorphoWorld, keeper: Deployed, liquidator: Account
) -> None:
    world, amount = market.world, 7_000 * 10**6
    profit = proceeds(world, seized_for(amount)) - amount
    world.give("USDC", keeper, 10**9)
    world.give("WETH", keeper, WAD)
    with reverts("Unprofitable"):
        liquidate(market, keeper, amount, profit + 1)
    liquidate(market, keeper, amount, profit)
    assert world.balance("USDC", liquidator) == profit
    assert world.balance("WETH", keeper) == WAD
