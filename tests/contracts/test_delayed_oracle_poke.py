from __future__ import annotations

import pytest

from tests.contracts.oracles import Source, poke, price, warp_to
from tests.contracts.world import WAD, Deployed, World, events, reverts

HOP = 3_600


@pytest.fixture
def source(world: World) -> Source:
    return Source(world, 100 * WAD)


@pytest.fixture
def oracle(world: World, source: Source) -> Deployed:
    return world.deploy("DelayedOracle", source.address, HOP)


def test_a_poke_makes_next_current_and_reads_a_new_next(world: World, oracle: Deployed, source: Source) -> None:
    first = poke(oracle)
    read_at = [source.feed.read("latestRoundData")[3], source.say(90 * WAD)]
    assert oracle.read("nextPrice", world.weth.address) == (100 * WAD, read_at[0])
    poke(oracle, first + HOP)
    assert price(oracle) == (100 * WAD, read_at[0])
    assert oracle.read("nextPrice", world.weth.address) == (90 * WAD, read_at[1])
    poke(oracle, first + 2 * HOP)
    assert price(oracle) == (90 * WAD, read_at[1])


def test_a_poke_after_one_hop_passes_and_one_second_earlier_reverts(world: World, oracle: Deployed) -> None:
    first = poke(oracle)
    with reverts("PokedTooSoon", world.weth.address, first + HOP):
        poke(oracle, first + HOP - 1)
    assert oracle.read("pokedAt", world.weth.address) == first
    poke(oracle, first + HOP)
    assert oracle.read("pokedAt", world.weth.address) == first + HOP


def test_a_late_poke_is_not_followed_by_an_early_one(world: World, oracle: Deployed) -> None:
    first = poke(oracle)
    late = poke(oracle, first + 2 * HOP - 1)
    with reverts("PokedTooSoon", world.weth.address, late + HOP):
        poke(oracle, first + 2 * HOP)


def test_a_poke_without_hop_passes_in_every_block(world: World, source: Source) -> None:
    oracle = world.deploy("DelayedOracle", source.address, 0)
    assert poke(oracle) + 1 == poke(oracle)


def test_a_source_that_fails_leaves_everything_as_it_was(world: World) -> None:
    stale = Source(world, 100 * WAD, maximum_age=HOP)
    oracle = world.deploy("DelayedOracle", stale.address, HOP)
    first = poke(oracle)
    updated_at = oracle.read("nextPrice", world.weth.address)[1]
    with reverts("StalePrice", world.weth.address, updated_at, HOP):
        poke(oracle, first + HOP)
    assert oracle.read("pokedAt", world.weth.address) == first
    with reverts("NoPriceYet", world.weth.address):
        price(oracle)
    stale.say(90 * WAD)
    poke(oracle)
    assert price(oracle) == (100 * WAD, updated_at)


def test_a_poke_says_what_it_read(world: World, oracle: Deployed) -> None:
    receipt = oracle.send(world.owner, "poke", world.weth.address)
    updated_at = oracle.read("nextPrice", world.weth.address)[1]
    expected = {"asset": world.weth.address, "price": 100 * WAD, "updatedAt": updated_at}
    assert events(receipt, "Poked")[0].arguments == expected


def test_assets_are_poked_apart(world: World) -> None:
    oracle = world.deploy("DelayedOracle", world.oracle.address, HOP)
    first = poke(oracle)
    warp_to(world, first + HOP - 2)
    oracle.send(world.owner, "poke", world.usdc.address)
    poke(oracle)
    assert price(oracle)[0] == 2_000 * WAD
    with reverts("NoPriceYet", world.usdc.address):
        oracle.read("price", world.usdc.address)
