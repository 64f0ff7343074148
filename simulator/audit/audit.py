"""A proposal → its runs → figures with intervals, causes, and a verdict."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from ..code import code_digest
from ..errors import ChainError
from ..estimates import CONFIDENCE
from ..journal import Asked, Journal, last_asked
from ..limits import Limit
from ..montecarlo import Crew, Outcome, run_tasks
from ..paired import untold, versions
from ..proposal import Proposal, load_proposal
from .causes import causes, deficit_rows
from .files import JOURNAL, begin, check_begin, write, write_timing
from .metrics import SHOWN, Metric, differences, judged, known_kinds, measured, now_metrics
from .now import Now, effect_now
from .plan import Plan
from .worst import rerun_worst

__all__ = ["Audit", "audit"]


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    Attributes
    ----------
    told : all of ``audit.json``
    timing : what depends on the machine: seconds by phase
    """

    plan: Plan
    told: Mapping[str, Any]
    timing: Mapping[str, Any]

    @property
    def verdict(self) -> str:
        """pass, fail or undecided; without a limit pass."""
        return str(self.told["verdict"])


def audit(
    proposal: Proposal | str | Path,
    out: Path,
    crew: Crew,
    *,
    runs: int | None = None,
    engine: str = "anvil",
    resume: bool = False,
    command: str = "",
    progress: Callable[[int, int], None] = untold,
) -> Audit:
    """Run a proposal against the market as it is, and write everything into `out`.

    Parameters
    ----------
    proposal : a proposal, the name of a shipped one, or a path
    out : folder; finished runs are kept in it as they come
    crew : `Processes` here, or `DaskWorkers` elsewhere; no figure depends on it
    runs : replaces the proposal's number of them
    resume : take over the finished runs that are in `out`
    command : what was asked for
    progress : told how many runs are finished, and of how many

    Raises
    ------
    InputError : the proposal does not hold, a limit names no metric, or the folder holds something else
    ChainError : every run failed, or a market cannot be built
    """
    chosen = proposal if isinstance(proposal, Proposal) else load_proposal(proposal)
    kinds = known_kinds()
    limits = [Limit.parse(text, kinds) for text in chosen.limits]
    clock = _Clock()
    before = last_asked(out / JOURNAL) if resume else None
    if before and runs is None:
        runs, command = before.runs, before.command
    plan = Plan.of(chosen, runs, engine, out, before.folder if before else "")
    check_begin(plan, resume)
    now = effect_now(plan.arms[0], plan.arms[1], engine)
    journal = Journal(out / JOURNAL, plan.identity(now.release))
    kept = begin(plan, journal, resume, Asked(len(plan.runs), plan.named, command))
    clock.lap("markets")
    outcomes = _run(plan, crew, journal, kept, progress)
    clock.lap("runs")
    told = _told(plan, outcomes, limits, now) | {"command": command}
    clock.lap("statistics")
    rerun_worst(plan, outcomes)
    clock.lap("worst run")
    write(plan, told, outcomes, deficit_rows(plan, outcomes))
    clock.lap("files")
    found = Audit(plan, told, clock.told(outcomes, set(kept)))
    write_timing(plan, found.timing)
    return found


def _run(
    plan: Plan, crew: Crew, journal: Journal, kept: Mapping[str, Outcome], progress: Callable[[int, int], None]
) -> dict[str, list[Outcome]]:
    """Outcomes of each arm, run by run."""
    tasks = plan.tasks()
    names = [plan.number(task) for task in range(len(tasks))]
    done = {task: kept[name] for task, name in enumerate(names) if name in kept}
    outcomes = run_tasks(
        tasks, crew, progress=progress, done=done, keep=lambda task, outcome: journal.keep(names[task], outcome)
    )
    if all(outcome.fault for outcome in outcomes):
        raise ChainError(f"every run failed, the first: {outcomes[0].fault}\n{tasks[0].replay}")
    count = len(plan.runs)
    return {arm.name: outcomes[place * count : (place + 1) * count] for place, arm in enumerate(plan.tried)}


