from __future__ import annotations

import math

import pytest

from simulator.transaction import Account
from tests.contracts.world import World, events, reverts

DEAD = "0x000000000000000000000000000000000000dead"


def put(world: World, weth: int, usdc: int) -> None:
    world.give("WETH", world.amm, weth)
    world.give("USDC", world.amm, usdc)


def test_the_first_minter_gets_the_root_less_what_stays_locked(world: World, supplier: Account) -> None:
    put(world, 10 * 10**18, 20_000 * 10**6)
    receipt = world.amm.send(supplier, "mint", supplier.address)
    liquidity = math.isqrt(10 * 10**18 * 20_000 * 10**6)
    assert world.amm.read("balanceOf", supplier.address) == liquidity - 1_000
    assert world.amm.read("balanceOf", DEAD) == 1_000
    assert events(receipt, "Minted")[0].arguments["amount1"] == 20_000 * 10**6
    assert world.amm.read("getReserves") == (10 * 10**18, 20_000 * 10**6, world.chain.head.timestamp)


@pytest.mark.parametrize(("weth", "usdc"), [(2, 2), (1, 4), (4, 1)])
def test_later_minters_get_the_smaller_share(world: World, supplier: Account, weth: int, usdc: int) -> None:
    put(world, 10**18, 2_000 * 10**6)
    world.amm.send(supplier, "mint", supplier.address)
    total = world.amm.read("totalSupply")
    put(world, weth * 10**18, usdc * 2_000 * 10**6)
    world.amm.send(supplier, "mint", supplier.address)
    assert world.amm.read("totalSupply") - total == min(weth, usdc) * total


def test_too_little_for_a_share_reverts(world: World, supplier: Account) -> None:
    put(world, 1_000, 1_000)
    with reverts("InsufficientLiquidityMinted"):
        world.amm.send(supplier, "mint", supplier.address)
    put(world, 1, 3)  # root of 1,001 x 1,003 is 1,001
    world.amm.send(supplier, "mint", supplier.address)
    assert world.amm.read("balanceOf", supplier.address) == 1
    with reverts("InsufficientLiquidityMinted"):
        world.amm.send(supplier, "mint", supplier.address)
