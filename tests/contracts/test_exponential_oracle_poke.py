from __future__ import annotations

import pytest

from tests.contracts.oracles import Source, cannot_be_deployed, poke, price, warp_to
from tests.contracts.world import WAD, Deployed, World, events, reverts

T = 1_000


@pytest.fixture
def source(world: World) -> Source:
    return Source(world, 100 * WAD)


@pytest.fixture
def oracle(world: World, source: Source) -> Deployed:
    return world.deploy("ExponentialOracle", source.address, T)


def last(oracle: Deployed) -> tuple[int, int, int, int]:
    state: tuple[int, int, int, int] = oracle.read("lastPoke", oracle.world.weth.address)
    return state


def test_the_first_sample_is_the_first_average(oracle: Deployed, source: Source) -> None:
    told = price(source.oracle)[1]
    now = poke(oracle)
    assert last(oracle) == (100 * WAD, 100 * WAD, now, told)


def test_a_poke_writes_the_average_of_its_moment_down(world: World, oracle: Deployed, source: Source) -> None:
    poke(oracle)
    source.say(60 * WAD)
    start = poke(oracle)
    told = source.say(80 * WAD)
    warp_to(world, start + T)
    average, _ = price(oracle)
    assert 74 * WAD < average < 75 * WAD  # 60 + 40 / e
    with world.chain.anchor():
        world.warp(1)
        later, _ = price(oracle)
    now = poke(oracle)
    assert last(oracle) == (80 * WAD, later, now, told)
    assert price(oracle) == (later, told)


def test_a_sample_does_not_count_for_the_time_before_its_poke(world: World, oracle: Deployed, source: Source) -> None:
    first = poke(oracle)
    source.say(1)
    now = poke(oracle, first + 100 * T)
    assert last(oracle)[1] == 100 * WAD
    source.say(100 * WAD)
    poke(oracle, now + 2)
    lost = 100 * WAD - last(oracle)[1]
    assert lost < 100 * WAD * 2 // T


def test_ten_pokes_give_the_average_of_one(world: World, oracle: Deployed, source: Source) -> None:
    """Each poke rounds towards the sample, by less than one unit."""
    poke(oracle)
    source.say(60 * WAD)
    start = poke(oracle)
    with world.chain.anchor():
        poke(oracle, start + 500)
        once = last(oracle)[1]
    for second in range(50, 501, 50):
        poke(oracle, start + second)
    assert 0 <= once - last(oracle)[1] < 10


def test_a_poke_says_what_it_sampled(world: World, oracle: Deployed, source: Source) -> None:
    receipt = oracle.send(world.owner, "poke", world.weth.address)
    told = price(source.oracle)[1]
    expected = {"asset": world.weth.address, "price": 100 * WAD, "updatedAt": told}
    assert events(receipt, "Poked")[0].arguments == expected


def test_a_source_that_fails_leaves_everything_as_it_was(world: World) -> None:
    stale = Source(world, 100 * WAD, maximum_age=T)
    oracle = world.deploy("ExponentialOracle", stale.address, T)
    first = poke(oracle)
    state = last(oracle)
    with reverts("StalePrice", world.weth.address, state[3], T):
        poke(oracle, first + T)
    assert last(oracle) == state


def test_a_time_constant_of_zero_cannot_be_deployed(world: World) -> None:
    with cannot_be_deployed("TimeConstantIsZero"):
        world.deploy("ExponentialOracle", world.oracle.address, 0)
