"""One Anvil process and the JSON-RPC connection to it; nobody else can reach it, and it never outlives us."""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import weakref
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, cast

from ..errors import ChainError, EngineDied, ToolError
from .rpc import PIPELINES, Connection

__all__ = ["AnvilNode", "Request", "RpcError", "find_anvil"]

Request = tuple[Any, ...]
"""Method, then its parameters."""

_ROOT = Path(__file__).resolve().parents[2]
_HOST = "127.0.0.1"
_START_SECONDS = 20.0
_ANSWER_SECONDS = 120.0
_AHEAD = 16 if PIPELINES else 1
"""Batches posted and not yet read: few enough that their answers fit the socket, or both sides would wait."""
_LINES_TOLD = 5
"""Of what a node said at its end: a panic gives its reason first."""
_COLOUR = re.compile(rb"\x1b\[[\d;]*m")
_LISTENING = re.compile(rb"Listening on [\d.]+:(\d+)")
_REVERTED = 3
_PARENT_DEATH_SIGNAL = 1
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class RpcError(ChainError):
    """The node refused a request; `text` is its reason, `data` the revert data of a call."""

    def __init__(self, method: str, error: dict[str, Any]) -> None:
        self.text: str = error.get("message", "")
        self.is_revert = error.get("code") == _REVERTED
        self.data = bytes.fromhex(str(error.get("data") or "0x")[2:]) if self.is_revert else b""
        super().__init__(f"the node refused {method}: {self.text}")


def find_anvil() -> Path:
    """The node's binary: ``UNDERTOW_ANVIL``, beside Python, in ``node_modules``, on ``PATH``, in this order.

    Raises
    ------
    ToolError : it is nowhere, or what the variable names does not exist
    """
    named = os.environ.get("UNDERTOW_ANVIL")
    if named:
        if not os.access(named, os.X_OK):
            raise ToolError(f"UNDERTOW_ANVIL={named}", "must name an executable file", "Correct it or unset it.")
        return Path(named)
    candidates = [Path(sys.executable).parent / "anvil"]
    # npm's own `.bin/anvil` is a script around the binary: stopping the script would leave the node
    candidates += sorted(_ROOT.glob("node_modules/@foundry-rs/anvil-*/bin/anvil"))
    on_path = shutil.which("anvil")
    candidates += [Path(on_path)] if on_path else []
    for candidate in candidates:
        if os.access(candidate, os.X_OK):
            return candidate
    raise ToolError("anvil", "is not installed", "Run `make setup`, or set UNDERTOW_ANVIL to its binary.")


