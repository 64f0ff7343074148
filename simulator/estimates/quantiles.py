"""Quantiles over runs, bounded by runs: no distribution is assumed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import ceil, floor, log, sqrt

import numpy as np

from .estimate import CONFIDENCE, NONE, Estimate, Values, known

__all__ = ["bounding_ranks", "place", "quantile", "runs_for_a_bound"]

WINDOW = 12
"""Standard deviations of the binomial beyond which nothing is left of it."""


def quantile(values: Sequence[float | None] | Values, q: float) -> Estimate:
    """The smallest value that a share of at least `q` of the runs does not exceed, and its order-statistic interval.

    Value and bounds are runs: of n runs in ascending order the value is number ``ceil(n q)``, the bounds are those of
    `bounding_ranks`. Covers at least 95 % of the time whatever the distribution, more where values are tied. A side
    that n runs cannot bound is None: the 99th percentile has an upper bound from 299 runs on, the 95th from 59.
    """
    sample = known(values)
    n = len(sample)
    if n == 0:
        return NONE
    low, high = bounding_ranks(n, q)
    return Estimate(
        float(sample[place(n, q)]),
        None if low is None else float(sample[low - 1]),
        None if high is None else float(sample[high - 1]),
        n,
    )


def place(n: int, q: float) -> int:
    """Index, from 0, of the `q` quantile among `n` values in ascending order."""
    return max(0, ceil(round(n * q, 9)) - 1)


@lru_cache(maxsize=256)
def bounding_ranks(n: int, q: float) -> tuple[int | None, int | None]:
    """Ranks, from 1, of the runs between which the `q` quantile lies with a probability of at least 95 %.

    B, the number of n runs below the quantile, is binomial (n, q) where values are not tied. Of all ranks l < u with
    ``P(l <= B < u) >= 95 %`` those with the fewest between count, of several the pair with the most even tails. One
    tail may therefore hold up to 5 %. Without such a pair, the far side (above, from the median on) has no bound, and
    the other is the tightest rank that alone holds 95 %.
    """
    from scipy.special import bdtr  # late, as in `intervals`

    centre, reach = n * q, WINDOW * sqrt(n * q * (1 - q)) + WINDOW
    first, last = max(0, floor(centre - reach)), min(n + 1, ceil(centre + reach))
    ranks = np.arange(first, last + 1)
    below = np.where(ranks == 0, 0.0, bdtr(np.clip(ranks - 1.0, 0, n), n, q))  # P(B < rank)
    miss = 1 - CONFIDENCE
    lows = ranks[(below <= miss) & (ranks >= 1)]
    uppers = np.searchsorted(below, CONFIDENCE + below[lows - first] - 1e-12) + first
    bounded = uppers <= n
    if bounded.any():
        lows, uppers = lows[bounded], uppers[bounded]
        uneven = np.abs(below[lows - first] - (1 - below[uppers - first]))
        best = np.lexsort((uneven, uppers - lows))[0]
        return int(lows[best]), int(uppers[best])
    if q >= 0.5:
        return (int(lows[-1]) if len(lows) else None), None
    upper = int(np.searchsorted(below, CONFIDENCE - 1e-12)) + first
    return None, (upper if upper <= n else None)


def runs_for_a_bound(q: float) -> int:
    """The fewest runs that bound the `q` quantile on both sides: the smallest and the largest do."""
    n = ceil(log(1 - CONFIDENCE) / log(max(q, 1 - q)))
    while q**n + (1 - q) ** n > 1 - CONFIDENCE:
        n += 1
    return n
