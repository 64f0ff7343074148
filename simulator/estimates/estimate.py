"""What one figure of many runs comes to, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..intervals import CONFIDENCE

__all__ = ["CONFIDENCE", "NONE", "Estimate", "Values", "exact", "known"]

Values = NDArray[np.float64]


class Estimate(NamedTuple):
    """A statistic of `n` runs and its interval.

    Attributes
    ----------
    estimate : None where no run has the figure
    low, high : None where the runs cannot bound it on that side
    n : runs, or pairs of runs, that have the figure
    """

    estimate: float | None
    low: float | None
    high: float | None
    n: int


NONE = Estimate(None, None, None, 0)
"""No run has the figure."""


def exact(value: float | None) -> Estimate:
    """A figure that no run draws, for example what is liquidatable now: the interval is the value."""
    return NONE if value is None else Estimate(float(value), float(value), float(value), 1)


def known(values: Sequence[float | None] | Values) -> Values:
    """The values that there are, in ascending order: the order of runs must not move a result.

    NaN counts as missing too, since that is what a table of floats makes of a missing cell.

    Raises
    ------
    ValueError : a value is infinite; no mean could be taken of it
    """
    found = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    found = np.sort(found[~np.isnan(found)])
    if np.isinf(found).any():
        raise ValueError("values must be finite")
    return found
