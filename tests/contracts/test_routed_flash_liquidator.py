from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.test_flash_liquidator import expected_profit, keeper, order
from tests.contracts.world import Deployed, World, reverts

__all__ = ["keeper"]

AMOUNT = 7_000 * 10**6


@pytest.fixture
def routed(keeper: Deployed, liquidator: Account) -> Deployed:
    """A keeper that sells through a seller."""
    seller = keeper.world.deploy("ConstantProductSeller")
    return keeper.world.deploy("RoutedFlashLiquidator", liquidator.address, seller.address)


def test_selling_through_a_seller_brings_what_selling_to_the_pool_does(routed: Deployed, liquidator: Account) -> None:
    world = routed.world
    profit = expected_profit(world, AMOUNT)
    routed.send(liquidator, "liquidate", order(world, AMOUNT, profit))
    assert world.balance("USDC", liquidator) == profit > 0
    seller = Deployed(world, "ConstantProductSeller", routed.read("seller"))
    assert [world.balance(asset, one) for asset in ("WETH", "USDC") for one in (routed, seller)] == [0] * 4


def test_one_unit_more_of_profit_than_there_is_reverts(routed: Deployed, liquidator: Account) -> None:
    world = routed.world
    with reverts("Unprofitable"):
        routed.send(liquidator, "liquidate", order(world, AMOUNT, expected_profit(world, AMOUNT) + 1))


def test_nobody_else_may_use_it(routed: Deployed, passer_by: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", passer_by.address):
        routed.send(passer_by, "liquidate", order(routed.world, AMOUNT))


def test_a_seller_refuses_a_pool_that_does_not_trade_the_two(routed: Deployed, passer_by: Account) -> None:
    world: World = routed.world
    seller = Deployed(world, "ConstantProductSeller", routed.read("seller"))
    pool, weth, usdc = world.amm.address, world.weth.address, world.usdc.address
    for tokens in ((weth, weth), (usdc, usdc), (passer_by.address, usdc), (weth, passer_by.address)):
        with reverts("WrongPool", pool, *tokens):
            seller.send(passer_by, "sell", pool, *tokens, 1, passer_by.address)
