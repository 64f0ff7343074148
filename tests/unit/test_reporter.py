from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.agents.reporter import Reporter
from simulator.contracts import artifact
from simulator.settings import FeedSettings
from simulator.transaction import Transaction
from simulator.units import GWEI
from simulator.view import FeedState, FeeMarket, MarketView
from tests.unit.stand_ins import GAS_LIMIT, later, someone, view

RNG = np.random.default_rng(0)
START = 2_000 * 10**8


def reporter(outages: tuple[tuple[int, int], ...] = (), **changes: Any) -> Reporter:
    fee = {"kind": "percentile", "percentile": "80%", "maximum": "500 gwei"}
    fields = {"heartbeat": "3600s", "deviation_threshold": "0.5%", "fee": fee, **changes}
    return Reporter("WETH", "WETH", someone("reporter"), FeedSettings.model_validate(fields), outages)


def act(agent: Reporter, now: MarketView, price: int) -> list[Transaction]:
    return agent.act(now, {"WETH": price}, RNG)


def reported(sent: list[Transaction]) -> int:
    (one,) = sent
    assert (one.to, one.sender.name, one.kind, one.agent) == ("0xfeed", "reporter", "oracle", "reporter/WETH")
    assert one.data[:4] == artifact("PriceFeed").encode("report", 1)[:4]
    return int.from_bytes(one.data[4:], "big", signed=True)


@pytest.mark.parametrize(
    ("price", "reports"),
    [
        (2_000 * 10**8, False),
        (201_000_000_000 - 1, False),
        (201_000_000_000, True),  # 0.5 % up
        (199_000_000_000 + 1, False),
        (199_000_000_000, True),  # 0.5 % down
        (120_000_000_000, True),
    ],
)
def test_a_price_outside_the_deviation_is_reported(price: int, reports: bool) -> None:
    sent = act(reporter(), view(step=1), price)
    assert bool(sent) is reports
    assert not sent or reported(sent) == price


@pytest.mark.parametrize(("step", "reports"), [(0, False), (299, False), (300, True), (301, True)])
def test_an_old_report_is_renewed_at_the_heartbeat(step: int, reports: bool) -> None:
    assert bool(act(reporter(), view(step=step), START)) is reports
    assert bool(act(reporter(), view(step=step + 100, updated_at=1_200), START)) is reports


def test_an_update_restarts_band_and_heartbeat() -> None:
    agent = reporter()
    assert act(agent, view(step=1), START * 9 // 10)
    now = replace(view(step=2), feeds={"WETH": FeedState("0xfeed", START * 9 // 10, 12)})
    assert act(agent, now, START * 9 // 10) == []
    assert reported(act(agent, now, START)) == START


def test_a_delayed_reporter_reports_what_the_price_was() -> None:
    agent = reporter(delay="60s")  # five blocks
    path = [START, START // 2, *[START // 4] * 9]
    sent = [act(agent, view(step=step), price) for step, price in enumerate(path)]
    assert [len(one) for one in sent] == [0] * 6 + [1] * 5
    assert [reported(one) for one in sent[6:]] == [START // 2, *[START // 4] * 4]


def test_a_delay_between_two_blocks_reports_the_older_price() -> None:
    agent = reporter(delay="13s")
    sent = [
        act(agent, view(step=step), price) for step, price in enumerate((START, START // 2, START // 2, START // 2))
    ]
    assert [len(one) for one in sent] == [0, 0, 0, 1]


@pytest.mark.parametrize(("step", "silent"), [(2, False), (3, True), (4, True), (5, False), (9, True), (10, False)])
def test_an_outage_silences_it_from_its_first_block_to_before_its_end(step: int, silent: bool) -> None:
    assert (act(reporter(((3, 5), (9, 10))), view(step=step), START // 2) == []) is silent


def test_a_delayed_reporter_keeps_observing_during_an_outage() -> None:
    agent = reporter(((0, 3),), delay="12s")
    sent = [
        act(agent, view(step=step), price) for step, price in enumerate((START, START // 2, START // 4, START // 8))
    ]
    assert [len(one) for one in sent] == [0, 0, 0, 1]
    assert reported(sent[3]) == START // 4


def crowded(tip: int) -> FeeMarket:
    return FeeMarket([(tip, GAS_LIMIT)], [], GAS_LIMIT)


@pytest.mark.parametrize(
    ("base_fee", "tip", "replaces"),
    [
        (20, 10, False),  # nothing changed
        (20, 12, False),  # tip up a fifth, cap only by 4 %
        (22, 10, False),
        (21, 13, True),  # cap 50 → 55, tip 10 → 13
        (40, 11, True),
        (40, 10, False),
    ],
)
def test_a_waiting_report_is_replaced_only_at_ten_percent_more_on_both_fees(
    base_fee: int, tip: int, replaces: bool
) -> None:
    agent = reporter()
    (first,) = act(agent, view(step=1, fees=crowded(10 * GWEI - 1)), START // 2)
    assert (first.max_fee, first.priority_fee) == (50 * GWEI, 10 * GWEI)
    now = view(step=2, waiting=[first], fees=crowded(tip * GWEI - 1), base_fee=base_fee * GWEI)
    sent = act(agent, now, START // 4)
    assert bool(sent) is replaces
    if replaces:
        assert reported(sent) == START // 4  # with the newest price
        assert sent[0].nonce == first.nonce
        now.mempool.add(sent, 2, 0)
        assert [one.outcome for one in now.mempool.arrive(2)] == ["replaced"]


def test_a_fixed_fee_waits_and_never_replaces() -> None:
    agent = reporter(fee={"kind": "fixed", "price": "5 gwei"})
    (first,) = act(agent, view(step=1, base_fee=0), START // 2)
    assert (first.max_fee, first.priority_fee) == (5 * GWEI, 5 * GWEI)
    assert act(agent, view(step=2, waiting=[first], fees=crowded(90 * GWEI), base_fee=0), START // 4) == []


def test_the_next_report_follows_in_nonce() -> None:
    now = later(view(), 1, nonces={"0xreporter": 7})
    assert act(reporter(), now, START // 2)[0].nonce == 7
