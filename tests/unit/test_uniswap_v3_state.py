from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.venues.uniswap_v3_maths import price_at
from simulator.venues.uniswap_v3_state import Concentrated, Ticks

DEEP, WIDE = 10**18, 10**17


def pool(base_first: bool = True, at: int = 30, fee: int = 3_000) -> Concentrated:
    """Deep within 600 ticks of zero, shallow to 12,000, nothing beyond."""
    ticks = Ticks({}).changed(-600, 600, DEEP).changed(-12_000, 12_000, WIDE)
    return Concentrated(price_at(at), at, DEEP + WIDE, ticks, fee, 60, base_first)


sides = st.booleans()


@given(base_first=sides, sells=sides, first=st.integers(1, 10**17), second=st.integers(1, 10**17))
def test_two_swaps_bring_at_most_what_one_does(base_first: bool, sells: bool, first: int, second: int) -> None:
    before = pool(base_first)
    one = before.swap(sells, first + second)
    two = before.swap(sells, first)
    assert two.out + two.state.quote_exact_input(sells, second) <= one.out + 1


@given(base_first=sides, sells=sides, amount=st.integers(1, 10**19))
def test_there_and_back_earns_nothing(base_first: bool, sells: bool, amount: int) -> None:
    there = pool(base_first).swap(sells, amount)
    assert there.state.quote_exact_input(not sells, there.out) <= there.paid


@given(base_first=sides, percent=st.integers(20, 500))
def test_the_input_to_a_price_reaches_it_and_not_a_unit_less_would(base_first: bool, percent: int) -> None:
    before = pool(base_first, at=0)
    sells = percent < 100
    amount = before.input_to_price(sells, percent, 100)
    assert before.input_to_price(not sells, percent, 100) == 0
    if abs(percent - 100) < 1:
        assert amount == 0
        return
    after = before.after(sells, amount)
    over, under = after.spot()
    reached = over / under * (0.997 if sells else 1 / 0.997)
    wanted = max(min(percent / 100, reached), percent / 100)
    if 31 < percent < 330:  # within the liquidity, 1.0001^12000 = 3.32, and the fee
        assert reached == pytest.approx(wanted, rel=1e-9)
        before_it = before.after(sells, amount * 999 // 1_000).spot()
        assert (before_it[0] / before_it[1] > over / under) is sells
    else:
        assert after.liquidity == 0


@pytest.mark.parametrize("sells", [True, False])
def test_a_swap_of_nothing_changes_nothing(sells: bool) -> None:
    assert pool().swap(sells, 0) == (0, 0, pool(), 0)


def test_crossing_a_tick_leaves_the_liquidity_beyond_and_the_tick_on_its_own_side() -> None:
    down = pool(at=0).swap(True, 0, 0)
    assert down.crossed == 0
    falls = pool(at=0).after(True, pool(at=0).input_to_price(True, 90, 100))
    rises = pool(at=0).after(False, pool(at=0).input_to_price(False, 110, 100))
    assert (falls.liquidity, rises.liquidity) == (WIDE, WIDE)
    assert falls.tick < -600
    assert rises.tick > 600


def test_a_tick_where_liquidity_cancels_out_is_still_crossed() -> None:
    ticks = Ticks({}).changed(-1_200, 0, DEEP).changed(0, 1_200, DEEP)
    state = Concentrated(price_at(60), 60, DEEP, ticks, 3_000, 60, True)
    found = state.swap(True, state.input_to_price(True, 95, 100))
    assert (found.crossed, found.state.liquidity) == (1, DEEP)
    assert ticks.changed(0, 1_200, -DEEP).at_most(0) == 0
    assert ticks.changed(0, 1_200, -DEEP).changed(-1_200, 0, -DEEP) == Ticks({})


def test_the_fee_keeps_small_gaps_open() -> None:
    for percent in (99_701, 100_000, 100_299):
        for sells in (True, False):
            assert pool(at=0).input_to_price(sells, percent, 100_000) == 0
    assert pool(at=0).input_to_price(True, 99_690, 100_000) > 0
    assert pool(at=0).input_to_price(False, 100_310, 100_000) > 0


@pytest.mark.parametrize("base_first", [True, False])
def test_depth_and_base_are_those_of_the_range_around_the_price(base_first: bool) -> None:
    state = pool(base_first, at=0)
    assert state.depth(True) == (DEEP + WIDE, DEEP + WIDE, 3_000)
    assert state.base == DEEP + WIDE
    tilted = pool(base_first, at=300)
    assert tilted.depth(True)[:2] == tilted.depth(False)[:2][::-1]
    assert (tilted.depth(True)[0] < tilted.depth(True)[1]) is base_first
    assert tilted.base == tilted.depth(True)[0]


def test_before_it_has_a_price_a_pool_has_no_depth() -> None:
    state = Concentrated(0, 0, 0, Ticks({}), 3_000, 60, True)
    assert (state.base, state.depth(True)) == (0, (0, 0, 3_000))