def _told(plan: Plan, values: Mapping[str, Sequence[Outcome]], limits: Sequence[Limit], now: Now) -> dict[str, Any]:
    """Everything for ``audit.json`` but the command."""
    drawn = dict.fromkeys((*SHOWN, *(limit.metric for limit in limits if limit.statistic)))
    metrics = now_metrics(now.immediate) | measured(drawn, values, plan.changes_nothing)
    rows, verdict = judged(limits, metrics, values)
    return {
        "proposal": _proposal(plan),
        "engine": plan.engine,
        "versions": versions(now.release),
        "code": code_digest(),
        "seeds": {"first": plan.proposal.seed, "runs": len(plan.runs)},
        "confidence": CONFIDENCE,
        "arms": [arm.name for arm in plan.tried],
        "immediate": now.immediate,
        "static": now.static,
        "metrics": _told_of(metrics),
        "alone": _alone(plan, drawn, values),
        "by_stress": _by_stress(plan, drawn, values),
        "causes": causes(plan, values),
        "limits": rows,
        "verdict": verdict,
        "failures": _failures(plan, values),
    }


def _told_of(metrics: Mapping[str, Metric]) -> dict[str, Any]:
    return {name: metric.told() for name, metric in metrics.items()}


def _proposal(plan: Plan) -> dict[str, Any]:
    told = plan.proposal.model_dump(mode="json", by_alias=True)
    stresses = [{key: one[key] for key in ("name", "share", "description")} for one in told["stress"]["models"]]
    return {key: told[key] for key in ("name", "description", "notes", "scenario", "changes")} | {"stress": stresses}


def _alone(plan: Plan, names: Mapping[str, None], values: Mapping[str, Sequence[Outcome]]) -> list[dict[str, Any]]:
    """Each change by itself."""
    return [
        {
            "change": arm.changes[0].model_dump(mode="json", by_alias=True),
            "refused": arm.refused,
            "metrics": {} if arm.refused else differences(names, values, arm.name),
        }
        for arm in plan.arms[2:]
    ]


def _by_stress(plan: Plan, names: Mapping[str, None], values: Mapping[str, Sequence[Outcome]]) -> dict[str, Any]:
    found = {}
    for stress in plan.proposal.stress.models:
        own = [run.number for run in plan.runs if run.stress == stress.name]
        part = {arm: [outcomes[number] for number in own] for arm, outcomes in values.items()}
        found[stress.name] = _told_of(measured(names, part, plan.changes_nothing)) if own else {}
    return found


def _failures(plan: Plan, values: Mapping[str, Sequence[Outcome]]) -> list[dict[str, Any]]:
    return [
        {
            "arm": arm.name,
            "run": run.number,
            "seed": run.seed,
            "stress": run.stress,
            "fault": outcome.fault,
            "replay": plan.command("scenario", arm, run),
        }
        for arm in plan.tried
        for run, outcome in zip(plan.runs, values[arm.name], strict=True)
        if outcome.fault
    ]


class _Clock:
    """Seconds by phase."""

    def __init__(self) -> None:
        self._last, self._laps = perf_counter(), dict[str, float]()

    def lap(self, phase: str) -> None:
        now = perf_counter()
        self._laps[phase], self._last = round(now - self._last, 3), now

    def told(self, values: Mapping[str, Sequence[Outcome]], kept: set[str]) -> dict[str, Any]:
        """Wall time of the phases, and the workers' time by what they did, of the runs that were not kept before."""
        fresh = [
            one for arm, all_runs in values.items() for run, one in enumerate(all_runs) if f"{arm}/{run}" not in kept
        ]
        built, ran = sum(one.build_seconds for one in fresh), sum(one.run_seconds for one in fresh)
        return {
            "seconds": self._laps,
            "runs": len(fresh),
            "worker_seconds": {"building": round(built, 3), "running": round(ran, 3)},
            "building_share": round(built / (built + ran), 4) if ran else None,
            "runs_a_minute": round(60 * len(fresh) / self._laps["runs"], 1) if fresh else None,
        }
