"""Candles: of a CSV or a table, checked, and the path that runs through them."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from ..errors import ScenarioError
from ..fields import CsvName, Time
from ..tables import read_csv
from .model import Course, PriceModel

__all__ = ["Candle", "Recorded", "corners", "read_candles", "width"]

COLUMNS = ("open_usd", "high_usd", "low_usd", "close_usd")


class Candle(NamedTuple):
    """One row of a candle table."""

    time: datetime
    open: float
    high: float
    low: float
    close: float


class Recorded(PriceModel):
    """Recorded candles: of a CSV beside the scenario, or rows [time, open, high, low, close] in it."""

    csv: CsvName | None = None
    table: tuple[tuple[Time, float, float, float, float], ...] = ()

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if bool(self.csv) == bool(self.table):
            raise ValueError("give either csv or table")
        return self

    def candles(self, course: Course) -> list[Candle]:
        """The candles, checked; see `read_candles`."""
        if self.csv is not None:
            return read_candles(course.find(self.csv))
        return _checked([Candle(*row) for row in self.table])


def read_candles(path: Path) -> list[Candle]:
    """Candles of a CSV (time_utc, open_usd, high_usd, low_usd, close_usd).

    Raises
    ------
    ScenarioError : a high under its low, times out of order
    """
    rows = read_csv(path, ("time_utc", *COLUMNS))
    return _checked([Candle(row.time("time_utc"), *(row.number(column) for column in COLUMNS)) for row in rows])


def _checked(candles: list[Candle]) -> list[Candle]:
    for candle in candles:
        if not 0 < candle.low <= min(candle.open, candle.close) <= max(candle.open, candle.close) <= candle.high:
            raise ScenarioError(
                f"candle {candle.time:%Y-%m-%d %H:%M}", "must hold 0 < low <= open, close <= high", "Correct it"
            )
    widths = {later.time - earlier.time for earlier, later in pairwise(candles)}
    if len(widths) != 1 or widths.pop().total_seconds() <= 0:
        rule = "must be two or more, in order of time and equally far apart"
        raise ScenarioError("candles", rule, "Sort the rows, remove repeats, fill gaps")
    return candles


def width(candles: list[Candle]) -> float:
    """Seconds of one candle."""
    return (candles[1].time - candles[0].time).total_seconds()


def corners(candles: list[Candle], rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n, 4) times, as shares of a candle's width, and logs of open, first extreme, second extreme and close.

    A candle does not say when its extremes were: their times are drawn, and a falling candle is taken to have made
    its high first, a rising one its low.
    """
    opened, high, low, closed = np.array([candle[1:] for candle in candles]).T
    falling = closed < opened
    early, late = np.sort(rng.uniform(0.02, 0.98, (len(candles), 2))).T
    times = np.column_stack([np.zeros(len(candles)), early, late, np.full(len(candles), 1 - 1e-9)])
    first, second = np.where(falling, high, low), np.where(falling, low, high)
    return times, np.log(np.column_stack([opened, first, second, closed]))
