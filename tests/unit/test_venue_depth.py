from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction as Exact

import pytest

from simulator.adapters import Quote
from simulator.venue_depth import pool_size, sale_at_slippage, sale_that_moves, slippage
from simulator.venues.constant_product import Reserves
from tests.unit.stand_ins import ETHER, USDC

POOL = Reserves(10_000 * ETHER, 20_000_000 * USDC, 3_000)


@dataclass(frozen=True)
class FixedPrice:
    """A venue of another kind: 2,000 for one until `base` runs out, 1 % fee."""

    base: int = 100 * ETHER

    def spot(self) -> tuple[int, int]:
        return 2_000 * USDC, ETHER

    def quote_exact_input(self, sells_base: bool, amount_in: int) -> int:
        return min(amount_in, self.base) * 2_000 * USDC * 99 // (100 * ETHER)

    def after(self, sells_base: bool, amount_in: int) -> Quote:
        return self

    def input_to_price(self, sells_base: bool, numerator: int, denominator: int) -> int:
        return 0


def test_slippage_is_fee_and_impact_against_the_spot_price() -> None:
    """100 of 10,000 at 0.3 %: 1 - 0.997 * 10,000 / (10,000 + 99.7)."""
    assert slippage(POOL, True, 100 * ETHER) == pytest.approx(Exact("129.7") / Exact("10099.7"), abs=1e-9)
    assert slippage(POOL, False, 200_000 * USDC) == pytest.approx(Exact("129.7") / Exact("10099.7"), abs=1e-9)


@pytest.mark.parametrize(("bonus", "sale"), [("0.05", 496.2255186), ("0.003", 0.0), ("0.0029", 0.0), ("0.5", 9969.909)])
def test_the_sale_at_a_slippage_is_the_closed_form_s(bonus: str, sale: float) -> None:
    """x / (1 - b) - x / 0.997 for a reserve of x."""
    assert sale_at_slippage(POOL, True, Exact(bonus)) / ETHER == pytest.approx(sale, rel=1e-7, abs=1e-6)
    assert sale_at_slippage(POOL, False, Exact(bonus)) / USDC == pytest.approx(sale * 2_000, rel=1e-7, abs=1e-2)


@pytest.mark.parametrize("sells_base", [True, False])
def test_the_sale_that_moves_the_spot_price_moves_it_so_far_and_no_further(sells_base: bool) -> None:
    sale = sale_that_moves(POOL, sells_base, Exact(2, 100))

    def moved(amount: int) -> Exact:
        before, after = (Exact(*state.spot()) for state in (POOL, POOL.after(sells_base, amount)))
        return after / before if sells_base else before / after

    assert moved(sale) >= Exact(98, 100) > moved(sale + sale // 10**6)


def test_pool_sizes_are_equal_in_value_on_both_sides() -> None:
    assert (pool_size(POOL, True), pool_size(POOL, False)) == (10_000 * ETHER, 20_000_000 * USDC)


def test_any_venue_that_quotes_can_be_asked() -> None:
    venue = FixedPrice()
    assert slippage(venue, True, ETHER) == Exact(1, 100)
    assert sale_at_slippage(venue, True, Exact(1, 1_000)) == 0
    assert sale_at_slippage(venue, True, Exact(505, 1_000)) == pytest.approx(200 * ETHER, rel=1e-9)
