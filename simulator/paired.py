"""The same seeds through several designs: means, and differences to the first design, seed by seed.

Runs of one seed share their random numbers, whatever the design: each consumer draws from a stream of its own name, so
the price path, the book, the demand for gas and the order of keepers stay as they are unless the design changes them.
"""

from __future__ import annotations

import platform
import shlex
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from .errors import ChainError
from .figures import FIGURES
from .intervals import CONFIDENCE, Interval, mean_of, mean_of_differences
from .montecarlo import Outcome, Task, run_tasks
from .processes import Processes
from .scenario import Scenario

__all__ = ["NETWORKS", "Design", "Failure", "Measurement", "PairedRuns", "measure", "untold", "versions"]

ROOT = Path(__file__).resolve().parent.parent
NETWORKS = {"anvil": "ethereum:local:foundry", "pyevm": "ethereum:local:test"}


@dataclass(frozen=True)
class Design:
    """One of the scenarios; `labels` name it in tables, `arguments` on the command line of ``ape run scenario``."""

    labels: Mapping[str, Any]
    scenario: Scenario
    arguments: Sequence[str]


class Measurement(NamedTuple):
    """A figure of a design, and how much it is above that of the first design; the first has no difference."""

    value: Interval
    difference: Interval | None


class Failure(NamedTuple):
    """A run that gave no figures; `replay` is the command that repeats it alone."""

    labels: Mapping[str, Any]
    seed: int
    fault: str
    replay: str


@dataclass(frozen=True)
class PairedRuns:
    """What the runs gave.

    Attributes
    ----------
    measured : of each design, in their order, each figure by column
    finished : of each design, how many runs gave figures
    runs : one row a run: labels, seed, figures
    header : scenario, seeds, engine, versions, command, failures
    """

    designs: Sequence[Design]
    measured: Sequence[Mapping[str, Measurement]]
    finished: Sequence[int]
    runs: pd.DataFrame
    failures: Sequence[Failure]
    header: Mapping[str, Any]


def untold(finished: int, runs: int) -> None:
    """No progress wanted."""


def measure(
    command: Sequence[str],
    scenario: Scenario,
    designs: Sequence[Design],
    seeds: int,
    engine: str,
    workers: int | None,
    progress: Callable[[int, int], None],
) -> PairedRuns:
    """Run each design with `seeds` seeds, from the scenario's on.

    Parameters
    ----------
    command : what was asked for, without seeds and network
    workers, progress : see `Processes` and `run_tasks`

    Raises
    ------
    InputError : a design cannot be run at all
    ChainError : every run failed; where only some do, they are the `failures`
    """
    numbers = list(range(scenario.seed, scenario.seed + seeds))
    tasks = [_task(design, seed, engine) for design in designs for seed in numbers]
    outcomes = run_tasks(tasks, Processes(workers), progress=progress)
    by_design = [outcomes[start : start + seeds] for start in range(0, len(outcomes), seeds)]
    failures = [
        Failure(design.labels, task.scenario.seed, outcome.fault, task.replay)
        for (design, _), task, outcome in zip(_each(designs, numbers), tasks, outcomes, strict=True)
        if outcome.fault
    ]
    if len(failures) == len(tasks):
        raise ChainError(f"every run failed, the first: {failures[0].fault}\n{failures[0].replay}")
    full = [*command, "--seed", str(numbers[0]), "--seeds", str(seeds), "--network", NETWORKS[engine]]
    rows = [
        {**design.labels, "seed": seed} | {column: outcome.figures.get(column) for column in FIGURES}
        for (design, seed), outcome in zip(_each(designs, numbers), outcomes, strict=True)
    ]
    release = next((outcome.release for outcome in outcomes if outcome.release), engine)
    return PairedRuns(
        designs,
        [_measurements(mine, by_design[0] if number else None) for number, mine in enumerate(by_design)],
        [sum(not one.fault for one in mine) for mine in by_design],
        pd.DataFrame(rows),
        failures,
        _header(scenario, numbers, engine, release, shlex.join(full), failures),
    )


def _each(designs: Sequence[Design], seeds: Sequence[int]) -> list[tuple[Design, int]]:
    return [(design, seed) for design in designs for seed in seeds]


def _task(design: Design, seed: int, engine: str) -> Task:
    replay = ["ape", "run", "scenario", *design.arguments, "--seed", str(seed), "--network", NETWORKS[engine]]
    return Task(design.scenario.model_copy(update={"seed": seed}), engine, shlex.join(replay))


def _measurements(mine: Sequence[Outcome], first: Sequence[Outcome] | None) -> dict[str, Measurement]:
    found = {}
    for column in FIGURES:
        values = [one.figures.get(column) for one in mine]
        reference = [one.figures.get(column) for one in first] if first is not None else None
        difference = mean_of_differences(values, reference) if reference is not None else None
        found[column] = Measurement(mean_of(values), difference)
    return found


def _header(
    scenario: Scenario, seeds: Sequence[int], engine: str, release: str, command: str, failures: Sequence[Failure]
) -> dict[str, Any]:
    return {
        "scenario": scenario.name,
        "variant": scenario.variant,
        "seeds": list(seeds),
        "confidence": CONFIDENCE,
        "engine": engine,
        "versions": versions(release),
        "command": command,
        "failures": [failure._asdict() for failure in failures],
    }


def versions(release: str) -> dict[str, str]:
    """Of everything that figures depend on; `release` is the engine's."""
    return {"undertow": _version(), "python": platform.python_version(), "engine": release}


@cache
def _version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])
