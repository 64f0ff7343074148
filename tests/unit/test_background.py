from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.agents.background import BackgroundDemand
from simulator.errors import ScenarioError
from simulator.scenario import parse
from simulator.transaction import Transaction
from simulator.units import GWEI
from simulator.view import MarketView
from tests.unit.stand_ins import GAS_LIMIT, PRICES, later, someone, view
from tests.unit.tiny import settings

FEE = {"kind": "log_normal", "p30": "24 gwei", "p90": "60 gwei"}
HEADER = "time_utc,gas_p30_gwei,gas_p90_gwei\n"


def demand(crowd: int = 2_000, folder: Path | None = None, events: Any = (), **changes: Any) -> BackgroundDemand:
    background = {"load": "60%", "transaction_gas": 300_000, "fee": FEE, "priority_share": "10%", **changes}
    raw = settings({"background": background, "events": list(events)})
    chosen = parse({**raw, "folder": str(folder)} if folder else raw)
    return BackgroundDemand(chosen, [someone(f"crowd{number}") for number in range(crowd)], "0xsink")


def act(agent: BackgroundDemand, now: MarketView, seed: int = 1) -> list[Transaction]:
    return agent.act(now, PRICES, np.random.default_rng(seed))


def mean_load(agent: BackgroundDemand, step: int = 0) -> float:
    """Gas asked for a block, as a share of its limit."""
    rng = np.random.default_rng(1)
    gas = [sum(one.gas_limit for one in agent.act(view(step=step), PRICES, rng)) for _ in range(300)]
    return float(np.mean(gas)) / GAS_LIMIT


def fees(agent: BackgroundDemand, now: MarketView) -> list[float]:
    rng = np.random.default_rng(1)
    return [one.max_fee / GWEI for _ in range(40) for one in agent.act(now, PRICES, rng)]


def test_a_transaction_burns_all_its_gas_and_offers_its_share_as_tip() -> None:
    sent = act(demand(), view())
    assert sent
    for one in sent:
        assert (one.to, one.data, one.kind, one.agent) == ("0xsink", b"", "background", "background")
        assert one.gas_limit == one.gas_floor == 300_000
        assert one.priority_fee == one.max_fee // 10


@pytest.mark.parametrize("load", ["20%", "60%", "250%"])
def test_the_mean_load_is_the_one_asked_for(load: str) -> None:
    assert mean_load(demand(load=load)) == pytest.approx(float(load[:-1]) / 100, rel=0.02)


def test_without_load_nobody_sends() -> None:
    assert act(demand(load="0%"), view()) == []


def test_fees_have_the_two_percentiles() -> None:
    found = fees(demand(), view())
    assert np.percentile(found, 30) == pytest.approx(24, rel=0.04)
    assert np.percentile(found, 90) == pytest.approx(60, rel=0.04)


def test_one_percentile_twice_is_one_price() -> None:
    found = fees(demand(fee={**FEE, "p90": "24 gwei"}), view())
    assert found == pytest.approx([24] * len(found))


def test_one_stream_draws_one_demand() -> None:
    one, again, other = (act(demand(), view(), seed) for seed in (1, 1, 2))
    assert [tx.max_fee for tx in one] == [tx.max_fee for tx in again]
    assert [tx.max_fee for tx in one] != [tx.max_fee for tx in other]


# Senders


def test_no_sender_sends_twice_in_a_block_or_while_its_transaction_waits() -> None:
    agent = demand(crowd=150)
    first = act(agent, view())
    now = view(step=1, waiting=first)
    second = act(agent, now)
    senders = [one.sender.address for one in [*first, *second]]
    assert len(set(senders)) == len(senders) > 100


def test_when_everybody_waits_nobody_sends() -> None:
    agent = demand(crowd=20, load="200%")
    first = act(agent, view())
    assert len(first) == 20
    assert act(agent, view(step=1, waiting=first)) == []
    (freed, *rest) = first
    (again,) = act(agent, view(step=1, waiting=rest))
    assert again.sender.address == freed.sender.address


def test_a_sender_s_nonce_is_that_of_the_chain() -> None:
    now = later(view(), 1, nonces={f"0xcrowd{number}": number for number in range(2_000)})
    assert all(one.nonce == int(one.sender.name[5:]) for one in act(demand(), now))


# Spikes

SPIKE = {"kind": "gas_spike", "at": 5, "blocks": 3, "load_factor": 3.0, "fee_factor": 10.0}


@pytest.mark.parametrize(("step", "factor"), [(4, 1), (5, 3), (7, 3), (8, 1)])
def test_a_spike_multiplies_load_from_its_first_block_to_its_last(step: int, factor: int) -> None:
    assert mean_load(demand(events=[SPIKE]), step) == pytest.approx(0.6 * factor, rel=0.03)


def test_a_spike_multiplies_fees_and_spikes_multiply_each_other() -> None:
    calm = fees(demand(events=[{**SPIKE, "load_factor": 1.0}]), view())
    dear = fees(demand(events=[{**SPIKE, "load_factor": 1.0}]), view(step=5))
    assert dear == pytest.approx([10 * fee for fee in calm], rel=1e-6)
    both = demand(events=[{**SPIKE, "fee_factor": 1.0}, {**SPIKE, "load_factor": 0.5, "at": 6}])
    assert mean_load(both, 6) == pytest.approx(0.6 * 1.5, rel=0.03)


# Recorded


def recorded(folder: Path, rows: str) -> BackgroundDemand:
    (folder / "gas.csv").write_text(HEADER + rows, encoding="utf-8")
    return demand(folder=folder, fee={"kind": "recorded", "csv": "gas.csv"})


@pytest.mark.parametrize(
    ("seconds", "price"), [(0, 5), (3_600, 5), (7_199, 5), (7_200, 50), (10_800, 50), (10**6, 500)]
)
def test_recorded_fees_are_those_of_the_hour(tmp_path: Path, seconds: int, price: int) -> None:
    agent = recorded(
        tmp_path, "".join(f"1970-01-01T0{hour}:00Z,{fee},{fee}\n" for hour, fee in ((1, 5), (2, 50), (3, ""), (4, 500)))
    )
    now = later(view(), 0)
    now.timestamp = seconds
    assert fees(agent, now) == pytest.approx([price] * len(fees(agent, now)))


@pytest.mark.parametrize(
    ("rows", "rule"),
    [
        ("", "must hold gas prices in order of time"),
        ("1970-01-01T01:00Z,,\n", "must hold gas prices in order of time"),
        ("1970-01-01T02:00Z,5,9\n1970-01-01T01:00Z,5,9\n", "must hold gas prices in order of time"),
        ("1970-01-01T01:00Z,5,9\n1970-01-01T01:00Z,5,9\n", "must hold gas prices in order of time"),
        ("1970-01-01T01:00Z,9,5\n", "is below p30 9 gwei"),
        ("1970-01-01T01:00Z,9,\n", "must be a positive number"),
        ("noon,5,9\n", "must be an ISO 8601 time"),
    ],
)
def test_a_recording_that_does_not_hold_is_refused(tmp_path: Path, rows: str, rule: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        recorded(tmp_path, rows)
    assert rule in refused.value.rule
    assert refused.value.remedy


def test_percentiles_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ScenarioError, match="p90 20 gwei: is below p30 24 gwei"):
        demand(fee={**FEE, "p90": "20 gwei"})
