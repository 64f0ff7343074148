from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from simulator import Result, Scenario, load, run

ROOT = Path(__file__).resolve().parent.parent
CRASH = ROOT / "tests" / "scenarios" / "crash.yaml"
TABLES = ("blocks", "transactions", "liquidations", "accounts", "deficits")
IDLE = {
    "name": "idle",
    "count": 2,
    "venue": "weth_usdc",
    "capital": {"kind": "inventory", "amount": "$1M", "sell_after": "60s"},
    "fee": {"kind": "percentile", "percentile": "99%", "maximum": "1000 gwei"},
    "latency": 0,
    "minimum_profit": "$1B",
    "in_flight": 10,
}


def written(result: Result, folder: Path) -> dict[str, str]:
    """Every file but those that may differ, by name; the summary without the engine's name."""
    result.write(folder)
    return files(folder)


def files(folder: Path) -> dict[str, str]:
    texts = {path.name: path.read_bytes().decode() for path in sorted(folder.iterdir()) if path.name != "timing.json"}
    texts["summary.json"] = json.dumps({**json.loads(texts["summary.json"]), "engine": ""})
    return texts


def tables(result: Result) -> dict[str, str]:
    return {name: getattr(result, name).to_csv(index=False) for name in TABLES}


@pytest.fixture(scope="module")
def crash() -> Result:
    return run(CRASH, engine="anvil")


def test_every_engine_gives_the_same_bytes(crash: Result, tmp_path: Path) -> None:
    embedded = run(CRASH, engine="pyevm")
    assert (embedded.summary["engine"], crash.summary["engine"]) == ("pyevm", "anvil")
    assert crash.summary["liquidations"]["count"] > 0
    assert len(crash.deficits) > 0
    anvil, pyevm = written(crash, tmp_path / "anvil"), written(embedded, tmp_path / "pyevm")
    assert set(anvil) == {"scenario.yaml", "summary.json", *(f"{name}.csv" for name in TABLES)}
    for name in anvil:
        assert anvil[name] == pyevm[name], name


def test_another_process_and_hash_seed_give_the_same_bytes(crash: Result, tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, simulator\n"
        "print(hash('undertow'))\n"
        "simulator.run(sys.argv[1], engine='anvil').write(pathlib.Path(sys.argv[2]))\n"
    )
    hashes = set()
    for seed in ("1", "2"):
        ended = subprocess.run(
            [sys.executable, "-c", program, str(CRASH), str(tmp_path / seed)],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
        hashes.add(ended.stdout)
        assert files(tmp_path / seed) == written(crash, tmp_path / f"here-{seed}")
    assert len(hashes) == 2


def test_the_written_scenario_gives_the_same_bytes(crash: Result, tmp_path: Path) -> None:
    first = written(crash, tmp_path / "first")
    again = run(tmp_path / "first" / "scenario.yaml", engine="anvil")
    assert written(again, tmp_path / "again") == first


def test_a_csv_book_is_written_beside_its_scenario(tmp_path: Path) -> None:
    chosen = load(CRASH.with_name("two_pools.yaml"), overrides=["chain.blocks=12"])
    first = written(run(chosen, engine="anvil"), tmp_path / "first")
    assert "north.csv" in first
    assert written(run(tmp_path / "first" / "scenario.yaml", engine="anvil"), tmp_path / "again") == first


def test_another_seed_gives_another_run(crash: Result) -> None:
    other = run(load(CRASH, seed=8), engine="anvil")
    for name in TABLES:
        assert tables(other)[name] != tables(crash)[name]
    assert (other.blocks["control_WETH"] != crash.blocks["control_WETH"]).sum() == len(crash.blocks) - 1


def with_idle(place: int) -> Scenario:
    """The crash with keepers who never find enough profit, at a place among the others."""
    chosen = load(CRASH)
    liquidators = [one.model_dump(mode="json") for one in chosen.liquidators]
    liquidators.insert(place, IDLE)
    return load(CRASH, overrides=[f"liquidators={json.dumps(liquidators)}"])


@pytest.mark.parametrize("place", [0, 2], ids=["first", "last"])
def test_an_idle_keeper_changes_nothing_else(place: int, crash: Result) -> None:
    joined = run(with_idle(place), engine="anvil")
    assert not joined.blocks["profit_idle"].any()
    assert tables(replace(joined, blocks=joined.blocks.drop(columns="profit_idle"))) == tables(crash)
    groups = dict(joined.summary["keepers"]["groups"])
    idle = groups.pop("idle")
    assert (idle["keepers"], idle["attempts"], idle["profit_usd"], idle["fees_paid_usd"]) == (2, 0, 0.0, 0.0)
    assert groups == crash.summary["keepers"]["groups"]


def test_a_keeper_who_works_moves_no_price_path_and_no_demand(crash: Result) -> None:
    """Common random numbers: what nobody's trades touch is the same before and after."""
    busy = json.dumps(
        [*(one.model_dump(mode="json") for one in load(CRASH).liquidators), IDLE | {"minimum_profit": "$1"}]
    )
    joined = run(load(CRASH, overrides=[f"liquidators={busy}"]), engine="anvil")
    assert joined.summary["keepers"]["groups"]["idle"]["landed"] > 0
    assert tables(joined)["liquidations"] != tables(crash)["liquidations"]
    assert joined.blocks["control_WETH"].tolist() == crash.blocks["control_WETH"].tolist()
    assert demand(joined) == demand(crash)


def demand(result: Result) -> list[tuple[int, float]]:
    sent = result.transactions[result.transactions["kind"] == "background"]
    pairs: pd.DataFrame = sent[["sent", "max_fee_gwei"]]
    return sorted(pairs.itertuples(index=False, name=None))
