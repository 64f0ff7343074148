"""One scenario over a grid of settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import pandas as pd

from .axis import Axis
from .errors import InputError
from .figures import FIGURES
from .intervals import Interval
from .paired import Design, Failure, PairedRuns, measure, untold
from .picture import Line, Panel, svg
from .report import write_all
from .scenario import Scenario

__all__ = ["Sweep", "sweep"]

DRAWN = {"amplification": "{x:g}", "bad_debt_usd": "${x:,.0f}"}
"""Columns, and how a picture writes their numbers."""
MOST_POINTS = 10_000


@dataclass(frozen=True)
class Sweep:
    """What `sweep` found, point by point; the last parameter changes fastest."""

    scenario: Scenario
    axes: Sequence[Axis]
    paired: PairedRuns

    @property
    def failures(self) -> Sequence[Failure]:
        """Runs that are missing in the means."""
        return self.paired.failures

    def table(self) -> pd.DataFrame:
        """One row a point: parameters, finished runs, and of each figure mean, interval, number of seeds, and the
        paired difference to the first point with its own.
        """
        rows = []
        for design, measured, finished in zip(
            self.paired.designs, self.paired.measured, self.paired.finished, strict=True
        ):
            row = {**design.labels, "n": finished}
            for column, (value, difference) in measured.items():
                row |= _columns(column, value) | _columns(f"{column}_difference", difference)
            rows.append(row)
        table = pd.DataFrame(rows)
        return table.astype({name: "Int64" for name in map(str, table) if name.endswith("_n")})

    def picture(self) -> str:
        """The figures of `DRAWN` over the first parameter, one line for each combination of the others."""
        first, *_ = self.axes
        panels = [Panel(FIGURES[column].label, form, list(self._lines(column))) for column, form in DRAWN.items()]
        seeds = len(self.paired.header["seeds"])
        caption = f"{self.scenario.label}: mean and 95 % interval of {seeds} seeds"
        return svg(panels, first.positions, [str(label) for label in first.labels], first.key, caption)

    def _lines(self, column: str) -> Iterator[Line]:
        each = len(self.paired.designs) // len(self.axes[0].values)
        for number in range(each):
            labels = list(self.paired.designs[number].labels.items())[1:]
            values = [measured[column].value for measured in self.paired.measured[number::each]]
            bounds = ([getattr(value, bound) for value in values] for bound in ("mean", "low", "high"))
            yield Line(", ".join(f"{key} = {label}" for key, label in labels), *bounds)

    def write(self, folder: Path) -> None:
        """Write the scenario, ``runs.csv``, ``sweep.csv``, ``sweep.json`` and ``sweep.svg``.

        Raises
        ------
        InputError : the folder cannot be written
        """
        header = {**self.paired.header, "parameters": {axis.key: list(axis.labels) for axis in self.axes}}
        tables = {"runs": self.paired.runs, "sweep": self.table()}
        write_all(folder, self.scenario, tables, {"sweep": header}, {"sweep": self.picture()})


def _columns(name: str, interval: Interval | None) -> dict[str, float | None]:
    return {f"{name}_{key}": getattr(interval, key) if interval else None for key in Interval._fields}


def sweep(
    scenario: Scenario,
    over: Sequence[str],
    *,
    seeds: int = 10,
    engine: str = "anvil",
    workers: int | None = None,
    progress: Callable[[int, int], None] = untold,
    arguments: Sequence[str] | None = None,
) -> Sweep:
    """Run every combination of the parameters' values, each with the same seeds; see `compare`.

    Parameters
    ----------
    over : ``key=first:last:step`` or ``key=value,value``, see `Axis.parse`

    Raises
    ------
    InputError : before any run, if one of the points does not hold
    """
    axes, named = _axes(over), list(arguments or [scenario.name])
    designs = [_design(scenario, axes, values, named) for values in product(*(range(len(one.values)) for one in axes))]
    command = ["ape", "run", "sweep", *named, *(part for one in over for part in ("--over", one))]
    return Sweep(scenario, axes, measure(command, scenario, designs, seeds, engine, workers, progress))


def _axes(over: Sequence[str]) -> list[Axis]:
    axes = [Axis.parse(one) for one in over]
    if not axes:
        raise InputError("--over", "must be given at least once", "For example --over outside.depth=$500k,$1M")
    keys = [key for axis in axes for key in axis.paths]
    if len(set(keys)) < len(keys):
        raise InputError(f"--over {', '.join(keys)}", "names a setting twice", "Give each its values once")
    count = prod(len(axis.values) for axis in axes)
    if count > MOST_POINTS:
        raise InputError(f"--over {', '.join(keys)}", f"makes {count} points, more than {MOST_POINTS}", "Take fewer")
    return axes


def _design(scenario: Scenario, axes: Sequence[Axis], values: Sequence[int], named: Sequence[str]) -> Design:
    chosen = list(zip(axes, values, strict=True))
    settings = {path: axis.values[number] for axis, number in chosen for path in axis.paths}
    sets = [f"{path}={axis.labels[number]}" for axis, number in chosen for path in axis.paths]
    labels: dict[str, Any] = {axis.key: axis.labels[number] for axis, number in chosen}
    arguments = [*named, *(part for one in sets for part in ("--set", one))]
    return Design(labels, scenario.replaced(settings), arguments)
