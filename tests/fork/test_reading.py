"""Accounts are read where they are, in few requests; where an endpoint cannot do that, one slot at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import Fork
from simulator.fork import forked
from simulator.position_book import PositionBook
from simulator.simulation import Simulation
from tests.fork.endpoints import StubEndpoint, serving
from tests.fork.original import Original, original, small

ACCOUNTS = 40


@pytest.fixture(scope="module")
def market() -> Iterator[Original]:
    with original(small()) as standing:
        yield standing


class WithoutOverrides(StubEndpoint):
    """Knows no state overrides: refuses them, or overlooks them."""

    refuses = True

    def respond(self, body: bytes) -> bytes:
        asked = json.loads(body)
        if isinstance(asked, dict) and asked["method"] == "eth_call" and len(asked["params"]) > 2:
            error = {"error": {"code": -32602, "message": "too many arguments, want at most 2"}}
            told = error if self.refuses else {"result": "0x"}
            return json.dumps({"jsonrpc": "2.0", "id": asked["id"]} | told).encode()
        return super().respond(body)


def opened(stub: StubEndpoint, market: Original, folder: Path) -> PositionBook:
    with serving(stub) as url:
        ground = forked(small(), Fork(url, market.deployment(folder)))
        stub.asked.clear()
        chain = ground.chain()
        try:
            return Simulation(ground.scenario, chain, ground.market).market.protocols["main"].book
        finally:
            chain.close()


def test_accounts_are_read_in_a_few_requests(market: Original, tmp_path: Path) -> None:
    stub = StubEndpoint(market.uri)
    book = opened(stub, market, tmp_path)
    assert book.borrow_shares == market.simulation.market.protocols["main"].book.borrow_shares
    assert stub.asked.count("eth_call") == 1
    assert stub.asked.count("eth_getStorageAt") < 2 * ACCOUNTS


@pytest.mark.parametrize("refuses", [True, False], ids=["refuses", "overlooks"])
def test_endpoint_without_overrides_is_read_slot_by_slot(refuses: bool, market: Original, tmp_path: Path) -> None:
    stub = WithoutOverrides(market.uri)
    stub.refuses = refuses
    book = opened(stub, market, tmp_path)
    assert book.borrow_shares == market.simulation.market.protocols["main"].book.borrow_shares
    assert stub.asked.count("eth_getStorageAt") > 2 * ACCOUNTS
