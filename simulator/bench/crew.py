"""How many runs a minute crews of processes do, side by side, and what a worker needs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import Any

import psutil

from ..montecarlo import Task, run_tasks
from ..paired import untold
from ..processes import Processes
from ..scenario import load
from .scale import MEGABYTE

__all__ = ["crews"]

RUNS = 24
BLOCKS = 100
FALL = "assets.WETH.price={model: bridge, start: $2500, volatility: 200%, change: -45%, at: 50}"
"""As in the proposals that ship: what audits mostly run."""
EVERY = 0.5
"""Seconds between two looks at the memory."""


def crews(engine: str, repeats: int) -> dict[str, Any]:
    """Runs a minute with one worker and with two, from the first finished run on, and the most memory of a worker.

    The start of a worker, a few seconds, is left out on both sides: an audit of hours has it once.
    """
    rates: dict[int, list[float]] = {1: [], 2: []}
    memory = [0]
    for _ in range(repeats):
        for workers, found in rates.items():
            with _watched(memory):
                found.append(_rate(engine, workers))
    one, two = (median(found) for found in rates.values())
    pairs = [two / one for one, two in zip(*rates.values(), strict=True)]
    told = {"runs_a_minute": {"1": round(one, 1), "2": round(two, 1)}, "ratio": round(median(pairs), 2)}
    return {**told, "worker_mb": memory[0]}


def _rate(engine: str, workers: int) -> float:
    scenario = load("lending_market", overrides=[f"chain.blocks={BLOCKS}", FALL]).model_copy(update={"book_seed": 1})
    tasks = [Task(scenario.model_copy(update={"seed": seed}), engine, "") for seed in range(RUNS)]
    times: list[float] = []
    run_tasks(tasks, Processes(workers), progress=untold, keep=lambda *_: times.append(perf_counter()))
    return 60 * (len(times) - workers) / (times[-1] - times[workers - 1])


@contextmanager
def _watched(memory: list[int]) -> Iterator[None]:
    """Keep the most that a worker and its nodes held in `memory`."""
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(EVERY):
            memory[0] = max([memory[0], *(_held(child) for child in psutil.Process().children())])

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _held(worker: psutil.Process) -> int:
    """Megabytes of a process and of what it started."""
    held = 0
    for process in (worker, *_children(worker)):
        try:
            held += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return held // MEGABYTE


def _children(worker: psutil.Process) -> list[psutil.Process]:
    try:
        return list(worker.children(recursive=True))
    except psutil.NoSuchProcess:
        return []
