from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from simulator.errors import ScenarioError
from tests.unit.price_models.paths import BOOTSTRAP, HOURS, bare, prices, returns

HOUR = 3_600
CLOSES = [float(row[4]) for row in HOURS]
RETURNS = np.diff(np.log([HOURS[0][1], *CLOSES]))
"""Log return of each candle, the step from the close before it included."""


def drawn(price: dict[str, Any], candles: int, seed: int = 7) -> list[int]:
    """Number of each candle of a path, by its return; just before its end, as the next one may open elsewhere."""
    ends = np.log(bare(price, candles * 3_600 + 1, 1, seed)[[0, *range(HOUR - 1, candles * HOUR, HOUR)]])
    near = np.abs(np.diff(ends)[:, None] - RETURNS).argmin(axis=1)
    assert np.diff(ends) == pytest.approx(RETURNS[near], abs=2e-3)
    return [int(number) for number in near]


@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_a_path_is_made_of_candles_in_a_row_and_the_first_follows_the_last(length: int) -> None:
    found = drawn({**BOOTSTRAP, "length": length}, 6 * length, seed=3)[1:]  # the first lost its step to its open
    for number, (one, following) in enumerate(pairwise(found), start=2):
        if number % length:
            assert following == (one + 1) % 5
    if length > 1:
        assert any(following != (one + 1) % 5 for one, following in pairwise(found))


def test_every_candle_is_as_likely_as_any_other() -> None:
    counts = np.zeros(5)
    for seed in range(60):
        found = np.diff(np.log(bare({**BOOTSTRAP, "table": LEVEL, "length": 3}, 52, HOUR, seed)))
        np.add.at(counts, np.abs(found[:, None] - STEPS).argmin(axis=1), 1)
    assert counts / counts.sum() == pytest.approx(0.2, abs=0.04)


LEVEL = [
    [f"2024-08-05T0{hour}:00:00Z", one, max(one, two), min(one, two), two]
    for hour, (one, two) in enumerate([(100, 90), (90, 95), (95, 80), (80, 81), (81, 100)])
]
"""Each opens where the one before closed, the first where the last did."""
STEPS = np.log([row[4] / row[1] for row in LEVEL])


def test_blocks_as_wide_as_candles_move_by_their_returns() -> None:
    found = np.diff(np.log(bare({**BOOTSTRAP, "table": LEVEL}, 30, HOUR)))
    assert np.abs(found[:, None] - STEPS).min(axis=1) == pytest.approx(0, abs=1e-8)


def test_the_path_reaches_the_extremes_of_each_candle() -> None:
    one = [["2024-08-05T00:00:00Z", 100, 130, 70, 100], ["2024-08-05T01:00:00Z", 100, 130, 70, 100]]
    found = bare({**BOOTSTRAP, "table": one, "length": 1}, 4 * HOUR, 1) / 2_000
    for hour in range(4):
        inside = found[hour * HOUR : (hour + 1) * HOUR]
        assert (inside.min(), inside.max()) == pytest.approx((0.7, 1.3), rel=0.02)


def test_centred_takes_the_trend_off() -> None:
    whole = {**BOOTSTRAP, "length": 5}
    assert np.log(bare({**whole, "table": LEVEL, "centred": True}, 6, HOUR)[-1] / 2_000) == pytest.approx(0, abs=1e-8)
    falling = [[*row[:1], *(price * 0.9**number for price in row[1:])] for number, row in enumerate(LEVEL)]
    many = {**BOOTSTRAP, "table": falling, "length": 1}
    trend = np.mean(np.diff(np.log([100, *(row[4] for row in falling)])))
    still, centred = bare(many, 50, HOUR), bare({**many, "centred": True}, 50, HOUR)
    assert np.log(centred / still) == pytest.approx(-trend * np.arange(50))
    assert trend < -0.05


# Several assets

MIRROR = [[row[0], *(1e6 / row[number] for number in (1, 3, 2, 4))] for row in LEVEL]
"""The other way round: falls when the other rises."""
LONG = {"chain.blocks": 200, "chain.block_time": "1h"}


def test_assets_of_one_draw_take_the_same_times() -> None:
    made = prices({**BOOTSTRAP, "table": LEVEL}, LONG, AAVE={**BOOTSTRAP, "table": MIRROR, "start": "$90"})
    assert returns(made, "AAVE") == pytest.approx(-returns(made), abs=1e-7)


def test_assets_of_other_draws_take_others() -> None:
    made = prices({**BOOTSTRAP, "table": LEVEL}, LONG, AAVE={**BOOTSTRAP, "table": LEVEL, "draw": "other"})
    assert abs(np.corrcoef(returns(made), returns(made, "AAVE"))[0, 1]) < 0.3


@pytest.mark.parametrize("change", [{"table": LEVEL[1:]}, {"table": LEVEL, "length": 3}], ids=["times", "length"])
def test_candles_of_other_times_cannot_share_a_draw(change: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError, match=r"assets.AAVE.price.draw = 'market': shares its draw with WETH"):
        prices({**BOOTSTRAP, "table": LEVEL}, LONG, AAVE={**BOOTSTRAP, **change})
    prices({**BOOTSTRAP, "table": LEVEL}, LONG, AAVE={**BOOTSTRAP, **change, "draw": "own"})


def test_a_block_longer_than_the_candles_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"assets.WETH.price.length = 6: is more than the 5 candles. Lower it"):
        prices({**BOOTSTRAP, "length": 6})
