"""What the tests of delayed liquidation share: one market, and transactions at exact seconds."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.transaction import Account, Receipt
from tests.contracts.liquidation_modules import install
from tests.contracts.world import MAX, WAD, World

GRACE, INTERVAL, EXPIRY = 3_600, 600, 14_400
LARGE = 10_000 * WAD
DELAY = (LARGE, GRACE, 20 * WAD // 100, INTERVAL, EXPIRY, 90 * WAD // 100)
SLICE = 2_800 * 10**6
"""Of the 14,000 USDC that the borrower owes."""


def delayed(indebted: World, patch: pytest.MonkeyPatch) -> World:
    """The indebted world with the delayed module; the liquidator can pay all."""
    install(indebted, patch, "DelayedLiquidation", DELAY)
    for symbol in ("USDC", "WBTC"):
        indebted.give(symbol, indebted.accounts["liquidator"], 10**12)
    return indebted


def at(world: World, timestamp: int, sender: Account, function: str, *arguments: Any) -> Receipt:
    """Send to the module, in a block of that timestamp."""
    module = world.module
    after = timestamp - world.chain.head.timestamp
    return world.send(sender, module.address, module.artifact.encode(function, *arguments), after=after)


def mark(world: World, borrower: Account) -> int:
    """A passer-by marks; returns the timestamp."""
    world.module.send(world.accounts["passer_by"], "mark", borrower.address)
    return world.chain.head.timestamp


def liquidate_at(
    world: World, timestamp: int, borrower: Account, amount: int = MAX, debt: str = "USDC", collateral: str = "WETH"
) -> Receipt:
    addresses = (borrower.address, world.tokens[debt].address, world.tokens[collateral].address)
    return at(world, timestamp, world.accounts["liquidator"], "liquidate", *addresses, amount, 0)


def mark_of(world: World, borrower: Account) -> tuple[int, int, int, int]:
    """When, debt value then, interval repaid in last, value repaid in it."""
    found: tuple[int, int, int, int] = world.module.read("markOf", borrower.address)
    return found
