"""How fast a world is opened, and how fast small transactions are sent."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from ..chain import Genesis, account, engine_named
from ..genesis import genesis
from ..scenario import load
from ..simulation import Simulation
from ..transaction import Account, Transaction
from ..units import GWEI, WAD

__all__ = ["opening", "sending"]

SENDERS, BLOCKS = 200, 20


@contextmanager
def _other_worlds() -> Iterator[None]:
    """No world is there yet."""
    before = os.environ.get("UNDERTOW_WORLDS")
    with TemporaryDirectory() as folder:
        os.environ["UNDERTOW_WORLDS"] = folder
        try:
            yield
        finally:
            del os.environ["UNDERTOW_WORLDS"]
            if before is not None:
                os.environ["UNDERTOW_WORLDS"] = before


def opening(engine: str, positions: int, repeats: int) -> dict[str, Any]:
    """Seconds until a world of so many positions is open for the first time, and for the second; engine included."""
    scenario = load("flash_crash", overrides=[f"protocols.main.positions.count={positions}"])

    def start() -> float:
        started = perf_counter()
        chain = engine_named(engine, genesis(scenario))
        Simulation(scenario, chain)
        seconds = perf_counter() - started
        chain.close()
        return seconds

    first, second = [], []
    for _ in range(repeats):
        with _other_worlds():
            first.append(start())
            second.append(start())
    return {"first_seconds": round(median(first), 3), "second_seconds": round(median(second), 3)}


def sending(engine: str, repeats: int) -> dict[str, Any]:
    """Transfers a second, signed, sent, mined and read back: as set-up does it, and block by block."""
    people = [account(f"bench/{number}") for number in range(SENDERS)]
    start = Genesis(SENDERS * 21_000, GWEI, 0, people[0].address, {one.address: 1_000 * WAD for one in people})
    set_up, block = [], []
    for _ in range(repeats):
        chain = engine_named(engine, start)
        opened, simulated = _transfers(people, 0), _transfers(people, BLOCKS)
        started = perf_counter()
        chain.transact([one for each in opened for one in each])
        set_up.append(perf_counter() - started)
        started = perf_counter()
        for each in simulated:
            chain.build_block(each, chain.head.timestamp + 12)
        block.append(perf_counter() - started)
        chain.close()
    return {"set_up": round(SENDERS * BLOCKS / median(set_up)), "block": round(SENDERS * BLOCKS / median(block))}


def _transfers(people: list[Account], nonce: int) -> list[list[Transaction]]:
    """Full blocks in which everybody sends one."""
    return [
        [Transaction(one, people[0].address, b"", 21_000, 10_000 * GWEI, 1, turn) for one in people]
        for turn in range(nonce, nonce + BLOCKS)
    ]
