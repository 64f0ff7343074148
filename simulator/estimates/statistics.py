"""The statistics that a figure of many runs takes, by the name that follows the figure's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from .estimate import Estimate, Values
from .means import mean
from .quantiles import quantile
from .shares import probability
from .tails import expected_shortfall

__all__ = ["STATISTICS", "Statistic"]

Family = Literal["mean", "quantile", "shortfall", "probability"]

STUDENTISED = "wider of bootstrap-t and Student's t"
INTERVALS: Mapping[Family, tuple[str, str]] = {
    "mean": (STUDENTISED, f"{STUDENTISED}, over pairs"),
    "quantile": ("order statistics", "percentile bootstrap, over pairs"),
    "shortfall": (STUDENTISED, f"{STUDENTISED}, over pairs"),
    "probability": ("Clopper-Pearson", "Newcombe, over pairs"),
}
"""Methods by their names: of a value, of a paired difference."""


@dataclass(frozen=True)
class Statistic:
    """One of them: ``bad_debt_usd.p99`` is the statistic ``p99`` of the figure ``bad_debt_usd``.

    Attributes
    ----------
    label, dollars_label : for tables, of figures of any kind and of those in dollars
    q : level of a quantile or a tail, else 0
    """

    name: str
    label: str
    dollars_label: str
    family: Family
    q: float = 0.0

    def of(self, values: Sequence[float | None] | Values) -> Estimate:
        """The statistic of one arm."""
        if self.family == "quantile":
            return quantile(values, self.q)
        if self.family == "shortfall":
            return expected_shortfall(values, self.q)
        return mean(values) if self.family == "mean" else probability(values)

    @property
    def interval(self) -> str:
        """Name of the method that bounds a value."""
        return INTERVALS[self.family][0]

    @property
    def difference_interval(self) -> str:
        """Name of the method that bounds a paired difference."""
        return INTERVALS[self.family][1]

    def label_of(self, kind: str) -> str:
        """Its label for a figure of that kind."""
        return self.dollars_label if kind == "dollars" else self.label

    def kind_of(self, kind: str) -> str:
        """Its own kind for a figure of that kind: a probability is a share, the others are in the figure's unit."""
        return "share" if self.family == "probability" else kind


STATISTICS: Mapping[str, Statistic] = {
    statistic.name: statistic
    for statistic in (
        Statistic("mean", "mean", "mean", "mean"),
        Statistic("p50", "median", "median", "quantile", 0.5),
        Statistic("p95", "95th percentile", "VaR 95 %", "quantile", 0.95),
        Statistic("p99", "99th percentile", "VaR 99 %", "quantile", 0.99),
        Statistic("es99", "mean of the highest 1 %", "ES 99 %", "shortfall", 0.99),
        Statistic("probability", "share of runs above 0", "share of runs above 0", "probability"),
    )
}
