from __future__ import annotations

from fractions import Fraction

import pytest

from tests.contracts.oracles import Source, cannot_be_deployed, exponential, logarithm, poke, price
from tests.contracts.world import WAD, Deployed, World, events, reverts

INTERVAL, TIME_CONSTANT, YEAR = 60, 3_600, 365 * 86_400


def observer(world: World, source: Source, time_constant: int = TIME_CONSTANT) -> Deployed:
    return world.deploy("RealisedVolatility", source.address, INTERVAL, time_constant)


def volatility(oracle: Deployed) -> int:
    answer: int = oracle.read("volatility", oracle.world.weth.address)
    return answer


def is_near(found: int, variance: Fraction) -> bool:
    """Whether `found` squared is the annualised `variance`, but for a part in 1e13."""
    exact = variance * YEAR * WAD * WAD
    return abs(found**2 - exact) <= exact / 10**13 + 2 * found


def squared_return(before: int, after: int) -> Fraction:
    return (logarithm(after) - logarithm(before)) ** 2


def test_two_samples_give_the_return_over_the_root_of_the_time(world: World) -> None:
    source = Source(world, 2_000 * WAD)
    oracle = observer(world, source)
    first = poke(oracle)
    source.say(2_020 * WAD)
    poke(oracle, first + 86_400)
    assert abs(volatility(oracle) - int(0.00995033085316808 * 365**0.5 * WAD)) < 10**5  # ln 1.01 a day: 19.01 %
    assert is_near(volatility(oracle), squared_return(2_000, 2_020) / 86_400)


@pytest.mark.parametrize("after", [1_000, 4_000, 1, 10**30])
def test_a_fall_counts_like_the_rise_that_undoes_it(world: World, after: int) -> None:
    """Returns are logarithmic and exact, whatever their size."""
    found = []
    for first_price, second_price in ((2_000, after), (after, 2_000)):
        source = Source(world, first_price)
        oracle = observer(world, source)
        first = poke(oracle)
        source.say(second_price)
        poke(oracle, first + INTERVAL)
        found.append(volatility(oracle))
    assert found[0] == found[1]
    assert is_near(found[0], squared_return(2_000, after) / INTERVAL)


@pytest.mark.parametrize("time_constant", [60, 600, 10**9])
def test_samples_weigh_by_their_time_and_their_age(world: World, time_constant: int) -> None:
    """Against the sum of weight times squared return over the sum of the weights, at uneven distances."""
    source = Source(world, 2_000 * WAD)
    oracle = observer(world, source, time_constant)
    now, last = poke(oracle), 2_000
    weighed, weights = Fraction(0), Fraction(0)
    for told, distance in ((2_010, 60), (1_900, 61), (1_900, 600), (2_300, 3_600), (2_299, 90)):
        source.say(told * WAD)
        now = poke(oracle, now + distance)
        kept = exponential(Fraction(-distance, time_constant))
        weighed = weighed * kept + squared_return(last, told) / distance * (1 - kept)
        weights = weights * kept + 1 - kept
        last = told
        exact = weighed / weights * YEAR * WAD * WAD
        tolerance = exact / 10**7 if time_constant == 10**9 else exact / 10**12
        assert abs(volatility(oracle) ** 2 - exact) <= tolerance + 2 * volatility(oracle)


def test_a_price_that_stands_still_has_none(world: World) -> None:
    oracle = observer(world, Source(world, 5))
    first = poke(oracle)
    poke(oracle, first + INTERVAL)
    assert volatility(oracle) == 0


def test_calm_forgets_a_jump_by_the_time_constant(world: World) -> None:
    source = Source(world, 2_000 * WAD)
    oracle = observer(world, source)
    now = poke(oracle)
    now = poke(oracle, now + 100 * TIME_CONSTANT)  # so that the weights add up to one
    source.say(1_600 * WAD)
    now = poke(oracle, now + INTERVAL)
    jumped = volatility(oracle)
    poke(oracle, now + TIME_CONSTANT)
    e = exponential(Fraction(1))
    assert abs(volatility(oracle) ** 2 / Fraction(jumped**2) * e - 1) < Fraction(1, 10**12)


def test_between_pokes_it_stands_still(world: World) -> None:
    source = Source(world, 2_000 * WAD)
    oracle = observer(world, source)
    first = poke(oracle)
    source.say(1_600 * WAD)
    poke(oracle, first + INTERVAL)
    before = volatility(oracle)
    source.say(100 * WAD)
    world.warp(10**6)
    assert volatility(oracle) == before > 0


def test_before_the_second_poke_there_is_none(world: World) -> None:
    oracle = observer(world, Source(world, 5))
    for _ in range(2):
        with reverts("NoVolatilityYet", world.weth.address):
            volatility(oracle)
        if oracle.read("lastSample", world.weth.address)[1] == 0:
            first = poke(oracle)
    assert oracle.read("lastSample", world.weth.address) == (5, first, 0, 0)


def test_a_poke_after_the_interval_passes_and_one_second_earlier_reverts(world: World) -> None:
    oracle = observer(world, Source(world, 1))
    first = poke(oracle)
    with reverts("PokedTooSoon", world.weth.address, first + INTERVAL):
        poke(oracle, first + INTERVAL - 1)
    poke(oracle, first + INTERVAL)
    assert oracle.read("lastSample", world.weth.address)[1] == first + INTERVAL


def test_a_poke_says_what_the_source_told(world: World) -> None:
    source = Source(world, 7)
    oracle = observer(world, source)
    receipt = oracle.send(world.owner, "poke", world.weth.address)
    expected = {"asset": world.weth.address, "price": 7, "updatedAt": price(source.oracle)[1]}
    assert events(receipt, "Poked")[0].arguments == expected


def test_a_source_that_fails_leaves_everything_as_it_was(world: World) -> None:
    oracle = observer(world, Source(world, 7, maximum_age=10))
    first = poke(oracle)
    with reverts("StalePrice"):
        poke(oracle, first + INTERVAL)
    assert oracle.read("lastSample", world.weth.address) == (7, first, 0, 0)


def test_without_interval_or_time_constant_it_cannot_be_deployed(world: World) -> None:
    source = Source(world)
    with cannot_be_deployed("IntervalIsZero"):
        world.deploy("RealisedVolatility", source.address, 0, 1)
    with cannot_be_deployed("TimeConstantIsZero"):
        world.deploy("RealisedVolatility", source.address, 1, 0)
