from __future__ import annotations

import pytest

from tests.contracts.oracles import HIGH, LOW, Source, poke, price, set_reserves, warp_to
from tests.contracts.world import WAD, Deployed, World, reverts


def sanity(world: World, feed: int | None, anchor: int | None, share: int = WAD // 20) -> tuple[Deployed, int]:
    """With a feed reported before the anchor; and when that was."""
    sources = [Source(world, feed), Source(world, anchor)]
    told = price(sources[0].oracle)[1] if feed else 0
    return world.deploy("SanityOracle", *[source.address for source in sources], share), told


@pytest.mark.parametrize(
    ("feed", "anchor", "limit"),
    [
        (1_000, 1_000, None),
        (1_050, 1_000, None),
        (1_051, 1_000, 50),
        (950, 1_000, None),
        (949, 1_000, 50),
        (1_100, 1_048, None),  # of the anchor, rounded down: 52.4
        (1_101, 1_048, 52),
        (996, 1_048, None),
        (995, 1_048, 52),
        (20, 19, 0),
        (10**30, 1, 0),
    ],
)
def test_a_feed_at_the_limit_passes_and_one_further_reverts(
    world: World, feed: int, anchor: int, limit: int | None
) -> None:
    oracle, told = sanity(world, feed, anchor)
    if limit is None:
        assert price(oracle) == (feed, told)
    else:
        with reverts("PriceDiverges", feed, anchor, limit):
            price(oracle)


def test_a_share_of_zero_wants_equality(world: World) -> None:
    assert price(sanity(world, 5, 5, 0)[0])[0] == 5
    with reverts("PriceDiverges", 6, 5, 0):
        price(sanity(world, 6, 5, 0)[0])


@pytest.mark.parametrize(("feed", "anchor"), [(None, 1), (1, None)])
def test_when_either_fails_so_does_the_oracle(world: World, feed: int | None, anchor: int | None) -> None:
    oracle, _ = sanity(world, feed, anchor)
    with reverts("NoRound", 0):
        price(oracle)


def test_a_feed_that_the_pool_s_average_contradicts_is_refused_until_the_average_follows(world: World) -> None:
    """Feed and pool fall from 2,000 to 1,200 together. The mean m of 1,000 seconds or more confirms the feed once
    m - 1,200 <= m / 20, or m <= 1263.16: it is 1263.20 when 921 of 1,000 seconds have passed, 1263.14 one later."""
    set_reserves(world, *HIGH)
    twap = world.deploy("PoolTwapOracle", world.oracle.address, 1_000, 1_000, world.owner.address)
    twap.send(world.owner, "setPool", world.weth.address, world.amm.address)
    oracle = world.deploy("SanityOracle", world.oracle.address, twap.address, WAD // 20)
    first = poke(twap)
    set_reserves(world, *LOW, first + 79)
    world.set_price("WETH", 1_200)
    warp_to(world, first + 1_000)
    average = price(twap)[0]
    with reverts("PriceDiverges", 1_200 * WAD, average, average // 20):
        price(oracle)
    world.warp(1)
    assert price(oracle) == world.oracle.read("price", world.weth.address)


def test_the_parameters_are_those_of_the_constructor(world: World) -> None:
    oracle = world.deploy("SanityOracle", world.oracle.address, world.amm.address, 7)
    found = [oracle.read(name) for name in ("feed", "anchor", "maximumDifference")]
    assert found == [world.oracle.address, world.amm.address, 7]
