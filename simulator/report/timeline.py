"""Blocks on an axis of time, gathered into stretches where there are many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .run_files import RunFiles

__all__ = ["Timeline"]

MOST_STRETCHES = 120
HOURS_FROM = 3 * 3_600
"""Seconds from which an axis counts in hours."""


@dataclass(frozen=True)
class Timeline:
    """Time of each block since the first one, in `unit` seconds; `width` blocks are a stretch."""

    steps: NDArray[np.int64]
    block_time: int
    unit: int
    width: int

    @classmethod
    def of(cls, run: RunFiles) -> Timeline:
        """The blocks of a run."""
        steps, block_time = run.blocks["step"].to_numpy(dtype=np.int64), int(run.scenario.chain.block_time)
        unit = 3_600 if len(steps) * block_time >= HOURS_FROM else 60
        return cls(steps, block_time, unit, max(1, -(-len(steps) // MOST_STRETCHES)))

    @property
    def x(self) -> NDArray[np.float64]:
        """Position of each block."""
        return self.steps * (self.block_time / self.unit)

    @property
    def title(self) -> str:
        """Of the axis."""
        return f"{'hours' if self.unit == 3_600 else 'minutes'} from the start"

    @property
    def stretch(self) -> str:
        """What one bar stands for."""
        return "block" if self.width == 1 else f"{self.width} blocks ({self.width * self.block_time / 60:,.3g} min)"

    def _stretch(self, steps: Any) -> Any:
        return np.asarray(steps, dtype=np.int64) // self.width

    def centre(self, stretches: Any) -> NDArray[np.float64]:
        """Position of the middle of each stretch."""
        middle: NDArray[np.float64] = (np.asarray(stretches) + 0.5) * self.width - 0.5
        return middle * (self.block_time / self.unit)

    def mean(self, values: pd.Series[float]) -> pd.Series[float]:
        """Of a column of the blocks, by stretch."""
        return values.groupby(self._stretch(self.steps)).mean()

    def last(self, values: pd.Series[float]) -> pd.Series[float]:
        """Of a column of the blocks, by stretch."""
        return values.groupby(self._stretch(self.steps)).last()

    def summed(self, steps: pd.Series[int], values: pd.Series[float]) -> pd.Series[float]:
        """Of rows that happened in `steps`, by stretch; stretches without any are left out."""
        return values.groupby(self._stretch(steps)).sum()
