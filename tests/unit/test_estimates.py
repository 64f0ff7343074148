from __future__ import annotations

from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from simulator.estimates import (
    NONE,
    STATISTICS,
    Estimate,
    Statistic,
    bounding_ranks,
    exact,
    expected_shortfall,
    mean,
    paired_difference,
    probability,
    quantile,
    runs_for_a_bound,
    runs_to_decide,
)
from simulator.randomness import stream

ALL = list(STATISTICS.values())
MEAN, P50, P95, P99, ES99, PROBABILITY = ALL
ES80 = Statistic("es80", "", "", "shortfall", 0.8)
NAMES = [statistic.name for statistic in ALL]


def losses(n: int, name: str = "losses", share: float = 0.3) -> list[float]:
    """Most runs without any, the others log-normal."""
    draws = stream(1, f"test/{name}")
    return [float(loss) for loss in np.where(draws.random(n) < share, np.exp(draws.standard_normal(n)), 0.0)]


# Order statistics


@pytest.mark.parametrize(
    ("n", "q", "low", "high"),
    [
        (58, 0.95, 52, None),  # 0.95^58 = 5.1 % of samples lie below the quantile as a whole
        (59, 0.95, 50, 59),
        (100, 0.95, 91, 100),
        (298, 0.99, 292, None),
        (299, 0.99, 289, 299),
        (300, 0.99, 290, 300),
        (1_000, 0.99, 983, 996),  # the percentiles 98.3 to 99.6
        (1_000, 0.95, 937, 964),
        (10_000, 0.99, 9_881, 9_920),  # 98.8 to 99.2
        (40, 0.99, 38, None),
        (5, 0.5, 1, None),
        (6, 0.5, 1, 6),  # 1 - 2 / 2^6 = 96.9 %
        (1, 0.99, 1, None),
        (1, 0.5, None, None),
        (40, 0.01, None, 3),
        (299, 0.01, 1, 11),
    ],
)
def test_bounding_ranks(n: int, q: float, low: int | None, high: int | None) -> None:
    assert bounding_ranks(n, q) == (low, high)


@pytest.mark.parametrize("q", [0.01, 0.2, 0.5, 0.95, 0.99])
@pytest.mark.parametrize("n", [59, 100, 299, 300, 750, 1_000])
def test_no_narrower_ranks_hold_95_percent(n: int, q: float) -> None:
    low, high = bounding_ranks(n, q)
    if low is None or high is None:
        assert q**n + (1 - q) ** n > 0.05
        return
    below = binom.cdf(np.arange(-1, n + 1), n, q)  # [r] = P(B < r)

    def held(first: int, last: int) -> float:
        return float(below[last] - below[first])

    assert held(low, high) >= 0.95
    assert all(held(first, first + high - low - 1) < 0.95 for first in range(1, n - (high - low - 1) + 1))
    assert low <= ceil(round(n * q, 9)) <= high


def test_quantile_is_a_run_and_so_are_its_bounds() -> None:
    assert quantile([float(number) for number in range(1_000, 0, -1)], 0.99) == (990, 983, 996, 1_000)
    assert quantile([float(number) for number in range(1, 101)], 0.07).estimate == 7  # 100 × 0.07 is 7.000000000000001


@pytest.mark.parametrize(("q", "runs"), [(0.99, 299), (0.95, 59), (0.5, 6), (0.01, 299)])
def test_fewest_runs_with_both_bounds(q: float, runs: int) -> None:
    assert runs_for_a_bound(q) == runs
    assert None not in bounding_ranks(runs, q)
    assert None in bounding_ranks(runs - 1, q)


# Tables by hand


def test_shortfall_weighs_the_run_on_the_boundary() -> None:
    values = [float(number) for number in range(1, 11)]
    assert expected_shortfall(values, 0.8).estimate == pytest.approx((10 + 9) / 2)
    assert expected_shortfall(values, 0.75).estimate == pytest.approx((10 + 9 + 8 / 2) / 2.5)
    assert expected_shortfall(values, 0.99).estimate == pytest.approx(10)


