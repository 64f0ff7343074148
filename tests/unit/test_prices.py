from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.errors import ScenarioError
from simulator.prices import OutsidePrices
from simulator.scenario import parse
from tests.unit.tiny import settings

GBM = {"model": "gbm", "start": "$2000", "volatility": "60%"}
QUIET: dict[str, Any] = {"events": []}
HALF_LIFE = 150  # blocks: 30 minutes of 12 seconds


def prices(changes: dict[str, Any] | None = None) -> OutsidePrices:
    return OutsidePrices(parse(settings({**QUIET, **(changes or {})})))


def path(made: OutsidePrices, asset: str = "WETH") -> list[int]:
    found: list[int] = made.control[:, made.assets.index(asset)].tolist()
    return found


def asset(price: dict[str, Any]) -> dict[str, Any]:
    return {**settings()["assets"]["WETH"], "price": price}


# Paths


def test_a_constant_price_stays() -> None:
    assert path(prices()) == [2_000 * 10**8] * 40
    assert path(prices(), "USDC") == [10**8] * 40


def test_a_random_path_starts_at_its_start_and_repeats_with_its_seed() -> None:
    one = path(prices({"assets.WETH.price": GBM}))
    assert one[0] == 2_000 * 10**8
    assert len(set(one)) == 40
    assert path(prices({"assets.WETH.price": GBM})) == one
    assert path(prices({"assets.WETH.price": GBM, "seed": 8})) != one


def test_other_assets_do_not_move_a_path() -> None:
    one = path(prices({"assets.WETH.price": GBM}))
    walking = {"model": "gbm", "start": "$1", "volatility": "5%"}
    assert path(prices({"assets.WETH.price": GBM, "assets.USDC.price": walking})) == one
    assert path(prices({"assets.WETH.price": GBM, "assets.AAVE": asset({**GBM, "start": "$90"})})) == one
    raw = settings({**QUIET, "assets.WETH.price": GBM})
    raw["assets"] = {"AAVE": asset(GBM), **raw["assets"]}  # listed first
    assert path(OutsidePrices(parse(raw))) == one


def test_two_assets_of_one_model_walk_apart() -> None:
    made = prices({"assets.WETH.price": GBM, "assets.AAVE": asset(GBM)})
    assert path(made)[1:] != path(made, "AAVE")[1:]


def test_a_longer_run_begins_like_the_shorter_one() -> None:
    short = path(prices({"assets.WETH.price": GBM}))
    assert path(prices({"assets.WETH.price": GBM, "chain.blocks": 90}))[:40] == short


def test_steps_have_the_volatility_and_drift_of_a_year() -> None:
    day = {"chain.blocks": 2_001, "chain.block_time": "1d"}
    made = prices({**day, "assets.WETH.price": {**GBM, "volatility": "20%", "drift": "50%"}})
    steps = np.diff(np.log(path(made)))
    assert np.std(steps) * np.sqrt(365) == pytest.approx(0.20, rel=0.05)
    assert np.mean(steps) * 365 == pytest.approx(0.50 - 0.20**2 / 2, abs=4 * 0.20 * np.sqrt(365 / 2_000))


def test_the_same_draws_drive_every_volatility_and_its_square_is_taken_off_the_drift() -> None:
    def draws(volatility: int) -> list[float]:
        gbm = {**GBM, "volatility": f"{volatility}%", "drift": "50%"}
        steps = np.diff(np.log(path(prices({"chain.block_time": "1d", "assets.WETH.price": gbm}))))
        sigma = volatility / 100
        found: list[float] = ((steps - (0.5 - sigma**2 / 2) / 365) / sigma * np.sqrt(365)).tolist()
        return found

    assert draws(20) == pytest.approx(draws(80), abs=1e-6)


def test_without_volatility_only_the_drift_is_left() -> None:
    year = {"chain.blocks": 2, "chain.block_time": "365d"}
    made = prices({**year, "assets.WETH.price": {**GBM, "volatility": "0%", "drift": "10%"}})
    assert path(made)[1] == round(2_000 * np.exp(0.1) * 10**8)


# Shocks


def shock(at: int, over: int, change: str = "-40%") -> dict[str, Any]:
    return {"kind": "price_shock", "at": at, "over": over, "asset": "WETH", "change": change, "source": "stated"}


