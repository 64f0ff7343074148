from __future__ import annotations

from tests.contracts.oracles import Source, cannot_be_deployed, price, warp_to
from tests.contracts.world import WAD, ZERO, Deployed, World, reverts

AGE = 3_600


def fallback(world: World, primary: Source, secondary: Source) -> Deployed:
    return world.deploy("FallbackOracle", primary.address, secondary.address, AGE)


def test_the_primary_answers_while_it_is_young_enough_and_then_the_secondary(world: World) -> None:
    primary, secondary = Source(world), Source(world)
    told = [secondary.say(2), primary.say(1)]
    oracle = fallback(world, primary, secondary)
    assert price(oracle) == (1, told[1])
    warp_to(world, told[1] + AGE)
    assert price(oracle) == (1, told[1])
    world.warp(1)
    assert price(oracle) == (2, told[0])  # whatever the secondary's age


def test_a_primary_that_reverts_is_replaced_and_comes_back(world: World) -> None:
    primary, secondary = Source(world), Source(world, 2)
    oracle = fallback(world, primary, secondary)
    assert price(oracle)[0] == 2
    primary.say(1)
    assert price(oracle)[0] == 1


def test_a_secondary_that_reverts_does_not_matter_while_the_primary_answers(world: World) -> None:
    assert price(fallback(world, Source(world, 1), Source(world)))[0] == 1


def test_when_both_fail_the_error_is_the_secondary_s(world: World) -> None:
    oracle = fallback(world, Source(world, 1), Source(world))
    world.warp(AGE + 10)
    with reverts("NoRound", 0):
        price(oracle)
    with reverts("NoFeed", world.usdc.address):
        oracle.read("price", world.usdc.address)


def test_fallbacks_stack(world: World) -> None:
    inner = fallback(world, Source(world), Source(world))
    oracle = world.deploy("FallbackOracle", inner.address, world.oracle.address, AGE)
    assert price(oracle)[0] == 2_000 * WAD


def test_a_primary_without_code_cannot_be_deployed(world: World) -> None:
    with cannot_be_deployed("NotAContract", ZERO):
        world.deploy("FallbackOracle", ZERO, world.oracle.address, AGE)


def test_the_parameters_are_those_of_the_constructor(world: World) -> None:
    primary, secondary = Source(world), Source(world)
    oracle = fallback(world, primary, secondary)
    found = [oracle.read(name) for name in ("primary", "secondary", "maximumAge")]
    assert found == [primary.address, secondary.address, AGE]
