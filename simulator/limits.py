"""Limits on what a proposal may do, ``bad_debt_usd.p99 <= $250k``, and whether runs keep them.

A limit is judged by the whole interval, not by the estimate: it passes when all of the interval keeps it, fails when
all of it breaks it, and is undecided in between.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from math import inf, isfinite
from typing import Literal, NamedTuple

from pydantic import TypeAdapter, ValidationError

from .errors import InputError
from .estimates import STATISTICS, Estimate, Statistic, runs_to_decide
from .units import Fraction, Money

__all__ = ["Judgement", "Limit", "Verdict", "judge", "overall"]

Verdict = Literal["pass", "fail", "undecided"]

OPERATORS = ("<=", "<", ">=", ">", "==")
DIFFERENCE = "difference."
FORM = re.compile(r"\s*([^\s<>=!~]+)\s*([<>=!~]+)\s*(.*?)\s*")
PLAIN = re.compile(r"[+-]?[0-9][0-9_,]*(\.[0-9]+)?([eE][+-]?[0-9]+)?")
UNITS: Mapping[str, TypeAdapter[Decimal]] = {"share": TypeAdapter(Fraction), "dollars": TypeAdapter(Money)}
"""By the kind of figure that is written so."""
NOUNS = {"share": "a share (5%)", "dollars": "dollars ($250k)", "ratio": "a ratio (1.3)", "count": "a count (0)"}
EXAMPLE = "For example bad_debt_usd.p99 <= $250k, late_share.mean < 5% or difference.amplification.p95 <= 0.1"


@dataclass(frozen=True)
class Limit:
    """One limit.

    Attributes
    ----------
    text : as it was written
    metric : FIGURE.STATISTIC, or a figure that no run draws; without ``difference.``
    difference : whether it is the paired difference to the current values that is limited, not the proposed value
    operator : <=, <, >=, > or ==
    bound : in the figure's unit; 5% is 0.05
    """

    text: str
    metric: str
    difference: bool
    operator: str
    bound: float

    @classmethod
    def parse(cls, text: str, kinds: Mapping[str, str]) -> Limit:
        """``METRIC OPERATOR NUMBER``; the number plain, in dollars (``$250k``) or in percent (``5%``).

        Parameters
        ----------
        kinds : of the metrics that there are, by name; each may be written with ``difference.`` before it

        Raises
        ------
        InputError : it reads otherwise, names no metric, or a number in another unit
        """
        told = f"limit {text!r}"
        match = FORM.fullmatch(text)
        if match is None:
            raise InputError(told, "must read METRIC OPERATOR NUMBER", EXAMPLE)
        written, operator, number = match.groups()
        if operator not in OPERATORS:
            raise InputError(told, f"{operator} is no operator of limits", f"Choose one of {' '.join(OPERATORS)}")
        metric = written.removeprefix(DIFFERENCE)
        if metric not in kinds:
            raise InputError(told, f"there is no metric {metric}", _advice(metric, kinds))
        return cls(text.strip(), metric, metric != written, operator, _number(number, kinds[metric], told))

    @property
    def statistic(self) -> Statistic | None:
        """The statistic that is limited; None of a figure that no run draws."""
        return STATISTICS.get(self.metric.rpartition(".")[2])


class Judgement(NamedTuple):
    """Whether a limit is kept.

    Attributes
    ----------
    runs_needed : of an undecided limit, about how many runs would decide it; None where that cannot be told
    reason : of an undecided limit, why; else empty
    """

    verdict: Verdict
    runs_needed: int | None = None
    reason: str = ""


def judge(limit: Limit, estimate: Estimate, values: Sequence[float | None] = ()) -> Judgement:
    """Hold `estimate`, of the proposed value or of the difference, against `limit`.

    Parameters
    ----------
    values : the runs' values behind an estimate of the proposed value; they tell the runs needed
    """
    if estimate.estimate is None:
        return Judgement("undecided", None, "no run has this figure")
    low, high = (-inf if estimate.low is None else estimate.low), (inf if estimate.high is None else estimate.high)
    if _keeps(limit, low, high):
        return Judgement("pass")
    if _breaks(limit, low, high):
        return Judgement("fail")
    statistic = limit.statistic
    sample = () if limit.difference else values
    needed = runs_to_decide(statistic, estimate, limit.operator, limit.bound, sample) if statistic else None
    return Judgement("undecided", needed, _reason(low, high))


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of several limits: fail where one fails, else undecided where one is."""
    found = set(verdicts)
    return "fail" if "fail" in found else "undecided" if "undecided" in found else "pass"


def _keeps(limit: Limit, low: float, high: float) -> bool:
    """Whether every value from `low` to `high` keeps the limit."""
    return {
        "<=": high <= limit.bound,
        "<": high < limit.bound,
        ">=": low >= limit.bound,
        ">": low > limit.bound,
        "==": low == high == limit.bound,
    }[limit.operator]


def _breaks(limit: Limit, low: float, high: float) -> bool:
    """Whether every value from `low` to `high` breaks the limit."""
    return {
        "<=": low > limit.bound,
        "<": low >= limit.bound,
        ">=": high < limit.bound,
        ">": high <= limit.bound,
        "==": low > limit.bound or high < limit.bound,
    }[limit.operator]


def _reason(low: float, high: float) -> str:
    if isfinite(low) and isfinite(high):
        return "the limit lies within the interval"
    if not isfinite(high):
        return "too few runs to bound it from above" if isfinite(low) else "too few runs to bound it"
    return "too few runs to bound it from below"


def _advice(metric: str, names: Collection[str]) -> str:
    completed = sorted(name for name in names if name.startswith(f"{metric}."))
    near = completed or get_close_matches(metric, sorted(names), n=3, cutoff=0.5)
    return f"Perhaps {', '.join(near)}" if near else f"There are {', '.join(sorted(names))}"


def _number(text: str, kind: str, told: str) -> float:
    for of, unit in UNITS.items():
        try:
            number = float(unit.validate_python(text))
        except ValidationError:
            continue
        if of != kind:
            raise InputError(
                told, f"{text} is in another unit than the metric, {NOUNS.get(kind, kind)}", "Write it in that"
            )
        return number
    if not PLAIN.fullmatch(text) or not isfinite(number := float(text.replace(",", ""))):
        raise InputError(told, f"{text or 'nothing'} is no finite number", "Write 250000, $250k or 5%")
    if kind == "share" and abs(number) > 1:
        raise InputError(told, f"{text} is more than the whole of a share", f"Write {text}% if that is meant")
    return number
