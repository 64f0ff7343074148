"""The shipped scenarios: the same bytes on both engines, what each must show, and the figures of the last release.

A changed figure is a changed result: name it in CHANGELOG.md, then renew the file with
``RENEW_GOLDEN=1 pytest tests/scenarios/test_shipped.py``.
"""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

import pytest

import simulator
from simulator import Result, Scenario
from simulator.scenario import names

GOLDEN = Path(__file__).parent / "golden.json"
FOLLOW = "liquidators.fixed.fee={kind: percentile, percentile: 60%, maximum: 1000 gwei}"
DIGITS = 6
"""Exponentials differ in the last bit between processors; figures are compared to six digits."""


def shipped() -> list[str]:
    """Every scenario; of one with variants those, as NAME VARIANT."""
    return [f"{name} {variant}".strip() for name in names() for variant in simulator.load(name).variants or ("",)]


BOTH = [
    *((name, ()) for name in ("black_thursday", "calm", "flash_crash")),
    *((name, ("chain.blocks=60",)) for name in ("generations V3", "margin_models isolated")),
]
"""What is run on both engines: whole, or the crash alone. test_mechanisms.py does so with every mechanism."""


@functools.cache
def result(label: str, *overrides: str) -> Result:
    return simulator.run(loaded(label, *overrides), engine="anvil")


def loaded(label: str, *overrides: str) -> Scenario:
    name, _, variant = label.partition(" ")
    return simulator.load(name, overrides=overrides, variant=variant or None)


def written(run: Result, folder: Path) -> dict[str, str]:
    run.write(folder)
    texts = {path.name: path.read_text() for path in folder.iterdir() if path.name != "timing.json"}
    texts["summary.json"] = json.dumps({**json.loads(texts["summary.json"]), "engine": ""})
    return texts


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


@pytest.mark.parametrize(("name", "overrides"), BOTH)
def test_both_engines_give_the_same_bytes(name: str, overrides: tuple[str, ...], tmp_path: Path) -> None:
    embedded = simulator.run(loaded(name, *overrides), engine="pyevm")
    assert embedded.summary["engine"] == "pyevm"
    assert written(embedded, tmp_path / "pyevm") == written(result(name, *overrides), tmp_path / "anvil")


@pytest.mark.parametrize("name", shipped())
def test_figures_are_those_of_the_golden_run(name: str) -> None:
    measured = rounded(dict(result(name).summary))
    golden = json.loads(GOLDEN.read_text()) if GOLDEN.exists() else {}
    if os.environ.get("RENEW_GOLDEN"):
        golden[name] = measured
        GOLDEN.write_text(json.dumps(golden, indent=2, sort_keys=True) + "\n")
    assert measured == golden[name]


def test_calm_liquidates_nobody() -> None:
    summary = result("calm").summary
    assert summary["liquidations"]["count"] == 0
    assert summary["bad_debt_usd"] == 0
    assert summary["transactions"] > 1_000


def test_flash_crash_feeds_on_itself() -> None:
    summary = result("flash_crash").summary
    assert summary["liquidations"]["direct"] > 0
    assert summary["liquidations"]["induced"] > 0
    assert summary["amplification"] > 1.05


def test_infinite_depth_switches_the_feedback_off() -> None:
    summary = result("flash_crash", "outside.depth=infinite").summary
    assert summary["amplification"] == pytest.approx(1, abs=1e-9)
    assert summary["liquidations"]["induced"] == 0
    assert summary["liquidations"]["direct"] > 0


def test_thinner_outside_market_amplifies_more() -> None:
    thin = result("flash_crash", "outside.depth=$500k").summary
    assert thin["amplification"] > result("flash_crash").summary["amplification"]


def test_half_the_gas_limit_delays_the_slowest_liquidations() -> None:
    half = result("flash_crash", "chain.gas_limit=7500000").summary["liquidations"]
    assert half["p95_delay_blocks"] > result("flash_crash").summary["liquidations"]["p95_delay_blocks"]


@pytest.mark.parametrize("name", ["black_thursday", "flash_crash"])
def test_liquidations_fit_beside_the_rest_of_the_block(name: str) -> None:
    outcome = result(name)
    blocks = outcome.blocks
    kinds = [column for column in blocks if column.startswith("gas_") and column != "gas_used"]
    assert (blocks[kinds].sum(axis=1) == blocks["gas_used"]).all()
    assert (blocks["gas_used"] <= outcome.scenario.chain.gas_limit).all()


def test_black_thursday_fixed_low_bids_never_get_in() -> None:
    outcome = result("black_thursday")
    groups = outcome.summary["keepers"]["groups"]
    assert groups["fixed"]["attempts"] > 100
    assert groups["fixed"]["landed"] == 0
    assert groups["follower"]["landed"] > 0
    assert 0.25 <= outcome.summary["late"]["share"] <= 0.45
    landed = outcome.summary["liquidations"]
    assert landed["mean_fee_usd"] < landed["mean_profit_usd"] / 100


def test_black_thursday_keepers_that_follow_the_market_are_on_time() -> None:
    assert result("black_thursday", FOLLOW).summary["late"]["share"] < 0.02


def test_black_thursday_with_makers_auctions_sells_a_third_at_next_to_nothing() -> None:
    """On 12 March 2020 36 % of liquidations were won at a zero bid. Seeds differ much: the mean of three."""
    runs = [simulator.load("black_thursday_maker", variant="flip", seed=seed) for seed in (1, 2, 3)]
    auctions = [simulator.run(run, engine="anvil").summary["auctions"] for run in runs]
    assert all(one["sales"] > 300 for one in auctions)
    assert 0.25 <= sum(one["near_zero_share"] for one in auctions) / len(auctions) <= 0.45
    assert sum(one["uncovered_share"] for one in auctions) / len(auctions) > 0.1


def test_bidders_that_follow_the_fee_market_leave_nothing_at_next_to_nothing() -> None:
    assert result("black_thursday_maker flip_all_follow").summary["auctions"]["near_zero_share"] < 0.02


def test_makers_delayed_price_overstates_the_collateral_by_a_fifth_to_three_tenths() -> None:
    assert 0.2 <= result("black_thursday_maker flip").summary["prices"]["ETH"]["overstatement_peak"] <= 0.3


def test_clip_sells_nothing_at_next_to_nothing() -> None:
    auctions = result("black_thursday_maker clip").summary["auctions"]
    assert auctions["sales"] > 20
    assert auctions["near_zero"] == 0
