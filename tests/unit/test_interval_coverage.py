"""How often an interval holds the true value: 1,000 samples from a process whose statistics are known.

An interval that claims 95 % is to hold it 930 to 970 times; counting 1,000 repetitions is itself uncertain by 7. Losses
are like bad debt: none in most runs, log-normal or exponential in the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import erf, exp, log, sqrt
from typing import Any

import numpy as np
import pytest
from scipy.special import ndtri

from simulator.estimates import STATISTICS, Estimate, Statistic, paired_difference
from simulator.estimates.estimate import Values
from simulator.randomness import stream

REPETITIONS = 1_000
LEAST, MOST = 930, 970

Draw = Callable[[np.random.Generator, int], Any]

MEAN, P99, PROBABILITY = STATISTICS["mean"], STATISTICS["p99"], STATISTICS["probability"]


def quantile(q: float) -> Statistic:
    return Statistic(f"p{q:g}", "", "", "quantile", q)


def shortfall(q: float) -> Statistic:
    return Statistic(f"es{q:g}", "", "", "shortfall", q)


# Processes, and what is true of them


def exponential(draws: np.random.Generator, n: int) -> Values:
    return draws.exponential(1.0, n)


def losses(share: float, deviation: float) -> Draw:
    """No loss but in a `share` of runs, where it is log-normal."""
    return lambda draws, n: np.where(draws.random(n) < share, np.exp(deviation * draws.standard_normal(n)), 0.0)


def loss_at(share: float, deviation: float, q: float) -> float:
    """Quantile of `losses`."""
    return exp(deviation * float(ndtri(1 - (1 - q) / share)))


def loss_beyond(share: float, deviation: float, q: float) -> float:
    """Expected shortfall of `losses`, the quantile being a loss."""
    at = deviation - float(ndtri(1 - (1 - q) / share))
    return exp(deviation**2 / 2) * (1 + erf(at / sqrt(2))) / 2 * share / (1 - q)


def arms(correlation: float, deviation: float, gain: float, share: float = 1.0) -> Draw:
    """Losses of both arms, the proposed ones `gain` times as high: one price path, and some chance of their own."""

    def draw(draws: np.random.Generator, n: int) -> tuple[Values, Values]:
        path, own = draws.standard_normal(n), draws.standard_normal((2, n))
        hit = draws.random(n) < share
        mixed = correlation * path + sqrt(1 - correlation**2) * own
        return np.where(hit, np.exp(deviation * mixed[0]), 0.0), np.where(hit, gain * np.exp(deviation * mixed[1]), 0.0)

    return draw


def events(draws: np.random.Generator, n: int) -> tuple[Values, Values]:
    """A deficit in a tenth of the current runs; in 95 of 100 of those as proposed, and in a twentieth of the others."""
    one, other = draws.random((2, n))
    current = one < 0.1
    return current.astype(float), np.where(current, other < 0.95, other < 0.05).astype(float)


def covered(name: str, draw: Draw, estimate: Callable[[Any], Estimate], n: int, truth: float) -> int:
    """Repetitions whose interval holds the truth; a side without a bound holds it."""

    def samples() -> Iterator[Estimate]:
        draws = stream(1, f"coverage/{name}")
        for _ in range(REPETITIONS):
            yield estimate(draw(draws, n))

    return sum(
        (found.low is None or found.low <= truth) and (found.high is None or truth <= found.high) for found in samples()
    )


VALUES = {
    # Of these three the coverage is known, the least that whole ranks can do from 95 % on: 95.0, 95.0 and 95.8 %.
    "95th percentile of exponential values": (exponential, quantile(0.95), 1_000, -log(0.05)),
    "median of exponential values": (exponential, quantile(0.5), 1_000, log(2)),
    "99th percentile of losses": (losses(0.3, 1), P99, 1_000, loss_at(0.3, 1, 0.99)),
    "mean of losses": (losses(0.3, 1), MEAN, 150, 0.3 * exp(0.5)),
    "mean of the worst tenth of losses": (losses(0.3, 0.5), shortfall(0.9), 100, loss_beyond(0.3, 0.5, 0.9)),
    "share of runs with a loss": (losses(0.3, 1), PROBABILITY, 1_000, 0.3),
}

DIFFERENCES = {
    "means": (arms(0.9, 0.5, 1.2, share=0.3), MEAN, 120, 0.3 * 0.2 * exp(0.125)),
    "quantiles of arms that share nothing": (arms(0, 0.5, 1.2), quantile(0.9), 60, 0.2 * loss_at(1, 0.5, 0.9)),
    "means of the worst fifth": (arms(0.9, 0.5, 1.2), shortfall(0.8), 60, 0.2 * loss_beyond(1, 0.5, 0.8)),
    "shares": (events, PROBABILITY, 400, 0.1 * 0.95 + 0.9 * 0.05 - 0.1),
}


@pytest.mark.parametrize("name", VALUES)
def test_interval_of_a_value_holds_it_93_to_97_times_in_100(name: str) -> None:
    draw, statistic, n, truth = VALUES[name]
    assert LEAST <= covered(name, draw, statistic.of, n, truth) <= MOST


@pytest.mark.parametrize("name", DIFFERENCES)
def test_interval_of_a_paired_difference_holds_it_93_to_97_times_in_100(name: str) -> None:
    draw, statistic, n, truth = DIFFERENCES[name]
    assert LEAST <= covered(name, draw, lambda both: paired_difference(statistic, *both), n, truth) <= MOST


def test_difference_of_quantiles_of_arms_that_move_together_errs_on_the_safe_side() -> None:
    draw, truth = arms(0.99, 0.5, 1.2), 0.2 * loss_at(1, 0.5, 0.9)
    found = covered("together", draw, lambda both: paired_difference(quantile(0.9), *both), 60, truth)
    assert found > MOST


def test_quantile_between_runs_without_and_with_a_loss_errs_on_the_safe_side() -> None:
    assert covered("tied", losses(0.3, 1), quantile(0.5).of, 100, 0.0) == REPETITIONS


def test_mean_of_losses_that_few_runs_show_errs_on_the_safe_side() -> None:
    assert covered("rare", losses(0.03, 0.5), MEAN.of, 100, 0.03 * exp(0.125)) > MOST