def test_a_fall_over_ten_blocks_is_whole_at_the_tenth_and_not_before() -> None:
    made = prices({"events": [shock(5, 10)]})
    start = 2_000 * 10**8
    assert path(made)[:5] == [start] * 5
    assert path(made)[14:] == [start * 6 // 10] * 26
    for done in range(1, 10):
        assert path(made)[4 + done] == round(start * 0.6 ** (done / 10))
    assert path(made, "USDC") == [10**8] * 40


@pytest.mark.parametrize(
    ("events", "last"),
    [
        ([shock(0, 1)], 1_200),
        ([shock(39, 1)], 1_200),
        ([shock(3, 4, "50%")], 3_000),
        ([shock(3, 4), shock(5, 9, "-50%")], 600),
        ([shock(35, 10, "-75%")], 2_000 * 0.25**0.5),  # half of it when the run ends
    ],
)
def test_shocks_multiply(events: Sequence[dict[str, Any]], last: float) -> None:
    assert path(prices({"events": list(events)}))[-1] == pytest.approx(last * 10**8, abs=1)


def test_a_shock_rides_on_the_random_path() -> None:
    calm = path(prices({"assets.WETH.price": GBM}))
    shocked = path(prices({"assets.WETH.price": GBM, "events": [shock(5, 10)]}))
    assert shocked[:5] == calm[:5]
    assert shocked[-1] == pytest.approx(calm[-1] * 0.6, abs=1)


# Depth


def test_selling_the_depth_moves_the_price_by_two_percent_and_half_of_it_recovers_in_the_half_life() -> None:
    made = prices({"chain.blocks": 2 * HALF_LIFE + 2})
    assert made.at(0, {}) == {"WETH": 2_000 * 10**8, "USDC": 10**8}
    moved = [made.at(1, {"WETH": 20_000_000.0})["WETH"]]
    moved += [made.at(step, {})["WETH"] for step in range(2, 2 * HALF_LIFE + 2)]
    assert moved[0] == 1_960 * 10**8
    assert moved[HALF_LIFE] == pytest.approx(2_000 * 10**8 * 0.98**0.5, abs=1)
    assert moved[2 * HALF_LIFE] == pytest.approx(2_000 * 10**8 * 0.98**0.25, abs=1)
    assert moved == sorted(moved)


def test_buying_moves_the_price_up_and_other_assets_stay() -> None:
    made = prices()
    assert made.at(0, {"WETH": -20_000_000.0}) == {"WETH": round(2_000 * 10**8 / 0.98), "USDC": 10**8}


def test_sales_add_up_in_logs() -> None:
    made = prices({"outside.recovery_half_life": "100000d"})
    for step in range(3):
        price = made.at(step, {"WETH": 20_000_000.0})["WETH"]
        assert price == pytest.approx(2_000 * 10**8 * 0.98 ** (step + 1), rel=1e-8)


def test_the_control_path_is_moved_by_nobody() -> None:
    made = prices({"assets.WETH.price": GBM})
    before = made.control.copy()
    made.at(0, {"WETH": 1e9})
    assert (made.control == before).all()
    assert made.control_at(0)["WETH"] == 2_000 * 10**8


def test_an_infinite_depth_is_the_control_path_exactly() -> None:
    made = prices({"outside.depth": "infinite", "assets.WETH.price": GBM})
    assert made.impact_a_dollar() == 0
    assert [made.at(step, {"WETH": 1e12}) for step in range(40)] == [made.control_at(step) for step in range(40)]


def test_the_impact_of_a_dollar_is_two_percent_over_the_depth() -> None:
    assert np.exp(-20_000_000 * prices().impact_a_dollar()) == pytest.approx(0.98)


# Candles

HOURS = [
    ["2024-08-05T00:00:00Z", 2_000, 2_050, 1_900, 1_950],
    ["2024-08-05T01:00:00Z", 1_960, 2_300, 1_955, 2_200],
    ["2024-08-05T02:00:00Z", 2_200, 2_200, 1_500, 1_600],
]


def candles(table: list[list[Any]], **chain: Any) -> dict[str, Any]:
    changes = {f"chain.{key}": value for key, value in chain.items()}
    return {"assets.WETH.price": {"model": "candles", "table": table}, **changes}


@pytest.mark.parametrize("seed", range(5))
def test_a_replay_passes_open_high_low_and_close_of_each_candle(seed: int) -> None:
    made = prices({**candles(HOURS, blocks=3 * 3_600 + 1, block_time="1s"), "seed": seed})
    found = np.array(path(made)) / 1e8
    assert found[-1] == 1_600
    for number, (_, opened, high, low, close) in enumerate(HOURS):
        inside = found[number * 3_600 : (number + 1) * 3_600]
        assert inside[0] == opened
        assert inside.max() <= high
        assert inside.min() >= low
        # an extreme lies between two blocks: they come as near as one block's move
        nearest = np.abs(np.diff(np.log(inside))).max() * 1.01
        assert np.log(high / inside.max()) <= nearest < 0.02
        assert np.log(inside.min() / low) <= nearest
        assert abs(np.log(inside[-1] / close)) <= nearest


def test_a_falling_candle_makes_its_high_first_and_a_rising_one_its_low() -> None:
    found = path(prices(candles(HOURS, blocks=3 * 3_600, block_time="1s")))
    rising, falling = found[3_600:7_200], found[:3_600]
    assert rising.index(min(rising)) < rising.index(max(rising))
    assert falling.index(max(falling)) < falling.index(min(falling))


def test_a_replay_may_begin_inside_the_candles() -> None:
    whole = path(prices(candles(HOURS, blocks=3 * 60 + 1, block_time="1min")))
    inner = path(prices(candles(HOURS, blocks=30, block_time="1min", start="2024-08-05T01:10:00Z")))
    assert inner == whole[70:100]


@pytest.mark.parametrize(
    "chain",
    [
        {"start": "2024-08-04T23:59:59Z"},
        {"blocks": 3 * 3_600 + 2, "block_time": "1s"},
        {"start": "2024-08-06T00:00:00Z"},
    ],
)
def test_a_run_beyond_the_candles_is_refused(chain: dict[str, Any]) -> None:
    with pytest.raises(ScenarioError) as refused:
        prices(candles(HOURS, **chain))
    assert refused.value.value == "assets.WETH.price"
    assert "candles run from 2024-08-05 00:00 to 2024-08-05 03:00" in refused.value.rule
    assert refused.value.remedy == "Change chain.start or chain.blocks"


@pytest.mark.parametrize(
    ("row", "numbers"),
    [
        (0, [2_000, 1_890, 1_900, 1_950]),  # high under low
        (1, [2_000, 2_050, 1_960, 1_950]),  # close under low
        (1, [2_060, 2_050, 1_900, 1_950]),  # open above high
        (2, [2_000, 2_050, 0, 1_950]),
        (2, [-1, -1, -1, -1]),
        (2, [float("nan")] * 4),
    ],
)
def test_a_candle_out_of_order_is_refused_with_its_time(row: int, numbers: list[float]) -> None:
    table = [list(one) for one in HOURS]
    table[row][1:] = numbers
    with pytest.raises(ScenarioError) as refused:
        prices(candles(table, blocks=2))
    assert refused.value.value == f"candle 2024-08-05 0{row}:00"
    assert refused.value.rule == "must hold 0 < low <= open, close <= high"


@pytest.mark.parametrize("order", [[1, 0, 2], [0, 1, 1], [0]], ids=["unsorted", "repeated", "only one"])
def test_candles_out_of_time_are_refused(order: list[int]) -> None:
    with pytest.raises(ScenarioError, match="must be two or more, in order of time"):
        prices(candles([HOURS[number] for number in order], blocks=2))


def test_candles_of_a_csv_are_those_of_the_same_table(tmp_path: Path) -> None:
    rows = ["# source: stated", "time_utc,open_usd,high_usd,low_usd,close_usd"]
    rows += [",".join(map(str, row)) for row in HOURS]
    (tmp_path / "day.csv").write_text("\n".join(rows), encoding="utf-8")
    raw = settings({**QUIET, "assets.WETH.price": {"model": "candles", "csv": "day.csv"}})
    assert path(OutsidePrices(parse({**raw, "folder": str(tmp_path)}))) == path(prices(candles(HOURS)))


def test_a_csv_with_a_high_under_its_low_is_refused(tmp_path: Path) -> None:
    rows = "time_utc,open_usd,high_usd,low_usd,close_usd\n2024-08-05T00:00Z,5,4,6,5\n2024-08-05T01:00Z,5,6,4,5\n"
    (tmp_path / "day.csv").write_text(rows, encoding="utf-8")
    raw = settings({**QUIET, "assets.WETH.price": {"model": "candles", "csv": "day.csv"}})
    with pytest.raises(ScenarioError, match="candle 2024-08-05 00:00: must hold 0 < low"):
        OutsidePrices(parse({**raw, "folder": str(tmp_path)}))
