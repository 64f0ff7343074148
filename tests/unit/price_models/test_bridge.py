from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.errors import ScenarioError
from tests.unit.price_models.paths import BRIDGE, YEAR, bare, path, prices

DAY: dict[str, Any] = {**BRIDGE, "at": 40}


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize(("change", "target"), [("-40%", 1_200), ("150%", 5_000), ("-99.9%", 2), ("0%", 2_000)])
def test_the_target_is_met_exactly(change: str, target: int, seed: int) -> None:
    assert path(prices({**BRIDGE, "change": change}, {"seed": seed}))[25] == target * 10**8


def test_the_target_may_be_the_last_block_or_the_first_after_the_start() -> None:
    assert path(prices({**BRIDGE, "at": 39}))[39] == 1_200 * 10**8
    assert path(prices({**BRIDGE, "at": 1}))[:2] == [2_000 * 10**8, 1_200 * 10**8]


def test_without_volatility_it_falls_evenly_in_logs_and_then_stays() -> None:
    found = bare({**BRIDGE, "volatility": "0%"}, 40, 12)
    assert found[:26] == pytest.approx(2_000 * 0.6 ** (np.arange(26) / 25))
    assert found[25:] == pytest.approx(1_200)


def test_around_the_straight_fall_it_is_a_bridge_and_after_the_target_it_is_free() -> None:
    paths = np.array([np.log(bare(DAY, 81, 86_400, seed) / 2_000) for seed in range(3_000)])
    variance, day = paths.var(axis=0), 0.8**2 * 86_400 / YEAR
    for block in (10, 20, 30):
        assert variance[block] == pytest.approx(day * block * (40 - block) / 40, rel=0.1)
        assert paths[:, block].mean() == pytest.approx(
            np.log(0.6) * block / 40, abs=4 * np.sqrt(variance[block] / 3_000)
        )
    after = np.exp(paths[:, 80] - paths[:, 40])
    assert paths[:, 80].var() == pytest.approx(40 * day, rel=0.1)
    assert after.mean() == pytest.approx(1, abs=4 * after.std() / np.sqrt(3_000))  # a martingale


@pytest.mark.parametrize(
    ("change", "told"),
    [({"at": 40}, "at 40 is after the last block"), ({"change": "-100%"}, "change"), ({"at": 0}, "at = 0")],
)
def test_a_target_that_cannot_be_met_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError, match=told):
        prices({**BRIDGE, **change})
