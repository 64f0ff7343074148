"""The share of runs in which something happens, which is a probability."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from .estimate import CONFIDENCE, NONE, Estimate, Values, known

__all__ = ["bounds_of_share", "difference_of_shares", "probability"]

MISS = (1 - CONFIDENCE) / 2


def probability(values: Sequence[float | None] | Values) -> Estimate:
    """Share of runs above zero, and its Clopper-Pearson interval: exact, covers at least 95 % at any share.

    Where no run is above zero the upper bound still is: 0.37 % with 1,000 runs.
    """
    sample = known(values)
    n = len(sample)
    if n == 0:
        return NONE
    hits = int((sample > 0).sum())
    return Estimate(hits / n, *bounds_of_share(hits, n), n)


def bounds_of_share(hits: int, n: int) -> tuple[float, float]:
    """Clopper and Pearson's bounds."""
    from scipy.special import betaincinv

    low = float(betaincinv(hits, n - hits + 1, MISS)) if hits else 0.0
    high = float(betaincinv(hits + 1, n - hits, 1 - MISS)) if hits < n else 1.0
    return low, high


def difference_of_shares(current: Values, proposed: Values) -> Estimate:
    """Share of proposed runs above zero less that of the current ones, pair by pair, by Newcombe's interval.

    His method 10 (Statistics in Medicine 17, 1998): Wilson's intervals of both shares, joined by the correlation of
    the pairs.
    """
    n, one, other = len(current), proposed > 0, current > 0
    both, neither = int((one & other).sum()), int((~one & ~other).sum())
    only_one, only_other = int((one & ~other).sum()), int((~one & other).sum())
    product, cross = both * neither, only_one * only_other
    margins = (both + only_one) * (neither + only_other) * (both + only_other) * (neither + only_one)
    tie = max(product - cross - n / 2, 0.0) if product > cross else float(product - cross)
    phi = tie / sqrt(margins) if margins else 0.0
    share, low, high = _wilson(both + only_one, n)
    against, against_low, against_high = _wilson(both + only_other, n)
    difference = (only_one - only_other) / n
    down, up = _joined(share - low, against_high - against, phi), _joined(high - share, against - against_low, phi)
    return Estimate(difference, max(-1.0, difference - down), min(1.0, difference + up), n)


def _joined(one: float, other: float, phi: float) -> float:
    return sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def _wilson(hits: int, n: int) -> tuple[float, float, float]:
    """Share and Wilson's score interval."""
    from scipy.special import ndtri

    z = float(ndtri(1 - MISS))
    share = hits / n
    centre = (hits + z * z / 2) / (n + z * z)
    half = z / (n + z * z) * sqrt(n * share * (1 - share) + z * z / 4)
    return share, max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))