def test_shortfall_of_few_runs_has_the_lower_bound_of_the_quantile_and_no_upper_one() -> None:
    values = [float(number) for number in range(1, 800)]
    assert expected_shortfall(values, 0.99).low == quantile(values, 0.99).low
    assert expected_shortfall(values, 0.99).high is None
    assert expected_shortfall([*values, 800.0], 0.99).high is not None


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (0, 1_000, 0.0, 0.00368208),  # 1 - 0.025^(1/1000)
        (1_000, 1_000, 0.99631792, 1.0),
        (8, 10, 0.44390454, 0.97478927),
    ],
)
def test_probability_has_clopper_and_pearsons_interval(hits: int, n: int, low: float, high: float) -> None:
    found = probability([1.0] * hits + [0.0] * (n - hits))
    assert found == (hits / n, pytest.approx(low, abs=1e-8), pytest.approx(high, abs=1e-8), n)


def test_difference_of_probabilities_has_newcombes_interval() -> None:
    # His table of method 10: 36 pairs in both, 12 and 2 in one only, none in neither
    proposed, current = [1.0] * 48 + [0.0] * 2, [1.0] * 36 + [0.0] * 12 + [1.0] * 2
    found = paired_difference(PROBABILITY, current, proposed)
    assert found == (0.2, pytest.approx(0.0569, abs=5e-5), pytest.approx(0.3404, abs=5e-5), 50)


def test_mean_is_never_bounded_closer_than_by_students_t() -> None:
    assert mean([1.0, 2.0, 3.0, 4.0]).estimate == 2.5
    values = losses(300)
    found, half = mean(values), 1.96792967 * np.std(values, ddof=1) / np.sqrt(300)
    assert found.estimate == pytest.approx(np.mean(values))
    assert found.low == pytest.approx(np.mean(values) - half)  # the short tail
    assert found.high is not None
    assert found.high > np.mean(values) + half  # the long one


def test_mean_of_runs_of_which_three_differ_has_no_upper_bound() -> None:
    assert mean([0.0] * 997 + [1.0, 2.0, 3.0]).high is None
    assert mean([0.0] * 995 + [1.0, 2.0, 3.0, 4.0, 5.0]).high is not None


def test_runs_all_alike_bound_the_mean_from_299_on() -> None:
    assert mean([0.1] * 298) == (0.1, None, None, 298)
    assert mean([0.1] * 299) == (0.1, 0.1, 0.1, 299)
    assert expected_shortfall([0.0] * 1_000, 0.99) == (0.0, 0.0, 0.0, 1_000)


# Missing values


@pytest.mark.parametrize("statistic", ALL, ids=NAMES)
def test_runs_without_the_figure_are_left_out(statistic: Statistic) -> None:
    values = losses(120)
    assert statistic.of([None, *values, float("nan"), None]) == statistic.of(values)
    assert statistic.of([]) == statistic.of([None, None]) == NONE


@pytest.mark.parametrize("statistic", ALL, ids=NAMES)
def test_pairs_without_the_figure_on_either_side_are_left_out(statistic: Statistic) -> None:
    one, other = losses(120, "one"), losses(120, "other")
    whole = paired_difference(statistic, one, other)
    assert paired_difference(statistic, [None, 1.0, *one], [2.0, None, *other]) == whole
    assert paired_difference(statistic, [None], [1.0]) == NONE


def test_pairs_must_match() -> None:
    with pytest.raises(ValueError, match="shape"):
        paired_difference(MEAN, [1.0, 2.0], [1.0])


def test_infinite_values_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        mean([1.0, float("inf")])
    with pytest.raises(ValueError, match="finite"):
        paired_difference(MEAN, [1.0], [float("inf")])


def test_exact_figure_has_no_width() -> None:
    assert exact(3) == (3.0, 3.0, 3.0, 1)
    assert exact(None) == NONE


