"""Statistics of many runs, each with the interval that 95 times in 100 holds its true value; docs/statistics.md."""

from .deciding import runs_to_decide
from .estimate import CONFIDENCE, NONE, Estimate, exact
from .means import mean
from .paired import paired_difference
from .quantiles import bounding_ranks, quantile, runs_for_a_bound
from .shares import probability
from .statistics import STATISTICS, Statistic
from .tails import expected_shortfall

__all__ = [
    "CONFIDENCE",
    "NONE",
    "STATISTICS",
    "Estimate",
    "Statistic",
    "bounding_ranks",
    "exact",
    "expected_shortfall",
    "mean",
    "paired_difference",
    "probability",
    "quantile",
    "runs_for_a_bound",
    "runs_to_decide",
]
