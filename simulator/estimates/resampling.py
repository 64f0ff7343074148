"""The bootstrap: the same runs drawn again with replacement, always the same draws.

The draws depend on nothing but the number of runs, so that all figures of an audit, and both arms of a pair, see the
same resamples, and any machine and number of workers gets the same bytes.

An interval is either the percentile one or the studentised one (bootstrap-t; Efron and Tibshirani, An Introduction to
the Bootstrap, 1993, chapters 13 and 12.5). Matrix products are avoided: their last bits depend on the processor.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..randomness import stream
from .estimate import CONFIDENCE, Values

__all__ = ["RESAMPLES", "Bounds", "percentile", "resamples", "studentised"]

RESAMPLES = 1_999
"""One less than a round number, so that 2.5 % and 97.5 % are draws of their own: the 50th from either end."""
EDGE = round((1 - CONFIDENCE) / 2 * (RESAMPLES + 1))
AT_ONCE = 2_000_000
"""Drawn indices held in memory: 16 MB."""
NOTHING = 1e-9
"""A spread below this share of the sample's is rounding."""

Bounds = tuple[float | None, float | None]


def resamples(n: int) -> Iterator[NDArray[np.int64]]:
    """`RESAMPLES` rows of `n` indices below `n`, some rows at a time."""
    rows = max(1, AT_ONCE // n)
    for first in range(0, RESAMPLES, rows):
        yield _drawn(n, first, min(rows, RESAMPLES - first))


@lru_cache(maxsize=1)
def _drawn(n: int, first: int, rows: int) -> NDArray[np.int64]:
    return stream(0, f"bootstrap/{n}/{first}").integers(0, n, (rows, n))


def percentile(drawn: Values) -> Bounds:
    """The middle 95 % of what the resamples gave."""
    ordered = np.sort(drawn)
    return float(ordered[EDGE - 1]), float(ordered[-EDGE])


def studentised(estimate: float, error: float, drawn: Values, errors: Values) -> Bounds:
    """Bounds by the quantiles of each resample's own t, ``(drawn - estimate) / errors``.

    A resample without spread tells nothing of the error: its t is infinite. Where that befalls more than 2.5 % of them,
    because the figure rests on three runs or fewer, that side has no bound.
    """
    distance = drawn - estimate
    flat = errors <= NOTHING * error
    t = np.sort(np.where(flat, np.copysign(np.inf, distance), distance / np.where(flat, 1.0, errors)))
    low, high = estimate - t[-EDGE] * error, estimate - t[EDGE - 1] * error
    return (
        float(min(low, estimate)) if np.isfinite(low) else None,
        float(max(high, estimate)) if np.isfinite(high) else None,
    )
