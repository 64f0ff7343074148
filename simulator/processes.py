"""A crew of processes on this machine, each used again for the next run.

A worker is a process and not a thread: Python computes in one thread at a time. It is spawned and not forked: nothing
of Ape's connections is shared.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path

from .montecarlo import Outcome, Task, run_task

__all__ = ["Processes", "processors"]

FEW = 32
"""Runs, each with a book of its own, whose worlds are kept: as many as `worlds` has room for.

More would push out the worlds of single runs, and each other before anybody asks for them again.
"""
GRACE = 10.0
"""Seconds that a worker has to stop its node."""
TRIES = 2
"""Times that a run is given to a worker that dies of it: what killed the first may have had nothing to do with it."""


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

    def answer(self) -> Outcome | None:
        """None if it has died."""
        try:
            found: Outcome = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join(GRACE)
            return None
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


class Processes:
    """A `Crew` of so many processes; by default one for each processor."""

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or processors()

    def work(self, tasks: Mapping[int, Task]) -> Generator[tuple[int, Outcome], None, None]:
        """See `Crew.work`. Whatever ends this early ends the workers and their nodes."""
        few_worlds = len(tasks) <= FEW or all(task.scenario.book_seed is not None for task in tasks.values())
        shift = _Shift(tasks, few_worlds)
        try:
            shift.begin(min(self.workers, len(tasks)))
            while shift.staff:
                ready = wait([worker.pipe for worker in shift.staff])
                for worker in [one for one in shift.staff if one.pipe in ready]:
                    answer = shift.answer(worker)
                    if answer is not None:
                        yield worker.number, answer
                    shift.go_on(worker)
        finally:
            shift.end()


class _Shift:
    """Workers, and the tasks that wait for one."""

    def __init__(self, tasks: Mapping[int, Task], keep_worlds: bool) -> None:
        self._tasks, self._keep_worlds = tasks, keep_worlds
        self._waiting = deque(tasks)
        self._deaths: dict[int, int] = {}
        self.staff: list[_Worker] = []

    def begin(self, workers: int) -> None:
        while len(self.staff) < workers:
            self.staff.append(_Worker(self._keep_worlds))
            self._give(self.staff[-1])

    def _give(self, worker: _Worker) -> None:
        number = self._waiting.popleft()
        worker.give(number, self._tasks[number])

    def answer(self, worker: _Worker) -> Outcome | None:
        """What a worker found; None if it died, and its task waits for another."""
        answer = worker.answer()
        if answer is not None:
            return answer
        deaths = self._deaths[worker.number] = self._deaths.get(worker.number, 0) + 1
        if deaths < TRIES:
            self._waiting.appendleft(worker.number)
            return None
        code = worker.process.exitcode
        return Outcome(fault=f"its process ended without an answer, {deaths} times (exit code {code})")

    def go_on(self, worker: _Worker) -> None:
        """Give a worker, or its successor if it died, another task; without one it goes home."""
        if self._waiting and not worker.process.is_alive():
            worker.stop()
            self.staff[self.staff.index(worker)] = worker = _Worker(self._keep_worlds)
        if self._waiting:
            self._give(worker)
        else:
            self.staff.remove(worker)
            worker.stop()

    def end(self) -> None:
        for worker in self.staff:
            worker.process.terminate()
        for worker in self.staff:
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
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the nodes are stopped on the way out
    if not keep_worlds:
        os.environ["UNDERTOW_WORLDS"] = ""
    with suppress(EOFError, OSError):
        while True:
            pipe.send(run_task(pipe.recv()))
