from __future__ import annotations

from fractions import Fraction

import pytest

from tests.contracts.breakers import (
    CALM,
    DEPTH,
    DIVERGENCE,
    DIVERGES,
    HOUR,
    MOVE,
    SPEED,
    THIN,
    check,
    deployed,
    fill_venue,
    watch,
)
from tests.contracts.oracles import poke, warp_to
from tests.contracts.world import WAD, World

HAIR = Fraction(1, 10**8)


@pytest.mark.parametrize("price", [Fraction(1_800), Fraction(2_200)])
def test_a_move_of_exactly_the_limit_is_calm_and_a_hair_more_is_not(world: World, price: Fraction) -> None:
    breaker = deployed(world)
    watch(breaker, move=MOVE)
    poke(breaker)
    world.set_price("WETH", price)
    assert check(breaker) == (CALM, 0, 0)
    world.set_price("WETH", price + (HAIR if price > 2_000 else -HAIR))
    assert check(breaker) == (SPEED, WAD // 10 + 5 * 10**6, MOVE)


def test_the_move_counts_while_the_reference_is_a_window_old_at_most(world: World) -> None:
    breaker = deployed(world)
    watch(breaker, move=MOVE)
    taken = poke(breaker)
    world.set_price("WETH", 1_000)
    warp_to(world, taken + HOUR)
    assert check(breaker)[0] == SPEED
    warp_to(world, taken + HOUR + 1)
    assert check(breaker)[0] == CALM


def test_before_the_first_poke_there_is_no_move(world: World) -> None:
    breaker = deployed(world)
    watch(breaker, move=MOVE)
    world.set_price("WETH", 1)
    assert check(breaker)[0] == CALM


@pytest.mark.parametrize(("price", "side"), [(Fraction(2_000, 98) * 100, 1), (Fraction(2_000, 102) * 100, -1)])
def test_a_venue_that_disagrees_by_more_than_the_limit_is_seen(world: World, price: Fraction, side: int) -> None:
    """The venue says 2,000; the limit is 2 % of the oracle's price."""
    fill_venue(world)
    breaker = deployed(world)
    watch(breaker, divergence=DIVERGENCE)
    assert check(breaker) == (CALM, 0, 0)
    world.set_price("WETH", price - side * Fraction(1, 10**4))
    assert check(breaker)[0] == CALM
    world.set_price("WETH", price + side * Fraction(1, 10**4))
    cause, measured, limit = check(breaker)
    assert (cause, limit) == (DIVERGES, DIVERGENCE)
    assert DIVERGENCE < measured < DIVERGENCE + 10**12


def test_depth_is_the_value_of_the_other_reserve(world: World) -> None:
    fill_venue(world, 500, 1_000_000)
    breaker = deployed(world)
    watch(breaker, depth=DEPTH)
    assert check(breaker) == (CALM, 0, 0)
    world.set_price("USDC", 1 - HAIR)
    assert check(breaker) == (THIN, DEPTH - 10**16, DEPTH)


def test_the_other_side_of_a_venue_is_watched_as_well(world: World) -> None:
    """USDC, token1 of 6 decimals, against 1,000 WETH of 2,000."""
    fill_venue(world)
    breaker = deployed(world)
    watch(breaker, "USDC", depth=2_000_000 * WAD, divergence=DIVERGENCE)
    assert breaker.read("check", world.usdc.address) == (CALM, 0, 0)
    world.set_price("WETH", 1_999)
    assert breaker.read("check", world.usdc.address) == (THIN, 1_999_000 * WAD, 2_000_000 * WAD)
    world.set_price("WETH", 1_959)
    assert breaker.read("check", world.usdc.address) == (DIVERGES, 205 * WAD // 10_000, DIVERGENCE)


@pytest.mark.parametrize(("limits", "cause"), [({"divergence": WAD // 2}, DIVERGES), ({"depth": 1}, THIN)])
def test_an_empty_venue_gives_reason(world: World, limits: dict[str, int], cause: int) -> None:
    breaker = deployed(world)
    watch(breaker, **limits)
    assert check(breaker)[0] == cause


def test_without_a_price_there_is_no_reason(world: World) -> None:
    breaker = deployed(world)
    watch(breaker, move=MOVE, divergence=WAD // 2)
    assert check(breaker)[0] == DIVERGES
    world.warp(10**6)
    world.set_price("WETH", 2_000)
    assert check(breaker) == (CALM, 0, 0)  # of USDC
    world.set_price("USDC", 1)
    assert check(breaker)[0] == DIVERGES
    world.warp(10**6)
    world.set_price("USDC", 1)
    assert check(breaker) == (CALM, 0, 0)  # of WETH


def test_what_is_not_watched_gives_no_reason(world: World) -> None:
    breaker = deployed(world)
    assert check(breaker) == (CALM, 0, 0)
    watch(breaker, depth=DEPTH)
    assert check(breaker)[0] == THIN
    watch(breaker)
    assert check(breaker) == (CALM, 0, 0)
