"""Gas of what bots and users send, compared exactly with `snapshot.json`.

Renew it, after looking at what changed: `RENEW_GAS_SNAPSHOT=1 pytest tests/gas`
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from simulator.transaction import Account
from tests.contracts.world import MAX, WAD, World

SNAPSHOT = Path(__file__).parent / "snapshot.json"


def measured(world: World) -> dict[str, int]:
    """One story with prices, two assets held by the borrower, and interest running."""
    gas: dict[str, int] = {}
    supplier, borrower, keeper = (world.accounts[role] for role in ("supplier", "borrower", "liquidator"))
    for symbol in world.tokens:
        world.set_rates(symbol, WAD // 100, 8 * WAD // 10, 4 * WAD // 100, 75 * WAD // 100)
    world.pool.send(world.owner, "setFlashLoanFee", 5 * WAD // 10_000)
    world.give("WETH", supplier, 1_000 * 10**18)
    world.give("USDC", supplier, 4_000_000 * 10**6)
    amounts = (500 * 10**18, 1_000_000 * 10**6)
    liquidity = world.router.send(supplier, "addLiquidity", world.amm.address, *amounts, supplier.address)
    gas["add the first liquidity"] = liquidity.gas_used
    gas["supply an asset for the first time"] = world.supply("USDC", supplier, 1_000_000 * 10**6).gas_used
    gas["supply more of it"] = world.supply("USDC", supplier, 10**6).gas_used
    world.supply("WETH", borrower, 10 * 10**18)
    gas["borrow for the first time"] = world.borrow("USDC", borrower, 14_000 * 10**6).gas_used
    gas["borrow more"] = world.borrow("USDC", borrower, 10**6).gas_used
    gas["repay part"] = world.pool.send(borrower, "repay", world.usdc.address, 10**6, borrower.address).gas_used
    gas["withdraw collateral with debt"] = world.pool.send(
        borrower, "withdraw", world.weth.address, 10**15, borrower.address
    ).gas_used
    gas["withdraw without debt"] = world.pool.send(
        supplier, "withdraw", world.usdc.address, 10**6, supplier.address
    ).gas_used
    swap = (world.amm.address, world.weth.address, 10**18, 0, supplier.address, MAX)
    gas["swap through the router"] = world.router.send(supplier, "swapExactInput", *swap).gas_used
    report = world.feeds["WETH"].send(world.accounts["reporter"], "report", 1_700 * 10**8)
    gas["report a price"] = report.gas_used
    return gas | _liquidations(world, borrower, keeper)


def _liquidations(world: World, borrower: Account, keeper: Account) -> dict[str, int]:
    gas: dict[str, int] = {}
    contract = world.deploy("FlashLiquidator", keeper.address)
    places = (world.pool.address, world.module.address, world.amm.address)
    pair = (borrower.address, world.usdc.address, world.weth.address)
    with world.chain.anchor():
        gas["liquidate half from an inventory"] = world.liquidate(borrower, "USDC", "WETH", MAX).gas_used
    with world.chain.anchor():
        order = (*places, *pair, 7_000 * 10**6, 0)
        gas["liquidate half with a flash loan and sell"] = contract.send(keeper, "liquidate", order).gas_used
    with world.chain.anchor():
        world.supply("WBTC", borrower, 10**5)
        world.borrow("WBTC", world.accounts["supplier"], 10**3)
        order = (*places, *pair, 7_000 * 10**6, 0)
        gas["the same for a borrower of three assets"] = contract.send(keeper, "liquidate", order).gas_used
    world.set_price("WETH", 1_400)
    gas["liquidate all and record a deficit"] = world.liquidate(borrower, "USDC", "WETH", MAX).gas_used
    return gas


def test_gas_is_that_of_the_snapshot(built: World) -> None:
    with built.chain.anchor():
        gas = measured(built)
    if os.environ.get("RENEW_GAS_SNAPSHOT"):
        SNAPSHOT.write_text(json.dumps(gas, indent=2) + "\n", encoding="utf-8")
    assert gas == json.loads(SNAPSHOT.read_text(encoding="utf-8"))
