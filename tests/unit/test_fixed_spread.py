from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from simulator.mechanisms.liquidations.fixed_spread import FixedSpread
from simulator.mechanisms.liquidations.spread_terms import keeps_enough, terms
from simulator.position_book import PositionBook
from simulator.terms import Terms
from tests.unit.stand_ins import ETHER, RULES, USDC, book

WETH, DEBT = 0, 1  # columns of the book
NO_DUST = {"minimum_position": Decimal(0), "minimum_left": Decimal(0), "protocol_share": Decimal(0)}


def rules(**changes: Decimal) -> FixedSpread:
    return RULES.model_copy(update=changes)


def asked(positions: PositionBook, chosen: FixedSpread = RULES) -> Terms:
    return terms(positions, 0, DEBT, WETH, chosen)


def after(positions: PositionBook, found: Terms) -> PositionBook:
    """The book once `found` was executed, at the prices of before."""
    (held, _), (_, owed) = positions.supply_shares[0], positions.borrow_shares[0]
    taken = found.collateral + found.protocol_collateral
    made = PositionBook(positions.accounts, positions.assets)
    made.states = positions.states
    made.set_shares(positions.accounts[0], (held - taken * 10**6, 0), (0, owed - found.maximum_debt * 10**6))
    return made


def health(positions: PositionBook) -> float:
    return positions.position(0).health_factor / 1e18


