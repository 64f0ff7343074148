from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.delays import EXPIRY, LARGE, at, delayed, mark, mark_of
from tests.contracts.world import WAD, World, events, reverts

NONE = (0, 0, 0, 0)


@pytest.fixture
def market(indebted: World, monkeypatch: pytest.MonkeyPatch) -> World:
    return delayed(indebted, monkeypatch)


def test_anybody_marks_an_account_below_one(market: World, borrower: Account, passer_by: Account) -> None:
    market.set_price("WETH", 1_700)
    receipt = market.module.send(passer_by, "mark", borrower.address)
    assert mark_of(market, borrower) == (market.chain.head.timestamp, 14_000 * WAD, 0, 0)
    assert events(receipt, "Marked")[0].arguments == {
        "borrower": borrower.address,
        "caller": passer_by.address,
        "debtValue": 14_000 * WAD,
        "healthFactor": market.health(borrower),
    }


def test_marking_a_healthy_account_reverts(market: World, borrower: Account, supplier: Account) -> None:
    market.set_price("WETH", 1_750)
    with reverts("NotLiquidatable", borrower.address, WAD):
        mark(market, borrower)
    with reverts("NotLiquidatable", supplier.address, 2**256 - 1):
        mark(market, supplier)
    assert mark_of(market, borrower) == NONE


def test_a_position_of_exactly_the_large_value_is_marked_and_a_smaller_one_reverts(
    market: World, borrower: Account
) -> None:
    market.give("USDC", borrower, 4_000 * 10**6)
    market.pool.send(borrower, "repay", market.usdc.address, 4_000 * 10**6, borrower.address)
    market.set_price("WETH", 1_200)
    with market.chain.anchor():
        mark(market, borrower)
    market.give("USDC", borrower, 1)
    market.pool.send(borrower, "repay", market.usdc.address, 1, borrower.address)
    with reverts("NotLarge", borrower.address, LARGE - 10**12, LARGE):
        mark(market, borrower)


def test_a_mark_cannot_be_renewed_before_it_expires(market: World, borrower: Account) -> None:
    market.set_price("WETH", 1_700)
    marked_at = mark(market, borrower)
    with reverts("AlreadyMarked", borrower.address, marked_at + EXPIRY):
        at(market, marked_at + EXPIRY - 1, borrower, "mark", borrower.address)


def test_an_expired_mark_is_renewed(market: World, borrower: Account) -> None:
    market.set_price("WETH", 1_700)
    marked_at = mark(market, borrower)
    at(market, marked_at + EXPIRY, borrower, "mark", borrower.address)
    assert mark_of(market, borrower) == (marked_at + EXPIRY, 14_000 * WAD, 0, 0)


def test_a_stale_price_stops_marking(market: World, borrower: Account) -> None:
    market.set_price("WETH", 1_700)
    market.warp(10**6)
    with reverts("StalePrice"):
        mark(market, borrower)
