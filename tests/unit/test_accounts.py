from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.accounts import ACCOUNT_COLUMNS, Accounts, liquidation_prices
from simulator.opening_book import OpeningPosition
from simulator.position_book import Bracket, PositionBook
from simulator.units import WAD
from tests.unit.stand_ins import ETHER, USDC, book

WETH = 0


class Protocol:
    def __init__(self, made: PositionBook) -> None:
        self.book = made


def health_with_weth_at(made: PositionBook, price: float) -> float:
    prices = made.prices().copy()
    prices[WETH] = price
    return float(made.health_at(prices)[0])


@pytest.mark.parametrize(
    ("supplied", "debt", "price"),
    [
        (10 * ETHER, 16_500 * USDC, 2_000.0),  # on the line at once: 16,500 / (10 × 82.5 %)
        (10 * ETHER, 8_250 * USDC, 1_000.0),
        (10 * ETHER, 0, None),
        (0, 100 * USDC, None),
    ],
)
def test_a_liquidation_price_is_where_the_health_factor_is_one(supplied: int, debt: int, price: float | None) -> None:
    found = liquidation_prices(book((supplied, debt)), [WETH])[0]
    assert np.isnan(found) if price is None else found == pytest.approx(price, rel=1e-12)


@given(st.integers(ETHER, 10**6 * ETHER), st.integers(USDC, 10**9 * USDC))
def test_where_margins_fall_with_size_it_is_where_the_health_factor_is_one_too(supplied: int, debt: int) -> None:
    made = book((supplied, debt))
    made.brackets = {
        "WETH": (Bracket(10**6 * WAD, WAD), Bracket(10**8 * WAD, WAD * 7 // 10), Bracket(2**128, WAD // 5))
    }
    made.states = made.states
    found = float(liquidation_prices(made, [WETH])[0])
    assert health_with_weth_at(made, found) == pytest.approx(1, rel=1e-9)


def test_rows_hold_the_book_of_the_start_and_that_of_now() -> None:
    made = book((10 * ETHER, 8_250 * USDC), (5 * ETHER, 0))
    names = [OpeningPosition("position/main/amy", {}, {}), OpeningPosition("position/main/b/c", {}, {})]
    accounts = Accounts({"main": Protocol(made)}, {"main": names})  # type: ignore[dict-item]
    weth, usdc = made.states
    made.states = (weth._replace(price=weth.price // 2), usdc)
    made.set_shares(made.accounts[1], [0, 0], [0, 0])
    amy, other = accounts.rows()
    assert tuple(sorted(amy)) == tuple(sorted(ACCOUNT_COLUMNS))
    assert (amy["account"], amy["address"], other["account"]) == ("amy", made.accounts[0], "b/c")
    assert (amy["collateral_asset"], amy["debt_asset"]) == ("WETH", "USDC")
    assert amy["health_factor"] == pytest.approx(2 * amy["health_factor_end"])
    assert amy["liquidation_price"] == amy["liquidation_price_end"] == pytest.approx(1_000)
    assert (amy["collateral_usd"], amy["collateral_usd_end"]) == pytest.approx((20_000, 10_000))
    assert (other["collateral_usd"], other["collateral_usd_end"]) == pytest.approx((10_000, 0))
    assert (other["health_factor"], other["health_factor_end"], other["liquidation_price_end"]) == (None, None, None)
