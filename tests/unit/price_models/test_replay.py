from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.errors import ScenarioError
from tests.unit.price_models.paths import HOURS, REPLAY, path, prices

WHOLE: dict[str, Any] = {"model": "replay", "start": "$2000", "table": HOURS}
HOURLY = {"chain.blocks": 5, "chain.block_time": "1h"}


@pytest.mark.parametrize("seed", range(5))
def test_a_path_is_that_of_the_candles_times_one_factor(seed: int) -> None:
    found = path(prices(WHOLE, {**HOURLY, "seed": seed}))
    assert found == [round(row[1] * 2 * 10**8) for row in HOURS]


def test_it_passes_the_extremes_of_each_candle() -> None:
    found = np.array(path(prices(WHOLE, {"chain.blocks": 18_000, "chain.block_time": "1s"}))) / 2e8
    for hour, (_, _, high, low, _) in enumerate(HOURS):
        inside = found[hour * 3_600 : (hour + 1) * 3_600]
        assert (inside.max(), inside.min()) == pytest.approx((high, low), rel=0.01)


def test_it_begins_where_it_is_told_whatever_time_the_chain_has() -> None:
    later = {**WHOLE, "begin": "2024-08-05T02:00:00Z"}
    changes = {**HOURLY, "chain.blocks": 3, "chain.start": "2031-01-01T00:00:00Z"}
    assert path(prices(later, changes)) == pytest.approx([2_000e8, 1_350e8, 2_000e8 * 820 / 1_200], abs=1)


@pytest.mark.parametrize("seed", range(20))
def test_within_a_candle_it_still_begins_at_its_start(seed: int) -> None:
    found = path(prices(REPLAY, {"seed": seed}))
    assert found[0] == 2_000 * 10**8
    assert found[1] != found[0]


def test_assets_of_one_draw_have_their_extremes_together() -> None:
    doubled = [[row[0], *(price * 2 for price in row[1:])] for row in HOURS]
    blocks = {"chain.blocks": 300}
    made = prices(WHOLE, blocks, AAVE={**WHOLE, "table": doubled, "start": "$90"})
    assert np.array(path(made, "AAVE")) / 90 == pytest.approx(np.array(path(made)) / 2_000, rel=1e-8)
    apart = prices(WHOLE, blocks, AAVE={**WHOLE, "draw": "other"})
    assert path(apart, "AAVE") != path(apart)


def test_a_bootstrap_beside_it_has_a_draw_of_its_own() -> None:
    prices(WHOLE, None, AAVE={"model": "bootstrap", "start": "$90", "table": HOURS, "length": 2})


@pytest.mark.parametrize(
    ("begin", "blocks"),
    [("2024-08-04T23:59:59Z", 2), ("2024-08-05T04:00:01Z", 301), ("2024-08-05T05:00:00Z", 2), (HOURS[0][0], 1_502)],
)
def test_candles_that_do_not_last_are_refused(begin: str, blocks: int) -> None:
    with pytest.raises(ScenarioError, match="candles begin at 2024-08-05 00:00") as refused:
        prices({**WHOLE, "begin": begin}, {"chain.blocks": blocks})
    assert refused.value.value.startswith("assets.WETH.price.begin = 2024-08-0")
    assert refused.value.remedy == "Begin within them, or lower chain.blocks"


def test_candles_may_end_with_the_last_block() -> None:
    prices({**WHOLE, "begin": "2024-08-05T04:00:00Z"}, {"chain.blocks": 301})


@pytest.mark.parametrize("change", [{"csv": "day.csv"}, {"table": []}])
def test_candles_come_from_one_place(change: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError, match="give either csv or table"):
        prices({**WHOLE, **change})
