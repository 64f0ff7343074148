"""Means over seeds, with the interval that 95 times in 100 holds the mean over all seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum, sqrt
from typing import NamedTuple

__all__ = ["Interval", "mean_of", "mean_of_differences"]

CONFIDENCE = 0.95


class Interval(NamedTuple):
    """A mean of `n` values and its interval; with one value there is no interval, without any no mean either."""

    mean: float | None
    low: float | None
    high: float | None
    n: int


def mean_of(values: Iterable[float | None]) -> Interval:
    """Mean and interval by Student's t of the values that there are: independent draws, normal or many enough."""
    known = [value for value in values if value is not None]
    n = len(known)
    if n == 0:
        return Interval(None, None, None, 0)
    mean = fsum(known) / n
    if n == 1:
        return Interval(mean, None, None, 1)
    deviation = sqrt(fsum((value - mean) ** 2 for value in known) / (n - 1))
    half = _student(n - 1) * deviation / sqrt(n)
    return Interval(mean, mean - half, mean + half, n)


def mean_of_differences(values: Sequence[float | None], reference: Sequence[float | None]) -> Interval:
    """The same of ``value - reference``, pair by pair (one seed each); a pair that lacks either is left out.

    What a seed does to both sides cancels, so that far fewer seeds show a difference than two means would need.
    """
    pairs = zip(values, reference, strict=True)
    return mean_of(None if one is None or other is None else one - other for one, other in pairs)


def _student(freedom: int) -> float:
    """Two-sided quantile of Student's t."""
    from scipy.special import stdtrit  # half a second that a command without intervals need not wait for

    return float(stdtrit(freedom, 1 - (1 - CONFIDENCE) / 2))
