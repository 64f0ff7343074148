from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.world import MAX, World, events, reverts


@pytest.fixture
def short(indebted: World, borrower: Account) -> tuple[World, int]:
    """A world with a deficit in USDC."""
    indebted.set_price("WETH", 1_000)
    indebted.liquidate(borrower, "USDC", "WETH", MAX)
    return indebted, indebted.state("USDC")[4]


def test_covering_part_lowers_the_deficit(short: tuple[World, int], passer_by: Account) -> None:
    world, deficit = short
    world.give("USDC", passer_by, 1_000)
    receipt = world.pool.send(passer_by, "coverDeficit", world.usdc.address, 1_000)
    assert events(receipt, "DeficitCovered")[0].arguments["assets"] == 1_000
    assert world.state("USDC")[4] == deficit - 1_000


def test_covering_more_than_all_takes_the_deficit_and_every_supplier_can_leave(
    short: tuple[World, int], passer_by: Account, supplier: Account
) -> None:
    world, deficit = short
    with reverts("InsufficientLiquidity"):
        world.pool.send(supplier, "withdraw", world.usdc.address, MAX, supplier.address)
    world.give("USDC", passer_by, deficit + 5)
    world.pool.send(passer_by, "coverDeficit", world.usdc.address, MAX)
    assert world.balance("USDC", passer_by) == 5
    assert world.state("USDC")[4] == 0
    world.pool.send(supplier, "withdraw", world.usdc.address, MAX, supplier.address)
    assert world.balance("USDC", supplier) == 1_000_000 * 10**6


def test_covering_where_there_is_no_deficit_reverts(lent: World, passer_by: Account) -> None:
    with reverts("NoDeficit", lent.usdc.address):
        lent.pool.send(passer_by, "coverDeficit", lent.usdc.address, 1)


def test_covering_nothing_reverts(short: tuple[World, int], passer_by: Account) -> None:
    with reverts("ZeroAmount"):
        short[0].pool.send(passer_by, "coverDeficit", short[0].usdc.address, 0)
