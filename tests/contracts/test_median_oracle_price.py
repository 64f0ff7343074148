from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.contracts.oracles import Source, cannot_be_deployed, price, warp_to
from tests.contracts.world import WAD, ZERO, Deployed, World, reverts

AGE = 3_600


def median(world: World, prices: Sequence[int | None], quorum: int = 1) -> tuple[Deployed, list[Source]]:
    """Prices are reported in this order, a second apart; None is a source that reverts."""
    sources = [Source(world, price) for price in prices]
    return world.deploy("MedianOracle", [source.address for source in sources], quorum, AGE), sources


def told_at(source: Source) -> int:
    return price(source.oracle)[1]


@pytest.mark.parametrize(
    ("prices", "answer", "middle"),
    [
        ([7], 7, [0]),
        ([7, 5], 6, [0, 1]),
        ([7, 4], 5, [0, 1]),
        ([3, 1, 2], 2, [2]),
        ([1, 10**9, 2], 2, [2]),
        ([5, 5, 5], 5, [1]),
        ([4, 3, 2, 1], 2, [1, 2]),
        ([8, 1, 9, 2], 5, [0, 3]),
        ([5, 1, 4, 2, 3], 3, [4]),
        ([None, 3, None, 1, 2], 2, [4]),
        ([9, None], 9, [0]),
    ],
)
def test_the_median_of_those_that_answer(
    world: World, prices: list[int | None], answer: int, middle: list[int]
) -> None:
    oracle, sources = median(world, prices)
    assert price(oracle) == (answer, min(told_at(sources[index]) for index in middle))


def test_the_mean_of_two_large_prices_does_not_overflow(world: World) -> None:
    large = (2**255 - 1) // WAD
    oracle, _ = median(world, [large, large - 2])
    assert price(oracle)[0] == large - 1


def test_as_many_answers_as_the_quorum_pass_and_one_fewer_reverts(world: World) -> None:
    oracle, _ = median(world, [1, None, 3], quorum=2)
    assert price(oracle)[0] == 2
    oracle, _ = median(world, [1, None, None], quorum=2)
    with reverts("QuorumMissed", world.weth.address, 1, 2):
        price(oracle)


def test_an_answer_of_the_maximum_age_counts_and_one_second_older_does_not(world: World) -> None:
    oracle, (old, _) = median(world, [1, 3], quorum=2)
    told = told_at(old)
    warp_to(world, told + AGE)
    assert price(oracle) == (2, told)
    world.warp(1)
    with reverts("QuorumMissed", world.weth.address, 1, 2):
        price(oracle)


def test_an_old_answer_at_the_edge_does_not_make_the_price_old(world: World) -> None:
    oracle, (_, _, middle) = median(world, [1, 3, 2])
    world.warp(100)
    told = middle.say(2)
    assert price(oracle) == (2, told)


def test_an_asset_that_no_source_knows_misses_the_quorum(world: World) -> None:
    oracle, _ = median(world, [1, 2, 3])
    with reverts("QuorumMissed", world.usdc.address, 0, 1):
        oracle.read("price", world.usdc.address)


@pytest.mark.parametrize(("quorum", "count"), [(0, 2), (3, 2), (1, 0)])
def test_a_quorum_that_cannot_be_reverts(world: World, quorum: int, count: int) -> None:
    with cannot_be_deployed("QuorumOutOfRange", quorum, count):
        world.deploy("MedianOracle", [world.oracle.address] * count, quorum, AGE)


@pytest.mark.parametrize("place", [0, 1])
def test_a_source_without_code_reverts(world: World, place: int) -> None:
    sources = [world.oracle.address] * 2
    sources[place] = ZERO
    with cannot_be_deployed("NotAContract", ZERO):
        world.deploy("MedianOracle", sources, 1, AGE)


def test_the_parameters_are_those_of_the_constructor(world: World) -> None:
    oracle, sources = median(world, [1, 2, 3], quorum=2)
    assert list(oracle.read("sources")) == [source.address for source in sources]
    assert (oracle.read("quorum"), oracle.read("maximumAge")) == (2, AGE)
