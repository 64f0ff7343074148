"""A world that was kept is the world that would be built, and only when nothing that it follows from has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator import Result, Scenario, load, run, set_up
from simulator.chain import Call, engine_named
from simulator.contracts import Artifact, artifact
from simulator.errors import SetUpReverted, WorldWarning
from simulator.genesis import genesis
from simulator.report import result_of
from simulator.simulation import Simulation
from tests.scenarios.world import CRASH

SHORT = "chain.blocks=20"
ENGINES = ("anvil", "pyevm")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("UNDERTOW_WORLDS", str(tmp_path / "worlds"))
    return tmp_path / "worlds"


def crash(*overrides: str, seed: int = 7) -> Scenario:
    return load(CRASH, seed=seed, overrides=(SHORT, *overrides))


def rows(result: Result) -> list[str]:
    assert result.summary["liquidations"]["count"] > 0
    return [table.to_csv() for table in (result.blocks, result.transactions, result.liquidations)]


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.world"))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_kept_world_gives_the_same_rows(folder: Path, engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    built = run(crash(), engine=engine)
    assert len(kept(folder)) == 1
    monkeypatch.setattr("simulator.worlds._build", None)  # a second start builds nothing
    assert rows(run(crash(), engine=engine)) == rows(built)
    assert len(kept(folder)) == 1


@pytest.mark.parametrize("engine", ENGINES)
def test_a_run_inside_an_anchor_gives_the_same_rows_each_time(folder: Path, engine: str) -> None:
    scenario = crash()
    chain = engine_named(engine, genesis(scenario))
    seen = []
    for _ in range(2):
        with chain.anchor():
            seen.append(rows(result_of(Simulation(scenario, chain).run(lambda step: None), {})))
    chain.close()
    assert seen[0] == seen[1] == rows(run(scenario, engine=engine))


SCALED = "kind: volatility_scaled, calm_volatility: 100%, slope: 2%, maximum_haircut: 5%, speed: 10%"
PENALTY = "kind: dynamic_penalty, slope: 100%, maximum_discount: 10%, volatility_factor: 25%, volatility_interval: 1h"
RULES = "close_factor: 50%, full_close_health_factor: 95%, minimum_position: $2000, minimum_left: $1000"


@pytest.mark.parametrize(
    "design",
    [
        [f"protocols.main.margins={{{SCALED}, time_constant: 1h, interval: 1h, maximum_elapsed: 2h}}"],
        [f"protocols.main.liquidation={{{PENALTY}, {RULES}, protocol_share: 10%}}"],
        [
            f"protocols.main.margins={{{SCALED}, time_constant: 1h, interval: 60s, maximum_elapsed: 2h}}",
            "protocols.main.oracle={kind: delayed, hop: 1h, source: {kind: feed}}",
        ],
    ],
    ids=["margins", "penalty", "margins over a late oracle"],
)
def test_all_pokes_have_their_time_before_the_start(folder: Path, design: list[str]) -> None:
    scenario = crash(*design)
    chain = engine_named("pyevm", genesis(scenario))
    protocol = Simulation(scenario, chain).market.protocols["main"]
    start = int(scenario.chain.start.timestamp())
    assert 0 <= start - chain.head.timestamp <= 3
    (volatility, asset) = next((one.contract, one.asset) for one in protocol.pokes if one.history == one.interval)
    answer = chain.call(Call(volatility, artifact("RealisedVolatility").encode("volatility", protocol.tokens[asset])))
    assert artifact("RealisedVolatility").decode("volatility", answer) == 0
    chain.close()


def test_a_set_up_that_reverts_says_why(folder: Path) -> None:
    old = crash(
        "protocols.main.maximum_price_age=10s", "protocols.main.oracle={kind: delayed, hop: 1h, source: {kind: feed}}"
    )
    with pytest.raises(
        SetUpReverted, match=r"set-up transaction failed: .* \(StalePrice\(0x[0-9a-f]{40}, [0-9]+, 10\)\)"
    ):
        run(old, engine="pyevm")


def test_a_contract_that_fits_no_block_says_what_to_raise(folder: Path) -> None:
    reason = r"deploy .* \(it needs more than 1000000 gas; raise chain.gas_limit\)"
    with pytest.raises(SetUpReverted, match=reason):
        run(crash("chain.gas_limit=1000000"), engine="pyevm")


@pytest.mark.parametrize(
    "other",
    [
        lambda: crash(seed=8),
        lambda: crash("protocols.main.assets.WETH.liquidation_threshold=84%"),
        lambda: crash("protocols.main.positions.count=31"),
        lambda: crash("chain.gas_limit=6000001"),
        lambda: crash("chain.start=2024-01-01T00:00:01Z"),
    ],
    ids=["seed", "threshold", "book", "gas limit", "start"],
)
def test_what_a_world_follows_from_makes_another_world(folder: Path, other: Callable[[], Scenario]) -> None:
    for scenario in (crash(), other()):
        chain = engine_named("anvil", genesis(scenario))
        Simulation(scenario, chain)
        chain.close()
    assert len(kept(folder)) == 2


def test_a_changed_contract_makes_another_world(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def changed(name: str) -> Artifact:
        same = artifact(name)
        return Artifact(name, same.abi, same.init_code + b"\0") if name == "PoolLens" else same

    first = run(crash(), engine="anvil")
    monkeypatch.setattr(set_up, "artifact", changed)
    assert rows(run(crash(), engine="anvil")) == rows(first)
    assert len(kept(folder)) == 2


@pytest.mark.parametrize(
    "damage", [lambda whole: whole[:-1], lambda whole: whole[:40] + b"?" + whole[41:], lambda _: b""]
)
def test_a_damaged_world_is_built_again(folder: Path, damage: Callable[[bytes], bytes]) -> None:
    first = run(crash(), engine="anvil")
    (path,) = kept(folder)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    with pytest.warns(WorldWarning, match="damaged .*; the world is built again"):
        second = run(crash(), engine="anvil")
    assert rows(second) == rows(first)
    run(crash(), engine="anvil")  # and kept again: no warning


def test_a_world_that_cannot_be_kept_is_no_hindrance(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    with pytest.warns(WorldWarning, match="not kept"):
        run(crash("chain.blocks=15"), engine="anvil")


def test_no_folder_keeps_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UNDERTOW_WORLDS", "")
    run(crash("chain.blocks=15"), engine="anvil")
    assert not folder.exists()


def test_the_worlds_used_last_stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.worlds._KEPT", 2)
    names = []
    for seed in (1, 2, 1, 3):
        scenario = crash("protocols.main.positions.count=5", "protocols.main.positions.total_debt=$100k", seed=seed)
        chain = engine_named("anvil", genesis(scenario))
        Simulation(scenario, chain)
        chain.close()
        names.append(set(kept(folder)))
    assert [len(each) for each in names] == [1, 2, 2, 2]
    assert names[0] <= names[3]
