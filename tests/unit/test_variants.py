from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.errors import ScenarioError
from simulator.scenario import Scenario, load, parse
from tests.unit.tiny import settings

CLOSE = "protocols.main.liquidation.close_factor"
CANDLES = {"model": "candles", "csv": "day.csv"}
OTHER = {"model": "candles", "csv": "other.csv"}


def write(path: Path, raw: dict[str, Any]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With tiny.yaml in it."""
    write(tmp_path / "tiny.yaml", settings({"notes": "first"}))
    return tmp_path


def extending(folder: Path, **own: Any) -> Scenario:
    return load(write(folder / "own.yaml", {"extends": "tiny.yaml", "name": "own", **own}))


def refusal(folder: Path, **own: Any) -> str:
    with pytest.raises(ScenarioError) as refused:
        extending(folder, **own)
    assert refused.value.remedy
    return str(refused.value)


# extends


def test_what_a_file_does_not_name_is_that_of_the_one_it_extends(folder: Path) -> None:
    base, own = load(folder / "tiny.yaml"), extending(folder, seed=9)
    assert own == base.model_copy(update={"name": "own", "seed": 9})


def test_a_key_at_the_top_replaces_that_of_the_base_in_whole(folder: Path) -> None:
    outside = {"depth": "infinite", "recovery_half_life": "1h"}
    assert extending(folder, outside=outside).outside.depth == "infinite"
    assert "outside.recovery_half_life" in refusal(folder, outside={"depth": "infinite"})


def test_a_shipped_scenario_is_extended_by_name_and_chains_are_followed(folder: Path) -> None:
    write(folder / "middle.yaml", {"extends": "flash_crash", "name": "middle", "seed": 5})
    own = extending(folder, extends="middle.yaml", allow_toxic=True)
    assert own.chain == load("flash_crash").chain
    assert (own.name, own.seed, own.allow_toxic) == ("own", 5, True)


def test_a_base_is_looked_for_beside_the_file_that_names_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    path = write(folder / "below" / "own.yaml", {"extends": "../tiny.yaml", "name": "own"})
    assert load(path).notes == "first"


@pytest.mark.parametrize(
    ("own", "told"),
    [
        ({"extends": "own.yaml"}, "own.yaml: extends: leads back to itself"),
        ({"extends": "flash_crsh"}, "scenario flash_crsh: no such scenario or file"),
        ({"extends": ["tiny.yaml"]}, "must name one scenario"),
    ],
)
def test_a_base_that_cannot_be_had_is_refused(folder: Path, own: dict[str, Any], told: str) -> None:
    assert told in refusal(folder, **own)


def test_a_file_that_extends_has_a_name_of_its_own(folder: Path) -> None:
    path = write(folder / "own.yaml", {"extends": "tiny.yaml"})
    with pytest.raises(ScenarioError, match="needs a name of its own"):
        load(path)


def test_overrides_and_seed_apply_to_what_was_extended(folder: Path) -> None:
    path = write(folder / "own.yaml", {"extends": "tiny.yaml", "name": "own"})
    read = load(path, seed=3, overrides=["chain.blocks=21"])
    assert (read.seed, read.chain.blocks) == (3, 21)


# CSV files of what is extended


def test_each_csv_stays_beside_the_file_that_names_it(folder: Path) -> None:
    write(folder / "far" / "base.yaml", settings({"assets.WETH.price": CANDLES}))
    book = settings({"protocols.main.positions": {"kind": "csv", "csv": "book.csv"}})["protocols"]
    own = extending(folder, extends="far/base.yaml", protocols=book, variants={"V1": {"assets.WETH.price": OTHER}})
    assert own.path("day.csv") == folder / "far" / "day.csv"
    assert own.path("book.csv") == folder / "book.csv"
    assert own.of_variant("V1").path("other.csv") == folder / "other.csv"
    assert own.files() == ["day.csv", "book.csv", "other.csv"]
    assert load(folder / "own.yaml", overrides=["name=other"]).path("day.csv") == folder / "far" / "day.csv"


@pytest.mark.parametrize("overlay", [{"assets.WETH.price": CANDLES}, {"assets.WETH.price.csv": "day.csv"}])
def test_a_csv_that_only_an_inherited_variant_names_stays_where_it_is(folder: Path, overlay: dict[str, Any]) -> None:
    write(folder / "far" / "base.yaml", settings({"assets.WETH.price": OTHER, "variants": {"V1": overlay}}))
    own = extending(folder, extends="far/base.yaml")
    assert own.of_variant("V1").path("day.csv") == folder / "far" / "day.csv"


def test_a_csv_that_the_file_replaced_is_no_longer_its_bases(folder: Path) -> None:
    write(folder / "far" / "base.yaml", settings({"assets.WETH.price": CANDLES}))
    assets = settings({"assets.WETH.price": CANDLES})["assets"]
    assert extending(folder, extends="far/base.yaml", assets=assets).path("day.csv") == folder / "day.csv"


def test_one_name_for_two_csv_files_is_refused(folder: Path) -> None:
    write(folder / "far" / "base.yaml", settings({"assets.WETH.price": CANDLES}))
    protocols = settings({"protocols.main.positions": {"kind": "csv", "csv": "day.csv"}})["protocols"]
    told = refusal(folder, extends="far/base.yaml", protocols=protocols)
    assert "day.csv: is a file beside own.yaml and one in" in told


# variants


VARIANTS: dict[str, Any] = {
    "same": {},
    "V1": {CLOSE: "100%", "liquidators.swift.fee": {"kind": "fixed", "price": "9 gwei"}},
    "V2": {"outside": {"depth": "infinite", "recovery_half_life": "1h"}},
}


@pytest.fixture
def varied(folder: Path) -> Path:
    return write(folder / "varied.yaml", settings({"variants": VARIANTS}))


def test_a_variant_is_the_scenario_with_its_settings_replaced(varied: Path) -> None:
    base = load(varied)
    first, second = load(varied, variant="V1"), load(varied, variant="V2")
    assert first.protocols["main"].liquidation.close_factor == 1
    assert first.liquidators[0].fee.kind == "fixed"
    assert second.outside.depth == "infinite"
    assert (
        base.protocols["main"].liquidation.close_factor
        == Decimal("0.5")
        == (second.protocols["main"].liquidation.close_factor)
    )
    assert (first.name, first.variant, first.variants, first.label) == ("tiny", "V1", {}, "tiny-V1")
    assert (base.variant, base.label, list(base.variants)) == (None, "tiny", ["same", "V1", "V2"])


def test_an_empty_overlay_is_the_base(varied: Path) -> None:
    base = load(varied)
    assert load(varied, variant="same") == base.model_copy(update={"variants": {}, "variant": "same"})


def test_overrides_come_before_the_overlay(varied: Path) -> None:
    overrides = [f"{CLOSE}=30%", "chain.blocks=33"]
    read = load(varied, seed=4, overrides=overrides, variant="V1")
    assert (read.protocols["main"].liquidation.close_factor, read.chain.blocks, read.seed) == (1, 33, 4)
    assert load(varied, overrides=overrides, variant="V2").protocols["main"].liquidation.close_factor == Decimal("0.3")


@pytest.mark.parametrize("variant", [None, "V1"])
def test_what_is_written_reads_back_as_it_was(varied: Path, folder: Path, variant: str | None) -> None:
    before = load(varied, variant=variant)
    (folder / "again.yaml").write_text(before.to_yaml(), encoding="utf-8")
    assert load(folder / "again.yaml") == before


def test_what_extends_is_written_in_full(folder: Path) -> None:
    before = extending(folder, variants=VARIANTS)
    (folder / "tiny.yaml").unlink()
    (folder / "again.yaml").write_text(before.to_yaml(), encoding="utf-8")
    assert load(folder / "again.yaml") == before


def test_an_unknown_variant_is_refused_with_the_known_ones(varied: Path) -> None:
    with pytest.raises(ScenarioError, match=r"variant V3: is not among those of tiny \(same, V1, V2\)"):
        load(varied, variant="V3")


@pytest.mark.parametrize(
    ("overlay", "told"),
    [
        ({"chain.blokcs": 5}, "variants.V1: chain.blokcs: unknown key"),
        ({"chains.blocks": 5}, "variants.V1: chains.blocks: no setting called chains"),
        ({"chain.block_time": "12"}, "variants.V1: chain.block_time = '12': needs a unit"),
        ({"liquidators.nobody.count": 5}, "no setting called nobody"),
        ({"seed": 5}, "variants.V1: seed: must be the same in all runs"),
        ({"name": "other"}, "variants.V1: name: must be the same"),
        ({"variants.V2": {}}, "variants.V1: variants.V2: must be the same"),
    ],
)
def test_a_variant_that_does_not_hold_is_refused_when_the_file_is_read(overlay: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse(settings({"variants": {"same": {}, "V1": overlay}}))
    assert told in str(refused.value)
    assert refused.value.exit_code == 2
