"""A small market for the plugin's own tests, and what they do in it."""

from __future__ import annotations

from simulator import Result
from simulator.testing import World
from simulator.transaction import Account

SMALL = {
    "chain.blocks": 40,
    "protocols.main.positions.count": 12,
    "protocols.main.positions.total_debt": "$1M",
    "background.load": "20%",
}


def borrow(world: World, who: Account, collateral: str, debt: str) -> None:
    """Supply to the lending pool and borrow from it."""
    weth, pool = world.token("WETH"), world.at("LendingPool", world.protocol().pool)
    world.give(who, collateral)
    weth.approve(pool, world.units(collateral), sender=who)
    pool.supply(weth, world.units(collateral), who, sender=who)
    pool.borrow(world.token("USDC"), world.units(debt), who, sender=who)


def rows(result: Result) -> list[str]:
    tables = (result.blocks, result.transactions, result.liquidations, result.accounts, result.deficits)
    return [table.to_csv() for table in tables]
