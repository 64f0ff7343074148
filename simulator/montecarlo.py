"""Many runs: what each is, what it gives, and how all get done, whoever computes them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Protocol

from .code import code_digest
from .errors import InputError
from .figures import figures_of
from .running import run_on
from .scenario import Scenario
from .stages import Stages

__all__ = ["Crew", "Outcome", "Task", "run_task", "run_tasks"]


@dataclass(frozen=True)
class Task:
    """One run: what, on which engine, and the command that repeats it; `code` is the `code_digest` of who asks."""

    scenario: Scenario
    engine: str
    replay: str
    code: str = field(default_factory=code_digest)


@dataclass(frozen=True)
class Outcome:
    """What became of a task.

    Attributes
    ----------
    figures : by column
    deficits : one row for each account that left a deficit
    fault : why there are none, or empty
    refused : value, rule and remedy of an `InputError`: no run of that scenario can work
    release : engine and version
    build_seconds, run_seconds : time until the first block, and from there on
    """

    figures: dict[str, float | None] = field(default_factory=dict)
    deficits: list[dict[str, Any]] = field(default_factory=list)
    fault: str = ""
    refused: tuple[str, str, str] | None = None
    release: str = ""
    build_seconds: float = 0.0
    run_seconds: float = 0.0


class Crew(Protocol):
    """Whoever computes runs."""

    def work(self, tasks: Mapping[int, Task]) -> Generator[tuple[int, Outcome], None, None]:
        """Number and outcome of each task, as they are finished; leaving early ends what is under way."""
        ...


def run_tasks(
    tasks: Sequence[Task],
    crew: Crew,
    *,
    progress: Callable[[int, int], None],
    done: Mapping[int, Outcome] | None = None,
    keep: Callable[[int, Outcome], None] | None = None,
) -> list[Outcome]:
    """Run all tasks; the outcomes stand in the order of the tasks, whoever finished first.

    Parameters
    ----------
    progress : told, before the first task and after each, how many are finished, and of how many
    done : outcomes that are known already, by number
    keep : told each new outcome that is no fault, before anything else happens

    Raises
    ------
    InputError : a run refused its scenario, and with it all of them; a fault of one run is an outcome
    """
    outcomes = dict(done or {})
    progress(len(outcomes), len(tasks))
    missing = {number: task for number, task in enumerate(tasks) if number not in outcomes}
    with closing(crew.work(missing)) as work:
        for number, outcome in work if missing else ():
            if outcome.refused:
                raise InputError(*outcome.refused)
            if keep and not outcome.fault:
                keep(number, outcome)
            outcomes[number] = outcome
            progress(len(outcomes), len(tasks))
    return [outcomes[number] for number in range(len(tasks))]


_own: Any = threading.local()  # a node lives and dies with the thread that started it


def run_task(task: Task) -> Outcome:
    """Run one task here; the next one of the same world, in the same thread, finds it standing."""
    if task.code != code_digest():
        return Outcome(
            refused=(f"a worker's code {code_digest()}", f"is not that of the audit ({task.code})", "Update it")
        )
    known: dict[str, Stages] = _own.__dict__.setdefault("stages", {})
    stages = known.setdefault(task.engine, Stages(task.engine))
    try:
        result = run_on(stages, task.scenario)
    except InputError as error:
        return Outcome(refused=(error.value, error.rule, error.remedy))
    except Exception as error:
        return Outcome(fault=f"{type(error).__name__}: {error}")
    if not result.summary["complete"]:
        return Outcome(fault=f"stopped after {result.summary['blocks']} blocks: {result.summary['stopped_by']}")
    timing = result.timing
    return Outcome(
        figures_of(result.summary),
        result.deficits_told(),
        release=timing["engine"],
        build_seconds=timing["build_seconds"],
        run_seconds=timing["run_seconds"],
    )
