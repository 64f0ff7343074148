"""Events of a contract since its first block, in windows that an endpoint is willing to answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..transaction import Log
from .anvil_answers import log_of
from .anvil_node import RpcError
from .fork_endpoint import Endpoint

__all__ = ["events"]

_WINDOW = 10_000
"""Blocks that most endpoints search at once."""
_GROWS_AFTER = 8
"""Windows without a complaint after which a shrunk one doubles."""


def events(endpoint: Endpoint, address: str, topics: list[list[str]], first: int, last: int) -> Iterator[Log]:
    """Logs of `address` in the blocks `first` to `last`, oldest first; `topics` as ``eth_getLogs`` takes them.

    Raises
    ------
    EndpointError : it answers not even for a single block
    """
    width, calm, start = _WINDOW, 0, first
    while start <= last:
        end = min(start + width - 1, last)
        asked: dict[str, Any] = {"address": address, "topics": topics, "fromBlock": hex(start), "toBlock": hex(end)}
        try:
            found = endpoint.request("eth_getLogs", asked)
        except RpcError as error:
            if end == start:
                rule = f"must give the events of block {start} ({error.text})"
                raise endpoint.fail(rule, "Name one that has the history of logs") from None
            width, calm = max((end - start + 1) // 2, 1), 0
            continue
        yield from (log_of(entry) for entry in found)
        start, calm = end + 1, calm + 1
        if calm == _GROWS_AFTER and width < _WINDOW:
            width, calm = min(width * 2, _WINDOW), 0
