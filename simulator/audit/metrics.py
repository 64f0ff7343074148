"""Statistics of both arms and of their difference, each with its interval; and the limits held against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..estimates import STATISTICS, Estimate, exact, paired_difference
from ..figures import FIGURES
from ..limits import Limit, judge, overall
from ..montecarlo import Outcome
from .arms import CURRENT, PROPOSED

__all__ = ["HEADLINES", "SHOWN", "Metric", "Values", "differences", "judged", "known_kinds", "measured", "now_metrics"]

SHOWN = (
    *(f"bad_debt_usd.{statistic}" for statistic in ("probability", "mean", "p95", "p99", "es99")),
    *(f"liquidated_debt_usd.{statistic}" for statistic in ("mean", "p95", "p99")),
    *("late_share.mean", "late_share.p95"),
    *("amplification.mean", "amplification.p95", "amplification.p99"),
    *("stalled_blocks.mean", "stalled_blocks.p95"),
    *(f"suppliers_loss_usd.{statistic}" for statistic in ("probability", "mean", "p95", "p99", "es99")),
    *("borrowers_loss_usd.mean", "borrowers_loss_usd.p95"),
    "keepers_profit_usd.mean",
)
"""What an audit always tells; any other FIGURE.STATISTIC is told when a limit names it."""
HEADLINES = (
    *("bad_debt_usd.probability", "bad_debt_usd.mean", "bad_debt_usd.p95", "bad_debt_usd.p99", "bad_debt_usd.es99"),
    *("liquidated_debt_usd.p95", "amplification.p95", "late_share.mean", "stalled_blocks.mean"),
    *("suppliers_loss_usd.mean", "borrowers_loss_usd.mean", "keepers_profit_usd.mean"),
)
"""What a summary tells of it."""
NOW = {
    "accounts_liquidatable_now": ("accounts", "accounts liquidatable now", "count"),
    "debt_liquidatable_now_usd": ("debt_usd", "debt liquidatable now", "dollars"),
    "borrowing_headroom_usd": ("headroom_usd", "borrowing headroom", "dollars"),
}
"""Figures that no run draws: key of the immediate effect, label, kind."""

NO_DIFFERENCE = exact(0.0)

Values = Mapping[str, Sequence[Outcome]]
"""Outcomes of each arm, run by run."""


class Metric(NamedTuple):
    """One statistic of one figure, in both arms."""

    label: str
    kind: str
    interval: str
    current: Estimate
    proposed: Estimate
    difference: Estimate

    def told(self) -> dict[str, Any]:
        """For ``audit.json``."""
        arms = {CURRENT: self.current, PROPOSED: self.proposed, "difference": self.difference}
        words = {"label": self.label, "kind": self.kind, "interval": self.interval}
        return words | {name: estimate._asdict() for name, estimate in arms.items()}


def known_kinds() -> dict[str, str]:
    """Kind of every metric that a limit may name."""
    drawn = {
        f"{column}.{name}": statistic.kind_of(figure.kind)
        for column, figure in FIGURES.items()
        for name, statistic in STATISTICS.items()
    }
    return drawn | {name: kind for name, (_, _, kind) in NOW.items()}


def _column(outcomes: Iterable[Outcome], figure: str) -> list[float | None]:
    return [outcome.figures.get(figure) for outcome in outcomes]


def measured(names: Iterable[str], values: Values, same: bool = False) -> dict[str, Metric]:
    """Each metric in the market as it is, under the proposal, and the paired difference.

    With `same` nothing that runs was changed: the difference is zero however many runs there are.
    """
    found = {}
    for name in names:
        figure, _, statistic_name = name.rpartition(".")
        shown, statistic = FIGURES[figure], STATISTICS[statistic_name]
        current, proposed = (_column(values[arm], figure) for arm in (CURRENT, PROPOSED))
        found[name] = Metric(
            f"{shown.label}, {statistic.label_of(shown.kind)}",
            statistic.kind_of(shown.kind),
            f"{statistic.interval}; difference: {statistic.difference_interval}",
            statistic.of(current),
            statistic.of(proposed),
            NO_DIFFERENCE if same else paired_difference(statistic, current, proposed),
        )
    return found


def now_metrics(immediate: Mapping[str, Any]) -> dict[str, Metric]:
    """What is known without a run: it has no interval, since nothing about it is drawn."""
    found = {}
    for name, (key, label, kind) in NOW.items():
        current, proposed = (float(immediate[arm][key]) for arm in (CURRENT, PROPOSED))
        estimates = (exact(current), exact(proposed), exact(proposed - current))
        found[name] = Metric(label, kind, "exact", *estimates)
    return found


def differences(names: Iterable[str], values: Values, arm: str) -> dict[str, dict[str, Any]]:
    """Of another arm to the market as it is."""
    found = {}
    for name in names:
        figure, _, statistic = name.rpartition(".")
        columns = (_column(values[one], figure) for one in (CURRENT, arm))
        found[name] = {"difference": paired_difference(STATISTICS[statistic], *columns)._asdict()}
    return found


def judged(limits: Sequence[Limit], metrics: Mapping[str, Metric], values: Values) -> tuple[list[dict[str, Any]], str]:
    """Each limit with the value that is held against it and the verdict; and the verdict of all."""
    rows, verdicts = [], []
    for limit in limits:
        metric = metrics[limit.metric]
        value = metric.difference if limit.difference else metric.proposed
        runs = _column(values[PROPOSED], limit.metric.rpartition(".")[0])
        found = judge(limit, value, runs)
        verdicts.append(found.verdict)
        named = {"limit": limit.text, "metric": limit.metric, "kind": metric.kind}
        rows.append(named | {"value": value._asdict(), **found._asdict()})
    return rows, overall(verdicts)
