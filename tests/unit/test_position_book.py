from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.position_book import Bracket, PositionBook
from simulator.units import WAD
from tests.unit.stand_ins import ETHER, USDC, book

held = st.integers(0, 10**6 * ETHER)
owed = st.integers(0, 10**9 * USDC)


@pytest.mark.parametrize(
    ("supplied", "debt", "collateral", "threshold", "health"),
    [
        (10 * ETHER, 16_500 * USDC, 20_000 * WAD, 16_500 * WAD, WAD),
        (10 * ETHER, 15_000 * USDC, 20_000 * WAD, 16_500 * WAD, 1_100_000_000_000_000_000),
        (10 * ETHER, 0, 20_000 * WAD, 16_500 * WAD, 2**256 - 1),
        (0, 1, 0, 0, 0),
        (1, 1, 2_000, 1_650, 1_650 * WAD // 10**12),
    ],
)
def test_values_are_exact(supplied: int, debt: int, collateral: int, threshold: int, health: int) -> None:
    position = book((supplied, debt)).position(0)
    assert position == (collateral, threshold, debt * 10**12)
    assert position.health_factor == health


@pytest.mark.parametrize(("more", "eligible"), [(-1, False), (0, False), (1, True)])
def test_one_unit_of_debt_decides_on_the_line(more: int, eligible: bool) -> None:
    assert book((10 * ETHER, 16_500 * USDC + more)).eligible().tolist() == [eligible]


@given(st.lists(st.tuples(held, owed), min_size=1, max_size=6))
def test_the_screen_agrees_with_the_integers(positions: list[tuple[int, int]]) -> None:
    made = book(*positions)
    exact = [made.position(number).health_factor < WAD for number in range(len(positions))]
    assert made.eligible().tolist() == exact


@given(supplied=held, line=st.integers(-3, 3))
def test_the_screen_agrees_with_the_integers_on_the_line(supplied: int, line: int) -> None:
    made = book((supplied, max(0, supplied * 1_650 // 10**12 + line)))
    assert made.eligible()[0] == (made.position(0).health_factor < WAD)


def test_without_a_price_nobody_is_eligible() -> None:
    made = book((10 * ETHER, 17_000 * USDC))
    made.states = (made.states[0], made.states[1]._replace(priced=False))
    assert made.priced().tolist() == [False]
    assert made.eligible().tolist() == [False]


def test_the_borrow_limit_is_exact_and_falls_with_brackets() -> None:
    """$20,000 at 80 %; with half of the margin left above $10,000 it is 8,000 + 4,000."""
    made = book((10 * ETHER, 0), (1, 0), (0, 5))
    assert [made.borrow_limit(number) for number in range(3)] == [16_000 * WAD, 1_600, 0]
    made.brackets = {"WETH": (Bracket(10_000 * WAD, WAD), Bracket(2**256 - 1, WAD // 2))}
    assert [made.borrow_limit(number) for number in range(3)] == [12_000 * WAD, 1_600, 0]
    weth, usdc = made.states
    made.states = (weth._replace(liquidation_threshold=0), usdc)
    assert made.borrow_limit(0) == 0


def test_interest_raises_what_is_owed_in_favour_of_the_pool() -> None:
    made = book((10 * ETHER, 16_500 * USDC))
    weth, usdc = made.states
    made.states = (weth, usdc._replace(total_borrow_assets=usdc.total_borrow_assets + 10_000 * USDC))
    assert made.position(0).debt_value > 16_500 * WAD
    assert made.eligible().tolist() == [True]


def test_shares_round_against_the_account() -> None:
    state = book().states[1]._replace(total_borrow_assets=10**6 + 1, total_borrow_shares=10**12)
    assert state.borrow_assets(1) == 1
    assert state.borrow_assets(10**30) == 10**6 + 1  # never more than is lent in all
    assert state.supply_assets(10**6 - 1) == 0


def test_other_prices_may_be_asked_about() -> None:
    made = book((10 * ETHER, 15_000 * USDC), (10 * ETHER, 0))
    assert made.health().tolist() == pytest.approx([1.1, np.inf])
    assert made.health_at(np.array([1_000.0, 1.0])).tolist() == pytest.approx([0.55, np.inf])
    assert made.debt_values().tolist() == pytest.approx([15_000, 0])
    assert made.collateral_values().tolist() == pytest.approx([20_000, 20_000])


@pytest.mark.parametrize(("debt", "toxic"), [(19_000, False), (19_048, True), (21_000, True), (0, False)])
def test_toxic_is_above_one_over_one_plus_the_bonus(debt: int, toxic: bool) -> None:
    assert book((10 * ETHER, debt * USDC)).toxic().tolist() == [toxic]


def test_the_largest_sides_go_by_value_and_skip_what_is_no_collateral() -> None:
    made: PositionBook = book((0, 0), (0, 0))
    first, second = made.accounts
    made.set_shares(first, (ETHER * 10**6, 2_100 * USDC * 10**6), (ETHER * 10**6, 1_900 * USDC * 10**6))
    made.set_shares(second, (ETHER * 10**6, 1_900 * USDC * 10**6), (ETHER * 10**6, 2_100 * USDC * 10**6))
    assert [made.largest(number) for number in (0, 1)] == [(0, 1), (1, 0)]
    made.states = (made.states[0], made.states[1]._replace(liquidation_threshold=0))
    assert made.largest(0) == (0, 0)
