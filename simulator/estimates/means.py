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
    """Mean, and as its interval the wider, on each side, of bootstrap-t and Student's t.

    Chosen by coverage over 1,000 repetitions of 200 runs of which three in ten have a log-normal loss (deviation 1):
    it held 95 %, bootstrap-t alone 93 %, Student's t 89 %, percentiles 89 %, BCa 91 %. For paired differences of such
    losses, with long tails on both sides, it held 94 to 95 %, bootstrap-t alone 91 to 94 %. Very heavy losses
    (deviation 1.5) hold about 92 % even so, nearly all misses being means above: no sample tells of a tail that it
    has not seen.

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
    bounds = studentised(estimate, error / scale, np.concatenate(drawn), np.concatenate(errors) / scale, n)
    return Estimate(estimate, *bounds, n)
