from __future__ import annotations

import pytest

from tests.contracts.world import Deployed, World, reverts


@pytest.fixture
def proxy(world: World) -> Deployed:
    """Before the feed of WETH, which has eight decimals."""
    return world.deploy("AggregatorProxy", world.feeds["WETH"].address)


def test_every_read_is_the_feed_s(world: World, proxy: Deployed) -> None:
    feed = world.feeds["WETH"]
    world.set_price("WETH", 1_234)
    assert proxy.read("aggregator") == feed.address
    assert proxy.read("latestAnswer") == 1_234 * 10**8
    for function in ("latestRoundData", "decimals", "description", "version"):
        assert proxy.read(function) == feed.read(function)
    assert proxy.read("getRoundData", 1) == feed.read("getRoundData", 1) != proxy.read("latestRoundData")


def test_a_feed_without_a_round_reverts_with_its_own_error(world: World) -> None:
    owner = world.owner.address
    feed = world.deploy("PriceFeed", 8, "new", owner, owner)
    proxy = world.deploy("AggregatorProxy", feed.address)
    with reverts("NoRound", 0):
        proxy.read("latestAnswer")
