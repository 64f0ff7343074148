"""Statistics of comparisons, of figures that no chain has given."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from simulator import FIGURES, compare, paired
from simulator.errors import ChainError
from simulator.intervals import mean_of
from simulator.montecarlo import Outcome, Task
from simulator.scenario import Scenario
from tests.unit.tiny import scenario

CHANGES = {"variants": {"first": {}, "second": {"chain.expiry": 9}}}
Given = Callable[[str | None, int], float | None]


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> Callable[[Given], None]:
    """Every run of (variant, seed) gives this number as each of its figures, and fails where it is below zero."""

    def set_up(number: Given) -> None:
        def outcome(task: Task) -> Outcome:
            value = number(task.scenario.variant, task.scenario.seed)
            if value is not None and value < 0:
                return Outcome(fault="the node is gone")
            return Outcome(dict.fromkeys(FIGURES, value), release="1.2")

        def run_tasks(tasks: Sequence[Task], *_: Any, **__: Any) -> list[Outcome]:
            return [outcome(task) for task in tasks]

        monkeypatch.setattr(paired, "run_tasks", run_tasks)

    return set_up


@pytest.fixture
def chosen() -> Scenario:
    return scenario(CHANGES)


def test_differences_are_to_the_first_variant_of_the_same_seed(chosen: Scenario, given: Callable[..., None]) -> None:
    given(lambda variant, seed: seed * 100.0 + (seed if variant == "second" else 0))
    found = compare(chosen, seeds=3).variants
    assert found["first"]["late_share"] == (mean_of([700, 800, 900]), None)
    assert found["second"]["late_share"] == (mean_of([707, 808, 909]), mean_of([7, 8, 9]))


def test_a_figure_that_a_run_has_not_is_left_out_of_both_sides(chosen: Scenario, given: Callable[..., None]) -> None:
    given(lambda variant, seed: None if (variant, seed) in {("first", 8), ("second", 9)} else float(seed))
    found = compare(chosen, seeds=3)
    assert found.variants["second"]["late_share"] == (mean_of([7, 8]), mean_of([0.0]))
    row = found.table().set_index(["variant", "column"]).loc[("second", "late_share")]
    assert (row["n"], row["pairs"]) == (2, 1)
    assert found.failures == []


def test_one_seed_has_no_interval(chosen: Scenario, given: Callable[..., None], tmp_path: Path) -> None:
    given(lambda variant, seed: 5.0 if variant == "first" else 7.0)
    compare(chosen, seeds=1).write(tmp_path)
    told = json.loads((tmp_path / "compare.json").read_text(), parse_constant=pytest.fail)
    none = {"low": None, "high": None, "n": 1}
    assert told["variants"]["second"]["late_share"] == {"mean": 7, **none, "difference": {"mean": 2, **none}}
    row = pd.read_csv(tmp_path / "compare.csv").set_index(["variant", "column"]).loc[("second", "late_share")]
    assert row["mean"] == 7
    assert row[["low", "high", "difference_low", "difference_high"]].isna().all()


def test_a_run_that_failed_is_told_with_its_replay(chosen: Scenario, given: Callable[..., None]) -> None:
    given(lambda variant, seed: -1.0 if (variant, seed) == ("second", 8) else 1.0)
    found = compare(chosen, seeds=2, engine="pyevm", arguments=["a file.yaml", "--set", "outside.depth=$2M"])
    named = "ape run scenario 'a file.yaml' --set 'outside.depth=$2M' --variant second"
    replay = f"{named} --seed 8 --network ethereum:local:test"
    assert list(found.failures) == [({"variant": "second"}, 8, "the node is gone", replay)]
    assert found.variants["second"]["late_share"].value.n == 1
    assert found.paired.finished == [2, 1]


def test_nothing_is_compared_if_every_run_failed(chosen: Scenario, given: Callable[..., None]) -> None:
    given(lambda *_: -1.0)
    with pytest.raises(ChainError, match=r"every run failed, the first: the node is gone\nape run scenario tiny"):
        compare(chosen, seeds=2)


def test_the_header_says_what_was_run(chosen: Scenario, given: Callable[..., None]) -> None:
    given(lambda *_: 1.0)
    header = compare(chosen, seeds=2, arguments=["tiny", "--set", "a=b"]).figures()
    assert (header["scenario"], header["seeds"], header["engine"]) == ("tiny", [7, 8], "anvil")
    assert header["versions"]["engine"] == "1.2"
    assert header["command"] == ("ape run compare tiny --set a=b --seed 7 --seeds 2 --network ethereum:local:foundry")
