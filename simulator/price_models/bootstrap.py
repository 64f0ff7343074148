"""Circular block bootstrap of candles (Politis and Romano 1992): days that did not happen, made of hours that did."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import ScenarioError
from ..fields import Blocks, Name, Positive
from .model import Course, Prices
from .recorded import Candle, Recorded, corners, width

__all__ = ["Bootstrap"]


class Bootstrap(Recorded):
    """Blocks of `length` candles in a row, drawn with equal chance and put end to end from `start` on.

    The first candle follows the last, so that each is as likely as any other. A candle brings along its step from the
    close before it. `centred` takes the mean log return of all candles off each; otherwise their trend stays. Assets of
    one `draw` take the same times, and so keep the correlation that they had.
    """

    model: Literal["bootstrap"]
    start: Positive
    length: Blocks
    centred: bool = False
    draw: Name = "market"

    def path(self, course: Course) -> Prices:
        """See `PriceModel.path`."""
        candles = self.candles(course)
        if self.length > len(candles):
            rule = f"is more than the {len(candles)} candles"
            raise ScenarioError(f"assets.{course.asset}.price.length = {self.length}", rule, "Lower it")
        course.agree(self.model, self.draw, (self.length, tuple(candle.time for candle in candles)))
        picks, seconds = self._picks(course, candles), width(candles)
        shares, logs = corners([candles[pick] for pick in picks], course.common(f"bootstrap/{self.draw}/extremes"))
        before, trend = self._before(candles)
        logs = logs - before[picks][:, None] - trend * shares
        logs = logs + np.concatenate([[0.0], np.cumsum(logs[:-1, -1])])[:, None]
        times = (np.arange(len(picks))[:, None] + shares) * seconds
        found = np.interp(course.seconds * np.arange(course.blocks), times.ravel(), logs.ravel())
        path: Prices = float(self.start) * np.exp(found - found[0])
        return path

    def _picks(self, course: Course, candles: list[Candle]) -> NDArray[np.int64]:
        """Numbers of the candles, in the order of the path."""
        blocks = math.ceil((course.duration / width(candles) + 1) / self.length)
        starts = course.common(f"bootstrap/{self.draw}/blocks").random(blocks) * len(candles)
        picks = starts.astype(np.int64)[:, None] + np.arange(self.length)
        return picks.ravel() % len(candles)

    def _before(self, candles: list[Candle]) -> tuple[NDArray[np.float64], float]:
        """Log of the close before each candle (of its own open for the first), and the log return taken off each."""
        closes = np.log([candle.close for candle in candles])
        before = np.concatenate([[math.log(candles[0].open)], closes[:-1]])
        return before, float(np.mean(closes - before)) if self.centred else 0.0