class AnvilNode:
    """A running node.

    Parameters
    ----------
    binary : Anvil itself, not npm's script around it
    options : command line, without host and port

    Raises
    ------
    EngineDied : it does not start, or is gone later on; the node ends with the thread that created this object

    Attributes
    ----------
    patience : seconds that an answer may take, where that is not the usual
    """

    patience: float | None = None

    def __init__(self, binary: Path, options: Sequence[str]) -> None:
        self._output, self._errors = _log(), _log()
        # the node chooses its port: one that we found free could be another program's by the time it starts
        arguments = [str(binary), *options, f"--host={_HOST}", "--port=0", "--color=never"]
        self._seconds = self.patience or _ANSWER_SECONDS
        self._process = _start(arguments, self._output, self._errors)
        self._open_files: list[IO[bytes] | Connection] = [self._output, self._errors]
        self.close = weakref.finalize(self, _stop, self._process, self._open_files, os.getpid())
        self._port = self._listening_port()
        try:
            self._connection = Connection(_HOST, self._port, self._seconds)
        except OSError:
            raise self._died("could not be reached") from None
        self._open_files.append(self._connection)
        self._posted: deque[tuple[int, Sequence[Request]]] = deque()
        self._answers: dict[int, list[Any]] = {}
        self._serial = 0
        self.request("anvil_setLoggingEnabled", False)

    @property
    def process_id(self) -> int:
        """Of the operating system."""
        return self._process.pid

    @property
    def uri(self) -> str:
        """Where it listens."""
        return f"http://{_HOST}:{self._port}"

    def request(self, method: str, *parameters: Any) -> Any:
        """The result of one request.

        Raises
        ------
        RpcError : the node refused it
        EngineDied : no answer
        """
        (result,) = self.batch([(method, *parameters)])
        if isinstance(result, RpcError):
            raise result
        return result

    def batch(self, requests: Sequence[Request], size: int = 200) -> list[Any]:
        """Results in order; a refusal stands in its place as an `RpcError`.

        The node works on the requests of one HTTP call concurrently: only reads may go many at a time.
        """
        results: list[Any] = []
        for start in range(0, len(requests), size):
            results.extend(self.collect(self.post(requests[start : start + size])))
        return results

    def post(self, requests: Sequence[Request]) -> int:
        """Send a batch and do not wait; returns what `collect` asks for. Batches are worked on one after the other."""
        if not self.close.alive:
            raise EngineDied("the Anvil node is gone")
        body = json.dumps(
            [
                {"jsonrpc": "2.0", "id": number, "method": method, "params": parameters}
                for number, (method, *parameters) in enumerate(requests)
            ]
        )
        while len(self._posted) >= _AHEAD:
            self._read_oldest()
        self._serial += 1
        self._posted.append((self._serial, requests))
        with self._watching(self._posted[0][1]):
            self._connection.write(body)
        return self._serial

    def collect(self, posted: int) -> list[Any]:
        """Results of a batch that was posted, as `batch` gives them."""
        while posted not in self._answers:
            self._read_oldest()
        return self._answers.pop(posted)

    def reconnect(self) -> None:
        """Give up what was posted: after an interruption an answer may be half read.

        Raises
        ------
        OSError : the node cannot be reached
        """
        self._connection.close()
        self._posted.clear()
        self._answers.clear()
        self._connection = Connection(_HOST, self._port, self._seconds)
        self._open_files.append(self._connection)

    def _read_oldest(self) -> None:
        serial, requests = self._posted.popleft()
        with self._watching(requests):
            answers = json.loads(self._connection.read())
        answers.sort(key=lambda answer: answer["id"])
        self._answers[serial] = [
            RpcError(requests[answer["id"]][0], answer["error"]) if "error" in answer else answer["result"]
            for answer in answers
        ]

    @contextlib.contextmanager
    def _watching(self, requests: Sequence[Request]) -> Iterator[None]:
        try:
            yield
        except TimeoutError:
            raise self._died(f"did not answer {requests[0][0]} within {self._seconds:g} s") from None
        except (OSError, ValueError):
            raise self._died(f"stopped during {requests[0][0]}") from None

    def _listening_port(self) -> int:
        """Wait until it listens."""
        deadline = time.monotonic() + (self.patience or _START_SECONDS)
        while time.monotonic() < deadline:
            found = _LISTENING.search(_read(self._output))
            if found:
                return int(found[1])
            if self._process.poll() is not None:
                break
            time.sleep(0.005)
        raise self._died("did not start")

    def _died(self, what: str) -> EngineDied:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=1)
        code = self._process.poll()
        state = "still running" if code is None else f"exit code {code}"
        said = _COLOUR.sub(b"", _read(self._errors)).strip().splitlines()
        tail = b"\n".join(said[:_LINES_TOLD]).decode(errors="replace")
        self.close()
        return EngineDied(f"the Anvil node {what} ({state})" + (f": {tail}" if tail else ""))


def _log() -> IO[bytes]:
    return cast(IO[bytes], tempfile.TemporaryFile())  # lives as long as the node


def _read(log: IO[bytes]) -> bytes:
    # the node shares the position in the file: it must not move
    return os.pread(log.fileno(), os.fstat(log.fileno()).st_size, 0)


def _start(arguments: list[str], output: IO[bytes], errors: IO[bytes]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env={**os.environ, "RUST_BACKTRACE": "0"},
            preexec_fn=_die_with_parent,
        )
    except OSError as error:
        raise ToolError(arguments[0], f"must be a program that runs here ({error})", "Run `make setup`.") from None


def _die_with_parent() -> None:
    # atexit does not run when we are killed
    if _LIBC is not None:
        _LIBC.prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)


def _stop(process: subprocess.Popen[bytes], open_files: Sequence[IO[bytes] | Connection], owner: int) -> None:
    # a forked child inherits this at its exit, but the node is not its own
    if os.getpid() == owner:
        process.kill()
        process.wait()
        for one in open_files:
            one.close()
