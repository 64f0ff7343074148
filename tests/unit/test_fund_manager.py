from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from simulator.agents.fund_manager import FundManager
from simulator.contracts import Event
from simulator.mechanisms import FundSettings, InsuranceFund, Site, VenueSite, fund
from simulator.transaction import Log, Transaction
from simulator.units import GWEI
from simulator.view import FeeMarket
from tests.unit.stand_ins import ETHER, GAS_LIMIT, PRICES, USDC, Pool, book, someone, view

TOKENS = {"WETH": "0x" + "11" * 20, "USDC": "0x" + "22" * 20}
ADDRESS, POOL = "0x" + "33" * 20, "0x" + "44" * 20
INTERVAL = 60
"""Five blocks."""


@pytest.fixture(autouse=True)
def _logs_are_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fund, "decode_log", lambda log: log)


def told(name: str, address: str = ADDRESS, **arguments: Any) -> Log:
    return cast(Log, Event(name, address, arguments))


class Desk:
    """A manager, its fund, and a deficit of USDC."""

    def __init__(self, **changes: Any) -> None:
        fee = {"kind": "percentile", "percentile": "80%", "maximum": "5000 gwei"}
        settings = FundSettings.model_validate({"venue": "pair", "interval": f"{INTERVAL}s", "fee": fee, **changes})
        site = SimpleNamespace(
            set_up=SimpleNamespace(deploy=lambda *arguments: ADDRESS),
            owner="0xowner",
            venues={"pair": VenueSite("0x" + "55" * 20, "WETH", "USDC")},
            assets=("WETH", "USDC"),
            token=TOKENS.get,
        )
        self.fund = InsuranceFund(settings, cast(Site, site))
        self.manager = FundManager("main", someone("manager"), settings.fee)

    def act(self, step: int, deficit: int = 0, **changes: Any) -> list[Transaction]:
        positions = book()
        weth, usdc = positions.states
        positions.states = (weth, usdc._replace(deficit=deficit * USDC))
        now = view(pool=Pool(positions, fund=self.fund), step=step, **changes)
        return self.manager.act(now, PRICES, np.random.default_rng(0))

    def does(self, step: int, deficit: int = 0) -> list[str]:
        return [str(one.note["key"]).split()[0] for one in self.act(step, deficit)]

    def hears(self, step: int, *logs: Log) -> None:
        self.fund.follow(logs, 12 * step)


def test_without_a_deficit_or_earnings_there_is_nothing_to_do() -> None:
    desk = Desk()
    assert [desk.does(step) for step in range(20)] == [[]] * 20


def test_a_new_deficit_is_covered_at_once() -> None:
    desk = Desk()
    assert desk.does(10) == []
    (one,) = desk.act(11, 500)
    assert (one.kind, one.to, one.agent, one.sender.name) == ("backstop", ADDRESS, "manager", "manager")
    assert TOKENS["USDC"][2:] in one.data.hex()


def test_what_the_fund_could_not_pay_is_tried_again_after_the_interval_only() -> None:
    desk = Desk()
    assert [step for step in range(11, 30) if desk.does(step, 500)] == [11, 16, 21, 26]


def test_each_growth_of_a_deficit_is_covered_once() -> None:
    desk = Desk()
    deficits = {11: 500, 12: 500, 13: 700, 14: 700, 15: 710, 16: 710, 17: 710}
    assert [step for step, deficit in deficits.items() if desk.does(step, deficit)] == [11, 13, 15]


def test_a_deficit_after_one_that_was_paid_is_new() -> None:
    desk = Desk()
    assert [desk.does(11, 500), desk.does(12, 0), desk.does(13, 20), desk.does(14, 20)] == [
        ["cover"],
        [],
        ["cover"],
        [],
    ]


def test_a_deficit_that_grows_after_a_part_was_paid_is_new() -> None:
    desk = Desk()
    assert [desk.does(11, 500), desk.does(12, 100), desk.does(13, 200)] == [["cover"], [], ["cover"]]


def test_two_assets_are_covered_side_by_side() -> None:
    desk = Desk()
    positions = book()
    positions.states = tuple(state._replace(deficit=5) for state in positions.states)

    def does(step: int) -> list[str]:
        now = view(pool=Pool(positions, fund=desk.fund), step=step)
        return [str(one.note["key"]) for one in desk.manager.act(now, PRICES, np.random.default_rng(0))]

    both = [f"cover WETH {ADDRESS}", f"cover USDC {ADDRESS}"]
    assert [does(11), does(12), does(16)] == [both, [], both]


def test_what_waits_is_not_sent_again_but_bid_up() -> None:
    desk = Desk(interval="12s")
    (first,) = desk.act(11, 500)
    assert desk.act(12, 500, waiting=[first]) == []
    (better,) = desk.act(13, 500, waiting=[first], fees=FeeMarket([(50 * GWEI, GAS_LIMIT)], [], GAS_LIMIT))
    assert (better.nonce, better.data, better.priority_fee) == (first.nonce, first.data, 50 * GWEI + 1)


# Sales


def seized(asset: str = "WETH", amount: int = ETHER) -> Log:
    return told("Seized", POOL, collateralAsset=TOKENS[asset], protocolAssets=amount)


def test_earned_collateral_is_sold_every_interval() -> None:
    desk = Desk()
    desk.hears(10, seized())
    assert desk.does(11) == ["sell"]
    desk.hears(11, told("Sold"))
    assert desk.does(12) == []
    desk.hears(12, seized())
    assert [step for step in range(13, 20) if desk.does(step)] == [16, 17, 18, 19]  # until it is done


@pytest.mark.parametrize("log", [seized("USDC"), seized(amount=0), told("Sold", "0xother")])
def test_what_the_venue_does_not_buy_is_not_sold(log: Log) -> None:
    desk = Desk()
    desk.hears(10, log)
    assert desk.does(11) == []


def test_proceeds_of_a_sale_cover_what_stands() -> None:
    desk = Desk()
    desk.hears(10, seized())
    assert desk.does(11, 500) == ["cover", "sell"]
    desk.hears(11, told("Sold"))
    assert desk.does(12, 500) == ["cover"]
    assert desk.does(13, 500) == []


# Patience


def noted(assets: int) -> Log:
    return told("DeficitNoted", asset=TOKENS["USDC"], assets=assets * USDC)


def test_after_the_patience_the_rest_is_socialised() -> None:
    desk = Desk(patience="48s", interval="1h")
    assert desk.does(11, 500) == ["cover"]
    desk.hears(11, noted(400))
    assert [desk.does(step, 400) for step in (12, 13, 14)] == [[], [], []]
    assert desk.does(15, 400) == ["socialise"]
    desk.hears(15)
    assert desk.does(16, 0) == []


def test_without_patience_nothing_is_socialised() -> None:
    desk = Desk()
    desk.hears(11, noted(400))
    assert {name for step in range(12, 200) for name in desk.does(step, 400)} == {"cover"}


def test_patience_does_not_run_before_the_deficit_was_noted() -> None:
    desk = Desk(patience="12s", interval="1h")
    assert desk.does(11, 400) == ["cover"]
    assert desk.does(40, 400) == []
