from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.errors import ScenarioError
from tests.unit.price_models.paths import GBM, JUMPS, YEAR, bare, prices, returns, steps

HOUR, COUNT = 3_600, 50_000
BARE: dict[str, Any] = {**JUMPS, "volatility": "0%", "jump_deviation": "0%"}
"""Jumps of one size and nothing else but what they cost the drift."""


def jumps(found: Any) -> Any:
    """Which returns of a bare path hold one."""
    return found < -0.005


def test_there_are_as_many_jumps_as_stated() -> None:
    expected = 2_000 * HOUR / YEAR * COUNT
    found = steps(BARE, COUNT + 1, HOUR)
    numbers = np.rint((found - found.max()) / -0.01)
    assert numbers.sum() == pytest.approx(expected, abs=4 * np.sqrt(expected))
    assert numbers.max() >= 2
    assert np.var(numbers) == pytest.approx(np.mean(numbers), rel=0.05)


@pytest.mark.parametrize("common", ["0%", "30%", "100%"])
def test_variance_and_mean_are_those_of_the_process(common: str) -> None:
    found = steps({**JUMPS, "common": common}, COUNT + 1, HOUR)
    assert np.var(found) * YEAR / HOUR == pytest.approx(0.6**2 + 2_000 * (0.01**2 + 0.02**2), rel=0.05)
    gross = np.exp(found)  # a martingale: the mean factor is one
    assert np.mean(gross) == pytest.approx(1, abs=4 * np.std(gross) / np.sqrt(COUNT))


def test_the_drift_is_of_the_mean_price() -> None:
    still, moving = bare(JUMPS, 400, HOUR), bare({**JUMPS, "drift": "50%"}, 400, HOUR)
    assert np.log(moving / still) == pytest.approx(0.5 * np.arange(400) * HOUR / YEAR)


@pytest.mark.parametrize("deviation", [0, 20])
def test_what_a_jump_costs_on_average_is_given_back_between_jumps(deviation: int) -> None:
    kept = np.median(steps({**BARE, "jump_deviation": f"{deviation}%"}, 2_000, HOUR))
    assert kept == pytest.approx(2_000 * HOUR / YEAR * (1 - np.exp(-0.01 + (deviation / 100) ** 2 / 2)))


def test_sizes_have_their_mean_and_deviation() -> None:
    rare = {**JUMPS, "volatility": "0%", "jumps_a_year": 300, "jump_mean": "-30%", "jump_deviation": "5%"}
    found = steps(rare, COUNT + 1, HOUR)
    sizes = found[found < -0.08] - found.max()
    single = sizes[sizes > -0.47]
    assert len(single) > 1_000
    assert np.mean(single) == pytest.approx(-0.30, abs=0.01)
    assert np.std(single) == pytest.approx(0.05, rel=0.1)


def test_without_jumps_it_is_a_geometric_brownian_motion() -> None:
    assert bare({**JUMPS, "jumps_a_year": 0}, 400, HOUR) == pytest.approx(bare(GBM, 400, HOUR), rel=1e-12)


# Jumps of several assets

LONG = {"chain.blocks": 5_000, "chain.block_time": "1h"}


def both(one: dict[str, Any], other: dict[str, Any]) -> tuple[Any, Any]:
    made = prices(one, LONG, AAVE=other)
    return jumps(returns(made)), jumps(returns(made, "AAVE"))


def test_common_jumps_hit_all_assets_in_the_same_blocks() -> None:
    weth, aave = both({**BARE, "common": "100%"}, {**BARE, "common": "100%", "jump_mean": "-3%"})
    assert weth.sum() > 500
    assert (weth == aave).all()


def test_an_asset_with_half_the_common_jumps_takes_part_in_half_of_the_others() -> None:
    weth, aave = both({**BARE, "common": "100%"}, {**BARE, "common": "100%", "jumps_a_year": 1_000})
    assert (weth | ~aave).all()
    assert aave.sum() / weth.sum() == pytest.approx(0.5, abs=0.08)


def test_own_jumps_come_apart() -> None:
    weth, aave = both(BARE, BARE)
    assert np.corrcoef(weth, aave)[0, 1] == pytest.approx(0, abs=0.06)


def test_of_half_common_jumps_half_come_together() -> None:
    weth, aave = both({**BARE, "common": "50%"}, {**BARE, "common": "50%"})
    assert (weth & aave).sum() / weth.sum() == pytest.approx(0.5 + 0.5 * aave.mean(), abs=0.08)


def test_sizes_of_common_jumps_go_together() -> None:
    wide = {**JUMPS, "volatility": "0%", "jump_deviation": "2%", "jump_mean": "0%", "common": "100%"}
    made = prices(wide, LONG, AAVE={**wide, "jump_deviation": "1%"})
    weth, aave = returns(made), returns(made, "AAVE")
    hit = np.abs(aave - np.median(aave)) > 1e-9
    assert np.corrcoef(weth[hit], aave[hit])[0, 1] > 0.99


# Refusals


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"jumps_a_year": 2e7}, r"jumps_a_year 2e\+07 are 7.6 a block, over 5; use a gbm"),
        ({"jumps_a_year": -1}, "jumps_a_year"),
        ({"jump_mean": -0.05}, "jump_mean = -0.05: needs a unit"),
        ({"common": "101%"}, "common"),
    ],
)
def test_what_is_no_such_process_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        prices({**JUMPS, **change})
