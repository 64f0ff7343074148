"""The mean over runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .estimate import NONE, Estimate, Values, known
from .quantiles import runs_for_a_bound
from .resampling import resamples, studentised

__all__ = ["mean"]

RARE = 0.01
"""Runs that are all alike bound the mean once fewer than this share of others could have gone unseen."""


def mean(values: Sequence[float | None] | Values) -> Estimate:
    """Mean, and its studentised bootstrap interval (bootstrap-t).

    Chosen by coverage over 1,000 repetitions: on log-normal losses that one run in ten or one in three suffers, 200
    runs, bootstrap-t held 93 to 94 %, Student's t 87 to 92 %, BCa 90 to 91 %, percentiles 87 to 91 %; on normal and
    exponential values all held 93 to 95 %. Very heavy losses (log-normal with a deviation of 1.5) hold 91 to 92 % even
    so, nearly all misses being means above the interval: no sample tells of a tail that it has not seen.

    Where three runs or fewer differ from the rest, a bound is None. Runs that are all alike give an interval of no
    width once fewer than 1 in 100 others can have gone unseen (299 runs), and none before.
    """
    sample = known(values)
    n = len(sample)
    if n == 0:
        return NONE
    if sample[0] == sample[-1]:
        value = float(sample[0])
        bound = value if n >= runs_for_a_bound(1 - RARE) else None
        return Estimate(value, bound, bound, n)
    estimate, error = float(sample.mean()), float(sample.std())
    drawn, errors = [], []
    for rows in resamples(n):
        picked = sample[rows]
        drawn.append(picked.mean(axis=1))
        errors.append(picked.std(axis=1))
    scale = np.sqrt(n - 1)
    bounds = studentised(estimate, error / scale, np.concatenate(drawn), np.concatenate(errors) / scale)
    return Estimate(estimate, *bounds, n)
