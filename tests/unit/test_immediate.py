from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from simulator.errors import ScenarioError
from simulator.immediate import immediate_effect
from simulator.position_book import PositionBook
from simulator.units import WAD
from tests.unit import stand_ins
from tests.unit.markets import ANN, BOB, market
from tests.unit.stand_ins import ETHER, USDC

IDLE = 1_500 * USDC


def book(threshold: str, loan_to_value: int = 80, positions: Sequence[tuple[int, int]] = (ANN, BOB)) -> PositionBook:
    """The pool has 1,500 USDC left to lend, and no WETH."""
    made = stand_ins.book(*positions, threshold=threshold)
    weth, usdc = made.states
    lent = usdc.total_supply_assets - IDLE
    made.states = (
        weth._replace(loan_to_value=loan_to_value * WAD // 100),
        usdc._replace(total_borrow_assets=lent, total_borrow_shares=lent * 10**6),
    )
    return made


def test_accounts_that_a_lower_threshold_exposes_are_listed() -> None:
    found = immediate_effect(market(book("0.825")), market(book("0.69")))
    assert found["current"]["accounts"] == 0
    assert found["proposed"]["accounts"] == 1
    assert found["proposed"]["debt_usd"] == 14_000.0
    assert found["accounts"] == [
        {
            "protocol": "main",
            "account": "ann",
            "debt_usd": 14_000.0,
            "collateral_usd": 20_000.0,
            "health_factor_current": 16_500 / 14_000,
            "health_factor_proposed": 13_800 / 14_000,
        }
    ]
    assert found["relieved"] == []


@pytest.mark.parametrize(("threshold", "exposed"), [("0.7", 0), ("0.699999", 1)])
def test_the_line_is_the_contract_s(threshold: str, exposed: int) -> None:
    assert immediate_effect(market(book("0.825")), market(book(threshold)))["proposed"]["accounts"] == exposed


def test_accounts_that_a_higher_threshold_relieves_are_listed_apart_and_the_largest_first() -> None:
    low, high = (market(book(threshold, positions=(BOB, ANN))) for threshold in ("0.3", "0.825"))
    found = immediate_effect(low, high)
    assert [row["debt_usd"] for row in found["relieved"]] == [14_000.0, 4_000.0]
    assert found["accounts"] == []
    assert [row["debt_usd"] for row in immediate_effect(high, low)["accounts"]] == [14_000.0, 4_000.0]
    assert (found["current"]["accounts"], found["current"]["debt_usd"]) == (2, 18_000.0)


def test_accounts_that_are_exposed_either_way_are_counted_but_not_listed() -> None:
    found = immediate_effect(market(book("0.69")), market(book("0.68")))
    assert found["current"]["accounts"] == found["proposed"]["accounts"] == 1
    assert found["accounts"] == found["relieved"] == []


def test_headroom_is_what_each_may_still_borrow_and_drawable_what_the_pool_has() -> None:
    """16,000 - 14,000 and 8,000 - 4,000; at 60 % Ann has none and Bob 2,000."""
    found = immediate_effect(market(book("0.825")), market(book("0.825", loan_to_value=60)))
    assert (found["current"]["headroom_usd"], found["current"]["drawable_usd"]) == (6_000.0, 1_500.0)
    assert (found["proposed"]["headroom_usd"], found["proposed"]["drawable_usd"]) == (2_000.0, 1_500.0)


def test_a_borrow_cap_and_a_deficit_bind_what_is_drawable() -> None:
    capped, short = book("0.825"), book("0.825")
    usdc = capped.states[1]
    capped.states = (capped.states[0], usdc._replace(borrow_cap=usdc.total_borrow_assets + 200 * USDC))
    short.states = (short.states[0], usdc._replace(deficit=600 * USDC))
    found = immediate_effect(market(capped), market(short))
    assert (found["current"]["drawable_usd"], found["proposed"]["drawable_usd"]) == (200.0, 900.0)


def test_no_change_has_no_effect() -> None:
    found = immediate_effect(market(book("0.69")), market(book("0.69")))
    assert found["current"] == found["proposed"]
    assert found["accounts"] == found["relieved"] == []
    assert json.dumps(found, allow_nan=False)


def test_another_book_is_refused() -> None:
    more = stand_ins.book(ANN, BOB, (ETHER, 0))
    with pytest.raises(ScenarioError, match="must open with the same positions in both"):
        immediate_effect(market(book("0.825")), market(more))
