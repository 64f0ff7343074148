from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.units import GWEI
from simulator.view import FeeMarket
from tests.unit.stand_ins import ETHER, PRICES, transaction, view

EMPTY: list[tuple[int, int]] = []
FULL = [(10, 40), (20, 30), (30, 20), (40, 10)]  # priority fee, gas
PART = [(10, 30), (20, 20)]  # half of the room is free


@pytest.mark.parametrize(
    ("paid", "offered", "expected"),
    [
        # what beats 0, 25, 50, 75 and 100 % of the gas of a block of 100
        (EMPTY, EMPTY, [0, 0, 0, 0, 0]),
        (FULL, EMPTY, [0, 10, 20, 30, 40]),
        (EMPTY, FULL, [0, 10, 20, 30, 40]),
        (PART, EMPTY, [0, 0, 0, 10, 20]),
        (PART, [(15, 50)], [0, 10, 15, 15, 20]),
        (FULL, [(50, 50)], [0, 30, 40, 50, 50]),  # of the 30 at 20 only 20 are still in the best block
        (FULL, [(99, 1_000)], [0, 99, 99, 99, 99]),  # the rest is crowded out
        ([(-5, 100)], EMPTY, [0, 0, 0, 0, 0]),  # who cannot pay the base fee bids nothing
        ([(0, 50), (7, 50)], EMPTY, [0, 0, 0, 7, 7]),
    ],
)
def test_a_percentile_beats_its_share_of_the_best_paying_block(
    paid: list[tuple[int, int]], offered: list[tuple[int, int]], expected: list[int]
) -> None:
    market = FeeMarket(paid, offered, 100)
    assert [market.percentile(share / 100) for share in (0, 25, 50, 75, 100)] == expected


@pytest.mark.parametrize(("share", "fee"), [(0.40, 10), (0.41, 20), (0.70, 20), (0.71, 30), (0.90, 30), (0.91, 40)])
def test_a_percentile_steps_where_a_bid_ends(share: float, fee: int) -> None:
    assert FeeMarket(FULL, EMPTY, 100).percentile(share) == fee


amounts = st.lists(st.tuples(st.integers(-5, 50), st.integers(1, 60)), max_size=10)


@given(paid=amounts, offered=amounts, low=st.floats(0, 1), high=st.floats(0, 1))
def test_a_higher_percentile_is_never_cheaper_and_never_above_the_best_bid(
    paid: list[tuple[int, int]], offered: list[tuple[int, int]], low: float, high: float
) -> None:
    market = FeeMarket(paid, offered, 100)
    low, high = sorted((low, high))
    best = max((fee for fee, _ in paid + offered), default=0)
    assert 0 <= market.percentile(low) <= market.percentile(high) <= max(best, 0)


def test_attempts_hold_the_best_public_bid_on_each_borrower() -> None:
    sent = [
        transaction("a", tip=3, kind="liquidation", note={"account": "0xann"}),
        transaction("b", tip=5, kind="liquidation", note={"account": "0xann"}),
        transaction("c", tip=90, max_fee=27 * GWEI, kind="liquidation", note={"account": "0xbob"}),
        transaction("d", tip=500, kind="arbitrage"),
    ]
    assert view(waiting=sent).attempts == {"0xann": 5, "0xbob": 90}


def test_a_cap_limits_what_an_attempt_bids() -> None:
    sent = transaction("a", tip=9 * GWEI, max_fee=22 * GWEI, kind="liquidation", note={"account": "0xann"})
    assert view(waiting=[sent], base_fee=20 * GWEI).attempts == {"0xann": 2 * GWEI}


def test_the_next_nonce_follows_what_is_under_way() -> None:
    now = view(waiting=[transaction(nonce=0), transaction(nonce=1)])
    now.mempool.add([transaction(nonce=2)], 0, 3)
    assert next(now.free_nonces("0xalice")) == 3
    assert next(now.free_nonces("0xbob")) == 0


def test_a_gap_in_the_nonces_is_filled_first() -> None:
    now = view(waiting=[transaction(nonce=1), transaction(nonce=2)])
    nonces = now.free_nonces("0xalice")
    assert [next(nonces), next(nonces)] == [0, 3]


def test_pending_lists_what_is_under_way_by_nonce() -> None:
    now = view(waiting=[transaction(nonce=0), transaction(nonce=1)])
    now.mempool.add([transaction(nonce=2)], 0, 3)
    assert [one.transaction.nonce for one in now.pending("0xalice")] == [0, 1, 2]


@pytest.mark.parametrize(
    ("asset", "amount", "dollars"), [("WETH", 3 * ETHER // 2, 3_000), ("USDC", 2_500_000, 2.5), ("WETH", 0, 0)]
)
def test_units_are_worth_their_outside_price(asset: str, amount: int, dollars: float) -> None:
    assert view().value(asset, amount, PRICES) == dollars
