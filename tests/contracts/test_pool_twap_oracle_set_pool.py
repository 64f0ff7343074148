from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.oracles import HIGH, cannot_be_deployed, poke, price, set_reserves, warp_to
from tests.contracts.world import WAD, ZERO, Deployed, World, events, reverts

PRICES = (2_000 * WAD - 1, 2_000 * WAD)  # the pool's own rounding


@pytest.fixture(params=["PoolTwapOracle", "GeometricTwapOracle"])
def oracle(world: World, request: pytest.FixtureRequest) -> Deployed:
    return world.deploy(request.param, world.oracle.address, 100, 50, world.owner.address)


def test_only_the_owner_sets_and_removes_pools(world: World, oracle: Deployed, attacker: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        oracle.send(attacker, "setPool", world.weth.address, world.amm.address)
    receipt = oracle.send(world.owner, "setPool", world.weth.address, world.amm.address)
    assert events(receipt, "PoolSet")[0].arguments == {"asset": world.weth.address, "pool": world.amm.address}
    assert oracle.read("poolOf", world.weth.address) == world.amm.address
    oracle.send(world.owner, "setPool", world.weth.address, ZERO)
    assert oracle.read("poolOf", world.weth.address) == ZERO
    with reverts("NoFeed", world.weth.address):
        price(oracle)


def test_a_token_that_the_pool_does_not_trade_reverts(world: World, oracle: Deployed) -> None:
    with reverts("UnknownToken", world.wbtc.address):
        oracle.send(world.owner, "setPool", world.wbtc.address, world.amm.address)


def test_a_pool_set_again_starts_anew(world: World, oracle: Deployed) -> None:
    set_reserves(world, *HIGH)
    oracle.send(world.owner, "setPool", world.weth.address, world.amm.address)
    for _ in range(4):
        warp_to(world, poke(oracle) + 50)
    assert price(oracle)[0] in PRICES
    oracle.send(world.owner, "setPool", world.weth.address, world.amm.address)
    assert oracle.read("lastObservation", world.weth.address) == (0, 0, 0)
    with reverts("NoPriceYet", world.weth.address):
        price(oracle)
    first = poke(oracle)
    warp_to(world, first + 99)
    with reverts("NoPriceYet", world.weth.address):
        price(oracle)
    world.warp(1)
    assert price(oracle)[0] in PRICES


@pytest.mark.parametrize(("window", "interval"), [(0, 0), (100, 0), (100, 101)])
def test_a_window_without_time_or_observation_cannot_be_deployed(world: World, window: int, interval: int) -> None:
    with cannot_be_deployed("WindowOutOfRange", window, interval):
        world.deploy("PoolTwapOracle", world.oracle.address, window, interval, world.owner.address)


def test_the_parameters_are_those_of_the_constructor(world: World, oracle: Deployed) -> None:
    found = [oracle.read(name) for name in ("source", "window", "interval", "owner")]
    assert found == [world.oracle.address, 100, 50, world.owner.address]
