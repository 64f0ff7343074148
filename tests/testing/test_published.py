"""The fixtures in markets of the published protocols."""

from __future__ import annotations

import pytest

from simulator.testing import Contract, Rehearsal, World
from simulator.transaction import Account
from simulator.units import WAD
from tests.testing.markets import SMALL

pytestmark = pytest.mark.scenario(set=SMALL, engine="anvil")


def borrow_from_aave(world: World, who: Account) -> Contract:
    weth, usdc, pool = world.token("WETH"), world.token("USDC"), world.at("aave_v3/Pool", world.protocol().pool)
    world.give(who, "10 WETH")
    weth.approve(pool, world.units("10 WETH"), sender=who)
    pool.supply(weth, world.units("10 WETH"), who, 0, sender=who)
    pool.borrow(usdc, world.units("17,000 USDC"), 2, 0, who, sender=who)
    return pool


@pytest.mark.scenario(protocol="aave_v3", venue="uniswap_v3")
def test_newcomer_is_liquidated_in_aave(world: World, market: Rehearsal) -> None:
    alice = world.account("alice")
    pool = borrow_from_aave(world, alice)
    assert market.health(alice) == pytest.approx(pool.getUserAccountData(alice)[5] / WAD, rel=1e-9)
    result = market.crash("-40%", over=5, blocks=30)
    mine = result.liquidations[result.liquidations.account == alice.address]
    assert "landed" in set(mine.outcome)
    assert market.health(alice) == pytest.approx(pool.getUserAccountData(alice)[5] / WAD, rel=1e-6)


@pytest.mark.scenario(protocol="aave_v3")
def test_errors_of_aave_have_their_names(world: World) -> None:
    alice = world.account("alice")
    borrow_from_aave(world, alice)
    pool = world.at("aave_v3/Pool", world.protocol().pool)
    with world.reverts("COLLATERAL_CANNOT_COVER_NEW_BORROW"):
        pool.borrow(world.token("USDC"), world.units("17,000 USDC"), 2, 0, alice, sender=alice)


@pytest.mark.scenario(protocol="morpho_blue", venue="uniswap_v2")
def test_newcomer_is_liquidated_in_morpho(world: World, market: Rehearsal) -> None:
    alice, weth, protocol = world.account("alice"), world.token("WETH"), world.protocol()
    morpho, params = world.at("morpho_blue/Morpho", protocol.pool), protocol.parameters
    world.give(alice, "10 WETH")
    weth.approve(morpho, world.units("10 WETH"), sender=alice)
    morpho.supplyCollateral(params, world.units("10 WETH"), alice, b"", sender=alice)
    morpho.borrow(params, world.units("17,000 USDC"), 0, alice, alice, sender=alice)
    assert market.health(alice) == pytest.approx(25_000 * params.lltv / 17_000 / WAD, rel=1e-3)
    result = market.crash("-40%", over=5, blocks=30)
    mine = result.liquidations[result.liquidations.account == alice.address]
    assert "landed" in set(mine.outcome)
