from __future__ import annotations

import pytest

from simulator.intervals import Interval, mean_of, mean_of_differences

# Two-sided 95 % quantiles of Student's t, as printed in tables
TABLE = {2: 12.706, 3: 4.303, 5: 2.776, 10: 2.262, 31: 2.042, 121: 1.980}


@pytest.mark.parametrize(("n", "quantile"), TABLE.items())
def test_the_interval_is_students_for_the_number_of_seeds(n: int, quantile: float) -> None:
    values = [float(number) for number in range(n)]
    variance = n * (n + 1) / 12  # of 0, 1, …, n − 1
    found = mean_of(values)
    assert found.mean == (n - 1) / 2
    assert found.n == n
    assert found.high is not None
    assert found.low is not None
    assert found.high - found.mean == pytest.approx(quantile * (variance / n) ** 0.5, rel=3e-4)
    assert found.mean - found.low == pytest.approx(found.high - found.mean)


def test_known_values() -> None:
    """5.1, 4.9, 5.6, 4.7, 5.2: mean 5.1, deviation 0.33912, t(4) 2.77645."""
    mean, low, high, n = mean_of([5.1, 4.9, 5.6, 4.7, 5.2])
    assert (mean, low, high, n) == (pytest.approx(5.1), pytest.approx(4.67893, abs=1e-5), pytest.approx(5.52107), 5)


def test_equal_values_have_an_interval_without_width() -> None:
    assert mean_of([3.0, 3.0, 3.0]) == (3.0, 3.0, 3.0, 3)


def test_one_value_has_no_interval_and_none_no_mean() -> None:
    assert mean_of([7.5]) == Interval(7.5, None, None, 1)
    assert mean_of([]) == mean_of([None]) == Interval(None, None, None, 0)


def test_missing_values_are_left_out_and_not_counted() -> None:
    assert mean_of([1.0, None, 3.0]) == mean_of([1.0, 3.0])


def test_zero_is_a_value() -> None:
    assert mean_of([0.0, 2.0]).mean == 1.0


def test_the_order_of_values_decides_no_digit() -> None:
    values = [0.1, 1e16, -1e16, 0.3, 7.7]
    assert mean_of(values) == mean_of(sorted(values))


def test_differences_are_taken_pair_by_pair() -> None:
    """Values that vary by a hundred, and always by two from their pair."""
    found = mean_of_differences([102.0, 2.0, 52.0], [100.0, 0.0, 50.0])
    assert found == (2.0, 2.0, 2.0, 3)
    assert mean_of_differences([3.0, 5.0], [1.0, 1.0]) == mean_of([2.0, 4.0])


def test_a_pair_that_lacks_either_is_left_out() -> None:
    assert mean_of_differences([1.0, None, 5.0, 9.0], [0.0, 0.0, None, 2.0]) == mean_of([1.0, 7.0])


def test_unequal_numbers_are_no_pairs() -> None:
    with pytest.raises(ValueError, match="argument 2"):
        mean_of_differences([1.0, 2.0], [1.0])
