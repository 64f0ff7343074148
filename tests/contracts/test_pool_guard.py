from __future__ import annotations

import pytest

from simulator.contracts import decode_log
from simulator.transaction import Account, Receipt
from tests.contracts.test_pool_seize import seizure
from tests.contracts.world import MAX, WAD, ZERO, Deployed, World, events, reverts

RATES = (5 * WAD // 100, 8 * WAD // 10, 20 * WAD // 100, 75 * WAD // 100)
FREE_RULES = (WAD, WAD, 0, 0, 0)


@pytest.fixture
def guard(indebted: World) -> Deployed:
    guard = indebted.deploy("ScriptedGuard", indebted.pool.address)
    indebted.pool.send(indebted.owner, "setGuard", guard.address)
    return guard


def names(receipt: Receipt) -> list[str]:
    return [event.name for log in receipt.logs if (event := decode_log(log)) is not None]


def most(world: World) -> int:
    seizable: int = world.pool.read("seizable", world.usdc.address, world.weth.address)
    return seizable


def test_a_guard_is_set_shown_and_removed(world: World) -> None:
    guard = world.deploy("ScriptedGuard", world.pool.address)
    assert world.pool.read("guard") == ZERO
    for address in (guard.address, ZERO):
        receipt = world.pool.send(world.owner, "setGuard", address)
        assert events(receipt, "GuardSet")[0].arguments == {"guard": address}
        assert world.pool.read("guard") == address


def test_only_the_owner_sets_the_guard(world: World, attacker: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        world.pool.send(attacker, "setGuard", attacker.address)


def test_without_a_guard_everything_is_seizable(world: World) -> None:
    assert most(world) == MAX


def test_the_guard_says_what_is_seizable(indebted: World, guard: Deployed) -> None:
    guard.send(indebted.owner, "direct", False, 123)
    assert most(indebted) == 123


def test_a_refused_loan_is_not_made(indebted: World, guard: Deployed, borrower: Account) -> None:
    guard.send(indebted.owner, "direct", True, MAX)
    with reverts("Refused"):
        indebted.borrow("USDC", borrower, 1)
    indebted.pool.send(indebted.owner, "setGuard", ZERO)
    indebted.borrow("USDC", borrower, 1)


def test_a_refused_seizure_is_not_made(
    indebted: World, guard: Deployed, liquidator: Account, borrower: Account
) -> None:
    indebted.pool.send(indebted.owner, "setLiquidationModule", liquidator.address)
    indebted.give("USDC", liquidator, 2)
    order = seizure(indebted, borrower, 1, 1, 0, liquidator)
    guard.send(indebted.owner, "direct", True, MAX)
    with reverts("Refused"):
        indebted.pool.send(liquidator, "seize", order)
    guard.send(indebted.owner, "direct", False, MAX)
    indebted.pool.send(liquidator, "seize", order)


def test_the_guard_is_asked_after_interest_and_before_the_loan(
    indebted: World, guard: Deployed, borrower: Account
) -> None:
    indebted.set_rates("USDC", *RATES)
    indebted.warp(10_000)
    receipt = indebted.borrow("USDC", borrower, 10**6)
    assert names(receipt)[:3] == ["Accrued", "BorrowSeen", "Borrowed"]
    (seen,) = events(receipt, "BorrowSeen")
    owed = seen.arguments.pop("owed")
    assert seen.arguments == {"asset": indebted.usdc.address, "account": borrower.address, "assets": 10**6}
    assert owed > 14_000 * 10**6
    indebted.set_rates("USDC", 0, WAD // 2, 0, 0)  # stands still from here, a second later
    assert indebted.pool.read("borrowBalance", indebted.usdc.address, borrower.address) >= owed + 10**6


def test_the_guard_is_asked_after_interest_and_before_the_seizure(
    indebted: World, guard: Deployed, liquidator: Account, borrower: Account
) -> None:
    for symbol in ("USDC", "WETH"):
        indebted.set_rates(symbol, *RATES)
    indebted.borrow("WETH", borrower, 10**15)
    indebted.pool.send(indebted.owner, "setLiquidationModule", liquidator.address)
    indebted.give("USDC", liquidator, 10**9)
    indebted.warp(10_000)
    order = seizure(indebted, borrower, 10**6, 10**15, 10**12, liquidator)
    receipt = indebted.pool.send(liquidator, "seize", order)
    assert names(receipt)[:4] == ["Accrued", "Accrued", "SeizureSeen", "Seized"]
    assert guard.read("lastSeizure") == order
    assert events(receipt, "SeizureSeen")[0].arguments["owed"] > 14_000 * 10**6


def test_the_module_offers_no_more_than_the_guard_lets_go(indebted: World, guard: Deployed, borrower: Account) -> None:
    indebted.module.send(indebted.owner, "setRules", FREE_RULES)
    indebted.set_price("WETH", 1_700)
    guard.send(indebted.owner, "direct", False, 1_234_567)
    assert indebted.terms(borrower, "USDC", "WETH")[2] == 1_234_567
    receipt = indebted.liquidate(borrower, "USDC", "WETH", MAX)
    assert events(receipt, "Liquidated")[0].arguments["debtAssets"] == 1_234_567


def test_where_the_guard_lets_nothing_go_nobody_is_eligible(
    indebted: World, guard: Deployed, borrower: Account
) -> None:
    indebted.set_price("WETH", 1_700)
    guard.send(indebted.owner, "direct", False, 0)
    assert indebted.terms(borrower, "USDC", "WETH")[0] is False
    with reverts("NothingSeizable", indebted.usdc.address, indebted.weth.address):
        indebted.liquidate(borrower, "USDC", "WETH", MAX)


def test_what_lowers_debt_or_risk_is_not_asked(
    indebted: World, guard: Deployed, borrower: Account, passer_by: Account
) -> None:
    guard.send(indebted.owner, "direct", True, 0)
    indebted.give("USDC", passer_by, 10**9)
    indebted.pool.send(passer_by, "repay", indebted.usdc.address, 10**9, borrower.address)
    indebted.supply("WETH", borrower, 10**18)
    indebted.pool.send(borrower, "withdraw", indebted.weth.address, 10**18, borrower.address)
