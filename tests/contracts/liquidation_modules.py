"""What the tests of liquidation modules share: a module of one's own in the place of the fixed spread."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.transaction import Account
from tests.contracts.world import AAVE_RULES, MAX, Deployed, World


def install(world: World, patch: pytest.MonkeyPatch, kind: str, *arguments: Any) -> Deployed:
    """Deploy a spread liquidation as the pool's module; `world.liquidate` and `world.terms` then mean it."""
    module = world.deploy(kind, world.owner.address, world.pool.address, AAVE_RULES, *arguments)
    world.pool.send(world.owner, "setLiquidationModule", module.address)
    for token in world.tokens.values():
        token.send(world.accounts["liquidator"], "approve", module.address, MAX)
    patch.setattr(world, "module", module)
    return module


def owed(world: World, borrower: Account, symbol: str = "USDC") -> int:
    debt: int = world.pool.read("borrowBalance", world.tokens[symbol].address, borrower.address)
    return debt


def held(world: World, borrower: Account, symbol: str = "WETH") -> int:
    collateral: int = world.pool.read("supplyBalance", world.tokens[symbol].address, borrower.address)
    return collateral
