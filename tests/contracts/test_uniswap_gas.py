"""Gas of bare swaps at Uniswap's own contracts, against what was measured on Anvil before this project began."""

from __future__ import annotations

import pytest

from simulator.contracts import artifact
from simulator.venues.uniswap_v3_state import Concentrated
from tests.contracts.venues import Venues, settings

V2_SWAP, V3_SWAP, V3_SWAP_ACROSS_A_TICK = 73_500, 129_500, 158_000


def near(gas: int) -> object:
    return pytest.approx(gas, rel=0.05)


def test_a_bare_swap_of_a_v2_pair() -> None:
    venues = Venues({"it": settings("uniswap_v2")})
    pair = venues.venues["it"]
    venues.swap("it", True, 10**18)
    out = pair.reserves.quote_exact_input(True, 10**18)
    venues.send(venues.trader, (venues.base, artifact("TestToken").encode("transfer", pair.address, 10**18)))
    order = (0, out, venues.trader.address, b"")
    receipt = venues.send(venues.trader, (pair.address, artifact("uniswap_v2/UniswapV2Pair").encode("swap", *order)))
    assert receipt.gas_used == near(V2_SWAP)


@pytest.mark.parametrize("sells", [True, False])
def test_the_first_swaps_of_a_v3_pool_through_the_router(sells: bool) -> None:
    venues = Venues({"it": settings("uniswap_v3")})
    pool = venues.venues["it"]
    for token in (venues.base, venues.quote):  # an allowance that is used up, as most are
        approval = artifact("TestToken").encode("approve", pool.router, 10**30)
        venues.send(venues.trader, (token, approval))
    venues.swap("it", sells, 10**18 if sells else 2_500 * 10**6)
    assert venues.receipt.gas_used == near(V3_SWAP)
    # over the end of the nearest range, at 10 %
    assert isinstance(pool.reserves, Concentrated)
    amount = pool.reserves.input_to_price(sells, (2_200 if sells else 2_800) * 10**6, 10**18)
    assert pool.reserves.swap(sells, amount).crossed == 1
    venues.swap("it", sells, amount)
    assert venues.receipt.gas_used == near(V3_SWAP_ACROSS_A_TICK)
