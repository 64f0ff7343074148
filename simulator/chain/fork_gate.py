"""The one way from our node to somebody else's endpoint: lets reads through, and nothing else.

The node forks from this server on the loopback address instead of from the endpoint. So it cannot send anything but
reads there, waits as patiently as we do, and its command line lacks the endpoint's address, which may be a key.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ..errors import EndpointError
from .fork_endpoint import READS, Endpoint

__all__ = ["Gate"]

_HOST = "127.0.0.1"
_OF_BLANK: Mapping[str, Any] = {
    "eth_getAccountInfo": {"balance": "0x0", "nonce": "0x0", "code": "0x"},
    "eth_getBalance": "0x0",
    "eth_getCode": "0x",
    "eth_getTransactionCount": "0x0",
}
_STATE = frozenset(
    {
        *("eth_getBalance", "eth_getBlockByHash", "eth_getBlockByNumber", "eth_getCode", "eth_getStorageAt"),
        "eth_getTransactionCount",
    }
)
"""Reads that the node cannot do without: a transaction that needs one would be missing in its block, unnoticed.

Of `eth_getAccountInfo` it can, as it asks for balance, nonce and code one by one then.
"""
_NO_SUCH_METHOD = -32601
_FAILED = -32000


class Gate:
    """A server on the loopback address that asks `endpoint` for what it is asked.

    Parameters
    ----------
    endpoint : where reads go
    blank : accounts that have nothing, whatever the endpoint would say: nobody asks it

    Attributes
    ----------
    failure : why the endpoint could not answer; from then on nothing is asked of it
    """

    def __init__(self, endpoint: Endpoint, blank: Iterable[str] = ()) -> None:
        self.endpoint = endpoint
        self._blank = frozenset(blank)
        self.failure: EndpointError | None = None
        self._server = _Server(self)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def uri(self) -> str:
        """Where it listens."""
        return f"http://{_HOST}:{self._server.server_port}"

    def answer(self, request: Any) -> dict[str, Any]:
        """The answer to one JSON-RPC request."""
        number, method = request.get("id"), str(request.get("method"))
        return {"jsonrpc": "2.0", "id": number} | self._answer(method, request.get("params"))

    def _answer(self, method: str, parameters: Any) -> dict[str, Any]:
        if method not in READS:
            return {"error": {"code": _NO_SUCH_METHOD, "message": f"{method} is no read"}}
        if method in _OF_BLANK and str((parameters or [""])[0]).lower() in self._blank:
            return {"result": _OF_BLANK[method]}
        if self.failure is None:
            try:
                found = self.endpoint.answer(method, parameters)
                if "error" in found and method in _STATE:
                    raise self._forgotten(method, found["error"])
                return {key: found[key] for key in ("result", "error") if key in found}
            except EndpointError as error:
                self.failure = error
        return {"error": {"code": _FAILED, "message": str(self.failure)}}

    def _forgotten(self, method: str, error: Mapping[str, Any]) -> EndpointError:
        """Most keep the state of no more than their newest 128 blocks, some 25 minutes."""
        rule = f"must know the state of the block until the end, and refused {method} ({error['message']})"
        return self.endpoint.fail(rule, "Name one that keeps it, or a later --fork-block")

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        super().__init__((_HOST, 0), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a node that was stopped hangs up in the middle of an answer."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def do_POST(self) -> None:
        """Answer one request, or a batch."""
        if "Origin" in self.headers:  # a page in a browser on this machine
            self.send_error(403)
            return
        try:
            asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)))
        except ValueError:
            self.send_error(400)
            return
        gate = self.server.gate
        told = [gate.answer(one) for one in asked] if isinstance(asked, list) else gate.answer(asked)
        body = json.dumps(told).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""
