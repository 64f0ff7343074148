"""JSON-RPC to an endpoint of somebody else's: reads only, patient, and bounded."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import urllib3

from ..errors import EndpointError, InputError
from .anvil_answers import call_result
from .anvil_node import Request, RpcError
from .engine import Call, CallResult
from .fork_patience import Patience, Trouble, wait_asked_for

__all__ = ["READS", "Endpoint"]

READS = frozenset(
    {
        *("eth_blockNumber", "eth_call", "eth_chainId", "eth_feeHistory", "eth_gasPrice", "eth_getAccountInfo"),
        *("eth_getBalance", "eth_getBlockByHash", "eth_getBlockByNumber", "eth_getBlockReceipts", "eth_getCode"),
        *("eth_getLogs", "eth_getStorageAt", "eth_getTransactionByHash", "eth_getTransactionCount"),
        *("eth_getTransactionReceipt", "eth_maxPriorityFeePerGas", "net_version", "web3_clientVersion"),
    }
)
"""All that is ever sent there: none of it changes anything."""
_BATCH = 50
"""Requests in one HTTP call; fewer where the endpoint wants fewer."""
_LONGEST = 200
"""Characters of a complaint that are passed on."""
_CONNECTION_TROUBLES = {
    "ReadTimeoutError": "no answer in time",
    "ConnectTimeoutError": "no connection in time",
    "NewConnectionError": "no connection",
    "NameResolutionError": "no such host",
    "SSLError": "no trusted connection",
}
_BUSY = (-32005, 429)
_BUSY_WORDS = ("rate limit", "too many requests", "compute units", "try again", "timed out", "timeout")
_BEHIND = "header not found"
"""Said where one of several nodes behind an address lacks the newest block as yet."""
_KEY = 8
"""Characters that a key has at least: what is shorter in an address is a word, and may stand in a complaint."""


class Endpoint:
    """Somebody else's node, over HTTP.

    Parameters
    ----------
    url : where; its path may be a key, so that only `host` is ever shown; a name and password in it are used
    patience : how long to wait and how often to try
    sleep : waits so many seconds

    Raises
    ------
    InputError : no HTTP address
    """

    def __init__(self, url: str, patience: Patience | None = None, sleep: Callable[[float], None] = time.sleep) -> None:
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError:
            parts, host, port = urlsplit(""), None, None
        if parts.scheme not in ("http", "https") or not host:
            raise InputError("--fork-url", "must be an address that begins with http:// or https://", "Correct it.")
        self._url = url.strip()
        self.host = f"{host}:{port}" if port else host
        self._secrets = _secrets(self._url, parts)
        self._headers = {"Content-Type": "application/json", "User-Agent": "undertow"} | _authorization(parts)
        self._patience, self._sleep = patience or Patience(), sleep
        self._pool = urllib3.PoolManager(retries=False, maxsize=32)

    # ------------------------------------------------------------------------------------------------ requests

    def request(self, method: str, *parameters: Any) -> Any:
        """The result of one read.

        Raises
        ------
        RpcError : the endpoint refused it
        EndpointError : no usable answer after all tries
        """
        (result,) = self.batch([(method, *parameters)])
        if isinstance(result, RpcError):
            raise result
        return result

    def batch(self, requests: Sequence[Request]) -> list[Any]:
        """Results in order; a refusal stands in its place as an `RpcError`. See `request`."""
        results: list[Any] = []
        for start in range(0, len(requests), _BATCH):
            results += self._together(requests[start : start + _BATCH])
        return results

    def answer(self, method: str, parameters: Any) -> dict[str, Any]:
        """``result`` or ``error`` of one read, as the endpoint gave it; see `request`."""
        (found,) = self._ask([(method, *(parameters or ()))])
        return {"error": self._without_key(found["error"])} if "error" in found else found

    def calls(self, calls: Sequence[Call], block: int, codes: Mapping[str, str] | None = None) -> list[CallResult]:
        """Many reads of contracts on the state after `block`; a revert is a value.

        `codes` are contracts that are not there, by the address where the reads are to find them.

        Raises
        ------
        RpcError : the endpoint refused one, perhaps as it takes no `codes`
        EndpointError : no usable answer after all tries
        """
        there = [{address: {"code": code} for address, code in codes.items()}] if codes else []
        orders = ({"from": one.sender, "to": one.to, "data": _hex(one.data)} for one in calls)
        asked = [("eth_call", order, hex(block), *there) for order in orders]
        return [call_result(answer) for answer in self.batch(asked)]

    def fail(self, rule: str, remedy: str = "Try again later, or name another endpoint") -> EndpointError:
        """The complaint that the endpoint breaks `rule`."""
        return EndpointError(f"--fork-url {self.host}", rule, remedy)

    # ------------------------------------------------------------------------------------------------ transport

    def _together(self, requests: Sequence[Request]) -> list[Any]:
        try:
            answers = self._ask(requests)
        except _TooManyAtOnce:
            half = len(requests) // 2
            return self._together(requests[:half]) + self._together(requests[half:])
        return [
            RpcError(request[0], self._without_key(one["error"])) if "error" in one else one["result"]
            for request, one in zip(requests, answers, strict=True)
        ]

    def _ask(self, requests: Sequence[Request]) -> list[dict[str, Any]]:
        """Answers to what goes into one HTTP call, tried again until they are all usable."""
        for method, *_ in requests:
            if method not in READS:
                raise self.fail(f"is only read from, and {method} is no read", "Leave it out")
        body = json.dumps([_numbered(number, request) for number, request in enumerate(requests)])
        asked = body if len(requests) > 1 else json.dumps(_numbered(0, requests[0]))
        trouble = Trouble("")
        for wait in self._patience.waits():
            try:
                return _sorted_out(*self._post(asked), len(requests))
            except Trouble as found:
                trouble = found
                self._sleep(max(wait, found.wait) if wait else 0.0)
        tries = self._patience.tries
        raise self.fail(f"gave no usable answer to {requests[0][0]} in {tries} tries ({self._clean(str(trouble))})")

    def _post(self, body: str) -> tuple[int, bytes]:
        seconds = urllib3.Timeout(total=self._patience.seconds)
        try:
            response = self._pool.request("POST", self._url, body=body, headers=self._headers, timeout=seconds)
        except urllib3.exceptions.HTTPError as error:
            raise Trouble(_said(error)) from None
        if response.status in (401, 403):
            raise self.fail(f"refuses us (HTTP {response.status})", "Check the key in the address")
        if response.status == 404:
            raise self.fail("has nothing at this path (HTTP 404)", "Check the address")
        if response.status in (408, 425, 429) or response.status >= 500:
            raise Trouble(f"HTTP {response.status}", wait_asked_for(response.headers.get("Retry-After")))
        return response.status, response.data

    def _without_key(self, error: dict[str, Any]) -> dict[str, Any]:
        return {**error, "message": self._clean(str(error.get("message", "")))}

    def _clean(self, text: str) -> str:
        """A complaint without what may be a key."""
        for secret in self._secrets:
            text = text.replace(secret, "…")
        return " ".join(text.split())[:_LONGEST]


class _TooManyAtOnce(Exception):
    """The endpoint takes no batch of this size."""


def _sorted_out(status: int, body: bytes, count: int) -> list[dict[str, Any]]:
    """Answers in the order of the requests.

    Raises
    ------
    Trouble : they are not what was asked for; worth another try
    """
    try:
        answers = json.loads(body)
    except ValueError:
        if status == 413 and count > 1:
            raise _TooManyAtOnce from None
        raise Trouble(f"HTTP {status} without JSON") from None
    found = [_one(answer) for answer in (answers if isinstance(answers, list) else [answers])]
    if not all(isinstance(one, dict) and ("result" in one or isinstance(one.get("error"), dict)) for one in found):
        raise Trouble(f"HTTP {status} with JSON that is no answer")
    for one in found:
        _refuse_busy(one.get("error"))
    if count > len(found) == 1:
        raise _TooManyAtOnce
    alone = count == 1 and found[0].get("id") is None  # a refusal may lack its number
    by_number = {0: found[0]} if alone else {one.get("id"): one for one in found}
    if len(found) != count or set(by_number) != set(range(count)):
        raise Trouble("answers to something else")
    return [by_number[number] for number in range(count)]


def _one(answer: Any) -> Any:
    """An answer without the ``"error": null`` that some send beside a result."""
    if isinstance(answer, dict) and answer.get("error", "") is None:
        return {key: value for key, value in answer.items() if key != "error"}
    return answer


def _refuse_busy(error: dict[str, Any] | None) -> None:
    if error is None:
        return
    text = str(error.get("message", ""))
    if error.get("code") in _BUSY or any(words in text.lower() for words in (*_BUSY_WORDS, _BEHIND)):
        raise Trouble(text or "too many requests")


def _secrets(url: str, parts: SplitResult) -> list[str]:
    """What may be a key in an address, longest first: endpoints repeat it in complaints, whole or in part."""
    whole = {url, parts.path, parts.query, parts.password or ""}
    words = {*parts.path.split("/"), *parts.query.replace("=", "&").split("&"), parts.username or ""}
    found = {text for text in whole if len(text) > 1} | {word for word in words if len(word) >= _KEY}
    return sorted(found | {unquote(text) for text in found}, key=lambda text: (-len(text), text))


def _authorization(parts: SplitResult) -> dict[str, str]:
    """The header of a name and password."""
    if parts.username is None:
        return {}
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return dict(urllib3.make_headers(basic_auth=pair))


def _said(error: Exception) -> str:
    """What went wrong with a connection, without its objects' addresses."""
    reason = getattr(error, "reason", None) or error
    return _CONNECTION_TROUBLES.get(type(reason).__name__, "the connection broke")


def _numbered(number: int, request: Request) -> dict[str, Any]:
    method, *parameters = request
    return {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
