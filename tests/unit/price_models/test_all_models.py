from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from pydantic import TypeAdapter

from simulator.errors import ScenarioError
from simulator.price_models import Price
from simulator.prices import OutsidePrices
from simulator.report.files import write_all
from simulator.scenario import load, parse
from tests.unit.price_models.paths import BOOTSTRAP, GBM, HOURS, MODELS, REPLAY, START, bare, named, path, prices
from tests.unit.tiny import settings

every_model = pytest.mark.parametrize("price", MODELS, ids=named)


@every_model
@pytest.mark.parametrize("seed", range(6))
def test_a_path_starts_at_its_start_and_stays_above_zero(price: dict[str, Any], seed: int) -> None:
    found = path(prices(price, {"seed": seed, "chain.blocks": 300}))
    assert found[0] == START * 10**8
    assert min(found) > 0


@pytest.mark.parametrize("price", [one for one in MODELS if "volatility" in one], ids=named)
def test_a_wild_path_stays_in_what_its_integers_can_hold(price: dict[str, Any]) -> None:
    found = prices({**price, "volatility": "9000000%"}, {"chain.blocks": 300}).control
    assert 0 < found.min() <= found.max() <= 10**18


@every_model
def test_a_longer_run_begins_like_the_shorter_one(price: dict[str, Any]) -> None:
    assert path(prices(price, {"chain.blocks": 130}))[:40] == path(prices(price))


@pytest.mark.parametrize("price", [one for one in MODELS if "at" not in one], ids=named)
def test_a_run_may_be_as_short_as_a_block(price: dict[str, Any]) -> None:
    assert bare(price, 1, 12).tolist() == [START]


@every_model
def test_the_seed_decides_and_nothing_else(price: dict[str, Any]) -> None:
    first = path(prices(price, {"chain.blocks": 300}))
    assert path(prices(price, {"chain.blocks": 300})) == first
    if price["model"] != "constant":
        assert path(prices(price, {"chain.blocks": 300, "seed": 8})) != first


@every_model
def test_neither_an_asset_after_it_nor_a_keeper_moves_a_path(price: dict[str, Any]) -> None:
    alone = path(prices(price, {"chain.blocks": 300}))
    keeper = {**settings()["liquidators"][0], "name": "other"}
    for other in MODELS:
        changes = {"chain.blocks": 300, "liquidators": [*settings()["liquidators"], keeper]}
        assert path(prices(price, changes, ZRX=other)) == alone


@every_model
def test_what_is_written_reads_back_with_its_source(price: dict[str, Any], tmp_path: Path) -> None:
    raw = settings({"events": [], "assets.WETH.price": {**price, "source": "stated"}})
    before = parse(raw)
    (tmp_path / "again.yaml").write_text(before.to_yaml(), encoding="utf-8")
    after = load(tmp_path / "again.yaml")
    assert after.assets == before.assets
    assert after.assets["WETH"].price.source == "stated"


def test_without_correlations_a_path_is_made_of_the_normals_of_its_own_stream() -> None:
    assert path(prices(GBM)) == np.rint(bare(GBM, 40, 12) * 1e8).astype(int).tolist()


def test_every_sample_in_the_documentation_is_a_price() -> None:
    text = (Path(__file__).parents[3] / "docs" / "prices.md").read_text(encoding="utf-8")
    samples = [yaml.safe_load(line)["price"] for line in text.splitlines() if line.startswith("price: {")]
    assert [one["model"] for one in samples] == list(dict.fromkeys(one["model"] for one in samples))
    assert {one["model"] for one in samples} == {one["model"] for one in MODELS} | {"candles"}
    for price in samples:
        TypeAdapter(Price).validate_python(price)


# CSVs


def csv(folder: Path, name: str = "day.csv") -> None:
    rows = ["time_utc,open_usd,high_usd,low_usd,close_usd", *(",".join(map(str, row)) for row in HOURS)]
    (folder / name).write_text("\n".join(rows), encoding="utf-8")


@pytest.mark.parametrize("price", [BOOTSTRAP, REPLAY], ids=named)
def test_candles_of_a_csv_go_with_the_results_and_give_the_same_path(price: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    csv(tmp_path / "mine")
    of_csv = {**{key: value for key, value in price.items() if key != "table"}, "csv": "day.csv"}
    scenario = parse({**settings({"events": [], "assets.WETH.price": of_csv}), "folder": str(tmp_path / "mine")})
    assert scenario.files() == ["day.csv"]
    assert path(OutsidePrices(scenario)) == path(prices(price))
    write_all(tmp_path / "out", scenario, {}, {})
    assert path(OutsidePrices(load(tmp_path / "out" / "scenario.yaml"))) == path(prices(price))


def test_the_csv_of_a_scenario_that_is_extended_is_found_beside_it(tmp_path: Path) -> None:
    of_csv = {"model": "replay", "start": "$2000", "csv": "day.csv", "begin": REPLAY["begin"]}
    for folder in ("far", "near"):
        (tmp_path / folder).mkdir()
    csv(tmp_path / "far")
    far = settings({"events": [], "assets.WETH.price": of_csv})
    (tmp_path / "far" / "scenario.yaml").write_text(yaml.safe_dump(far), encoding="utf-8")
    (tmp_path / "near" / "own.yaml").write_text("extends: ../far/scenario.yaml\nname: own\n", encoding="utf-8")
    assert path(OutsidePrices(load(tmp_path / "near" / "own.yaml"))) == path(prices(REPLAY))


def test_an_absent_csv_is_refused_by_path() -> None:
    with pytest.raises(ScenarioError, match=r"none.csv.*must be a readable CSV"):
        prices({"model": "replay", "start": "$2000", "csv": "none.csv"})


def test_an_unknown_model_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(ScenarioError, match=r"assets.WETH.price.*'student_t_garch'"):
        prices({"model": "heston", "start": "$2000"})
