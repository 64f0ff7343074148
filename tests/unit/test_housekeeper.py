from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from simulator.adapters import LendingProtocol
from simulator.agent_settings import HousekeeperSettings
from simulator.agents.housekeeper import Housekeeper
from simulator.mechanisms import Poke
from simulator.protocols.reference import ReferenceProtocol
from simulator.terms import Chore
from simulator.transaction import Transaction
from simulator.units import GWEI
from simulator.view import FeeMarket, MarketView
from tests.unit.stand_ins import GAS_LIMIT, PRICES, Pool, book, someone, transaction, view
from tests.unit.tiny import scenario


def keeper(**changes: Any) -> Housekeeper:
    fee = {"kind": "percentile", "percentile": "80%", "maximum": "5000 gwei"}
    return Housekeeper(
        HousekeeperSettings.model_validate({"name": "tidy", "fee": fee, **changes}), someone("keeper"), ("main",)
    )


def chore(key: str, kind: str = "auction") -> Chore:
    return Chore(key, kind, "0xmodule", key.encode(), 700_000, {"account": "0xowner0"})


def market(*due: Chore, **changes: Any) -> MarketView:
    return view(pool=Pool(book(), due=due), **changes)


def act(agent: Housekeeper, now: MarketView) -> list[Transaction]:
    return agent.act(now, PRICES, np.random.default_rng(0))


def keys(sent: list[Transaction]) -> list[str]:
    return [str(one.note["key"]) for one in sent]


def test_what_is_due_is_sent_as_it_is() -> None:
    (one,) = act(keeper(), market(chore("start 1")))
    assert (one.to, one.data, one.gas_limit, one.kind) == ("0xmodule", b"start 1", 700_000, "auction")
    assert (one.agent, one.sender.name, one.nonce) == ("keeper", "keeper", 0)
    assert one.note == {"key": "start 1", "account": "0xowner0"}


def test_what_it_has_under_way_is_not_repeated_but_bid_up() -> None:
    (first,) = act(keeper(), market(chore("start 1")))
    assert act(keeper(), market(chore("start 1"), waiting=[first])) == []
    dear = FeeMarket([(50 * GWEI, GAS_LIMIT)], [], GAS_LIMIT)
    (better,) = act(keeper(), market(chore("start 1"), waiting=[first], fees=dear))
    assert (better.nonce, better.data, better.priority_fee) == (first.nonce, first.data, 50 * GWEI + 1)


def test_what_somebody_visibly_does_is_not_repeated() -> None:
    rival = transaction("rival", note={"key": "start 1"})
    assert keys(act(keeper(), market(chore("start 1"), chore("start 2"), waiting=[rival]))) == ["start 2"]


def test_no_more_than_so_many_wait_at_a_time() -> None:
    due = [chore(f"start {number}") for number in range(4)]
    first = act(keeper(in_flight=3), market(*due))
    assert keys(first) == ["start 0", "start 1", "start 2"]
    assert [one.nonce for one in first] == [0, 1, 2]
    assert act(keeper(in_flight=3), market(*due, waiting=first)) == []
    (last,) = act(keeper(in_flight=3), market(*due, waiting=first[1:]))
    assert (last.note["key"], last.nonce) == ("start 0", 0)


@pytest.mark.parametrize(
    ("chores", "done"),
    [
        ((), ["poke", "auction", "liquidation"]),
        (("poke",), ["poke"]),
        (("auction", "liquidation"), ["auction", "liquidation"]),
        (("auction",), ["auction"]),
    ],
)
def test_it_does_its_own_chores_only(chores: tuple[str, ...], done: list[str]) -> None:
    due = [chore(kind, kind) for kind in ("poke", "auction", "liquidation")]
    assert keys(act(keeper(chores=chores), market(*due))) == done


def test_it_serves_its_own_protocols_only() -> None:
    now = market(chore("start 1"))
    other = cast(LendingProtocol, Pool(book(), due=[chore("start 2")]))
    assert keys(act(keeper(), replace(now, protocols={**now.protocols, "other": other}))) == ["start 1"]


# Pokes


FIRST, SECOND = "0x" + "11" * 20, "0x" + "22" * 20
TOKENS = {"WETH": ("0x" + "33" * 20, 18), "USDC": ("0x" + "44" * 20, 6)}


def oracle(*pokes: Poke) -> ReferenceProtocol:
    """A protocol that was poked in second 100."""
    protocol = ReferenceProtocol("main", scenario().protocols["main"], TOKENS)
    protocol.pokes, protocol.book = pokes, book()
    protocol._poked = {(poke.contract, poke.asset): 100 for poke in pokes}
    return protocol


def poked(protocol: ReferenceProtocol, timestamp: int) -> list[str]:
    now = view()
    now = replace(now, timestamp=timestamp, protocols={"main": cast(LendingProtocol, protocol)})
    return keys(act(keeper(), now))


@pytest.mark.parametrize(("timestamp", "due"), [(100, False), (159, False), (160, True), (900, True)])
def test_an_oracle_is_poked_when_its_interval_is_over(timestamp: int, due: bool) -> None:
    assert bool(poked(oracle(Poke(FIRST, "WETH", 60)), timestamp)) is due


def test_each_contract_and_asset_has_its_own_time_and_sources_come_first() -> None:
    protocol = oracle(Poke(FIRST, "WETH", 60), Poke(FIRST, "USDC", 60), Poke(SECOND, "WETH", 30))
    assert poked(protocol, 130) == [f"poke {SECOND} WETH"]
    protocol._poked[FIRST, "USDC"] = 130
    assert poked(protocol, 160) == [f"poke {FIRST} WETH", f"poke {SECOND} WETH"]


def test_a_poke_names_its_protocol_and_its_asset() -> None:
    now = replace(view(), timestamp=160, protocols={"main": cast(LendingProtocol, oracle(Poke(FIRST, "WETH", 60)))})
    (one,) = act(keeper(), now)
    assert (one.to, one.kind, one.note["protocol"], one.note["asset"]) == (FIRST, "poke", "main", "WETH")
    assert TOKENS["WETH"][0][2:] in one.data.hex()
