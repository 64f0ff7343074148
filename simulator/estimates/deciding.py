"""How many runs a limit asks for that the runs at hand leave undecided."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import ceil

import numpy as np

from .estimate import Estimate, Values, known
from .quantiles import bounding_ranks, runs_for_a_bound
from .shares import bounds_of_share
from .statistics import Statistic
from .tails import runs_for_a_tail

__all__ = ["runs_to_decide"]

MOST = 1_000_000_000
MOVING = 4
"""Runs unlike the rest with which bootstrap-t has both bounds."""


def runs_to_decide(
    statistic: Statistic,
    estimate: Estimate,
    operator: str,
    bound: float,
    values: Sequence[float | None] | Values = (),
) -> int | None:
    """Number of runs whose interval would lie on one side of `bound`, if more runs were like those at hand.

    Parameters
    ----------
    operator : of the limit; it says on which side a value equal to the bound is
    values : those of the estimate, where it is one arm's; without them (a difference) its width counts

    Of a quantile with `values`, the runs whose bounding ranks leave out the observed share of runs within the bound;
    of a probability, those with which Clopper-Pearson's interval of the observed share does. Both are searched by
    doubling and halving: ranks are whole, so that a slightly smaller number may happen to decide too. Otherwise half
    the width is taken to shrink with the root of n; where there is no width yet, the runs that first give one. Of
    further runs as many are expected to lack the figure as of those in `values`.

    None where the estimate sits on the bound, so that no number decides; where too little is known to tell; and
    beyond a thousand million runs.
    """
    sample = known(values)
    found = _figures_to_decide(statistic, estimate, operator, bound, sample)
    return found if found is None or not len(sample) else ceil(found * len(values) / len(sample))


def _figures_to_decide(
    statistic: Statistic, estimate: Estimate, operator: str, bound: float, sample: Values
) -> int | None:
    """The same, of runs that have the figure."""
    if estimate.estimate is None:
        return None
    if statistic.family == "quantile" and len(sample):
        return _by_ranks(sample, statistic.q, operator, bound)
    if statistic.family == "probability" and len(sample):
        return _by_share(sample, bound)
    end = estimate.low if bound < estimate.estimate else estimate.high
    if end is None:
        return _first_bound(statistic, sample, estimate.n)
    if bound == estimate.estimate:
        return None
    runs = ceil(estimate.n * ((end - estimate.estimate) / (bound - estimate.estimate)) ** 2)
    return max(runs, estimate.n + 1) if runs <= MOST else None


def _by_ranks(sample: Values, q: float, operator: str, bound: float) -> int | None:
    n = len(sample)
    below, within = int((sample < bound).sum()), int((sample <= bound).sum())
    if operator == "==":
        lower, upper = below, within
    else:
        lower = upper = within if operator in {"<=", ">"} else below
    if any(round(count - n * q, 9) == 0 for count in (lower, upper)):
        return None

    def decides(runs: int) -> bool:
        low, high = bounding_ranks(runs, q)
        over = low is not None and low * n > upper * runs
        under = high is not None and high * n <= lower * runs
        inside = low is not None and high is not None and lower * runs < low * n and high * n <= upper * runs
        return over or under or inside

    return _least(decides, n)


def _by_share(sample: Values, bound: float) -> int | None:
    n, hits = len(sample), int((sample > 0).sum())
    if hits / n == bound:
        return None

    def decides(runs: int) -> bool:
        low, high = bounds_of_share(round(runs * hits / n), runs)
        return not low <= bound <= high

    return _least(decides, n)


def _least(decides: Callable[[int], bool], n: int) -> int | None:
    """A number above `n` that decides while the one before does not."""
    below, above = n, n + 1
    while not decides(above):
        below, above = above, 2 * above
        if above > MOST:
            return None
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (below, middle) if decides(middle) else (middle, above)
    return above


def _first_bound(statistic: Statistic, sample: Values, n: int) -> int | None:
    """Runs that first bound the statistic, where it can be told."""
    if statistic.family == "quantile":
        least = runs_for_a_bound(statistic.q)
    elif statistic.family == "shortfall":
        least = runs_for_a_tail(statistic.q)
    elif len(sample) and sample[0] == sample[-1]:
        least = runs_for_a_bound(0.99)
    else:
        moving = n - int(np.unique(sample, return_counts=True)[1].max()) if len(sample) else 0
        least = ceil(n * MOVING / moving) if moving else 0
    return least if least > n else None
