"""A simulation against the bare execution of its transactions, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple, cast

from ..chain import AnvilChain, Chain, engine_named
from ..chain.bare import bare_seconds
from ..errors import ChainError
from ..genesis import genesis
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


class _Trio(NamedTuple):
    """Seconds of a simulation, of its replay, and of what its node alone needs (nothing on py-evm)."""

    simulation: float
    replay: float
    bare: float | None
    blocks: list[Block]


def overhead(engine: str, name: str, repeats: int) -> dict[str, Any]:
    """Wall time of a simulation ÷ that of replaying its blocks: the median of `repeats` pairs.

    The replay gives the recorded transactions to the chain again, with the same block boundaries and no agents, views
    or measurements: it signs, sends, mines and reads receipts. `bare` only sends what was signed before, and mines.

    Returns
    -------
    ratio, its lowest and highest, seconds of all sides, and rates of the simulation: blocks, transactions and million
    gas a second. The building of the world is in no side.
    """
    scenario = load(name)
    trios = [_measure(engine, scenario) for _ in range(repeats)]
    ratios = sorted(one.simulation / one.replay for one in trios)
    seconds = median(one.simulation for one in trios)
    bare = [one.bare for one in trios if one.bare is not None]
    blocks = trios[0].blocks
    return {
        "ratio": round(median(ratios), 3),
        "lowest": round(ratios[0], 3),
        "highest": round(ratios[-1], 3),
        "simulation_seconds": round(seconds, 3),
        "replay_seconds": round(median(one.replay for one in trios), 3),
        "bare_seconds": round(median(bare), 3) if bare else None,
        "blocks_a_second": round(len(blocks) / seconds, 2),
        "transactions_a_second": round(sum(len(block.receipts) for block in blocks) / seconds, 1),
        "million_gas_a_second": round(sum(block.gas_used for block in blocks) / MILLION / seconds, 2),
    }


def _measure(engine: str, scenario: Scenario) -> _Trio:
    with closing(engine_named(engine, genesis(scenario))) as chain:
        recorder = _Recorder(chain)
        simulation = Simulation(scenario, cast(Chain, recorder))
        started = perf_counter()
        simulation.run(lambda _: None)
        simulated = perf_counter() - started
    with _same_world(engine, scenario) as chain:
        replayed = _replay_seconds(chain, recorder.blocks)
    bare = None
    if engine == "anvil":
        with _same_world(engine, scenario) as chain:
            bare = bare_seconds(cast(AnvilChain, chain), recorder.blocks)
    return _Trio(simulated, replayed, bare, recorder.blocks)


@contextmanager
def _same_world(engine: str, scenario: Scenario) -> Iterator[Chain]:
    with closing(engine_named(engine, genesis(scenario))) as chain:
        Simulation(scenario, chain)
        chain.expect(())  # nobody reads
        yield chain


def _replay_seconds(chain: Chain, blocks: Sequence[Block]) -> float:
    transactions = [[receipt.transaction for receipt in block.receipts] for block in blocks]
    started = perf_counter()
    for block, included in zip(blocks, transactions, strict=True):
        chain.build_block(included, block.timestamp)
    seconds = perf_counter() - started
    last = blocks[-1]
    if (chain.head.number, chain.head.gas_used, chain.head.base_fee) != (last.number, last.gas_used, last.base_fee):
        raise ChainError(f"the replay ended with {chain.head}, the run with {last}")
    return seconds
