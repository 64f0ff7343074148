from __future__ import annotations

import pytest

from tests.contracts.oracles import Source, poke, price, warp_to
from tests.contracts.world import WAD, World, reverts


@pytest.mark.parametrize("pokes", [0, 1])
def test_before_two_pokes_there_is_no_price(world: World, pokes: int) -> None:
    oracle = world.deploy("DelayedOracle", Source(world, 100 * WAD).address, 3_600)
    for _ in range(pokes):
        poke(oracle)
    with reverts("NoPriceYet", world.weth.address):
        price(oracle)
    if pokes == 0:
        with reverts("NoPriceYet", world.weth.address):
            oracle.read("nextPrice", world.weth.address)


def test_a_price_counts_from_one_to_two_hops_after_it_was_read(world: World) -> None:
    source = Source(world, 100 * WAD)
    oracle = world.deploy("DelayedOracle", source.address, 3_600)
    first = poke(oracle)
    poke(oracle, first + 3_600)
    source.say(60 * WAD)
    poke(oracle, first + 7_200)  # reads 60
    warp_to(world, first + 10_799)
    assert price(oracle)[0] == 100 * WAD
    poke(oracle, first + 10_800)
    assert price(oracle)[0] == 60 * WAD


def test_without_pokes_the_price_stands_still_and_keeps_its_time(world: World) -> None:
    source = Source(world)
    updated_at = source.say(100 * WAD)
    oracle = world.deploy("DelayedOracle", source.address, 0)
    poke(oracle)
    poke(oracle)
    source.say(1)
    world.warp(10**6)
    assert price(oracle) == (100 * WAD, updated_at)


def test_delays_stack(world: World) -> None:
    source = Source(world, 100 * WAD)
    inner = world.deploy("DelayedOracle", source.address, 0)
    outer = world.deploy("DelayedOracle", inner.address, 0)
    for _ in range(2):
        poke(inner)
    for _ in range(2):
        poke(outer)
    assert price(outer) == price(inner) == price(source.oracle)


def test_the_source_and_hop_are_those_of_the_constructor(world: World) -> None:
    oracle = world.deploy("DelayedOracle", world.oracle.address, 3_600)
    assert (oracle.read("source"), oracle.read("hop")) == (world.oracle.address, 3_600)
