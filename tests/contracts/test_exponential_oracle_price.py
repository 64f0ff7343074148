from __future__ import annotations

from fractions import Fraction

import pytest

from tests.contracts.oracles import Source, exponential, poke, price, warp_to
from tests.contracts.world import WAD, Deployed, World, reverts

T = 1_000


def after_a_move(world: World, old: int, new: int, time_constant: int = T) -> tuple[Deployed, int, int]:
    """The oracle, the timestamp of the poke that saw the new price, and when that was reported."""
    source = Source(world, old)
    oracle = world.deploy("ExponentialOracle", source.address, time_constant)
    poke(oracle)
    told = source.say(new)
    return oracle, poke(oracle), told


def test_half_a_time_constant_after_a_fall_of_40_percent(world: World) -> None:
    """0.6 + 0.4 exp(-1/2) = 0.8426."""
    source = Source(world, WAD)
    oracle = world.deploy("ExponentialOracle", source.address, T)
    poke(oracle)
    source.say(6 * WAD // 10)
    now = poke(oracle)
    warp_to(world, now + T // 2)
    assert price(oracle)[0] == 842612263885053369  # 0.842612263885053369...


@pytest.mark.parametrize(("old", "new"), [(10**48, 1), (1, 10**48), (10**30, 6 * 10**29), (3, 2), (7, 7)])
@pytest.mark.parametrize("elapsed", [0, 1, 2, 499, 693, 694, 1_000, 9_999, 87_999])
def test_the_price_is_within_its_bound_of_the_exact_average(world: World, old: int, new: int, elapsed: int) -> None:
    """Of the distance d to the sample, 1 + d / 1e33 at most is lost, or as little added."""
    oracle, start, _ = after_a_move(world, old, new)
    if elapsed:
        warp_to(world, start + elapsed)
    distance = abs(old - new)
    # From the poke before the move on, nothing was lost: sample and average were one.
    exact = distance * exponential(Fraction(-elapsed, T))
    found = abs(price(oracle)[0] - new)
    assert abs(found - exact) < 1 + exact / 10**33
    if distance < 10**33:
        assert found == int(exact)


@pytest.mark.parametrize(("elapsed", "left"), [(87_999, True), (88_000, False), (10**9, False)])
def test_from_88_time_constants_on_nothing_is_left(world: World, elapsed: int, left: bool) -> None:
    oracle, start, _ = after_a_move(world, 10**48, 1)
    warp_to(world, start + elapsed)
    assert (price(oracle)[0] > 1) == left


def test_the_price_is_as_old_as_the_sample(world: World) -> None:
    oracle, start, told = after_a_move(world, 100 * WAD, 60 * WAD)
    warp_to(world, start + 12_345)
    assert price(oracle)[1] == told


def test_what_the_source_says_after_the_poke_does_not_count(world: World) -> None:
    source = Source(world, 100 * WAD)
    oracle = world.deploy("ExponentialOracle", source.address, T)
    poke(oracle)
    source.say(1)
    world.warp(10 * T)
    assert price(oracle)[0] == 100 * WAD


def test_an_asset_never_poked_has_no_price(world: World) -> None:
    oracle, _, _ = after_a_move(world, 1, 2)
    with reverts("NoPriceYet", world.usdc.address):
        oracle.read("price", world.usdc.address)


def test_the_source_and_time_constant_are_those_of_the_constructor(world: World) -> None:
    oracle = world.deploy("ExponentialOracle", world.oracle.address, T)
    assert (oracle.read("source"), oracle.read("timeConstant")) == (world.oracle.address, T)
