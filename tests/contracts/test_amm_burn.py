from __future__ import annotations

from simulator.transaction import Account
from tests.contracts.world import World, events, reverts


def test_burning_pays_out_the_share_of_both(world: World, supplier: Account, passer_by: Account) -> None:
    world.give("WETH", world.amm, 10**18)
    world.give("USDC", world.amm, 2_000 * 10**6)
    world.amm.send(supplier, "mint", supplier.address)
    total = world.amm.read("totalSupply")
    shares = world.amm.read("balanceOf", supplier.address)
    world.amm.send(supplier, "transfer", world.amm.address, shares)
    receipt = world.amm.send(supplier, "burn", passer_by.address)
    expected = (10**18 * shares // total, 2_000 * 10**6 * shares // total)
    assert (world.balance("WETH", passer_by), world.balance("USDC", passer_by)) == expected
    assert events(receipt, "Burned")[0].arguments["amount0"] == expected[0]
    reserves = world.amm.read("getReserves")[:2]
    assert reserves == (10**18 - expected[0], 2_000 * 10**6 - expected[1])


def test_burning_nothing_reverts(world: World, attacker: Account) -> None:
    with reverts("InsufficientLiquidityBurned"):
        world.amm.send(attacker, "burn", attacker.address)
