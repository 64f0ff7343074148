"""The variants of a scenario, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from .errors import ScenarioError
from .intervals import Interval
from .paired import Design, Failure, Measurement, PairedRuns, measure, untold
from .report import write_all
from .scenario import Scenario

__all__ = ["Comparison", "compare"]

BOUNDS = ("mean", "low", "high")


@dataclass(frozen=True)
class Comparison:
    """What `compare` found, by variant and column."""

    scenario: Scenario
    paired: PairedRuns

    @property
    def failures(self) -> Sequence[Failure]:
        """Runs that are missing in the means."""
        return self.paired.failures

    @property
    def variants(self) -> dict[str, dict[str, Measurement]]:
        """Every figure by variant and column."""
        names = [str(design.labels["variant"]) for design in self.paired.designs]
        return {name: dict(measured) for name, measured in zip(names, self.paired.measured, strict=True)}

    def table(self) -> pd.DataFrame:
        """One row for each variant and column; the differences are to the first variant, over `pairs` seeds."""
        rows = []
        for variant, measured in self.variants.items():
            for column, (value, difference) in measured.items():
                row = {"variant": variant, "column": column, **_bounds(value)}
                row |= {f"difference_{key}": bound for key, bound in _bounds(difference).items()}
                rows.append(row | {"n": value.n, "pairs": difference.n if difference else None})
        return pd.DataFrame(rows).astype({"pairs": "Int64"})

    def figures(self) -> dict[str, Any]:
        """The same for ``compare.json``, below what was run."""
        variants: dict[str, Any] = {}
        for variant, measured in self.variants.items():
            variants[variant] = {
                column: value._asdict() | {"difference": difference._asdict() if difference else None}
                for column, (value, difference) in measured.items()
            }
        return {**self.paired.header, "variants": variants}

    def write(self, folder: Path) -> None:
        """Write the scenario, ``runs.csv``, ``compare.csv`` and ``compare.json``.

        Raises
        ------
        InputError : the folder cannot be written
        """
        tables = {"runs": self.paired.runs, "compare": self.table()}
        write_all(folder, self.scenario, tables, {"compare": self.figures()})


def _bounds(interval: Interval | None) -> dict[str, float | None]:
    return {key: getattr(interval, key) if interval else None for key in BOUNDS}


def compare(
    scenario: Scenario,
    *,
    seeds: int = 10,
    engine: str = "anvil",
    workers: int | None = None,
    progress: Callable[[int, int], None] = untold,
    arguments: Sequence[str] | None = None,
) -> Comparison:
    """Run every variant with the same seeds: the scenario's, the next one, and so on.

    Parameters
    ----------
    seeds : how many
    workers : processes, by default one for each processor; they change no byte of the result
    progress : told, after each run, how many are finished, and of how many
    arguments : how a command line names the scenario, for the commands that repeat it

    Raises
    ------
    ScenarioError : there are no variants
    InputError : a variant cannot be run at all
    """
    if not scenario.variants:
        remedy = "Name them under variants: in the scenario, see docs/scenarios.md"
        raise ScenarioError(f"scenario {scenario.name}", "has no variants to compare", remedy)
    named = list(arguments or [scenario.name])
    designs = [
        Design({"variant": name}, scenario.of_variant(name), [*named, "--variant", name]) for name in scenario.variants
    ]
    command = ["ape", "run", "compare", *named]
    return Comparison(scenario, measure(command, scenario, designs, seeds, engine, workers, progress))
