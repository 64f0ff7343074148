"""A crew of Dask workers: the same runs on a cluster, by the address of its scheduler."""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Generator, Mapping
from typing import Any

from .errors import InputError
from .montecarlo import Outcome, Task, run_task

__all__ = ["DaskWorkers"]

PATIENCE = 10.0
"""Seconds within which a scheduler must answer, and have a worker."""


class DaskWorkers:
    """A `Crew` of the workers of a Dask scheduler; each must have this very version of Undertow, and its tools.

    A run whose worker dies goes to another one, as often as Dask's ``allowed-failures`` says.

    Parameters
    ----------
    address : of the scheduler, such as tcp://127.0.0.1:8786
    """

    def __init__(self, address: str) -> None:
        self.address = address

    def work(self, tasks: Mapping[int, Task]) -> Generator[tuple[int, Outcome], None, None]:
        """See `Crew.work`.

        Raises
        ------
        InputError : nobody answers at the address, or there are no workers
        """
        from distributed import as_completed  # a second that commands without a cluster need not wait for

        with _client(self.address) as client, client.as_current():
            futures = {
                client.submit(run_task, task, key=f"{client.id}-{number}", pure=False): number
                for number, task in tasks.items()
            }
            try:
                for future in as_completed(list(futures)):
                    yield futures.pop(future), _outcome(future)
                    future.release()
            finally:
                client.cancel(list(futures))


def _client(address: str) -> Any:
    from distributed import Client

    place = f"--scheduler {address}"
    try:
        client = Client(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        rule = f"no Dask scheduler answers there ({error})"
        raise InputError(place, rule, "Start one with: dask scheduler --host 127.0.0.1") from error
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        client.close()
        raise InputError(place, "it has no workers", f"Start some with: dask worker {address} --nthreads 1") from error
    return client


def _outcome(future: Any) -> Outcome:
    try:
        found: Outcome = future.result()
    except (Exception, CancelledError) as error:  # its worker or the scheduler is gone
        return Outcome(fault=f"{type(error).__name__}: {error}")
    return found
