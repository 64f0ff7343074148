"""Liquidity in two pools: keepers who sell over both, keepers who know only one, and the same in one pool."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import NamedTuple

import pytest

from simulator import Result, load
from simulator.adapters import Quote
from simulator.simulation import Simulation
from simulator.venue_depth import slippage
from tests.scenarios.world import watched
from tests.unit.stand_ins import ETHER

BLOCKS = 40
PAIR = "base: WETH, quote: USDC"
TRADER = "capital: $50M, fee: {kind: profit_share, share: 10%, maximum: 2000 gwei}, latency: 0, minimum_profit: $20"
HALVES = (
    f"half: {{{PAIR}, fee: 0.3%, liquidity: $20M}}, other: {{kind: uniswap_v2, {PAIR}, fee: 0.3%, liquidity: $20M}}"
)
WAYS = {
    "combined": (f"half: {{{PAIR}, fee: 0.3%, liquidity: $40M}}", "half", ("half",)),
    "split": (f"{HALVES}, both: {{kind: split, {PAIR}, over: [half, other]}}", "both", ("half", "other")),
    "alone": (HALVES, "half", ("half", "other")),
}


class Ran(NamedTuple):
    """Results, where keepers sell as it was at first, and the steps at which a twin was not its pool."""

    result: Result
    first: Quote
    apart: list[int]


@cache
def ran(way: str) -> Ran:
    venues, at, traded = WAYS[way]
    traders = ", ".join(f"{{{TRADER}, name: {name}, venue: {name}}}" for name in traded)
    changes = [f"venues={{{venues}}}", f"arbitrageurs=[{traders}]", f"chain.blocks={BLOCKS}"]
    changes += [f"liquidators.{group}.venue={at}" for group in ("swift", "follower")]
    apart: list[int] = []
    first: list[Quote] = []

    def compare(simulation: Simulation, step: int) -> None:
        first.append(simulation.market.venues[at].reserves)
        for venue in simulation.market.venues.values():
            fresh = copy(venue)
            fresh.refresh(simulation.chain.call_many)
            if fresh.reserves != venue.reserves:
                apart.append(step)

    _, result = watched(load("flash_crash", overrides=changes), compare)
    return Ran(result, first[0], apart)


@pytest.mark.parametrize("way", WAYS)
def test_every_twin_is_its_pool_at_every_block(way: str) -> None:
    assert ran(way).apart == []


@pytest.mark.parametrize("way", WAYS)
def test_keepers_sell(way: str) -> None:
    result = ran(way).result
    landed = result.liquidations.query("outcome == 'landed'")
    assert len(landed) > 10


def test_halves_sold_over_together_slip_as_the_whole_does_and_one_half_alone_as_a_pool_half_as_deep() -> None:
    split, combined, alone = (
        float(slippage(ran(way).first, True, 100 * ETHER)) for way in ("split", "combined", "alone")
    )
    assert split == pytest.approx(combined, rel=1e-9)
    fee = 0.003
    assert alone - fee == pytest.approx(2 * (combined - fee), rel=0.02)


def test_a_sale_at_two_pools_takes_more_gas() -> None:
    def gas(way: str) -> float:
        mined = ran(way).result.transactions.query("kind == 'liquidation' and outcome == 'landed'")
        found: float = mined[mined["agent"].str.contains("swift")]["gas_used"].mean()
        return found

    assert 90_000 < gas("split") - gas("combined") < 170_000
