from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from simulator.chain.fork_endpoint import Endpoint
from simulator.chain.fork_logs import events
from simulator.chain.fork_patience import Patience
from simulator.errors import EndpointError
from tests.fork.endpoints import StubEndpoint, serving

POOL = "0x" + "aB" * 20
TOPIC = "0x" + "11" * 32


class History:
    """One log in each of some blocks, given in windows of so many blocks and logs."""

    def __init__(self, blocks: list[int], widest: int = 10_000, most: int = 1_000) -> None:
        self.blocks, self.widest, self.most = blocks, widest, most
        self.windows: list[tuple[int, int]] = []

    def __call__(self, method: str, parameters: Any) -> dict[str, Any]:
        assert method == "eth_getLogs"
        assert (parameters[0]["address"], parameters[0]["topics"]) == (POOL, [[TOPIC]])
        start, end = int(parameters[0]["fromBlock"], 16), int(parameters[0]["toBlock"], 16)
        found = [block for block in self.blocks if start <= block <= end]
        if end - start + 1 > self.widest or len(found) > self.most:
            return {"error": {"code": -32602, "message": "query exceeds max results"}}
        self.windows.append((start, end))
        return {"result": [{"address": POOL, "topics": [TOPIC], "data": f"0x{block:064x}"} for block in found]}


@pytest.fixture
def stub() -> StubEndpoint:
    return StubEndpoint()


@pytest.fixture
def endpoint(stub: StubEndpoint) -> Iterator[Endpoint]:
    with serving(stub) as url:
        yield Endpoint(url, Patience(tries=1))


def found(endpoint: Endpoint, first: int, last: int) -> list[int]:
    logs = list(events(endpoint, POOL, [[TOPIC]], first, last))
    assert all(log.address == POOL.lower() and log.topics == (bytes.fromhex("11" * 32),) for log in logs)
    return [int.from_bytes(log.data, "big") for log in logs]


def test_windows_cover_all_blocks_once(endpoint: Endpoint, stub: StubEndpoint) -> None:
    stub.answer = history = History([5, 10_004, 10_005, 25_000])
    assert found(endpoint, 5, 25_000) == [5, 10_004, 10_005, 25_000]
    assert history.windows == [(5, 10_004), (10_005, 20_004), (20_005, 25_000)]


def test_no_blocks_no_question(endpoint: Endpoint, stub: StubEndpoint) -> None:
    assert found(endpoint, 8, 7) == []
    assert stub.calls == []


def test_too_many_results_halve_the_window(endpoint: Endpoint, stub: StubEndpoint) -> None:
    dense = list(range(0, 4_000, 2))
    stub.answer = history = History(dense, most=600)
    assert found(endpoint, 0, 3_999) == dense
    assert history.windows == [(0, 999), (1_000, 1_999), (2_000, 2_999), (3_000, 3_999)]


def test_narrow_limit_is_found_once_and_kept(endpoint: Endpoint, stub: StubEndpoint) -> None:
    stub.answer = history = History([], widest=5_000)
    assert found(endpoint, 0, 34_999) == []
    assert len(history.windows) == 7
    assert len(stub.calls) == 8


def test_window_grows_again_after_the_dense_part(endpoint: Endpoint, stub: StubEndpoint) -> None:
    stub.answer = history = History(list(range(2_000)), most=700)
    assert found(endpoint, 0, 99_999) == list(range(2_000))
    assert history.windows[0] == (0, 624)
    assert max(end - start + 1 for start, end in history.windows) == 10_000


def test_single_block_that_is_refused_is_a_complaint(endpoint: Endpoint, stub: StubEndpoint) -> None:
    stub.answer = History([700, 700], most=1)
    with pytest.raises(EndpointError, match=r"events of block 700 \(query exceeds max results\)"):
        found(endpoint, 0, 1_000)
