"""The bench on small sizes: what it reports, and that its replay is the run."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import pytest

from simulator import run_bench
from simulator.bench import crew, measure
from simulator.bench.overhead import _Recorder, _replay_seconds, _same_world
from simulator.chain import Chain, engine_named
from simulator.errors import ChainError
from simulator.genesis import genesis
from simulator.simulation import Simulation
from tests.scenarios.world import CRASH, crash

ENGINES = ["anvil", "pyevm"]


def test_every_part_reports_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {"SCENARIOS": (str(CRASH),), "OPENED": 20, "POSITIONS": (20, 60), "BLOCKS": (25, 60), "MARKS": (25, 60)}
    for name, value in sizes.items():
        monkeypatch.setattr(measure, name, value)
    monkeypatch.setattr(crew, "RUNS", 4)
    monkeypatch.setattr(crew, "BLOCKS", 60)
    told: list[str] = []
    figures = run_bench("anvil", 1, list(measure.BENCH_PARTS), told.append)
    assert told == ["overhead", "start", "scale", "drift", "profile", "crews"]
    assert (figures["engine"], figures["repeats"]) == ("anvil", 1)
    assert 0.5 < figures["overhead"][str(CRASH)] < 50
    rates = figures["rates"][str(CRASH)]
    assert rates["simulation_seconds"] > 0 < rates["replay_seconds"]
    assert 0 < rates["bare_seconds"] < rates["simulation_seconds"]
    assert rates["transactions_a_second"] > rates["blocks_a_second"] > 0
    assert 0 < figures["opening"]["20"]["second_seconds"] < figures["opening"]["20"]["first_seconds"]
    assert figures["sending"]["set_up"] > 0 < figures["sending"]["block"]
    positions = figures["scale"]["positions"]
    assert positions["20"]["liquidations"] == positions["60"]["liquidations"]
    assert positions["60"]["ms_per_block"] > 0
    assert set(figures["scale"]["blocks"]) == set(figures["drift"]) == {"25", "60"}
    assert figures["drift"]["60"]["ms_per_block"] > 0
    shares = figures["profile"][str(CRASH)]
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["chain/rpc.py"] > 0.1
    assert figures["crews"]["runs_a_minute"]["2"] > 0 < figures["crews"]["runs_a_minute"]["1"]
    assert 50 < figures["crews"]["worker_mb"] < 500
    assert figures["peak_mb"] >= figures["drift"]["60"]["mb"] > 10


@pytest.mark.parametrize("engine", ENGINES)
def test_a_replay_that_is_not_the_run_is_refused(engine: str) -> None:
    scenario = crash("chain.blocks=12")
    chain = engine_named(engine, genesis(scenario))
    recorder = _Recorder(chain)
    Simulation(scenario, cast(Chain, recorder)).run(lambda step: None)
    chain.close()
    with _same_world(engine, scenario) as again:
        assert _replay_seconds(again, recorder.blocks) > 0
    wrong = [*recorder.blocks[:-1], replace(recorder.blocks[-1], receipts=())]
    assert recorder.blocks[-1].receipts
    with _same_world(engine, scenario) as again, pytest.raises(ChainError, match="the replay ended with"):
        _replay_seconds(again, wrong)
