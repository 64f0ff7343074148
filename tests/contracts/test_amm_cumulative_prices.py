from __future__ import annotations

from simulator.transaction import Account
from tests.contracts.world import World

Q112 = 2**112


def test_prices_accumulate_over_the_time_that_they_stood(world: World, passer_by: Account) -> None:
    world.give("WETH", world.amm, 10**18)
    world.give("USDC", world.amm, 2_000 * 10**6)
    world.amm.send(world.owner, "mint", world.owner.address)
    start = world.chain.head.timestamp
    assert world.amm.read("price0CumulativeLast") == 0

    world.warp(99)
    out = world.amm.read("quoteExactInput", world.weth.address, 10**18)
    world.give("WETH", world.amm, 10**18)
    world.amm.send(passer_by, "swap", 0, out, passer_by.address, b"")
    middle = world.chain.head.timestamp
    sum0 = 2_000 * 10**6 * Q112 // 10**18 * (middle - start)
    sum1 = 10**18 * Q112 // (2_000 * 10**6) * (middle - start)
    assert world.amm.read("price0CumulativeLast") == sum0
    assert world.amm.read("price1CumulativeLast") == sum1

    reserve0, reserve1, updated_at = world.amm.read("getReserves")
    assert updated_at == middle
    world.warp(49)
    world.give("USDC", world.amm, 10**6)
    world.amm.send(passer_by, "swap", 1, 0, passer_by.address, b"")
    elapsed = world.chain.head.timestamp - middle
    assert world.amm.read("price0CumulativeLast") == sum0 + reserve1 * Q112 // reserve0 * elapsed
    assert world.amm.read("price1CumulativeLast") == sum1 + reserve0 * Q112 // reserve1 * elapsed


def test_two_trades_in_one_block_add_nothing_between(world: World, passer_by: Account) -> None:
    world.give("WETH", world.amm, 10**18)
    world.give("USDC", world.amm, 2_000 * 10**6)
    world.amm.send(world.owner, "mint", world.owner.address)
    start = world.chain.head.timestamp
    world.give("WETH", world.puppet, 2 * 10**17)
    pay = world.weth.act("transfer", world.amm.address, 10**17)
    swap = world.amm.act("swap", 0, 10**6, passer_by.address, b"")
    world.puppet.send(passer_by, "perform", [pay, swap, pay, swap])
    elapsed = world.chain.head.timestamp - start
    assert world.amm.read("price0CumulativeLast") == 2_000 * 10**6 * Q112 // 10**18 * elapsed
