from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import urllib3

from simulator.chain.fork_endpoint import Endpoint
from simulator.chain.fork_gate import Gate
from simulator.chain.fork_patience import Patience
from tests.fork.endpoints import SECRET, StubEndpoint, always, serving

OURS = "0x" + "ab" * 20


@pytest.fixture
def stub() -> StubEndpoint:
    return StubEndpoint(answer=lambda method, parameters: {"result": [method, parameters]})


@pytest.fixture
def gate(stub: StubEndpoint) -> Iterator[Gate]:
    with serving(stub) as url:
        gate = Gate(Endpoint(url, Patience(seconds=0.3, tries=2, first_wait=0.0)), blank=[OURS])
        yield gate
        gate.close()


def post(gate: Gate, body: Any, **headers: str) -> Any:
    given = {"Content-Type": "application/json", **headers}
    answer = urllib3.request("POST", gate.uri, body=json.dumps(body), headers=given)
    return json.loads(answer.data) if answer.status == 200 else answer.status


def asked(method: str, *parameters: Any, number: int = 7) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": list(parameters)}


def test_read_is_passed_on_under_its_own_number(gate: Gate) -> None:
    answer = post(gate, asked("eth_getStorageAt", "0xab", "0x1", "0x2"))
    assert answer == {"jsonrpc": "2.0", "id": 7, "result": ["eth_getStorageAt", ["0xab", "0x1", "0x2"]]}


def test_read_without_parameters_is_passed_on(gate: Gate) -> None:
    assert post(gate, {"jsonrpc": "2.0", "id": 1, "method": "eth_gasPrice"})["result"] == ["eth_gasPrice", []]


def test_batch_is_answered_in_order(gate: Gate) -> None:
    answers = post(gate, [asked("eth_chainId", number=3), asked("eth_blockNumber", number=4)])
    assert [(one["id"], one["result"][0]) for one in answers] == [(3, "eth_chainId"), (4, "eth_blockNumber")]


@pytest.mark.parametrize("method", ["eth_sendRawTransaction", "eth_sendTransaction", "anvil_setCode", "evm_mine"])
def test_what_is_no_read_goes_nowhere(method: str, gate: Gate, stub: StubEndpoint) -> None:
    assert post(gate, asked(method, "0x00"))["error"]["message"] == f"{method} is no read"
    assert stub.calls == []
    assert gate.failure is None


@pytest.mark.parametrize(
    ("method", "nothing"),
    [
        ("eth_getAccountInfo", {"balance": "0x0", "nonce": "0x0", "code": "0x"}),
        ("eth_getBalance", "0x0"),
        ("eth_getCode", "0x"),
        ("eth_getTransactionCount", "0x0"),
    ],
)
def test_blank_account_is_answered_without_asking(method: str, nothing: Any, gate: Gate, stub: StubEndpoint) -> None:
    assert post(gate, asked(method, OURS.upper().replace("0X", "0x"), "0x2"))["result"] == nothing
    assert stub.calls == []
    assert post(gate, asked(method, "0x" + "ac" * 20, "0x2"))["result"][0] == method


def test_refusal_is_passed_on(gate: Gate, stub: StubEndpoint) -> None:
    stub.answer = lambda *_: {"error": {"code": -32601, "message": "unknown"}}
    assert post(gate, asked("eth_getAccountInfo", "0xab", "0x2"))["error"] == {"code": -32601, "message": "unknown"}
    assert gate.failure is None


@pytest.mark.parametrize(
    "method", ["eth_getStorageAt", "eth_getCode", "eth_getTransactionCount", "eth_getBlockByNumber"]
)
def test_refusal_that_a_block_would_be_wrong_without_is_a_failure(method: str, gate: Gate, stub: StubEndpoint) -> None:
    stub.answer = lambda *_: {"error": {"code": -32000, "message": f"missing trie node, {SECRET}"}}
    post(gate, asked(method, "0xab", "0x2"))
    rule = f"must know the state of the block until the end, and refused {method} (missing trie node, …)"
    assert gate.failure is not None
    assert (gate.failure.rule, gate.failure.remedy) == (rule, "Name one that keeps it, or a later --fork-block")


def test_lasting_failure_is_remembered_and_nothing_asked_after_it(gate: Gate, stub: StubEndpoint) -> None:
    stub.trouble = always("500")
    first = post(gate, asked("eth_chainId"))["error"]["message"]
    assert "gave no usable answer to eth_chainId in 2 tries (HTTP 500)" in first
    assert str(gate.failure) == first
    assert post(gate, asked("eth_blockNumber"))["error"]["message"] == first
    assert len(stub.calls) == 2
    assert SECRET not in first


def test_page_in_a_browser_is_turned_away(gate: Gate, stub: StubEndpoint) -> None:
    assert post(gate, asked("eth_chainId"), Origin="http://elsewhere.example") == 403
    assert stub.calls == []


def test_it_listens_on_the_loopback_address_only(gate: Gate) -> None:
    assert gate.uri.startswith("http://127.0.0.1:")
