"""Expected shortfall over runs."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray

from .estimate import NONE, Estimate, Values, known
from .quantiles import bounding_ranks, place
from .resampling import resamples, studentised

__all__ = ["beyond", "expected_shortfall", "runs_for_a_tail"]

FEWEST = 8
"""Runs in the tail below which no upper bound is given."""


def expected_shortfall(values: Sequence[float | None] | Values, q: float) -> Estimate:
    """Mean of the worst (highest) ``1 - q`` share of runs, the run on the boundary by its part.

    Interval as of `mean`, the error of a resample being that of the mean of what exceeds its own `q` quantile. With 10
    runs in the tail it held 93 to 96 % of the time on exponential and log-normal (deviation 1) losses, zero in seven
    runs of ten or not; percentiles held 79 to 88 %, BCa 85 to 91 %. Log-normal losses with a deviation of 1.5 hold 87
    to 92 %, the truth lying above in the rest.

    With fewer than 8 runs in the tail (799 at 99 %) there is no upper bound; the lower is then that of the quantile,
    which the shortfall is never below.
    """
    sample = known(values)
    n = len(sample)
    if n == 0:
        return NONE
    at = place(n, q)
    tail, spread = beyond(sample[None, at:], n, q)
    estimate, error = float(tail[0]), float(spread[0])
    if n < runs_for_a_tail(q):
        low, _ = bounding_ranks(n, q)
        return Estimate(estimate, None if low is None else float(sample[low - 1]), None, n)
    if sample[at] == sample[-1]:
        return _level(sample, estimate, q)
    found = [beyond(sample[_highest(rows, at)], n, q) for rows in resamples(n)]
    drawn, errors = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Estimate(estimate, *studentised(estimate, error, drawn, errors, n), n)


def _level(sample: Values, estimate: float, q: float) -> Estimate:
    """The tail is all one value: as much is known of it as of the quantile."""
    low, high = bounding_ranks(len(sample), q)
    bounds = [None if rank is None else float(sample[rank - 1]) for rank in (low, high)]
    return Estimate(estimate, bounds[0], bounds[1], len(sample))


def _highest(rows: NDArray[np.int64], at: int) -> NDArray[np.int64]:
    """Of each row the entries from place `at` on, the smallest of them first: indices of an ordered sample order it."""
    return np.partition(rows, at, axis=1)[:, at:]


def beyond(tails: Values, n: int, q: float) -> tuple[Values, Values]:
    """Shortfall and its standard error of samples of `n` values, each given by its highest, the boundary first."""
    boundary = tails[:, :1]
    excess = tails - boundary
    average, square = excess.sum(axis=1) / n, (excess * excess).sum(axis=1) / n
    error = np.sqrt(np.maximum(square - average * average, 0.0) / (n - 1)) if n > 1 else np.zeros(len(tails))
    return boundary[:, 0] + average / (1 - q), error / (1 - q)


def runs_for_a_tail(q: float) -> int:
    """The fewest runs of which the tail bounds the shortfall from above."""
    return ceil(round(FEWEST / (1 - q), 9))
