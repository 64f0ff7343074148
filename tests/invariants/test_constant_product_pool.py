from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contracts.world import Reverted, World

VERBS = st.sampled_from(["sell WETH", "sell USDC", "mint", "burn", "give", "steal"])


@settings(max_examples=20, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_call_lowers_what_a_share_stands_for(data: st.DataObject, built: World) -> None:
    path = data.draw(st.lists(st.tuples(VERBS, st.integers(1, 10**21)), min_size=1, max_size=15))
    with built.chain.anchor():
        built.give("WETH", built.amm, 10**19)
        built.give("USDC", built.amm, 2 * 10**10)
        built.amm.send(built.owner, "mint", built.owner.address)
        product, shares = 2 * 10**29, built.amm.read("totalSupply")
        for verb, size in path:
            given = act(built, verb, size)
            reserve0, reserve1, _ = built.amm.read("getReserves")
            total = built.amm.read("totalSupply")
            assert reserve0 * reserve1 * shares**2 >= product * total**2  # (12)
            product, shares = reserve0 * reserve1, total
            balances = (built.balance("WETH", built.amm), built.balance("USDC", built.amm))
            assert balances == (reserve0 + given[0], reserve1 + given[1])  # (13)


def act(world: World, verb: str, size: int) -> tuple[int, int]:
    """Carry out one verb; returns what the pool was given in WETH and USDC and has not accounted yet."""
    someone, amm = world.accounts["passer_by"], world.amm
    reserve0, reserve1, _ = amm.read("getReserves")
    loose = (world.balance("WETH", amm) - reserve0, world.balance("USDC", amm) - reserve1)
    usdc = size * 2_000 // 10**12 + 1
    if verb in ("sell WETH", "sell USDC"):
        sells_weth = verb == "sell WETH"
        symbol, amount = ("WETH", size) if sells_weth else ("USDC", usdc)
        out = amm.read("quoteExactInput", world.tokens[symbol].address, amount)
        if out == 0:
            return loose
        world.give(symbol, amm, amount)
        amm.send(someone, "swap", 0 if sells_weth else out, out if sells_weth else 0, someone.address, b"")
    elif verb == "mint":
        world.give("WETH", amm, size + 10**13)
        world.give("USDC", amm, usdc * 3 + 10**5)
        amm.send(someone, "mint", someone.address)
    elif verb == "burn":
        held = amm.read("balanceOf", someone.address)
        if held < 10**6:
            return loose
        amm.send(someone, "transfer", amm.address, held * size // 10**21 // 2 + 10**5)
        amm.send(someone, "burn", someone.address)
    elif verb == "give":
        world.give("WETH", amm, size)
        return loose[0] + size, loose[1]
    elif loose == (0, 0):
        try:
            amm.send(someone, "swap", min(size, reserve0 - 1), 0, someone.address, b"")
        except Reverted:
            return loose
        raise AssertionError("output without input")
    else:
        return loose
    return 0, 0
