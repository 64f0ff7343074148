from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from simulator.agent_settings import BorrowerSettings
from simulator.agents.borrowers import Borrowers
from simulator.transaction import Transaction
from simulator.units import GWEI
from simulator.view import FeeMarket, MarketView
from tests.unit.stand_ins import ETHER, GAS_LIMIT, PRICES, USDC, Pool, book, someone, view

NEAR = (10 * ETHER, 15_000 * USDC)  # health 1.1
FAR = (10 * ETHER, 8_250 * USDC)  # health 2
RICH = {"WETH": {"0xowner0": 100 * ETHER}, "USDC": {"0xowner0": 10_000 * USDC}}


def owners(count: int = 1, **changes: Any) -> Borrowers:
    """Who acts below a health of 1.2 and aims at 1.3."""
    fields = {
        "attentive": "100%",
        "health_low": 1.2,
        "health_high": 1.2,
        "target_gain": 0.1,
        "wallet_collateral": "10%",
        "wallet_debt": "5%",
        "fee": {"kind": "percentile", "percentile": "60%", "maximum": "500 gwei"},
        "latency": 1,
        **changes,
    }
    watching = [(someone(f"owner{number}"), number) for number in range(count)]
    return Borrowers("main", watching, BorrowerSettings.model_validate(fields), np.random.default_rng(1))


def act(agent: Borrowers, now: MarketView, price: Mapping[str, int] = PRICES) -> list[Transaction]:
    return agent.act(now, price, np.random.default_rng(0))


def market(*positions: tuple[int, int], **changes: Any) -> MarketView:
    return view(pool=Pool(book(*positions)), **{"balances": RICH, **changes})


def call(sent: list[Transaction]) -> tuple[str, str, int]:
    (one,) = sent
    assert (one.to, one.kind, one.agent) == ("0xpool", "borrower", "borrowers/main")
    verb, asset, amount, owner = one.data.decode().split()
    assert owner == one.sender.address == one.note["account"]
    return verb, asset, int(amount)


def test_an_owner_below_its_floor_tops_up_to_its_target() -> None:
    sent = act(owners(), market(NEAR))
    # (1.3 · 15,000 − 0.825 · 20,000) / 0.825 / 2,000
    assert call(sent)[:2] == ("supply", "WETH")
    assert call(sent)[2] == pytest.approx(3_000 / 0.825 / 2_000 * ETHER, rel=1e-9)
    assert sent[0].note["defence"] == "top_up"


def test_without_collateral_in_the_wallet_it_deleverages_to_its_target() -> None:
    sent = act(owners(), market(NEAR, balances={**RICH, "WETH": {}}))
    assert call(sent)[:2] == ("repay", "USDC")
    # health 1.3 at a debt of 16,500 / 1.3
    assert call(sent)[2] == pytest.approx((15_000 - 16_500 / 1.3) * USDC, abs=2)
    assert sent[0].note["defence"] == "deleverage"


@pytest.mark.parametrize(
    ("balances", "expected"),
    [
        ({"WETH": {"0xowner0": ETHER}, "USDC": {"0xowner0": 500 * USDC}}, ("supply", "WETH", ETHER)),
        ({"WETH": {}, "USDC": {"0xowner0": 500 * USDC}}, ("repay", "USDC", 500 * USDC)),
    ],
)
def test_it_gives_no_more_than_it_has(balances: dict[str, dict[str, int]], expected: tuple[str, str, int]) -> None:
    assert call(act(owners(), market(NEAR, balances=balances))) == expected


def test_with_an_empty_wallet_it_can_do_nothing() -> None:
    assert act(owners(), market(NEAR, balances={})) == []


@pytest.mark.parametrize(("position", "acts"), [(FAR, False), (NEAR, True), ((10 * ETHER, 0), False)])
def test_only_a_health_below_the_floor_is_defended(position: tuple[int, int], acts: bool) -> None:
    assert bool(act(owners(), market(position))) is acts


@pytest.mark.parametrize(
    ("position", "price", "acts"), [(NEAR, 2_200, False), (NEAR, 2_180, True), (FAR, 1_210, False), (FAR, 1_190, True)]
)
def test_it_watches_the_price_outside_not_the_oracle(position: tuple[int, int], price: int, acts: bool) -> None:
    assert bool(act(owners(), market(position), {**PRICES, "WETH": price * 10**8})) is acts


def test_every_owner_defends_its_own_account() -> None:
    held = {"WETH": {f"0xowner{number}": ETHER for number in range(3)}}
    sent = act(owners(3), market(NEAR, FAR, NEAR, balances=held))
    assert [one.sender.name for one in sent] == ["owner0", "owner2"]


def test_owners_choose_floors_between_the_bounds() -> None:
    agent = owners(400, health_low=1.05, health_high=1.25)
    held = {"WETH": {f"0xowner{number}": ETHER for number in range(400)}}
    acting = [
        len(act(agent, market(*[(10 * ETHER, round(16_500 / health * USDC))] * 400, balances=held)))
        for health in (1.26, 1.15, 1.04)
    ]
    assert acting[0] == 0
    assert 160 < acting[1] < 240
    assert acting[2] == 400


def test_one_defence_waits_at_a_time_and_is_bid_up_with_the_market() -> None:
    agent = owners()
    (first,) = act(agent, market(NEAR))
    assert act(agent, market(NEAR, waiting=[first])) == []
    crowd = FeeMarket([(50 * GWEI, GAS_LIMIT)], [], GAS_LIMIT)
    (higher,) = act(agent, market(NEAR, waiting=[first], fees=crowd))
    assert (higher.nonce, higher.data, higher.priority_fee) == (first.nonce, first.data, 50 * GWEI + 1)


def test_without_owners_nothing_happens() -> None:
    assert act(owners(0), market(NEAR)) == []
