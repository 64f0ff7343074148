"""The flash crash at Uniswap's own pools: twins equal at every block, engines agree."""

from __future__ import annotations

from copy import copy
from functools import cache

import pytest

from simulator import Result, Scenario, load
from simulator.chain import account
from simulator.simulation import Simulation
from tests.scenarios.world import watched

SHOCK = "{kind: price_shock, at: 4, over: 10, asset: WETH, change: -40%, source: stated}"
WITHDRAWAL = "{kind: liquidity_withdrawal, at: 12, venue: weth_usdc, share: 40%}"
SMALL = ("chain.blocks=24", "protocols.main.positions.count=40", "venues.weth_usdc.protocol_liquidity=$2M")
KINDS = ("uniswap_v2", "uniswap_v3")
PROVIDER = account("liquidity provider").address


def crash(kind: str) -> Scenario:
    return load("flash_crash", overrides=[f"venue={kind}", *SMALL, f"events=[{SHOCK}, {WITHDRAWAL}]"])


@cache
def ran(kind: str, engine: str) -> tuple[Result, list[int]]:
    """Results, and the steps at which what was kept of the pool was not what the pool holds."""
    apart: list[int] = []

    def compare(simulation: Simulation, step: int) -> None:
        kept, read = simulation.market.venues["weth_usdc"], simulation.chain.call_many
        fresh = copy(kept)
        fresh.refresh(read)
        seen, real = ((one.reserves, one.liquidity(PROVIDER, read)) for one in (kept, fresh))
        if seen != real:
            apart.append(step)

    _, result = watched(crash(kind), compare, engine)
    return result, apart


@pytest.mark.parametrize("engine", ["anvil", "pyevm"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_twin_is_the_pool_at_every_block(kind: str, engine: str) -> None:
    assert ran(kind, engine)[1] == []


@pytest.mark.parametrize("kind", KINDS)
def test_keepers_and_arbitrageurs_trade_there_and_providers_leave(kind: str) -> None:
    mined = ran(kind, "anvil")[0].transactions.query("outcome == 'landed'")
    assert set(mined["kind"]) >= {"liquidation", "arbitrage", "event"}
    assert (mined.query("kind == 'liquidation'")["agent"].str.startswith("liquidator/swift")).any()


@pytest.mark.parametrize("kind", KINDS)
def test_both_engines_give_the_same_rows(kind: str) -> None:
    anvil, pyevm = (ran(kind, engine)[0] for engine in ("anvil", "pyevm"))
    for table in ("blocks", "transactions", "liquidations", "accounts"):
        assert getattr(anvil, table).to_csv() == getattr(pyevm, table).to_csv()
