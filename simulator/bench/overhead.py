"""A simulation against the bare execution of its transactions, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple, cast

from ..chain import Chain, engine_named
from ..chain.replay import replay
from ..market import genesis
from ..scenario import Scenario, load
from ..simulation import Simulation
from ..transaction import Block, Transaction

__all__ = ["overhead"]

MILLION = 10**6


class _Recorder:
    """A chain that keeps the blocks that are built on it."""

    def __init__(self, chain: Chain) -> None:
        self._chain, self.blocks = chain, list[Block]()

    def build_block(self, candidates: Sequence[Transaction], timestamp: int) -> Block:
        block = self._chain.build_block(candidates, timestamp)
        self.blocks.append(block)
        return block

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)


class _Pair(NamedTuple):
    simulation: float
    replay: float
    blocks: list[Block]

    @property
    def ratio(self) -> float:
        return self.simulation / self.replay


def overhead(engine: str, name: str, repeats: int) -> dict[str, Any]:
    """Wall time of a simulation ÷ that of replaying its blocks: the median of `repeats` pairs.

    Returns
    -------
    ratio, its lowest and highest, seconds of both sides, and rates of the simulation: blocks, transactions and million
    gas a second. The building of the world is in neither side.
    """
    scenario = load(name)
    pairs = [_pair(engine, scenario) for _ in range(repeats)]
    ratios = sorted(pair.ratio for pair in pairs)
    seconds = median(pair.simulation for pair in pairs)
    blocks = pairs[0].blocks
    return {
        "ratio": round(median(ratios), 3),
        "lowest": round(ratios[0], 3),
        "highest": round(ratios[-1], 3),
        "simulation_seconds": round(seconds, 3),
        "replay_seconds": round(median(pair.replay for pair in pairs), 3),
        "blocks_a_second": round(len(blocks) / seconds, 2),
        "transactions_a_second": round(sum(len(block.receipts) for block in blocks) / seconds, 1),
        "million_gas_a_second": round(sum(block.gas_used for block in blocks) / MILLION / seconds, 2),
    }


def _pair(engine: str, scenario: Scenario) -> _Pair:
    chain = engine_named(engine, genesis(scenario))
    recorder = _Recorder(chain)
    simulation = Simulation(scenario, cast(Chain, recorder))
    started = perf_counter()
    simulation.run(lambda _: None)
    simulated = perf_counter() - started
    chain.close()
    chain = engine_named(engine, genesis(scenario))
    Simulation(scenario, chain)  # the same world
    replayed = replay(chain, recorder.blocks)
    chain.close()
    return _Pair(simulated, replayed, recorder.blocks)
