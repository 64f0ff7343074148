"""Endpoints that record what they are asked, and that misbehave when they are told to."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import urllib3

SECRET = "c0ffee5ecret"
"""The key in an endpoint's path."""
SLOW = 0.6
"""Seconds that a slow answer takes."""
Trouble = Callable[[int, list[str]], str]
"""Of the number of an HTTP call and its methods: what goes wrong with it, or nothing."""


def fine(_: int, __: list[str]) -> str:
    return ""


class StubEndpoint:
    """Answers as `answer` says, or as a node at `upstream` does, unless there is `trouble`."""

    def __init__(self, upstream: str = "", answer: Callable[[str, Any], Any] | None = None) -> None:
        self.upstream, self.answer = upstream, answer
        self.trouble: Trouble = fine
        self.asked: list[str] = []
        self.calls: list[list[str]] = []
        self.headers: list[dict[str, str]] = []
        self.pool = urllib3.PoolManager(maxsize=32)
        self.lock = threading.Lock()

    def methods(self) -> set[str]:
        return set(self.asked)

    def respond(self, body: bytes) -> bytes:
        if self.upstream:
            headers = {"Content-Type": "application/json"}
            return bytes(self.pool.request("POST", self.upstream, body=body, headers=headers).data)
        asked = json.loads(body)
        assert self.answer is not None
        many = asked if isinstance(asked, list) else [asked]
        told = [{"jsonrpc": "2.0", "id": one["id"]} | self.answer(one["method"], one["params"]) for one in many]
        return json.dumps(told if isinstance(asked, list) else told[0]).encode()


@contextmanager
def serving(stub: StubEndpoint) -> Iterator[str]:
    """Its address, with a key in the path."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked = json.loads(body)
            methods = [one["method"] for one in asked] if isinstance(asked, list) else [asked["method"]]
            with stub.lock:
                number = len(stub.calls)
                stub.calls.append(methods)
                stub.headers.append(dict(self.headers))
                stub.asked += methods
            trouble = stub.trouble(number, methods)
            if trouble == "dies half-way":
                self.send_response(200)
                self.send_header("Content-Length", "1000")
                self.end_headers()
                self.wfile.write(b'{"jsonrpc": "2.0", "id')
                self.wfile.flush()
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
                return
            if trouble == "slow":
                time.sleep(SLOW)
            status = int(trouble) if trouble.isdigit() else 200
            plain = b"<html>upset about /v3/" + SECRET.encode() + b"</html>"
            told = plain if trouble.isdigit() or trouble == "garbage" else stub.respond(body)
            if trouble.startswith(("{", "[")):
                told = trouble.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(told)))
            if trouble == "429":
                self.send_header("Retry-After", "7")
            self.end_headers()
            self.wfile.write(told)

        def log_message(self, *_: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False
        request_queue_size = 64

        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v3/{SECRET}"
    finally:
        server.shutdown()
        server.server_close()


def first(count: int, trouble: str) -> Trouble:
    """The first `count` HTTP calls go wrong."""
    return lambda number, _: trouble if number < count else ""


def always(trouble: str) -> Trouble:
    return lambda _, __: trouble
