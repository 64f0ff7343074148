from __future__ import annotations

from math import isqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.venues.uniswap_v3_maths import (
    HIGHEST,
    HIGHEST_TICK,
    LOWEST,
    PARTS,
    Q96,
    amount0,
    amount1,
    liquidity_for,
    price_at,
    step,
    tick_at,
)

prices = st.integers(LOWEST, HIGHEST - 1)
amounts = st.integers(1, 10**30)
ticks = st.integers(-HIGHEST_TICK, HIGHEST_TICK)


@pytest.mark.parametrize(
    ("tick", "price"),
    [
        # the bounds that Uniswap publishes, and 1
        (-HIGHEST_TICK, 4295128739),
        (HIGHEST_TICK, 1461446703485210103287273052203988822378723970342),
        (0, Q96),
    ],
)
def test_known_ticks_have_their_known_prices(tick: int, price: int) -> None:
    assert price_at(tick) == price


@given(tick=ticks)
def test_a_price_is_the_root_of_1_0001_to_the_tick(tick: int) -> None:
    assert price_at(tick) / Q96 == pytest.approx(1.0001 ** (tick / 2), rel=1e-9)


@given(tick=st.integers(-HIGHEST_TICK, HIGHEST_TICK - 1))
def test_the_tick_of_a_price_is_the_greatest_at_most_that(tick: int) -> None:
    price = price_at(tick)
    assert (tick_at(price), tick_at(price_at(tick + 1) - 1)) == (tick, tick)


@given(price=prices)
def test_every_price_lies_between_its_tick_and_the_next(price: int) -> None:
    assert price_at(tick_at(price)) <= price < price_at(tick_at(price) + 1)


@given(one=prices, other=prices, liquidity=st.integers(1, 2**100))
def test_amounts_are_rounded_up_by_a_unit_or_two(one: int, other: int, liquidity: int) -> None:
    low, high = sorted((one, other))
    exact1 = liquidity * (high - low) / Q96
    assert 0 <= amount1(low, high, liquidity, True) - amount1(low, high, liquidity, False) <= 1
    assert 0 <= amount0(low, high, liquidity, True) - amount0(low, high, liquidity, False) <= 2
    assert amount1(low, high, liquidity, False) == pytest.approx(exact1, rel=1e-9, abs=1)


@given(ends=st.lists(st.integers(-200_000, 200_000), min_size=2, max_size=2, unique=True), most=amounts, at=ticks)
def test_liquidity_costs_no_more_than_was_given(ends: list[int], most: int, at: int) -> None:
    low, high = (price_at(tick) for tick in sorted(ends))
    price = price_at(max(-250_000, min(250_000, at)))
    found = liquidity_for(price, low, high, most, most)
    inside = min(max(price, low), high)
    assert amount0(inside, high, found, True) <= most
    assert amount1(low, inside, found, True) <= most


@given(
    price=st.integers(isqrt(LOWEST * HIGHEST) >> 20, isqrt(LOWEST * HIGHEST) << 20),
    percent=st.integers(1, 400).filter(lambda one: one != 100),
    liquidity=st.integers(10**6, 10**30),
    left=amounts,
    fee=st.sampled_from([100, 500, 3_000, 10_000]),
)
def test_a_step_never_passes_its_target_nor_takes_more_than_is_left(
    price: int, percent: int, liquidity: int, left: int, fee: int
) -> None:
    target = price * percent // 100
    one = step(price, target, liquidity, left, fee)
    assert min(price, target) <= one.price <= max(price, target)
    assert one.paid + one.fee <= left
    if one.price != target:
        assert one.paid + one.fee == left
    assert one.fee * PARTS >= (one.paid + one.fee) * fee - PARTS


def test_an_input_beyond_256_bits_is_rounded_as_the_pool_does() -> None:
    price, liquidity = HIGHEST - 1, 10**20
    kept = 2**100
    assert step(price, LOWEST, liquidity, kept, 0).price == -(-(liquidity << 96) // ((liquidity << 96) // price + kept))
