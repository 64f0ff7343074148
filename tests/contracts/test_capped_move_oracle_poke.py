from __future__ import annotations

import pytest

from tests.contracts.oracles import Source, cannot_be_deployed, poke, price
from tests.contracts.world import WAD, Deployed, World, events, reverts

INTERVAL = 60


def capped(world: World, source: Source, move: int = WAD // 10) -> Deployed:
    return world.deploy("CappedMoveOracle", source.address, move, INTERVAL)


def test_the_first_price_is_accepted_as_it_is(world: World) -> None:
    source = Source(world, 123)
    oracle = capped(world, source)
    poke(oracle)
    assert price(oracle) == (123, price(source.oracle)[1])


@pytest.mark.parametrize(
    ("before", "told", "accepted"),
    [
        (1_000, 1_000, 1_000),
        (1_000, 901, 901),
        (1_000, 900, 900),
        (1_000, 899, 900),
        (1_000, 1, 900),
        (1_000, 1_099, 1_099),
        (1_000, 1_100, 1_100),
        (1_000, 1_101, 1_100),
        (1_000, 10**30, 1_100),
        (1_009, 1, 909),  # a tenth, rounded down
        (1_009, 2_000, 1_109),
        (9, 1, 9),
        (10, 1, 9),
    ],
)
def test_a_poke_moves_the_price_by_the_cap_at_most(world: World, before: int, told: int, accepted: int) -> None:
    source = Source(world, before)
    oracle = capped(world, source)
    first = poke(oracle)
    told_at = source.say(told)
    poke(oracle, first + INTERVAL)
    assert price(oracle) == (accepted, told_at)


def test_a_fall_of_40_percent_is_followed_in_five_steps_of_a_tenth(world: World) -> None:
    """The number of updates is ceil(ln(1 - F) / ln(1 - d)) = ceil(ln 0.6 / ln 0.9) = 5."""
    source = Source(world, 100 * WAD)
    oracle = capped(world, source)
    now = poke(oracle)
    source.say(60 * WAD)
    found = []
    for _ in range(6):
        now = poke(oracle, now + INTERVAL)
        found.append(price(oracle)[0])
    assert found == [90 * WAD, 81 * WAD, 729 * WAD // 10, 6561 * WAD // 100, 60 * WAD, 60 * WAD]


def test_a_poke_after_the_interval_passes_and_one_second_earlier_reverts(world: World) -> None:
    oracle = capped(world, Source(world, 1))
    first = poke(oracle)
    with reverts("PokedTooSoon", world.weth.address, first + INTERVAL):
        poke(oracle, first + INTERVAL - 1)
    assert oracle.read("pokedAt", world.weth.address) == first
    poke(oracle, first + INTERVAL)
    assert oracle.read("pokedAt", world.weth.address) == first + INTERVAL


def test_time_without_pokes_does_not_widen_the_cap(world: World) -> None:
    source = Source(world, 1_000)
    oracle = capped(world, source)
    first = poke(oracle)
    source.say(1)
    poke(oracle, first + 10 * INTERVAL)
    assert price(oracle)[0] == 900


def test_a_poke_says_what_the_source_told(world: World) -> None:
    source = Source(world, 1_000)
    oracle = capped(world, source)
    first = poke(oracle)
    told_at = source.say(1)
    world.warp(first + INTERVAL - told_at)
    receipt = oracle.send(world.owner, "poke", world.weth.address)
    expected = {"asset": world.weth.address, "price": 1, "updatedAt": told_at}
    assert events(receipt, "Poked")[0].arguments == expected


def test_a_source_that_fails_leaves_everything_as_it_was(world: World) -> None:
    source = Source(world, 1_000, maximum_age=INTERVAL)
    oracle = capped(world, source)
    first = poke(oracle)
    told_at = price(oracle)[1]
    with reverts("StalePrice", world.weth.address, told_at, INTERVAL):
        poke(oracle, first + INTERVAL)
    assert price(oracle) == (1_000, told_at)
    assert oracle.read("pokedAt", world.weth.address) == first


@pytest.mark.parametrize("move", [0, WAD])
def test_a_cap_that_is_none_cannot_be_deployed(world: World, move: int) -> None:
    with cannot_be_deployed("MoveOutOfRange", move):
        capped(world, Source(world), move)
