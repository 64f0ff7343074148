from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.world import MAXIMUM_AGE, WAD, ZERO, World, events, reverts


def test_prices_are_scaled_whatever_the_feed_s_decimals(world: World) -> None:
    prices = [world.oracle.read("price", token.address)[0] for token in world.tokens.values()]
    assert prices == [2_000 * WAD, WAD, 30_000 * WAD]


@pytest.mark.parametrize(
    ("decimals", "answer", "price"),
    [(0, 7, 7 * WAD), (6, 1, 10**12), (18, 123, 123), (20, 1_999, 19), (20, 99, None)],
)
def test_feeds_of_all_decimals(world: World, decimals: int, answer: int, price: int | None) -> None:
    feed = world.deploy("PriceFeed", decimals, "feed", world.owner.address, world.owner.address)
    feed.send(world.owner, "report", answer)
    world.oracle.send(world.owner, "setFeed", world.weth.address, feed.address, MAXIMUM_AGE)
    if price is None:
        with reverts("InvalidAnswer", world.weth.address, answer):
            world.oracle.read("price", world.weth.address)
    else:
        assert world.oracle.read("price", world.weth.address) == (price, world.chain.head.timestamp - 1)


def test_a_price_of_the_maximum_age_passes_and_one_second_older_reverts(world: World) -> None:
    updated_at = world.oracle.read("price", world.weth.address)[1]
    world.warp(updated_at + MAXIMUM_AGE - world.chain.head.timestamp)
    world.oracle.read("price", world.weth.address)
    world.warp(1)
    with reverts("StalePrice", world.weth.address, updated_at, MAXIMUM_AGE):
        world.oracle.read("price", world.weth.address)


def test_an_asset_without_feed_reverts(world: World) -> None:
    with reverts("NoFeed", world.amm.address):
        world.oracle.read("price", world.amm.address)


def test_a_feed_without_an_answer_reverts(world: World) -> None:
    feed = world.deploy("PriceFeed", 8, "feed", world.owner.address, world.owner.address)
    world.oracle.send(world.owner, "setFeed", world.weth.address, feed.address, MAXIMUM_AGE)
    with reverts("NoRound", 0):
        world.oracle.read("price", world.weth.address)


def test_only_the_owner_sets_and_removes_feeds(world: World, attacker: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        world.oracle.send(attacker, "setFeed", world.weth.address, ZERO, 0)
    feed = world.feeds["WBTC"].address
    receipt = world.oracle.send(world.owner, "setFeed", world.weth.address, feed, 5)
    assert events(receipt, "FeedSet")[0].arguments == {
        "asset": world.weth.address,
        "feed": feed,
        "maximumAge": 5,
    }
    assert world.oracle.read("source", world.weth.address) == (feed, 5, WAD)
    world.oracle.send(world.owner, "setFeed", world.weth.address, ZERO, 0)
    with reverts("NoFeed", world.weth.address):
        world.oracle.read("price", world.weth.address)
