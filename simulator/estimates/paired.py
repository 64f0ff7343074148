"""What a change does to a statistic: both arms over the same runs, pair by pair."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .estimate import NONE, Estimate, Values
from .means import mean
from .quantiles import bounding_ranks, place
from .resampling import percentile, resamples, studentised
from .shares import difference_of_shares
from .statistics import Statistic
from .tails import beyond, runs_for_a_tail

__all__ = ["paired_difference"]


class Pairs(NamedTuple):
    """Runs that have the figure in both arms, in an order that does not depend on that of the runs."""

    current: Values
    proposed: Values


def paired_difference(
    statistic: Statistic, current: Sequence[float | None] | Values, proposed: Sequence[float | None] | Values
) -> Estimate:
    """Statistic of `proposed` less that of `current`; value i of both is one run, a pair that lacks either is left out.

    Runs that are all alike in both arms are no proof that further ones will be. By statistic:

    - mean: the mean of the differences (see `mean`).
    - probability: Newcombe's interval.
    - quantiles: percentile bootstrap over pairs. Held 95 to 97 % over 400 repetitions where arms are independent, and
      97 to 100 % where they move together: it errs on the safe side, as bias correction or pivoting would not (91 to
      97 and 83 to 94 %). No bounds where the number of pairs cannot bound the quantile itself.
    - expected shortfall: as of `expected_shortfall`, over pairs; held 93 to 96 % over 500 repetitions with 10 or 20
      pairs in the tail (percentiles 88 to 95 %). No bounds with fewer than 8 pairs in it.
    """
    pairs = _known(current, proposed)
    n = len(pairs.current)
    if n == 0:
        return NONE
    if statistic.family == "probability":
        return difference_of_shares(*pairs)
    if statistic.family == "mean":
        return mean(pairs.proposed - pairs.current)
    return (_of_quantiles if statistic.family == "quantile" else _of_shortfalls)(pairs, statistic.q)


def _known(current: Sequence[float | None] | Values, proposed: Sequence[float | None] | Values) -> Pairs:
    both = np.array([[np.nan if one is None else one for one in arm] for arm in (current, proposed)], dtype=np.float64)
    both = both[:, ~np.isnan(both).any(axis=0)]
    if np.isinf(both).any():
        raise ValueError("values must be finite")
    both = both[:, np.lexsort((both[1], both[0]))]
    return Pairs(both[0], both[1])


def _of_quantiles(pairs: Pairs, q: float) -> Estimate:
    n = len(pairs.current)
    at = place(n, q)
    estimate = float(np.sort(pairs.proposed)[at] - np.sort(pairs.current)[at])
    if None in bounding_ranks(n, q):
        return Estimate(estimate, None, None, n)
    drawn = [_at(pairs.proposed[rows], at) - _at(pairs.current[rows], at) for rows in resamples(n)]
    low, high = percentile(np.concatenate(drawn))
    return Estimate(estimate, min(low, estimate), max(high, estimate), n)


def _at(samples: Values, at: int) -> Values:
    samples.partition(at, axis=1)
    return samples[:, at]


def _of_shortfalls(pairs: Pairs, q: float) -> Estimate:
    n = len(pairs.current)
    estimates, errors = _shortfalls(pairs, np.arange(n)[None, :], q)
    estimate = float(estimates[0])
    if n < runs_for_a_tail(q):
        return Estimate(estimate, None, None, n)
    if np.array_equal(pairs.current, pairs.proposed):
        return Estimate(0.0, 0.0, 0.0, n)
    found = [_shortfalls(pairs, rows, q) for rows in resamples(n)]
    drawn, spreads = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Estimate(estimate, *studentised(estimate, float(errors[0]), drawn, spreads, n), n)


def _shortfalls(pairs: Pairs, rows: NDArray[np.int64], q: float) -> tuple[Values, Values]:
    """Difference of the shortfalls of each resample, and its standard error: that of the mean excess, pair by pair."""
    n = rows.shape[1]
    at = place(n, q)
    level, excess = np.zeros(len(rows)), np.zeros(rows.shape)
    for sign, arm in ((1, pairs.proposed), (-1, pairs.current)):
        picked = arm[rows]
        tails = np.partition(picked, at, axis=1)[:, at:]
        level += sign * beyond(tails, n, q)[0]
        excess += sign * np.maximum(picked - tails[:, :1], 0.0)
    return level, excess.std(axis=1) / np.sqrt(max(n - 1, 1)) / (1 - q)
