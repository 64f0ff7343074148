"""Closing prices of a CSV and their log returns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..tables import read_csv

__all__ = ["YEAR", "Sample", "read_sample"]

YEAR = 365 * 86_400
LEAST = 20
"""Log returns below which there is nothing to fit."""


@dataclass(frozen=True)
class Sample:
    """What a model is fitted to.

    Attributes
    ----------
    times : of the candles, equally far apart
    returns : (len(times) - 1,) log returns from close to close
    """

    file: str
    times: tuple[datetime, ...]
    closes: NDArray[np.float64]
    returns: NDArray[np.float64]

    @property
    def seconds(self) -> float:
        """Width of a candle."""
        return (self.times[1] - self.times[0]).total_seconds()

    @property
    def years(self) -> float:
        """The same in years."""
        return self.seconds / YEAR

    @property
    def told(self) -> str:
        """What it is, in a line."""
        first, last = (f"{time:%Y-%m-%d %H:%M}" for time in (self.times[0], self.times[-1]))
        return f"{len(self.returns)} log returns of {self.seconds:g}s in {self.file}, {first} to {last} UTC"


def read_sample(path: Path, column: str) -> Sample:
    """Prices in `column` of a CSV with the times `time_utc`.

    Raises
    ------
    InputError : unreadable, too short, times out of order or with gaps, prices that never change
    """
    rows = read_csv(path, ("time_utc", column))
    times = tuple(row.time("time_utc") for row in rows)
    if len(times) <= LEAST:
        raise InputError(f"{path.name}: {len(times)} rows", f"must be more than {LEAST}", "Give more candles")
    widths = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    for time, width in zip(times[1:], widths, strict=True):
        if width != widths[0] or width <= 0:
            rule = f"comes {width:g}s after the row before it, others {widths[0]:g}s"
            raise InputError(f"{path.name}: {time:%Y-%m-%d %H:%M}", rule, "Sort the rows, remove repeats, fill gaps")
    closes = np.array([row.number(column) for row in rows])
    returns = np.diff(np.log(closes))
    if not np.ptp(returns):
        raise InputError(f"{path.name}: {column}", "has returns that are all the same", "Use a constant price")
    return Sample(path.name, times, closes, returns)
