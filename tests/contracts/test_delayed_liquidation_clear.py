from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.delays import EXPIRY, GRACE, delayed, liquidate_at, mark, mark_of
from tests.contracts.world import WAD, World, events, reverts

NONE = (0, 0, 0, 0)


@pytest.fixture
def market(indebted: World, monkeypatch: pytest.MonkeyPatch) -> World:
    return delayed(indebted, monkeypatch)


def test_anybody_clears_a_healthy_account(market: World, borrower: Account, passer_by: Account) -> None:
    market.set_price("WETH", 1_700)
    mark(market, borrower)
    market.set_price("WETH", 1_750)
    receipt = market.module.send(passer_by, "clear", borrower.address)
    assert mark_of(market, borrower) == NONE
    assert events(receipt, "Cleared")[0].arguments == {
        "borrower": borrower.address,
        "caller": passer_by.address,
        "healthFactor": WAD,
    }


def test_clearing_an_unhealthy_account_reverts(market: World, borrower: Account) -> None:
    market.set_price("WETH", 1_700)
    mark(market, borrower)
    with reverts("NotHealthy", borrower.address, market.health(borrower)):
        market.module.send(borrower, "clear", borrower.address)


def test_clearing_what_is_not_marked_reverts(market: World, borrower: Account) -> None:
    with reverts("NotMarked", borrower.address):
        market.module.send(borrower, "clear", borrower.address)


def test_an_expired_mark_can_be_cleared(market: World, borrower: Account) -> None:
    market.set_price("WETH", 1_700)
    mark(market, borrower)
    market.warp(EXPIRY)
    market.set_price("WETH", 1_800)
    market.module.send(borrower, "clear", borrower.address)
    assert mark_of(market, borrower) == NONE


def test_a_borrower_who_tops_up_and_clears_has_a_whole_grace_again(market: World, borrower: Account) -> None:
    market.set_price("WETH", 1_700)
    mark(market, borrower)
    market.supply("WETH", borrower, 10**18)
    market.module.send(borrower, "clear", borrower.address)
    market.set_price("WETH", 1_580)
    marked_at = mark(market, borrower)
    with reverts("NothingSeizable"):
        liquidate_at(market, marked_at + GRACE - 1, borrower)


def test_without_clearing_the_old_mark_holds_and_there_is_no_second_grace(market: World, borrower: Account) -> None:
    market.set_price("WETH", 1_700)
    marked_at = mark(market, borrower)
    market.set_price("WETH", 1_800)
    market.warp(GRACE)
    market.set_price("WETH", 1_700)
    liquidate_at(market, marked_at + GRACE + 100, borrower)
