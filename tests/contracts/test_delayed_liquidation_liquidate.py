from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from simulator.transaction import Account
from tests.contracts.delays import (
    DELAY,
    EXPIRY,
    GRACE,
    INTERVAL,
    LARGE,
    SLICE,
    at,
    delayed,
    liquidate_at,
    mark,
    mark_of,
)
from tests.contracts.liquidation_modules import owed
from tests.contracts.world import MAX, WAD, Reverted, World, ceil_div, events, reverts

DEBT = 14_000 * 10**6
REFUSALS = "NothingSeizable|NoDebt|NoCollateral|NotLiquidatable"  # as a pattern
SETTINGS = settings(
    max_examples=25,
    deadline=None,
    phases=[Phase.generate],  # not shrunk: an example costs a third of a second
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture
def market(indebted: World, monkeypatch: pytest.MonkeyPatch) -> World:
    return delayed(indebted, monkeypatch)


@pytest.fixture
def marked(market: World, borrower: Account) -> tuple[World, int]:
    """The account is marked at a health of 0.971; also says when."""
    market.set_price("WETH", 1_700)
    return market, mark(market, borrower)


def test_a_large_account_that_is_not_marked_cannot_be_liquidated(market: World, borrower: Account) -> None:
    market.set_price("WETH", 1_700)
    assert market.terms(borrower, "USDC", "WETH") == (False, market.health(borrower), 0, 0, 0)
    with reverts("NothingSeizable", market.usdc.address, market.weth.address):
        market.liquidate(borrower, "USDC", "WETH", MAX)


def test_a_small_account_is_liquidated_at_once_as_with_a_fixed_spread(market: World, borrower: Account) -> None:
    market.module.send(market.owner, "setDelay", (14_000 * WAD + 1, *DELAY[1:]))
    market.set_price("WETH", 1_700)
    market.liquidate(borrower, "USDC", "WETH", MAX)
    assert owed(market, borrower) == DEBT // 2
    assert mark_of(market, borrower) == (0, 0, 0, 0)


def test_the_grace_ends_at_its_last_second(marked: tuple[World, int], borrower: Account) -> None:
    market, marked_at = marked
    with reverts("NothingSeizable"):
        liquidate_at(market, marked_at + GRACE - 1, borrower)
    liquidate_at(market, marked_at + GRACE, borrower)
    assert owed(market, borrower) == DEBT - SLICE


def test_an_interval_lets_one_slice_of_the_debt_at_marking_go(marked: tuple[World, int], borrower: Account) -> None:
    market, marked_at = marked
    market.set_price("WETH", 1_600)
    begin = marked_at + GRACE
    liquidate_at(market, begin, borrower, 10**9)
    liquidate_at(market, begin + 1, borrower, MAX)
    assert owed(market, borrower) == DEBT - SLICE
    assert mark_of(market, borrower) == (marked_at, 14_000 * WAD, GRACE // INTERVAL, 2_800 * WAD)
    with reverts("NothingSeizable"):
        liquidate_at(market, begin + INTERVAL - 1, borrower, 1)
    liquidate_at(market, begin + INTERVAL, borrower, 10**9)
    liquidate_at(market, begin + INTERVAL + 1, borrower, MAX)
    assert owed(market, borrower) == DEBT - 2 * SLICE  # of what was owed at marking, not of what is left


def test_what_an_interval_leaves_is_lost(marked: tuple[World, int], borrower: Account) -> None:
    market, marked_at = marked
    liquidate_at(market, marked_at + GRACE, borrower, 1)
    liquidate_at(market, marked_at + GRACE + 3 * INTERVAL, borrower)
    assert owed(market, borrower) == DEBT - 1 - SLICE


def test_the_mark_ends_with_its_expiry(marked: tuple[World, int], borrower: Account) -> None:
    market, marked_at = marked
    with market.chain.anchor():
        liquidate_at(market, marked_at + EXPIRY - 1, borrower)
    with reverts("NothingSeizable"):
        liquidate_at(market, marked_at + EXPIRY, borrower)


def test_below_the_large_value_the_rest_goes_at_once(marked: tuple[World, int], borrower: Account) -> None:
    market, marked_at = marked
    market.set_price("WETH", 1_576)
    liquidate_at(market, marked_at + GRACE, borrower)
    liquidate_at(market, marked_at + GRACE + INTERVAL, borrower)
    assert owed(market, borrower) == DEBT - 2 * SLICE < LARGE // 10**12
    assert 90 * WAD // 100 < market.health(borrower) < 95 * WAD // 100  # all of it may be repaid
    liquidate_at(market, marked_at + GRACE + INTERVAL + 1, borrower)
    assert owed(market, borrower) == 0


def test_a_health_of_exactly_the_emergency_waits_and_below_it_a_marked_account_does_not(
    marked: tuple[World, int], borrower: Account
) -> None:
    market, marked_at = marked
    market.set_price("WETH", 1_575)
    assert market.health(borrower) == 90 * WAD // 100
    with reverts("NothingSeizable"):
        liquidate_at(market, marked_at + 100, borrower)
    market.set_price("WETH", 1_574)
    liquidate_at(market, marked_at + 200, borrower)
    assert owed(market, borrower) == DEBT - SLICE
    with reverts("NothingSeizable"):  # the slices remain
        liquidate_at(market, marked_at + 201, borrower, 1)


def test_in_an_emergency_a_liquidation_makes_the_mark_itself(
    market: World, borrower: Account, liquidator: Account
) -> None:
    market.set_price("WETH", 1_480)
    begin = market.chain.head.timestamp + 10
    receipt = liquidate_at(market, begin, borrower, 10**9)
    marked = events(receipt, "Marked")[0].arguments
    assert (marked["caller"], marked["debtValue"]) == (liquidator.address, 14_000 * WAD)
    assert mark_of(market, borrower) == (begin, 14_000 * WAD, 0, 1_000 * WAD)
    assert market.terms(borrower, "USDC", "WETH")[2] == SLICE - 10**9
    market.set_price("WETH", 1_600)
    assert market.terms(borrower, "USDC", "WETH")[2] == 0  # no emergency: what is left of the grace is given
    liquidate_at(market, begin + GRACE, borrower)


def test_in_an_emergency_an_expired_mark_is_replaced(marked: tuple[World, int], borrower: Account) -> None:
    market, marked_at = marked
    market.set_price("WETH", 1_500)
    liquidate_at(market, marked_at + EXPIRY, borrower)
    assert mark_of(market, borrower) == (marked_at + EXPIRY, 14_000 * WAD, 0, 2_800 * WAD)


def test_the_budget_is_a_value_shared_by_all_debts_and_rounded_up(
    lent: World, borrower: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    market = delayed(lent, monkeypatch)
    market.supply("WETH", borrower, 20 * 10**18)
    market.borrow("USDC", borrower, 14_000 * 10**6)
    market.borrow("WBTC", borrower, 5 * 10**7)  # $15,000
    market.set_price("WETH", 1_750)
    marked_at = mark(market, borrower)
    market.set_price("WBTC", 31_234)  # one unit is $0.00031234
    begin = marked_at + GRACE
    liquidate_at(market, begin, borrower, 123_457, debt="WBTC")
    spent = 123_457 * 31_234 * WAD // 10**8
    assert mark_of(market, borrower)[1:] == (29_000 * WAD, GRACE // INTERVAL, spent)
    liquidate_at(market, begin + 1, borrower, MAX)
    left = (5_800 * WAD - spent) // 10**12
    assert owed(market, borrower) == DEBT - left
    assert mark_of(market, borrower)[3] == spent + left * 10**12
    market.set_price("USDC", 1)
    terms = market.terms(borrower, "WBTC", "WETH")
    assert terms[2] == 0  # not one unit more


def test_new_parameters_hold_for_old_marks(marked: tuple[World, int], borrower: Account) -> None:
    market, marked_at = marked
    market.module.send(market.owner, "setDelay", (LARGE, 100, 50 * WAD // 100, INTERVAL, EXPIRY, 0))
    liquidate_at(market, marked_at + 100, borrower)
    assert owed(market, borrower) == DEBT // 2


@settings(
    max_examples=25, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    usdc=st.integers(8_500 * 10**6, 18_000 * 10**6),
    btc=st.just(0) | st.integers(1, 3 * 10**7),
    price=st.integers(300, 900),
    moments=st.lists(
        st.sampled_from([1, GRACE - 1, EXPIRY]) | st.sampled_from([GRACE, GRACE + 1, GRACE + INTERVAL, EXPIRY - 1]),
        min_size=2,
        max_size=4,
        unique=True,
    ),
    marks=st.sampled_from([True, True, False]),
    debt=st.sampled_from(["USDC", "USDC", "USDC", "WBTC"]),
    seized=st.sampled_from(["WETH", "WETH", "USDC"]),
)
def test_what_it_reports_is_what_it_accepts_in_the_same_second(
    market: World,
    passer_by: Account,
    usdc: int,
    btc: int,
    price: int,
    moments: list[int],
    marks: bool,
    debt: str,
    seized: str,
) -> None:
    with market.chain.anchor():
        market.supply("WETH", passer_by, 20 * 10**18)
        market.supply("USDC", passer_by, 1_500 * 10**6)
        market.borrow("USDC", passer_by, usdc)
        if btc:
            market.borrow("WBTC", passer_by, btc)
        market.set_price("WETH", price)
        begin = market.chain.head.timestamp + 1
        if marks and market.pool.read("position", passer_by.address)[3] >= LARGE and market.health(passer_by) < WAD:
            at(market, begin, passer_by, "mark", passer_by.address)
        addresses = (market.tokens[debt].address, market.tokens[seized].address)
        for moment in sorted(moments):
            with market.chain.anchor():
                market.warp(begin + moment - market.chain.head.timestamp)
                eligible, health, most, expected, protocol = market.terms(passer_by, debt, seized)
            event(f"eligible: {eligible}, large: {market.pool.read('position', passer_by.address)[3] >= LARGE}")
            assert eligible == (most > 0)
            order = (passer_by.address, *addresses, MAX, expected)
            if eligible:
                liquidator = market.accounts["liquidator"]
                done = events(at(market, begin + moment, liquidator, "liquidate", *order), "Liquidated")[0].arguments
                found = (done["debtAssets"], done["collateralAssets"], done["protocolAssets"], done["healthFactor"])
                assert found == (most, expected, protocol, health)
            else:
                with pytest.raises(Reverted, match=REFUSALS):
                    at(market, begin + moment, market.accounts["liquidator"], "liquidate", *order)


def test_debt_of_many_small_pieces_can_still_be_closed(market: World, borrower: Account) -> None:
    """The least large position at the least slice: a debt below the minimum position goes in one interval."""
    market.give("USDC", borrower, DEBT)
    market.pool.send(borrower, "repay", market.usdc.address, DEBT - 1_999 * 10**6, borrower.address)
    market.borrow("WBTC", borrower, ceil_div(8_001 * 10**8, 30_000))
    market.set_price("WETH", 1_200)
    marked_at = mark(market, borrower)
    liquidate_at(market, marked_at + GRACE, borrower)
    assert owed(market, borrower) == 0
