from __future__ import annotations

import pytest

from tests.contracts.oracles import Source, poke, price
from tests.contracts.world import WAD, World, reverts


def test_an_asset_never_poked_has_no_price(world: World) -> None:
    oracle = world.deploy("CappedMoveOracle", world.oracle.address, 1, 60)
    poke(oracle)
    assert price(oracle)[0] == 2_000 * WAD
    with reverts("NoPriceYet", world.usdc.address):
        oracle.read("price", world.usdc.address)


def test_without_pokes_the_price_stands_still_and_keeps_its_time(world: World) -> None:
    source = Source(world)
    told_at = source.say(1_000)
    oracle = world.deploy("CappedMoveOracle", source.address, WAD // 2, 60)
    poke(oracle)
    source.say(999)
    world.warp(10**6)
    assert price(oracle) == (1_000, told_at)


@pytest.mark.parametrize("move", [1, WAD - 1])
def test_the_parameters_are_those_of_the_constructor(world: World, move: int) -> None:
    oracle = world.deploy("CappedMoveOracle", world.oracle.address, move, 60)
    found = [oracle.read(name) for name in ("source", "maximumMove", "interval")]
    assert found == [world.oracle.address, move, 60]
