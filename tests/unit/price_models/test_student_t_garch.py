from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.errors import ScenarioError
from tests.unit.price_models.paths import GARCH, YEAR, bare, prices, returns, steps

STEP = 600
FLAT: dict[str, Any] = {**GARCH, "alpha": 0, "beta": 0}
"""Independent Student-t returns."""


def correlation(one: Any, other: Any) -> float:
    return float(np.corrcoef(one, other)[0, 1])


def test_returns_have_the_unconditional_volatility() -> None:
    found = steps({**GARCH, "degrees_of_freedom": 8}, 40_000, STEP)
    assert np.std(found) * np.sqrt(YEAR / STEP) == pytest.approx(0.9, rel=0.05)
    assert np.mean(found) == pytest.approx(0, abs=4 * np.std(found) / np.sqrt(len(found)))


def test_each_variance_is_the_stated_mix_of_the_last_return_and_the_last_variance() -> None:
    flat = 0.9 * np.sqrt(STEP / YEAR)
    found = steps(GARCH, 400, STEP)
    variance = (found / (steps(FLAT, 400, STEP) / flat)) ** 2  # the same innovations, of standard deviation one
    assert variance[0] == pytest.approx(flat**2)
    assert variance[1:] == pytest.approx(0.1 * flat**2 + 0.1 * found[:-1] ** 2 + 0.8 * variance[:-1], rel=1e-6)


def test_the_first_step_may_have_a_volatility_of_its_own_that_fades() -> None:
    fading = {**FLAT, "beta": 0.5}
    ratio = steps({**fading, "start_volatility": "180%"}, 60, STEP) / steps(fading, 60, STEP)
    assert ratio**2 == pytest.approx(1 + 3 * 0.5 ** np.arange(59))


def test_squares_of_returns_hang_together_as_the_process_says() -> None:
    alpha, beta = 0.1, 0.8
    squares = steps({**GARCH, "degrees_of_freedom": 30}, 60_000, STEP) ** 2
    first = alpha * (1 - alpha * beta - beta**2) / (1 - 2 * alpha * beta - beta**2)
    for lag in (1, 2, 5):
        expected = first * (alpha + beta) ** (lag - 1)
        assert correlation(squares[:-lag], squares[lag:]) == pytest.approx(expected, abs=0.03)
    independent = steps({**FLAT, "degrees_of_freedom": 30}, 60_000, STEP) ** 2
    assert correlation(independent[:-1], independent[1:]) == pytest.approx(0, abs=0.02)


@pytest.mark.parametrize(("freedom", "excess"), [(12, 6 / 8), (1_000, 0)])
def test_tails_are_those_of_the_degrees_of_freedom(freedom: float, excess: float) -> None:
    found = steps({**FLAT, "degrees_of_freedom": freedom}, 100_000, STEP)
    assert np.mean((found / np.std(found)) ** 4) - 3 == pytest.approx(excess, abs=0.15)


@pytest.mark.parametrize("seconds", [12, 13, 7, 400])
def test_blocks_fill_a_step_with_its_variance_whether_they_divide_it_or_not(seconds: float) -> None:
    found = steps({**FLAT, "degrees_of_freedom": 1_000}, 20_000, seconds)
    assert np.std(found) * np.sqrt(YEAR / seconds) == pytest.approx(0.9, rel=0.03)


def test_inside_a_step_moves_have_one_scale_and_the_next_step_has_another() -> None:
    normals = np.ones(100)
    found = np.diff(np.log(bare({**GARCH, "degrees_of_freedom": 3}, 101, 12, normals=normals.tolist())))
    assert found[:50] == pytest.approx(found[0])
    assert found[50:] == pytest.approx(found[50])
    assert abs(found[50] / found[0] - 1) > 0.1


def test_a_step_that_blocks_do_not_divide_ends_at_the_nearest_block() -> None:
    found = np.diff(np.log(bare({**GARCH, "degrees_of_freedom": 3}, 240, 13, normals=[1.0] * 239)))
    changes = np.flatnonzero(np.abs(np.diff(found)) > 1e-9) + 1
    assert changes.tolist() == [round(600 * step / 13) for step in range(1, 6)]


def test_a_run_within_one_step_has_its_part_of_the_variance() -> None:
    ends = [np.log(bare({**FLAT, "degrees_of_freedom": 1_000}, 26, 12, seed)[-1] / 2_000) for seed in range(2_000)]
    assert np.std(ends) * np.sqrt(YEAR / 300) == pytest.approx(0.9, rel=0.06)


def test_the_drift_is_of_the_log_price() -> None:
    still, moving = bare(GARCH, 400, STEP), bare({**GARCH, "drift": "50%"}, 400, STEP)
    assert np.log(moving / still) == pytest.approx(0.5 * np.arange(400) * STEP / YEAR)


# Tails of several assets

LONG = {"chain.blocks": 8_000, "chain.block_time": "10min"}
HEAVY: dict[str, Any] = {**FLAT, "degrees_of_freedom": 4}


def together(other: dict[str, Any]) -> float:
    """Correlation of the sizes of the moves of WETH and AAVE, whose normals are independent."""
    made = prices(HEAVY, LONG, AAVE=other)
    assert correlation(returns(made), returns(made, "AAVE")) == pytest.approx(0, abs=0.1)
    return correlation(np.log(np.abs(returns(made))), np.log(np.abs(returns(made, "AAVE"))))


def test_assets_of_one_step_and_freedom_have_their_wild_steps_together() -> None:
    assert together(HEAVY) > 0.1


@pytest.mark.parametrize("change", [{"degrees_of_freedom": 4.5}, {"tails": "other"}, {"step": "20min"}])
def test_other_assets_have_theirs_apart(change: dict[str, Any]) -> None:
    assert together({**HEAVY, **change}) == pytest.approx(0, abs=0.05)


def test_correlated_normals_and_common_tails_make_a_multivariate_t() -> None:
    made = prices(HEAVY, {**LONG, "outside.correlations": {"WETH": {"AAVE": 0.8}}}, AAVE=HEAVY)
    assert correlation(returns(made), returns(made, "AAVE")) == pytest.approx(0.8, abs=0.03)


# Refusals


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"alpha": 0.2}, r"alpha \+ beta = 1 must be below 1"),
        ({"degrees_of_freedom": 2}, "degrees_of_freedom = 2: .*greater than 2"),
        ({"step": "11s"}, r"step 11s is shorter than a block \(12s\); fit the model to wider candles"),
        ({"volatility": "0%"}, "volatility"),
    ],
)
def test_what_is_no_such_process_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        prices({**GARCH, **change})
