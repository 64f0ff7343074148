"""A recorded market at its own prices and times."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import numpy as np

from ..errors import ScenarioError
from .model import Course, Prices
from .recorded import Recorded, corners, width

__all__ = ["Candles"]


class Candles(Recorded):
    """Recorded candles at their own prices, at the time of the chain."""

    model: Literal["candles"]

    def path(self, course: Course) -> Prices:
        """Path through each candle's open, two extremes and close, log-linear between them."""
        candles = self.candles(course)
        seconds, start = width(candles), course.start
        ends, last = start + timedelta(seconds=course.duration), candles[-1].time + timedelta(seconds=seconds)
        if start < candles[0].time or ends > last:
            raise ScenarioError(
                f"assets.{course.asset}.price",
                f"candles run from {candles[0].time:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}, "
                f"the scenario from {start:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M}",
                "Change chain.start or chain.blocks",
            )
        shares, logs = corners(candles, course.own())
        times = (np.arange(len(candles))[:, None] * seconds) + shares * seconds
        asked = (start - candles[0].time).total_seconds() + course.seconds * np.arange(course.blocks)
        return np.exp(np.interp(asked, times.ravel(), logs.ravel()))
