"""Many runs at once, each in a process of its own that is used again for the next one.

A worker is a process and not a thread: a node lives and dies with the thread that started it, and Python computes in
one thread at a time. It is spawned and not forked: nothing of Ape's connections is shared.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from .errors import InputError
from .figures import figures_of
from .running import run
from .scenario import Scenario

__all__ = ["Outcome", "Task", "processors", "run_tasks"]

FEW = 32
"""Runs whose worlds are kept: as many as `worlds` has room for.

Each seed draws its own book and so makes a world of its own. More would push out the worlds of single runs, and each
other before anybody asks for them again.
"""
GRACE = 10.0
"""Seconds that a worker has to stop its node."""


@dataclass(frozen=True)
class Task:
    """One run: what, on which engine, and the command that repeats it."""

    scenario: Scenario
    engine: str
    replay: str


@dataclass(frozen=True)
class Outcome:
    """What became of a task: its figures by column or, in `fault`, why there are none. `release` is the engine's."""

    figures: dict[str, float | None] = field(default_factory=dict)
    fault: str = ""
    release: str = ""


@dataclass(frozen=True)
class _Refused:
    """An `InputError`, as it travels between processes."""

    value: str
    rule: str
    remedy: str


class _Worker:
    """A process that runs one task at a time; `number` is that of the task it has."""

    def __init__(self, keep_worlds: bool) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.number = 0
        self.process = context.Process(target=_serve, args=(theirs, keep_worlds), daemon=True)
        with _ctrl_c_ignored(), _found():
            self.process.start()
        theirs.close()  # so that its end is seen here

    def give(self, number: int, task: Task) -> None:
        self.number = number
        with suppress(OSError):  # it has died: reading from it will tell
            self.pipe.send(task)

    def answer(self) -> Outcome | _Refused:
        try:
            found: Outcome | _Refused = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(GRACE)
            return Outcome(fault=f"its process ended without an answer (exit code {self.process.exitcode})")
        return found

    def stop(self) -> None:
        self.process.terminate()  # once more does no harm
        self.process.join(GRACE)
        self.process.kill()
        self.process.join()
        self.pipe.close()


def processors() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_tasks(
    tasks: Sequence[Task], *, workers: int | None = None, progress: Callable[[int, int], None]
) -> list[Outcome]:
    """Run all tasks; the outcomes stand in the order of the tasks, whoever finished first.

    Parameters
    ----------
    workers : processes; by default one for each processor
    progress : told, after each task, how many are finished, and of how many

    Raises
    ------
    InputError : a run refused its scenario, and with it all of them; a fault of one run is an outcome
    """
    outcomes: dict[int, Outcome] = {}
    for number, outcome in _finished(tasks, min(workers or processors(), len(tasks))):
        outcomes[number] = outcome
        progress(len(outcomes), len(tasks))
    return [outcomes[number] for number in range(len(tasks))]


def _finished(tasks: Sequence[Task], workers: int) -> Iterator[tuple[int, Outcome]]:
    """Number and outcome of each task, as they come. Whatever ends this early ends the workers and their nodes."""
    waiting = deque(enumerate(tasks))
    staff: list[_Worker] = []
    try:
        while len(staff) < workers:
            staff.append(_Worker(len(tasks) <= FEW))
            staff[-1].give(*waiting.popleft())
        while staff:
            ready = wait([worker.pipe for worker in staff])
            for worker in [one for one in staff if one.pipe in ready]:
                answer = worker.answer()
                if isinstance(answer, _Refused):
                    raise InputError(answer.value, answer.rule, answer.remedy)
                yield worker.number, answer
                _next(staff, worker, waiting, len(tasks) <= FEW)
    finally:
        for worker in staff:
            worker.process.terminate()
        for worker in staff:
            worker.stop()


def _next(staff: list[_Worker], worker: _Worker, waiting: deque[tuple[int, Task]], keep_worlds: bool) -> None:
    """Give a worker, or its successor if it died, another task; without one it goes home."""
    if waiting and not worker.process.is_alive():
        worker.stop()
        staff[staff.index(worker)] = worker = _Worker(keep_worlds)
    if waiting:
        worker.give(*waiting.popleft())
    else:
        staff.remove(worker)
        worker.stop()


@contextmanager
def _ctrl_c_ignored() -> Iterator[None]:
    """What is started inside ignores Ctrl-C, which a terminal sends to all; a worker would hand in half a run."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _found() -> Iterator[None]:
    """What is started inside finds this package too: Ape takes the project off the path once a command is loaded."""
    root = str(Path(__file__).resolve().parent.parent)
    sys.path.insert(0, root)
    try:
        yield
    finally:
        sys.path.remove(root)


# In the worker


def _serve(pipe: Connection, keep_worlds: bool) -> None:
    """Run what is asked for until nobody asks any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the node is stopped on the way out
    if not keep_worlds:
        os.environ["UNDERTOW_WORLDS"] = ""
    with suppress(EOFError, OSError):
        while True:
            pipe.send(_outcome(pipe.recv()))


def _outcome(task: Task) -> Any:
    try:
        result = run(task.scenario, engine=task.engine)
    except InputError as error:
        return _Refused(error.value, error.rule, error.remedy)
    except Exception as error:
        return Outcome(fault=f"{type(error).__name__}: {error}")
    if not result.summary["complete"]:
        return Outcome(fault=f"stopped after {result.summary['blocks']} blocks: {result.summary['stopped_by']}")
    return Outcome(figures_of(result.summary), release=result.timing["engine"])
