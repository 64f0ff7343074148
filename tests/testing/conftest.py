from __future__ import annotations

import pytest

from simulator.testing import Contract, World
from simulator.transaction import Account
from tests.testing.markets import borrow


@pytest.fixture
def alice(world: World) -> Account:
    return world.account("alice")


@pytest.fixture
def indebted(world: World, alice: Account) -> Account:
    """Alice holds 10 WETH ($25,000) in the lending pool and owes 17,000 USDC: health 1.21."""
    borrow(world, alice, "10 WETH", "17,000 USDC")
    return alice


@pytest.fixture
def token(world: World, alice: Account) -> Contract:
    """A contract of the test's own project, which is Undertow itself here."""
    return world.deploy("TestToken", "Mine", "MINE", 18, alice, sender=alice)
