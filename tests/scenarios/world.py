"""Whole runs for tests: two small scenarios, and a way to look at the chain after every block."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from simulator import Result, Scenario, load
from simulator.chain import Call, Chain, engine_named
from simulator.contracts import artifact
from simulator.genesis import genesis
from simulator.market import Market
from simulator.report import result_of
from simulator.simulation import Simulation

FOLDER = Path(__file__).parent
CRASH, TWO_POOLS = FOLDER / "crash.yaml", FOLDER / "two_pools.yaml"
SHOCK = "{kind: price_shock, at: 6, over: 8, asset: WETH, change: -40%, source: stated}"
"""The one event of the crash."""

Read = tuple[str, str, str, *tuple[Any, ...]]
"""Contract name, address, function, arguments."""


def with_events(*events: str) -> str:
    """Override that replaces a scenario's events."""
    return f"events=[{', '.join(events)}]"


def crash(*overrides: str) -> Scenario:
    return load(CRASH, overrides=overrides)


def watched(
    scenario: Scenario, watch: Callable[[Simulation, int], None], engine: str = "anvil"
) -> tuple[Simulation, Result]:
    """Run a scenario; `watch` is told each finished block, −1 before the first."""
    chain = engine_named(engine, genesis(scenario))
    try:
        simulation = Simulation(scenario, chain)
        watch(simulation, -1)
        result = result_of(simulation.run(lambda step: watch(simulation, step)), {})
    finally:
        chain.close()
    assert result.summary["complete"], result.summary["stopped_by"]
    return simulation, result


def read(chain: Chain, reads: Sequence[Read]) -> list[Any]:
    """Ask the contracts themselves, all on one state."""
    calls = [Call(to, artifact(name).encode(function, *arguments)) for name, to, function, *arguments in reads]
    results = chain.call_many(calls)
    assert all(result.succeeded for result in results)
    return [
        artifact(name).decode(function, result.data)
        for (name, _, function, *_), result in zip(reads, results, strict=True)
    ]


def asset_states(market: Market) -> dict[tuple[str, str], tuple[int, ...]]:
    """Of each (protocol, asset): supply, supply shares, debt, debt shares, deficit, with interest up to now."""
    listed = [(name, asset) for name, protocol in market.protocols.items() for asset in protocol.assets]
    reads: list[Read] = [
        ("LendingPool", market.protocols[name].pool, "assetState", market.tokens[asset].address)
        for name, asset in listed
    ]
    return {key: state[:5] for key, state in zip(listed, read(market.chain, reads), strict=True)}


def shares(market: Market, name: str, accounts: Sequence[str]) -> dict[str, dict[str, tuple[int, int]]]:
    """Supply and borrow shares in one protocol, by asset and account."""
    protocol = market.protocols[name]
    reads: list[Read] = [
        ("LendingPool", protocol.pool, function, market.tokens[asset].address, account)
        for asset in protocol.assets
        for account in accounts
        for function in ("supplyShares", "borrowShares")
    ]
    values = iter(read(market.chain, reads))
    return {asset: {account: (next(values), next(values)) for account in accounts} for asset in protocol.assets}


def holdings(market: Market, asset: str, accounts: Sequence[str]) -> dict[str, int]:
    """Balances of one token."""
    token = market.tokens[asset].address
    values = read(market.chain, [("TestToken", token, "balanceOf", account) for account in accounts])
    return dict(zip(accounts, values, strict=True))
