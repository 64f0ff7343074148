"""The bootstrap: the same runs drawn again with replacement, always the same draws.

The draws depend on nothing but the number of runs, so that all figures of an audit, and both arms of a pair, see the
same resamples, and any machine and number of workers gets the same bytes.

An interval is either the percentile one or the studentised one (bootstrap-t; Efron and Tibshirani, An Introduction to
the Bootstrap, 1993, sections 13.3 and 12.5). Matrix products are avoided: their last bits depend on the processor.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..randomness import stream
from .estimate import CONFIDENCE, Values

__all__ = ["RESAMPLES", "percentile", "resamples", "studentised"]

RESAMPLES = 1_999
"""One less than a round number, so that 2.5 % and 97.5 % are draws of their own: the 50th from either end."""
EDGE = round((1 - CONFIDENCE) / 2 * (RESAMPLES + 1))
AT_ONCE = 2_000_000
"""Drawn indices held in memory: 16 MB."""
NOTHING = 1e-9
"""A spread below this share of the sample's is rounding."""


def resamples(n: int) -> Iterator[NDArray[np.int64]]:
    """`RESAMPLES` rows of `n` indices below `n`, some rows at a time."""
    rows = max(1, AT_ONCE // n)
    for first in range(0, RESAMPLES, rows):
        yield _drawn(n, first, min(rows, RESAMPLES - first))


@lru_cache(maxsize=1)
def _drawn(n: int, first: int, rows: int) -> NDArray[np.int64]:
    return stream(0, f"bootstrap/{n}/{first}").integers(0, n, (rows, n))


def percentile(drawn: Values) -> tuple[float, float]:
    """The middle 95 % of what the resamples gave."""
    ordered = np.sort(drawn)
    return float(ordered[EDGE - 1]), float(ordered[-EDGE])


def studentised(
    estimate: float, error: float, drawn: Values, errors: Values, n: int
) -> tuple[float | None, float | None]:
    """On each side the wider of Student's t and bootstrap-t: by the quantiles of ``(drawn - estimate) / errors``.

    Bootstrap-t reaches out to the side of the long tail; where it draws the other side in, or where both sides are
    long and a sample shows too little of either, Student's t holds.

    A resample without spread tells nothing of the error: its t is infinite. Where that befalls more than 2.5 % of them,
    because the figure rests on three runs or fewer, that side has no bound.
    """
    distance = drawn - estimate
    flat = errors <= NOTHING * error
    t = np.sort(np.where(flat, np.copysign(np.inf, distance), distance / np.where(flat, 1.0, errors)))
    student = _student(n - 1)
    low, high = estimate - max(t[-EDGE], student) * error, estimate - min(t[EDGE - 1], -student) * error
    return float(low) if np.isfinite(low) else None, float(high) if np.isfinite(high) else None


def _student(freedom: int) -> float:
    from scipy.special import stdtrit  # late, as in `intervals`

    return float(stdtrit(freedom, 1 - (1 - CONFIDENCE) / 2))
