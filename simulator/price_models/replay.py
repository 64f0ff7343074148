"""A recorded market that begins at today's price: how a crash of another year would hit this book."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..errors import ScenarioError
from ..fields import Name, Positive, Time
from .model import Course, Prices
from .recorded import Candle, Recorded, corners, width

__all__ = ["Replay"]


class Replay(Recorded):
    """Recorded candles, all prices times one factor, so that block 0 is `start`.

    Block 0 lies at the time `begin` of the candles, by default where they begin, whatever time the chain has. Assets of
    one `draw` draw the times of their extremes alike.
    """

    model: Literal["replay"]
    start: Positive
    begin: Time | None = None
    draw: Name = "market"

    def path(self, course: Course) -> Prices:
        """See `PriceModel.path`."""
        candles = self.candles(course)
        seconds, offset = width(candles), self._offset(course, candles)
        course.agree(self.model, self.draw, tuple(candle.time for candle in candles))
        shares, logs = corners(candles, course.common(f"replay/{self.draw}/extremes"))
        times = (np.arange(len(candles))[:, None] + shares) * seconds
        found = np.interp(offset + course.seconds * np.arange(course.blocks), times.ravel(), logs.ravel())
        path: Prices = float(self.start) * np.exp(found - found[0])
        return path

    def _offset(self, course: Course, candles: list[Candle]) -> float:
        """Seconds from the first candle to block 0."""
        first = candles[0].time
        offset = ((self.begin or first) - first).total_seconds()
        left = len(candles) * width(candles) - offset
        if offset < 0 or left < course.duration:
            lasts = f"the scenario lasts {course.duration:,.0f} s, the candles {max(left, 0):,.0f} s"
            raise ScenarioError(
                f"assets.{course.asset}.price.begin = {(self.begin or first):%Y-%m-%d %H:%M}",
                f"candles begin at {first:%Y-%m-%d %H:%M}; {lasts} from there on",
                "Begin within them, or lower chain.blocks",
            )
        return offset
