"""One call from scenario to result."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from .chain import Chain, Genesis, engine_named
from .fork import Fork, Forked, forked
from .genesis import genesis
from .report import Result, result_of
from .scenario import Scenario, load
from .simulation import Simulation
from .stages import Stages

__all__ = ["run", "run_on"]


@dataclass
class _Clock:
    """Seconds of each phase."""

    started: float
    built: float = 0.0
    ended: float = 0.0


def _silent(_: int) -> None:
    """No progress wanted."""


def run(
    scenario: Scenario | str | Path,
    *,
    engine: str = "pyevm",
    chain: Callable[[Genesis], Chain] | None = None,
    fork: Fork | None = None,
    progress: Callable[[int], None] = _silent,
) -> Result:
    """Run a scenario on a chain of its own.

    Parameters
    ----------
    scenario : a scenario, the name of a shipped one, or a path
    engine : "pyevm" (in process) or "anvil"
    chain : makes the chain instead, for example on the one that Ape is connected to; it is then not closed
    fork : runs it on a fork of somebody else's chain, always on Anvil; its summary then has a part ``fork``
    progress : told each finished block, −1 when the world is built

    Returns
    -------
    Result; an interrupted or broken run gives what whole blocks measured, and its summary says so.

    Raises
    ------
    InputError : the scenario does not hold, or the engine is missing
    SetUpReverted, EngineDied, EndpointError : the world could not be built
    """
    chosen = scenario if isinstance(scenario, Scenario) else load(scenario)
    clock = _Clock(time.perf_counter())
    if fork is not None:
        return _run_forked(forked(chosen, fork), clock, progress)
    made = chain(genesis(chosen)) if chain else engine_named(engine, genesis(chosen))
    try:
        simulation = Simulation(chosen, made)
        return _run(simulation, clock, progress)
    finally:
        if chain is None:
            with suppress(Exception):
                made.close()


def _run_forked(ground: Forked, clock: _Clock, progress: Callable[[int], None]) -> Result:
    chain = ground.chain()
    try:
        result = _run(Simulation(ground.scenario, chain, ground.market), clock, progress)
    finally:
        with suppress(Exception):
            chain.close()
    return replace(result, summary={**result.summary, "fork": ground.notes})


def run_on(stages: Stages, scenario: Scenario) -> Result:
    """Run a scenario on a chain that may have its world already; see `run`."""
    clock = _Clock(time.perf_counter())
    simulation = Simulation(scenario)
    with stages.open(simulation):
        return _run(simulation, clock, _silent)


def _run(simulation: Simulation, clock: _Clock, progress: Callable[[int], None]) -> Result:
    """The rest, once the world is open."""
    clock.built = time.perf_counter()
    progress(-1)
    ran = simulation.run(progress)
    clock.ended = time.perf_counter()
    blocks = max(len(ran.measurements.blocks), 1)
    timing = {
        "engine": simulation.chain.release,
        "build_seconds": round(clock.built - clock.started, 3),
        "run_seconds": round(clock.ended - clock.built, 3),
        "ms_per_block": round((clock.ended - clock.built) / blocks * 1e3, 3),
    }
    return result_of(ran, timing)
