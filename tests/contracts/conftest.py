from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.transaction import Account
from tests.contracts.world import World


@pytest.fixture(scope="session")
def built() -> World:
    return World()


@pytest.fixture
def world(built: World) -> Iterator[World]:
    with built.chain.anchor():
        yield built


@pytest.fixture
def owner(world: World) -> Account:
    return world.owner


@pytest.fixture
def supplier(world: World) -> Account:
    return world.accounts["supplier"]


@pytest.fixture
def borrower(world: World) -> Account:
    return world.accounts["borrower"]


@pytest.fixture
def liquidator(world: World) -> Account:
    return world.accounts["liquidator"]


@pytest.fixture
def attacker(world: World) -> Account:
    return world.accounts["attacker"]


@pytest.fixture
def passer_by(world: World) -> Account:
    return world.accounts["passer_by"]


@pytest.fixture
def lent(world: World, supplier: Account) -> World:
    """Somebody has supplied 1,000,000 USDC, 1,000 WETH and 100 WBTC."""
    world.supply("USDC", supplier, 1_000_000 * 10**6)
    world.supply("WETH", supplier, 1_000 * 10**18)
    world.supply("WBTC", supplier, 100 * 10**8)
    return world


@pytest.fixture
def indebted(lent: World, borrower: Account) -> World:
    """The borrower holds 10 WETH ($20,000) and owes 14,000 USDC; liquidatable below $1,750."""
    lent.supply("WETH", borrower, 10 * 10**18)
    lent.borrow("USDC", borrower, 14_000 * 10**6)
    return lent