@pytest.mark.parametrize(
    ("held", "owed", "repaid", "taken"),
    [
        # ten WETH at $2000, threshold 82.5 %: eligible above a debt of $16,500
        (10 * ETHER, 16_500 * USDC, 0, 0),
        (10 * ETHER, 17_000 * USDC, 8_500 * USDC, 4_462_500_000_000_000_000),  # health 0.97: half
        (10 * ETHER, 17_500 * USDC, 17_500 * USDC, 9_187_500_000_000_000_000),  # health 0.943: all
        (ETHER, 1_700 * USDC, 1_700 * USDC, 892_500_000_000_000_000),  # under $2,000: all
        (10 * ETHER, 21_000 * USDC, 19_047_619_048, 10 * ETHER),  # collateral runs out first
        (2 * ETHER, 3_500 * USDC, 3_500 * USDC, 1_837_500_000_000_000_000),
        (13 * ETHER // 10, 2_200 * USDC, 1_100 * USDC, 577_500_000_000_000_000),  # leaves $1,100 and $1,445
        (12 * ETHER // 10, 2_010 * USDC, 1_005 * USDC, 527_625_000_000_000_000),
        (0, 1_000 * USDC, 0, 0),
        (10 * ETHER, 0, 0, 0),
    ],
)
def test_terms_follow_the_close_factor_and_the_dust_rules(held: int, owed: int, repaid: int, taken: int) -> None:
    found = asked(book((held, owed)))
    assert (found.eligible, found.maximum_debt) == (repaid > 0, repaid)
    assert found.collateral + found.protocol_collateral == taken


def test_a_partial_repayment_is_lowered_until_both_sides_keep_their_minimum() -> None:
    found = asked(book((12 * ETHER // 10, 2_010 * USDC)), rules(close_factor=Decimal("0.9")))
    left = book((12 * ETHER // 10, 2_010 * USDC))
    rest = after(left, found)
    assert rest.position(0).debt_value >= 1_000 * 10**18
    assert rest.position(0).collateral_value >= 1_000 * 10**18
    assert found.maximum_debt == 1_010 * USDC


def test_the_protocol_s_share_comes_out_of_the_bonus() -> None:
    found = asked(book((10 * ETHER, 17_000 * USDC)))
    bonus = 4_462_500_000_000_000_000 - 4_250_000_000_000_000_000
    assert found.protocol_collateral == bonus // 10


def test_without_a_fresh_price_nobody_is_eligible() -> None:
    positions = book((10 * ETHER, 17_000 * USDC))
    positions.states = (positions.states[0]._replace(priced=False), positions.states[1])
    assert asked(positions) == (False, 0, 0, 0, 0)


def test_a_token_that_is_no_collateral_is_not_seized() -> None:
    found = asked(book((10 * ETHER, 17_000 * USDC), threshold="0"))
    assert found == (False, 0, 0, 0, 0)


# Algebra


@given(ltv=st.floats(0.80, 0.93), threshold=st.floats(0.6, 0.9), bonus=st.floats(0.0, 0.08), target=st.floats(1.0, 1.2))
def test_the_repayment_to_a_health_is_the_one_of_the_algebra(
    ltv: float, threshold: float, bonus: float, target: float
) -> None:
    assume(threshold * (1 + bonus) < 0.97)
    collateral, debt = 2_000_000.0, 2_000_000.0 * ltv
    positions = book(
        (1_000 * ETHER, round(debt * USDC)), threshold=f"{round(threshold, 6)}", bonus=f"{round(bonus, 6)}"
    )
    threshold, bonus = round(threshold, 6), round(bonus, 6)
    assume(health(positions) < 0.999)
    repay = (target * debt - threshold * collateral) / (target - threshold * (1 + bonus))
    assume(0 < repay < debt * 0.99 and repay * (1 + bonus) < collateral * 0.99)
    chosen = rules(close_factor=Decimal(repay) / Decimal(debt), full_close_health_factor=Decimal(0), **NO_DUST)
    found = asked(positions, chosen)
    assert found.maximum_debt == pytest.approx(repay * USDC, rel=1e-6)
    assert health(after(positions, found)) == pytest.approx(target, rel=1e-5)


@given(ltv=st.integers(810, 1_050), bonus=st.integers(0, 120))
def test_a_liquidation_raises_health_exactly_when_collateral_exceeds_debt_and_bonus(ltv: int, bonus: int) -> None:
    positions = book((1_000 * ETHER, 2_000 * ltv * USDC), threshold="0.8", bonus=f"{bonus / 1_000}")
    chosen = rules(close_factor=Decimal("0.1"), full_close_health_factor=Decimal(0), **NO_DUST)
    before, now = health(positions), health(after(positions, asked(positions, chosen)))
    sign = 1_000_000 - ltv * (1_000 + bonus)  # C/D − (1 + b)
    if abs(sign) > 100:
        assert (now > before) == (sign > 0)
        assert positions.toxic()[0] == (sign < 0)


@pytest.mark.parametrize(
    ("threshold", "bonus", "health_now"),
    [(0.825, 0.05, 1.0), (0.825, 0.05, 1.3), (0.80, 0.10, 2.0), (0.78, 0.045, 1.05), (0.96, 0.10, 1.2)],
)
def test_the_first_loss_comes_after_the_fall_of_the_algebra(threshold: float, bonus: float, health_now: float) -> None:
    first = max(1 - 1 / health_now, 1 - (1 + bonus) * threshold / health_now)

    def uncovered(fall: float) -> bool:
        """Whether a liquidation of all that may be liquidated leaves debt without collateral."""
        debt = round(2_000_000 * threshold / health_now * USDC)
        positions = book((1_000 * ETHER, debt), threshold=f"{threshold}", bonus=f"{bonus}")
        fallen = int(2_000 * (1 - fall) * 10**18)
        positions.states = (positions.states[0]._replace(price=fallen), positions.states[1])
        found = asked(positions, rules(close_factor=Decimal(1), **NO_DUST))
        return found.eligible and found.maximum_debt < debt

    assert not uncovered(first - 1e-6)
    assert uncovered(first + 1e-6)
    assert not uncovered(0)


@given(
    held=st.integers(1, 100 * ETHER), owed=st.integers(1, 200_000 * USDC), close=st.sampled_from(["0.1", "0.5", "1"])
)
def test_terms_never_ask_for_more_than_there_is(held: int, owed: int, close: str) -> None:
    found = asked(book((held, owed)), rules(close_factor=Decimal(close)))
    assert found.eligible == (found.maximum_debt > 0)
    assert found.maximum_debt <= owed
    assert found.collateral + found.protocol_collateral <= held
    assert not found.eligible or found.health_factor < 10**18


@given(amount=st.integers(0, 17_000 * USDC))
def test_a_partial_amount_is_only_ever_lowered_and_keeps_the_minimum_with_some_to_spare(amount: int) -> None:
    kept = keeps_enough(book((10 * ETHER, 17_000 * USDC)), 0, DEBT, WETH, amount, RULES)
    assert kept == min(amount, 17_000 * USDC - 1_001 * USDC)
    tight = keeps_enough(book((ETHER, 2_500 * USDC)), 0, DEBT, WETH, amount, RULES)
    assert tight <= amount
    assert 2_000 - tight / USDC * 1.05 >= 1_001