# Pairs


@pytest.mark.parametrize("n", [1, 40, 1_000])
@pytest.mark.parametrize("statistic", ALL, ids=NAMES)
def test_equal_runs_differ_by_nothing_and_prove_it_when_they_are_enough(statistic: Statistic, n: int) -> None:
    values = losses(n)
    found = paired_difference(statistic, values, list(values))
    assert (found.estimate, found.n) == (0.0, n)
    if statistic is PROBABILITY:
        assert found.low is not None
        assert found.high is not None
        assert -0.97 < found.low < 0 < found.high < 0.97
    else:
        enough = n >= {"mean": 299, "p50": 6, "p95": 59, "p99": 299, "es99": 800}[statistic.name]
        assert (found.low, found.high) == ((0.0, 0.0) if enough else (None, None))


@pytest.mark.parametrize("statistic", [P95, P99, ES99], ids=lambda statistic: statistic.name)
def test_difference_in_a_tail_that_few_pairs_show_has_no_bounds(statistic: Statistic) -> None:
    one, other = losses(50, "one"), losses(50, "other")
    assert paired_difference(statistic, one, other)[1:] == (None, None, 50)


@pytest.mark.parametrize("statistic", ALL, ids=NAMES)
def test_pairing_shows_what_the_arms_apart_would_not(statistic: Statistic) -> None:
    current = [1 + loss for loss in losses(1_000, share=1.0)]
    proposed = [value * 1.05 for value in current]
    found = paired_difference(statistic, current, proposed)
    apart = statistic.of(current), statistic.of(proposed)
    assert found.estimate is not None
    assert found.low is not None
    assert found.high is not None
    if statistic is not PROBABILITY:
        assert 0 < found.low <= found.estimate <= found.high
        assert apart[1].low is not None
        assert apart[0].high is not None
        assert apart[1].low < apart[0].high


# Properties

NUMBERS = st.lists(st.integers(-1_000, 1_000).map(lambda number: number / 8), min_size=1, max_size=60)
PAIRS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=60)
OF_ONE = [MEAN, P50, Statistic("p80", "", "", "quantile", 0.8), ES80, PROBABILITY]


@given(values=NUMBERS)
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("statistic", OF_ONE, ids=lambda statistic: statistic.name)
def test_estimate_lies_within_its_interval(statistic: Statistic, values: list[float]) -> None:
    within(statistic.of(values))


@given(pairs=PAIRS)
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("statistic", OF_ONE, ids=lambda statistic: statistic.name)
def test_difference_lies_within_its_interval(statistic: Statistic, pairs: list[tuple[int, int]]) -> None:
    within(paired_difference(statistic, *map(list, zip(*pairs, strict=True))))


def within(found: Estimate) -> None:
    assert found.estimate is not None
    assert found.low is None or found.low <= found.estimate
    assert found.high is None or found.estimate <= found.high


