from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from simulator.adapters import LendingProtocol
from simulator.eligibility import Eligibility, Unliquidated
from simulator.position_book import PositionBook
from tests.unit.stand_ins import ETHER, USDC, book, state

ASSETS = ("WETH", "USDC")


class Lender:
    """A protocol of which eligibility reads the book only; half of a debt may be closed."""

    def __init__(self, positions: PositionBook) -> None:
        self.book = positions

    def closable(self, health: NDArray[np.float64], debts: NDArray[np.float64]) -> NDArray[np.float64]:
        return debts / 2

    def set_price(self, weth: int) -> None:
        self.book.states = (state("WETH", weth), self.book.states[1])


@pytest.fixture
def lender() -> Lender:
    """Ten WETH at $2000 against $15,000 and $8,000: eligible under $1818 and $970."""
    return Lender(book((10 * ETHER, 15_000 * USDC), (10 * ETHER, 8_000 * USDC)))


def watched(lender: Lender, control: list[float] | None = None, block_time: int = 12) -> Eligibility:
    prices = np.array([[weth, 1.0] for weth in control or [2_000.0]])
    return Eligibility({"main": cast(LendingProtocol, lender)}, prices, ASSETS, block_time)


def test_an_account_is_eligible_from_the_block_in_which_it_fell(lender: Lender) -> None:
    episodes = watched(lender)
    lender.set_price(1_800)
    episodes.update(3)
    episodes.update(4)
    assert episodes.since("main", "0xowner0") == 3
    assert episodes.since("main", "0xowner1") is None
    assert episodes.count() == 1


def test_an_account_that_recovers_unliquidated_is_noted_with_what_could_be_closed(lender: Lender) -> None:
    episodes = watched(lender)
    lender.set_price(1_800)
    episodes.update(3)
    lender.set_price(1_900)
    episodes.update(9)
    assert episodes.unliquidated == [Unliquidated("main", "0xowner0", 3, 9, 7_500.0)]
    assert episodes.since("main", "0xowner0") is None
    lender.set_price(1_800)
    episodes.update(11)
    assert episodes.since("main", "0xowner0") == 11


def test_an_account_that_was_liquidated_is_not_noted(lender: Lender) -> None:
    episodes = watched(lender)
    lender.set_price(1_800)
    episodes.update(3)
    episodes.remember([("main", "0xowner0")])
    lender.book.set_shares("0xowner0", (5 * ETHER * 10**6, 0), (0, 5_000 * USDC * 10**6))
    episodes.update(4)
    assert episodes.unliquidated == []
    assert episodes.count() == 0


def test_what_is_eligible_at_the_end_is_noted(lender: Lender) -> None:
    episodes = watched(lender)
    lender.set_price(900)
    episodes.update(5)
    episodes.finish(7)
    assert [(one.account, one.since, one.until) for one in episodes.unliquidated] == [
        ("0xowner0", 5, 7),
        ("0xowner1", 5, 7),
    ]


@pytest.mark.parametrize(
    ("control", "step", "induced"),
    [
        ([2_000, 1_900, 1_850], 2, True),  # nobody trading, it would have stayed at a health above one
        ([2_000, 1_800, 1_850], 2, False),  # the fall outside had reached it, though it recovered
        ([2_000, 1_850, 1_800], 1, True),  # what comes later does not count
        ([2_000, 1_850, 1_800], 2, False),
    ],
)
def test_a_liquidation_is_induced_when_the_fall_outside_alone_would_not_have_done_it(
    lender: Lender, control: list[float], step: int, induced: bool
) -> None:
    episodes = watched(lender, control)
    episodes.remember([("main", "0xowner0")])
    lender.book.set_shares("0xowner0", (0, 0), (0, 0))  # judged as it was before the block
    assert episodes.induced("main", "0xowner0", step) is induced


def test_columns_tell_eligible_waiting_late_and_toxic_debt(lender: Lender) -> None:
    episodes = watched(lender, block_time=300)  # late after two blocks
    lender.set_price(1_800)
    episodes.update(3)
    columns = [episodes.columns(step) for step in (3, 4, 5, 6)]
    assert [row["eligible_accounts"] for row in columns] == [1, 1, 1, 1]
    assert [row["waiting_accounts"] for row in columns] == [0, 1, 1, 1]
    assert [row["late_accounts"] for row in columns] == [0, 0, 0, 1]
    assert columns[3]["late_debt_usd"] == pytest.approx(15_000)
    assert columns[3]["toxic_accounts"] == 0
    lender.set_price(1_500)  # debt of $15,000 against $15,000
    assert episodes.columns(6)["toxic_debt_usd"] == pytest.approx(15_000)


def test_the_shortfall_is_what_debts_exceed_their_collateral_by(lender: Lender) -> None:
    episodes = watched(lender)
    assert episodes.shortfall() == 0
    lender.set_price(1_000)
    assert episodes.shortfall() == pytest.approx(5_000)
    lender.set_price(700)
    assert episodes.shortfall() == pytest.approx(8_000 + 1_000)
