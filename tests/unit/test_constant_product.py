from __future__ import annotations

from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.venues.constant_product import PARTS, Reserves
from tests.unit.stand_ins import DEEP, ETHER, USDC

amounts = st.integers(10**6, 10**24)
fees = st.sampled_from([0, 100, 3_000, 10_000])


@pytest.mark.parametrize(
    ("amount", "inside", "outside", "out"),
    [
        (1, 5, 10, 1662497915624478906),
        (1, 10, 5, 453305446940074565),
        (2, 5, 10, 2851015155847869602),
        (1, 100, 100, 987158034397061298),
        (1, 1000, 1000, 996006981039903216),
    ],
)
def test_an_exact_input_gives_the_known_output_either_way(amount: int, inside: int, outside: int, out: int) -> None:
    selling = Reserves(inside * ETHER, outside * ETHER, 3_000)
    buying = Reserves(outside * ETHER, inside * ETHER, 3_000)
    assert selling.quote_exact_input(True, amount * ETHER) == out
    assert buying.quote_exact_input(False, amount * ETHER) == out
    assert selling.after(True, amount * ETHER) == Reserves((inside + amount) * ETHER, outside * ETHER - out, 3_000)
    assert buying.after(False, amount * ETHER) == Reserves(outside * ETHER - out, (inside + amount) * ETHER, 3_000)


@given(base=amounts, quote=amounts, fee=fees, amount=st.integers(0, 10**24), sells=st.booleans())
def test_the_product_never_falls_and_one_unit_more_would_lower_it(
    base: int, quote: int, fee: int, amount: int, sells: bool
) -> None:
    before = Reserves(base, quote, fee)
    inside, outside = (base, quote) if sells else (quote, base)
    out = before.quote_exact_input(sells, amount)
    kept = inside * PARTS + amount * (PARTS - fee)
    assert kept * (outside - out) >= inside * outside * PARTS
    assert kept * (outside - out - 1) < inside * outside * PARTS
    after = before.after(sells, amount)
    assert after.base * after.quote >= base * quote


def marginal(pool: Reserves, sells: bool) -> Fraction:
    """Output of the next unit of input, fee included, in quote per base."""
    kept = Fraction(PARTS - pool.fee, PARTS)
    return Fraction(pool.quote, pool.base) * (kept if sells else 1 / kept)


@given(
    base=st.integers(10**15, 10**24),
    quote=st.integers(10**15, 10**24),
    fee=fees,
    percent=st.integers(1, 400),
)
def test_the_input_to_a_price_brings_the_marginal_price_there(base: int, quote: int, fee: int, percent: int) -> None:
    pool, target = Reserves(base, quote, fee), Fraction(quote, base) * Fraction(percent, 100)
    for sells in (True, False):
        amount = pool.input_to_price(sells, target.numerator, target.denominator)
        gap = marginal(pool, sells) > target if sells else marginal(pool, sells) < target
        if not gap:
            assert amount == 0
            continue
        # the optimum is where the next unit, fee included, trades at the target: (x + γΔ)² = γxy/P
        inside, kept = (base if sells else quote), Fraction(PARTS - fee, PARTS)
        price = target if sells else 1 / target
        reached = kept * base * quote / (inside + kept * amount) ** 2
        assert reached == pytest.approx(price, rel=1e-9)


@given(quote=st.integers(2, 10**10), percent=st.integers(20, 400))
def test_no_other_input_earns_more_than_the_input_to_a_price(quote: int, percent: int) -> None:
    pool = Reserves(10**12, quote * 1_000, 3_000)
    target = Fraction(pool.quote, pool.base) * Fraction(percent, 100)
    for sells in (True, False):
        amount = pool.input_to_price(sells, target.numerator, target.denominator)

        def profit(given_in: int, sells: bool = sells) -> float:
            kept = given_in * (PARTS - pool.fee)
            inside, outside = (pool.base, pool.quote) if sells else (pool.quote, pool.base)
            out = kept * outside / (inside * PARTS + kept)
            return float(out - given_in * target) if sells else float(out * target - given_in)

        scale = max(pool.base, pool.quote) * 1e-9 + 1
        assert all(profit(amount) >= profit(other) - scale for other in (amount * 9 // 10, amount * 11 // 10, 1))


@pytest.mark.parametrize(
    ("sells", "price", "acts"),
    [
        (True, 1_993, True),  # below 2000 · 0.997 = 1994: selling to the pool pays
        (True, 1_994, False),
        (True, 2_000, False),
        (False, 2_000, False),
        (False, 2_006, False),
        (False, 2_007, True),  # above 2000 / 0.997 = 2006.02
        (True, 2_500, False),
        (False, 1_500, False),
    ],
)
def test_within_the_fee_there_is_nothing_to_trade(sells: bool, price: int, acts: bool) -> None:
    assert (DEEP.input_to_price(sells, price * USDC, ETHER) > 0) is acts


@pytest.mark.parametrize("fall", [0.001, 0.02, 0.1, 0.4, 0.75])
def test_without_fee_a_fall_of_the_spot_price_takes_its_known_sale_and_mean_discount(fall: float) -> None:
    pool = Reserves(20_000 * ETHER, 40_000_000 * ETHER, 0)
    sold = int(pool.base * (1 / sqrt(1 - fall) - 1))
    after = pool.after(True, sold)
    assert (after.quote / after.base) / (pool.quote / pool.base) == pytest.approx(1 - fall, rel=1e-12)
    discount = 1 - pool.quote_exact_input(True, sold) / sold / 2_000
    assert discount == pytest.approx(1 - sqrt(1 - fall), rel=1e-12)
    wanted = Fraction(round((1 - fall) * 1_000), 1_000) * 2_000
    assert pool.input_to_price(True, wanted.numerator, wanted.denominator) == pytest.approx(sold, rel=1e-12)
