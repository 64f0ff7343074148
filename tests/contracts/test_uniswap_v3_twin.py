"""The twin of a Uniswap v3 pool against the pool itself: every fee tier, both orders of the tokens, ticks crossed."""

from __future__ import annotations

import random
from typing import Any

import pytest

from simulator.venues.uniswap_v3_state import Concentrated
from tests.contracts.venues import Venues, settings

TIERS = ("0.01%", "0.05%", "0.3%", "1%")
BOUNDED = [{"width": "2%", "share": "40%"}, {"width": "30%", "share": "60%"}]
"""Beyond 30 % either way there is nothing."""


def put_up(fee: str, base_first: bool, price: int = 2_500, **more: Any) -> Venues:
    return Venues({"it": settings("uniswap_v3", fee=fee, **more)}, base_first, price)


def state(venues: Venues) -> Concentrated:
    found = venues.venues["it"].reserves
    assert isinstance(found, Concentrated)
    return found


@pytest.mark.parametrize("base_first", [True, False])
@pytest.mark.parametrize("fee", TIERS)
def test_seeded_swaps_of_all_sizes_across_all_ticks(fee: str, base_first: bool) -> None:
    venues, draw, crossed = put_up(fee, base_first, price=first_price(fee)), random.Random(fee), set()
    for _ in range(40):
        before, sells = state(venues), draw.random() < 0.5
        amount = int(10 ** draw.uniform(0, 20)) if sells else int(10 ** draw.uniform(0, 12))
        if draw.random() < 0.4:
            wanted = int(first_price(fee) * 10**6 * 3 ** draw.uniform(-1, 1)), 10**18
            sells = before.input_to_price(True, *wanted) > 0
            amount = before.input_to_price(sells, *wanted) or amount
        expected = before.swap(sells, amount)
        assert venues.swap("it", sells, amount) == (expected.paid, expected.out)
        assert expected.paid == amount
        assert state(venues) == expected.state
        venues.refresh()
        assert state(venues) == expected.state
        crossed.add((sells, expected.crossed > 0))
    assert crossed == {(True, True), (True, False), (False, True), (False, False)}


def first_price(fee: str) -> int:
    """Another one for each tier, so that ticks lie elsewhere."""
    return {"0.01%": 1, "0.05%": 40_000, "0.3%": 2_500, "1%": 17}[fee]


@pytest.mark.parametrize("base_first", [True, False])
@pytest.mark.parametrize("sells", [True, False])
def test_a_pool_that_runs_out_takes_only_what_it_has_liquidity_for(sells: bool, base_first: bool) -> None:
    venues = put_up("0.3%", base_first, ranges=BOUNDED)
    offered = 10**24 if sells else 10**15
    expected = state(venues).swap(sells, offered)
    assert 0 < expected.paid < offered
    assert (expected.state.liquidity, expected.crossed) == (0, 2)
    assert venues.swap("it", sells, offered) == (expected.paid, expected.out)
    assert state(venues) == expected.state
    # nothing more to be had this way, and back again from nowhere the other way
    assert state(venues).quote_exact_input(sells, 10**18) == 0
    assert state(venues).base == 0
    amount = 10**12 if sells else 10**21
    expected = state(venues).swap(not sells, amount)
    assert expected.out > 0
    assert venues.swap("it", not sells, amount) == (expected.paid, expected.out)
    assert state(venues) == expected.state


def test_a_target_beyond_all_liquidity_costs_what_the_liquidity_takes() -> None:
    venues = put_up("0.3%", True, ranges=BOUNDED)
    half, quarter = (state(venues).input_to_price(True, 2_500 * 10**6 // part, 10**18) for part in (2, 4))
    assert half == quarter == state(venues).swap(True, 10**24).paid


def test_withdrawals_on_both_sides_of_a_tick_are_followed() -> None:
    venues = put_up("0.3%", True)
    it, everything = venues.venues["it"], 10**18
    for percent in (95, 60, 130):
        sells = percent < 100
        venues.swap("it", sells, state(venues).input_to_price(sells, 25 * percent * 10**6, 10**18))
        held = it.liquidity(venues.provider.address, venues.read)
        venues.remove("it", held * 3 // 10)
        followed = state(venues)
        venues.refresh()
        assert state(venues) == followed
        everything = min(everything, followed.liquidity)
        assert it.liquidity(venues.provider.address, venues.read) == pytest.approx(held * 0.7, rel=1e-9)
    assert everything > 0


def test_a_position_taken_out_entirely_leaves_no_tick() -> None:
    venues = put_up("0.3%", True, ranges=BOUNDED)
    it = venues.venues["it"]
    venues.remove("it", it.liquidity(venues.provider.address, venues.read))
    assert (state(venues).liquidity, state(venues).base) == (0, 0)
    assert state(venues).ticks.above(-(10**6)) is None
    followed = state(venues)
    venues.refresh()
    assert state(venues) == followed


def test_positions_lie_where_their_widths_say_and_hold_their_shares() -> None:
    venues = put_up("0.3%", True, ranges=[{"width": "50%", "share": "25%"}, {"width": "100%", "share": "75%"}])
    ticks, found = state(venues).ticks, []
    tick = ticks.above(-(10**6))
    while tick is not None:
        found.append(tick)
        tick = ticks.above(tick)
    low, high = found[1:3]
    spot = 2_500 * 10**6 / 10**18
    assert (found[0], found[3]) == (-887_220, 887_220)
    assert 1.0001**low == pytest.approx(spot / 2, rel=0.007)
    assert 1.0001**high == pytest.approx(spot * 2, rel=0.007)
    assert 1.0001**low <= spot / 2
    assert 1.0001**high >= spot * 2
    # a share of the money at a width w has 1 / (1 - √(1 - w)) times the liquidity of one at every price
    assert ticks.net(low) / ticks.net(found[0]) == pytest.approx(25 / 75 / (1 - 0.5**0.5), rel=0.01)
    held = [venues.balance(token, venues.venues["it"].address) for token in (venues.base, venues.quote)]
    assert held[0] == pytest.approx(400 * 10**18, rel=0.01)
    assert held[1] == pytest.approx(10**12, rel=0.01)
