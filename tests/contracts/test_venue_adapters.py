"""One suite for all kinds of venues: the twin is the contract, to the wei."""

from __future__ import annotations

import random
from collections.abc import Iterator
from functools import cache

import pytest

from tests.contracts.venues import Venues, settings

KINDS = ("constant_product", "uniswap_v2", "uniswap_v3", "split")


@cache
def built(kind: str, base_first: bool) -> Venues:
    """The venue `it`; a split over one of each of the others."""
    if kind != "split":
        return Venues({"it": settings(kind)}, base_first)
    parts = {name: settings(name) for name in KINDS[:3]}
    return Venues({**parts, "it": settings("split", over=list(parts))}, base_first)


@pytest.fixture(params=[(kind, first) for kind in KINDS for first in (True, False)], ids=str)
def venues(request: pytest.FixtureRequest) -> Iterator[Venues]:
    found = built(*request.param)
    with found.chain.anchor():
        yield found
    found.refresh()


def test_seeded_swaps_bring_what_the_twin_says_and_leave_it_where_the_pool_is(venues: Venues) -> None:
    draw, it = random.Random(1), venues.venues["it"]
    for _ in range(30):
        sells = draw.random() < 0.5
        amount = int(10 ** draw.uniform(15, 20.5)) if sells else int(10 ** draw.uniform(6, 12))
        expected, after = it.reserves.quote_exact_input(sells, amount), it.reserves.after(sells, amount)
        assert venues.swap("it", sells, amount) == (amount, expected)
        assert it.reserves == after
        followed = {name: venue.reserves for name, venue in venues.venues.items()}
        venues.refresh()
        assert {name: venue.reserves for name, venue in venues.venues.items()} == followed


def test_trades_are_told_with_their_side_and_slippage(venues: Venues) -> None:
    venues.swap("it", True, 10**18)
    assert sum(one.amount_in for one in venues.trades) == 10**18
    for one in venues.trades:
        assert one.sold_base
        assert one.slippage == pytest.approx(0.003, abs=0.003)
    venues.swap("it", False, 2_000 * 10**6)
    assert sum(one.amount_in for one in venues.trades) == 2_000 * 10**6
    assert not any(one.sold_base for one in venues.trades)


@pytest.mark.parametrize("percent", [60, 90, 99, 101, 110, 170])
def test_the_input_to_a_price_ends_where_the_next_unit_trades_at_it(venues: Venues, percent: int) -> None:
    it = venues.venues["it"]
    sells, price = percent < 100, (25 * percent * 10**6, 10**18)
    amount = it.reserves.input_to_price(sells, *price)
    assert it.reserves.input_to_price(not sells, *price) == 0
    venues.swap("it", sells, amount)
    # a fee that stays in the reserves moves their ratio on; across ticks a split follows the range that it sees
    near = {"uniswap_v3": 1e-6, "split": 0.1 if percent in (60, 170) else 2e-3}.get(it.kind, 2e-3)
    over, under = it.reserves.spot()
    marginal = over / under * (0.997 if sells else 1 / 0.997)
    assert marginal == pytest.approx(price[0] / price[1], rel=near)


def test_within_the_fee_there_is_nothing_to_trade(venues: Venues) -> None:
    it = venues.venues["it"]
    for price in (2_493, 2_500, 2_507):
        assert it.reserves.input_to_price(True, price * 10**6, 10**18) == 0
        assert it.reserves.input_to_price(False, price * 10**6, 10**18) == 0


def test_the_first_price_is_the_ratio_of_what_was_put_in(venues: Venues) -> None:
    assert venues.venues["it"].price(18, 6) == pytest.approx(2_500, rel=1e-9)


def test_a_swap_below_its_minimum_reverts(venues: Venues) -> None:
    it = venues.venues["it"]
    expected = it.reserves.quote_exact_input(True, 10**18)
    call = it.swap_call(venues.base, 10**18, expected + 1, venues.trader.address, 2**60)
    with pytest.raises(Exception, match=r"Below|INSUFFICIENT_OUTPUT|Too little"):
        venues.send(venues.trader, call)
    venues.send(venues.trader, it.swap_call(venues.base, 10**18, expected, venues.trader.address, 2**60))


def test_half_the_liquidity_leaves_half(venues: Venues) -> None:
    it = venues.venues["it"]
    held = it.liquidity(venues.provider.address, venues.read)
    if it.kind == "split":
        assert held == 0
        return
    depth, balances = it.reserves.base, [venues.balance(token, it.address) for token in (venues.base, venues.quote)]
    venues.remove("it", held // 2)
    assert it.reserves.base == pytest.approx(depth / 2, rel=1e-9)
    for token, before in zip((venues.base, venues.quote), balances, strict=True):
        assert venues.balance(token, it.address) == pytest.approx(before / 2, rel=1e-9)
    left = it.liquidity(venues.provider.address, venues.read)
    assert left == pytest.approx(held / 2, rel=1e-9)
    followed = it.reserves
    venues.refresh()
    assert it.reserves == followed
    assert it.liquidity(venues.provider.address, venues.read) == left
    expected = it.reserves.quote_exact_input(True, 10**19)
    assert venues.swap("it", True, 10**19) == (10**19, expected)
