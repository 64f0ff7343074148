from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.chain.anvil_node import RpcError
from simulator.chain.fork_endpoint import READS, Endpoint
from simulator.chain.fork_patience import Patience
from simulator.errors import EndpointError, InputError
from tests.fork.endpoints import SECRET, StubEndpoint, always, first, serving

PATIENCE = Patience(seconds=0.3, tries=4, first_wait=0.5)


def block_number(method: str, _: Any) -> dict[str, Any]:
    return {"result": "0x2a"} if method == "eth_blockNumber" else {"result": None}


class Waits(list[float]):
    """Seconds that were waited, without waiting."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def stub() -> StubEndpoint:
    return StubEndpoint(answer=block_number)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def endpoint(stub: StubEndpoint, waits: Waits) -> Iterator[Endpoint]:
    with serving(stub) as url:
        yield Endpoint(url, PATIENCE, waits)


def test_answer_is_given(endpoint: Endpoint, waits: Waits) -> None:
    assert endpoint.request("eth_blockNumber") == "0x2a"
    assert waits == []


@pytest.mark.parametrize("trouble", ["500", "503", "408", "garbage", "dies half-way", "slow"])
def test_trouble_twice_is_waited_for_twice_as_long_each_time(
    trouble: str, endpoint: Endpoint, stub: StubEndpoint, waits: Waits
) -> None:
    stub.trouble = first(2, trouble)
    assert endpoint.request("eth_blockNumber") == "0x2a"
    assert waits == [0.5, 1.0]


def test_wait_that_it_asks_for_is_kept(endpoint: Endpoint, stub: StubEndpoint, waits: Waits) -> None:
    stub.trouble = first(1, "429")
    assert endpoint.request("eth_blockNumber") == "0x2a"
    assert waits == [7.0]


@pytest.mark.parametrize(
    "error", [{"code": -32005, "message": "enough"}, {"code": 1, "message": "Too Many Requests, slow down"}]
)
def test_refusal_for_being_busy_is_waited_for(
    error: dict[str, Any], endpoint: Endpoint, stub: StubEndpoint, waits: Waits
) -> None:
    stub.trouble = first(1, json.dumps({"jsonrpc": "2.0", "id": 0, "error": error}))
    assert endpoint.request("eth_blockNumber") == "0x2a"
    assert waits == [0.5]


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ("500", "HTTP 500"),
        ("429", "HTTP 429"),
        ("garbage", "HTTP 200 without JSON"),
        ("dies half-way", "the connection broke"),
        ("slow", "no answer in time"),
        ('{"jsonrpc": "2.0", "id": 0}', "HTTP 200 with JSON that is no answer"),
        ('{"jsonrpc": "2.0", "id": 9, "result": 1}', "something else"),
        ('[{"jsonrpc": "2.0", "id": 0, "result": 1}, {"jsonrpc": "2.0", "id": 1, "result": 1}]', "something else"),
    ],
)
def test_lasting_trouble_ends_in_a_complaint_without_the_key(
    trouble: str, told: str, endpoint: Endpoint, stub: StubEndpoint, waits: Waits
) -> None:
    stub.trouble = always(trouble)
    with pytest.raises(EndpointError) as caught:
        endpoint.request("eth_blockNumber")
    assert len(stub.calls) == 4
    assert len([seconds for seconds in waits if seconds]) == 3
    assert caught.value.value == f"--fork-url {endpoint.host}"
    assert "gave no usable answer to eth_blockNumber in 4 tries" in caught.value.rule
    assert told in caught.value.rule
    assert caught.value.remedy == "Try again later, or name another endpoint"
    assert caught.value.exit_code == 2
    assert SECRET not in str(caught.value)


def test_nobody_there_ends_in_a_complaint(waits: Waits) -> None:
    with serving(StubEndpoint(answer=block_number)) as url:
        pass
    with pytest.raises(EndpointError, match=r"\(no connection\)"):
        Endpoint(url, PATIENCE, waits).request("eth_blockNumber")
    assert waits == [0.5, 1.0, 2.0, 0.0]


@pytest.mark.parametrize(("status", "told"), [("401", "refuses us"), ("403", "refuses us"), ("404", "at this path")])
def test_refusal_of_us_is_not_tried_again(
    status: str, told: str, endpoint: Endpoint, stub: StubEndpoint, waits: Waits
) -> None:
    stub.trouble = always(status)
    with pytest.raises(EndpointError, match=told):
        endpoint.request("eth_blockNumber")
    assert (len(stub.calls), waits) == (1, [])


def test_refusal_of_a_request_is_its_answer(endpoint: Endpoint, stub: StubEndpoint, waits: Waits) -> None:
    stub.answer = lambda *_: {"error": {"code": -32000, "message": f"missing trie node of /v3/{SECRET}"}}
    with pytest.raises(RpcError) as caught:
        endpoint.request("eth_getCode", "0x", "0x1")
    assert caught.value.text == "missing trie node of …"
    assert (len(stub.calls), waits) == (1, [])


@pytest.mark.parametrize("part", ["?token={}", "/{}/v3", "/v3?key={}&network=main"])
def test_key_alone_is_in_no_complaint(part: str, endpoint: Endpoint, stub: StubEndpoint) -> None:
    stub.answer = lambda *_: {"error": {"code": -32000, "message": f"{SECRET} may not ask the main network"}}
    elsewhere = Endpoint(f"http://{endpoint.host}{part.format(SECRET)}")
    with pytest.raises(RpcError) as caught:
        elsewhere.request("eth_blockNumber")
    assert caught.value.text == "… may not ask the main network"
    assert elsewhere.answer("eth_blockNumber", [])["error"]["message"] == caught.value.text  # what the node is told


def test_name_and_password_are_used_and_not_told(endpoint: Endpoint, stub: StubEndpoint) -> None:
    stub.answer = lambda *_: {"error": {"code": -32000, "message": f"{SECRET} and pass%2Fword, pass/word"}}
    with pytest.raises(RpcError) as caught:
        Endpoint(f"http://{SECRET}:pass%2Fword@{endpoint.host}/").request("eth_blockNumber")
    assert caught.value.text == "… and …, …"
    assert stub.headers[-1]["authorization"] == "Basic " + b64encode(f"{SECRET}:pass/word".encode()).decode()


def test_error_of_null_is_none(endpoint: Endpoint, stub: StubEndpoint) -> None:
    stub.answer = lambda *_: {"result": "0x2a", "error": None}
    assert endpoint.request("eth_blockNumber") == "0x2a"
    assert endpoint.answer("eth_blockNumber", [])["result"] == "0x2a"


def test_node_that_lacks_the_newest_block_is_asked_again(endpoint: Endpoint, stub: StubEndpoint, waits: Waits) -> None:
    stub.trouble = first(1, '{"jsonrpc": "2.0", "id": 0, "error": {"code": -32000, "message": "header not found"}}')
    assert endpoint.request("eth_blockNumber") == "0x2a"
    assert waits == [0.5]


@pytest.mark.parametrize(
    "method",
    ["eth_sendRawTransaction", "eth_sendTransaction", "eth_sign", "anvil_setBalance", "personal_unlockAccount"],
)
def test_what_is_no_read_is_never_sent(method: str, endpoint: Endpoint, stub: StubEndpoint) -> None:
    with pytest.raises(EndpointError, match=f"{method} is no read"):
        endpoint.request(method, "0x00")
    with pytest.raises(EndpointError):
        endpoint.batch([("eth_blockNumber",), (method, "0x00")])
    assert stub.calls == []


def test_reads_change_nothing() -> None:
    changing = ("send", "sign", "set", "mine", "submit", "uninstall", "newFilter", "admin", "debug", "personal")
    assert not [method for method in READS if any(word in method for word in changing)]


def test_batches_are_of_fifty(endpoint: Endpoint, stub: StubEndpoint) -> None:
    assert endpoint.batch([("eth_blockNumber",)] * 120) == ["0x2a"] * 120
    assert [len(call) for call in stub.calls] == [50, 50, 20]


def test_batch_that_is_too_large_is_halved(endpoint: Endpoint, stub: StubEndpoint, waits: Waits) -> None:
    refusal = '{"jsonrpc": "2.0", "id": null, "error": {"code": -32600, "message": "batch of more than 15"}}'
    stub.trouble = lambda _, methods: refusal if len(methods) > 15 else ""
    stub.answer = lambda _, parameters: {"result": parameters[0]}
    assert endpoint.batch([("eth_getCode", number) for number in range(50)]) == list(range(50))
    assert [len(call) for call in stub.calls] == [50, 25, 12, 13, 25, 12, 13]
    assert waits == []


def test_batch_too_large_by_status_is_halved(endpoint: Endpoint, stub: StubEndpoint) -> None:
    stub.trouble = lambda _, methods: "413" if len(methods) > 1 else ""
    assert endpoint.batch([("eth_blockNumber",)] * 3) == ["0x2a"] * 3


def test_answers_in_another_order_are_put_in_order(endpoint: Endpoint, stub: StubEndpoint) -> None:
    answers = [{"jsonrpc": "2.0", "id": number, "result": number} for number in (2, 0, 1)]
    stub.trouble = always(json.dumps(answers))
    assert endpoint.batch([("eth_blockNumber",)] * 3) == [0, 1, 2]


@pytest.mark.parametrize("url", ["", "mainnet", "ftp://host/", "ws://host/", "http://", "http://host:port/"])
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="http:// or https://"):
        Endpoint(url)


def test_host_is_all_that_is_shown() -> None:
    assert Endpoint("https://user:pass@rpc.example.org/v3/key?token=1").host == "rpc.example.org"
    assert Endpoint("http://127.0.0.1:8545/key").host == "127.0.0.1:8545"