@given(values=NUMBERS, order=st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
@pytest.mark.parametrize("statistic", OF_ONE, ids=lambda statistic: statistic.name)
def test_order_of_runs_changes_no_bit(statistic: Statistic, values: list[float], order: object) -> None:
    shuffled = list(values)
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    assert statistic.of(shuffled) == statistic.of(values)
    pairs = list(zip(values, reversed(values), strict=True))
    mixed = sorted(pairs)
    one = paired_difference(statistic, *map(list, zip(*pairs, strict=True)))
    assert one == paired_difference(statistic, *map(list, zip(*mixed, strict=True)))


@given(values=NUMBERS, shift=st.integers(-500, 500), scale=st.integers(1, 50))
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("statistic", OF_ONE[:4], ids=lambda statistic: statistic.name)
def test_interval_moves_and_stretches_with_the_values(
    statistic: Statistic, values: list[float], shift: int, scale: int
) -> None:
    before, after = statistic.of(values), statistic.of([scale * value + shift for value in values])
    for one, other in zip(before[:3], after[:3], strict=True):
        assert (one is None) == (other is None)
        assert one is None or other == pytest.approx(scale * one + shift, rel=1e-7, abs=1e-6)


@given(values=NUMBERS, shift=st.integers(1, 500))
@settings(max_examples=40, deadline=None)
@pytest.mark.parametrize("statistic", OF_ONE[:4], ids=lambda statistic: statistic.name)
def test_shift_of_all_runs_is_the_difference(statistic: Statistic, values: list[float], shift: int) -> None:
    found = paired_difference(statistic, values, [value + shift for value in values])
    assert found.estimate == pytest.approx(shift)
    assert found.low is None or found.low == pytest.approx(shift)
    assert found.high is None or found.high == pytest.approx(shift)


def test_as_many_runs_as_do_not_fit_into_memory_at_once_give_an_interval() -> None:
    found = mean(losses(3_000))
    assert found.low is not None
    assert found.high is not None
    assert found.low < 0.3 * np.exp(0.5) < found.high


# Runs that would decide


@pytest.mark.parametrize(
    ("statistic", "operator", "bound", "values", "runs"),
    [
        (P99, "<=", 40.0, [float(number) for number in range(1, 41)], 299),  # all within: the first upper bound
        (P99, "<=", 0.0, [0.0] * 40, 299),
        (P95, "<=", 40.0, [float(number) for number in range(1, 41)], 59),
        (P50, "<=", 6.0, [float(number) for number in range(1, 11)], 109),
        (P50, "<=", 5.0, [float(number) for number in range(1, 11)], None),  # half of them are within
        (P50, "<", 6.0, [float(number) for number in range(1, 11)], None),
        (PROBABILITY, "<=", 0.05, [0.0] * 40, 72),  # 1 - 0.025^(1/72) = 4.99 %
        (PROBABILITY, "<=", 0.5, [0.0, 1.0] * 4, None),
        (MEAN, "<=", 1.0, [0.0] * 40, 299),
        (MEAN, "<=", 1.0, [0.0] * 99 + [5.0], 400),  # four that differ
    ],
)
def test_runs_to_decide(
    statistic: Statistic, operator: str, bound: float, values: list[float], runs: int | None
) -> None:
    assert runs_to_decide(statistic, statistic.of(values), operator, bound, values) == runs


def test_runs_that_lack_the_figure_are_asked_for_as_well() -> None:
    values = [float(number) for number in range(40)]
    alone = runs_to_decide(P95, quantile(values, 0.95), "<=", 1_000.0, values)
    lacking = [*values, *[None] * 10]
    assert alone == 59
    assert runs_to_decide(P95, quantile(lacking, 0.95), "<=", 1_000.0, lacking) == 74


@pytest.mark.parametrize(
    ("estimate", "bound", "runs"),
    [
        (Estimate(10.0, 8.0, 14.0, 100), 12.0, 400),
        (Estimate(10.0, 8.0, 14.0, 100), 9.0, 400),
        (Estimate(10.0, 8.0, 14.0, 100), 13.999, 101),
        (Estimate(10.0, 8.0, 14.0, 100), 10.0, None),
        (Estimate(10.0, 8.0, 14.0, 100), 10.00001, None),  # over a thousand million
        (Estimate(10.0, 8.0, None, 100), 12.0, None),
        (NONE, 12.0, None),
    ],
)
def test_runs_that_decide_a_mean_go_with_the_square_of_the_width(
    estimate: Estimate, bound: float, runs: int | None
) -> None:
    assert runs_to_decide(MEAN, estimate, "<=", bound) == runs


@pytest.mark.parametrize(("statistic", "runs"), [(P99, 299), (P95, 59), (ES99, 800)])
def test_difference_without_bounds_asks_for_the_runs_that_give_some(statistic: Statistic, runs: int) -> None:
    assert runs_to_decide(statistic, Estimate(1.0, None, None, 40), "<=", 2.0) == runs
