"""HTTP to a node on this machine, pipelined: what is written next need not wait for the answer to what was before."""

from __future__ import annotations

import socket
import sys

__all__ = ["PIPELINES", "Connection"]

PIPELINES = sys.platform == "linux"
"""Whether it pays to write ahead; elsewhere acknowledgements come late."""
_STATUS_OK = b"200"
_LENGTH = b"content-length:"


class Connection:
    """One connection, on which a server answers in the order of the requests. The standard library's cannot pipeline.

    Parameters
    ----------
    host, port : where the node listens
    seconds : how long an answer may take; then `TimeoutError`
    """

    def __init__(self, host: str, port: int, seconds: float) -> None:
        self._socket = socket.create_connection((host, port), seconds)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._answers = self._socket.makefile("rb")
        self._head = f"POST / HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: application/json\r\nContent-Length: "

    def write(self, body: str) -> None:
        """Send a request with a JSON body.

        Raises
        ------
        OSError : the other side is gone
        """
        self._acknowledge()
        self._socket.sendall(f"{self._head}{len(body)}\r\n\r\n{body}".encode("ascii"))

    def read(self) -> bytes:
        """Body of the oldest answer that was not read yet.

        Raises
        ------
        OSError : the other side is gone, or answers something else than HTTP with a JSON body
        """
        self._acknowledge()
        status = self._answers.readline()
        if status.split(b" ", 2)[1:2] != [_STATUS_OK]:
            raise ConnectionError(f"answered {status!r}")
        length = 0
        while (line := self._answers.readline().lower()) not in (b"\r\n", b""):
            if line.startswith(_LENGTH):
                length = int(line[len(_LENGTH) :])
        body = self._answers.read(length)
        if len(body) < length or not length:
            raise ConnectionError("ended in the middle of an answer")
        return body

    def _acknowledge(self) -> None:
        # the node sends a second short answer only once the first was acknowledged, which the kernel puts off by 40 ms
        if PIPELINES:
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    def close(self) -> None:
        """Hang up."""
        self._answers.close()
        self._socket.close()
