from __future__ import annotations

from fractions import Fraction

import pytest

from tests.contracts.stability import Stability
from tests.contracts.world import MAX, World, events, reverts

USD, ETH = 10**6, 10**18


@pytest.fixture
def pool(world: World) -> Stability:
    return Stability(world)


def test_a_deposit_moves_tokens_and_is_told(pool: Stability) -> None:
    receipt = pool.deposit("A", 100 * USD)
    pool.deposit("B", 7)
    assert pool.compounded("A") == 100 * USD == pool.world.balance("USDC", pool.module) - 7
    assert pool.module.read("totalDeposits") == 100 * USD + 7
    (told,) = events(receipt, "Deposited")
    assert told.arguments == {
        "account": pool.who("A").address,
        "assets": 100 * USD,
        "totalDeposits": 100 * USD,
    }


def test_a_second_deposit_adds_to_what_the_first_has_become(pool: Stability) -> None:
    pool.deposit("A", 100 * USD)
    pool.offset(50 * USD, 55 * ETH // 10, Fraction(21, 2))
    pool.deposit("A", 30 * USD)
    assert pool.holdings("A") == (80 * USD, 5 * ETH)


def test_depositing_or_withdrawing_nothing_reverts(pool: Stability) -> None:
    with reverts("ZeroAmount"):
        pool.deposit("A", 0)
    with reverts("ZeroAmount"):
        pool.withdraw("A", 0)


def test_a_withdrawal_is_capped_at_the_deposit(pool: Stability) -> None:
    pool.deposit("A", 100 * USD)
    pool.deposit("B", 100 * USD)
    assert pool.withdraw("A", 99 * USD) == 99 * USD
    assert pool.withdraw("A", USD + 1) == USD
    assert pool.withdraw("A", 1) == pool.withdraw("C") == 0
    assert pool.world.balance("USDC", pool.who("A")) == 100 * USD
    assert pool.compounded("B") == 100 * USD == pool.module.read("totalDeposits")


def test_a_withdrawal_leaves_gains_where_they_are(pool: Stability) -> None:
    pool.deposit("A", 100 * USD)
    pool.offset(50 * USD, 55 * ETH // 10, Fraction(21, 2))
    assert pool.withdraw("A") == 50 * USD
    assert pool.holdings("A") == (0, 5 * ETH)
    pool.deposit("B", 50 * USD)
    pool.offset(50 * USD, 55 * ETH // 10, Fraction(21, 2))
    assert pool.pending("A") == 5 * ETH


def test_deposits_leave_under_stress(pool: Stability) -> None:
    """An account waits to be liquidated, prices are stale, another module has taken the place: all the same."""
    pool.deposit("A", 100 * USD)
    pool.offset(50 * USD, 55 * ETH // 10, Fraction(21, 2))
    borrower = pool.borrower(90 * USD, 10 * ETH)
    pool.world.set_price("WETH", 1)
    assert pool.liquidatable(borrower)[0] == 50 * USD
    assert pool.withdraw("A", 20 * USD) == 20 * USD
    pool.world.warp(10**6)
    pool.world.pool.send(pool.world.owner, "setLiquidationModule", pool.world.module.address)
    assert (pool.withdraw("A"), pool.claim("A")) == (30 * USD, 5 * ETH)


def test_a_claim_pays_once(pool: Stability) -> None:
    pool.deposit("A", 100 * USD)
    pool.offset(50 * USD, 55 * ETH // 10, Fraction(21, 2))
    pool.offset(10 * USD, 11 * ETH // 10, Fraction(21, 2))
    assert (pool.claim("A"), pool.claim("A")) == (6 * ETH, 0)
    assert pool.world.balance("WETH", pool.who("A")) == 6 * ETH
    assert pool.holdings("A") == (40 * USD, 0)
    assert pool.world.balance("WETH", pool.module) == 0


def test_claiming_one_collateral_settles_the_others(pool: Stability) -> None:
    pool.deposit("A", 40_000 * USD)
    pool.offset(20_000 * USD, 10**8, 26_000, "WBTC")
    pending = pool.pending("A", "WBTC")
    assert pool.claim("A", "WETH") == 0
    pool.offset(20_000 * USD, 10**8, 26_000, "WBTC")  # the epoch ends
    assert pool.claim("A", "WBTC") == 2 * pending


def test_claiming_what_is_no_collateral_here_reverts(pool: Stability) -> None:
    with reverts("UnknownCollateral", pool.world.usdc.address):
        pool.module.send(pool.who("A"), "claim", pool.world.usdc.address)


def test_fractions_of_a_unit_are_not_lost_to_settling(pool: Stability) -> None:
    pool.deposit("A", 1)
    pool.deposit("B", 2)
    pool.offset(1, 10**9, 1_100)  # A holds 2/3 of a unit, B 4/3
    for _ in range(3):
        pool.claim("A")
        pool.claim("B", "WBTC")
    pool.deposit("A", 1)
    pool.deposit("B", 2)
    assert (pool.compounded("A"), pool.compounded("B")) == (1, 3)  # 1.67 and 3.33
    assert (pool.withdraw("A"), pool.withdraw("B")) == (1, 3)
    assert pool.module.read("totalDeposits") == 1  # 0.67 and 0.33


def test_an_account_without_deposit_has_nothing(pool: Stability) -> None:
    pool.deposit("A", 100 * USD)
    pool.offset(50 * USD, 55 * ETH // 10, Fraction(21, 2))
    assert pool.holdings("B") == (0, 0)
    assert pool.module.read("pendingGain", pool.who("A").address, pool.world.usdc.address) == 0
    assert pool.withdraw("B", MAX) == 0
