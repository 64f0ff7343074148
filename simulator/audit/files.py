"""The files of an audit: what it begins with, what it ends with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from shutil import rmtree
from typing import Any

import pandas as pd

from ..errors import InputError
from ..figures import FIGURES
from ..journal import Asked, Journal, finished_runs
from ..montecarlo import Outcome
from ..report import check_folder, write_json, write_report, write_scenario, write_text
from .plan import Plan
from .summary import summary

__all__ = ["JOURNAL", "begin", "check_begin", "write", "write_timing"]

JOURNAL = "journal.jsonl"
RESULT = "audit.json"


def check_begin(plan: Plan, resume: bool) -> None:
    """Whether an audit may begin in this folder.

    Raises
    ------
    InputError : the folder cannot be written, holds an audit that did not end, or nothing to resume
    """
    check_folder(plan.folder)
    path = plan.folder / JOURNAL
    finished = finished_runs(path) if path.is_file() else 0
    if resume and not path.is_file():
        value = f"--resume {plan.folder}"
        raise InputError(value, "holds no journal of an audit", "Name the folder of one that was begun")
    if finished and not resume and not (plan.folder / RESULT).is_file():
        raise InputError(
            f"--out {plan.folder}",
            f"holds {finished} finished runs of an audit that did not end",
            f"Go on with --resume {plan.folder}, choose another folder, or remove this one",
        )


def begin(plan: Plan, journal: Journal, resume: bool, asked: Asked) -> dict[str, Outcome]:
    """Put down what is to be run, and take over finished runs; a failed one is none.

    Raises
    ------
    InputError : the folder cannot be written, or its journal is of something else
    """
    ours = (plan.folder / JOURNAL).is_file()  # what lies in a folder without one is somebody else's
    kept: dict[str, Outcome] = {}
    if resume:
        kept = journal.resume(asked)
    else:
        journal.begin(asked)
    try:
        for name in (RESULT, "summary.md", "report.html") if ours else ():
            (plan.folder / name).unlink(missing_ok=True)
        for name in ("worst", "scenarios") if ours else ():
            rmtree(plan.folder / name, ignore_errors=True)
        write_text(plan.folder / "proposal.yaml", plan.proposal.to_yaml())
        for arm in plan.tried:
            for stress, scenario in arm.scenarios.items():
                write_scenario(plan.folder / plan.file(arm, stress), scenario)
    except OSError as error:
        raise _unwritable(plan, error) from error
    return kept


def _unwritable(plan: Plan, error: OSError) -> InputError:
    return InputError(f"--out {plan.folder}", f"cannot be written ({error.strerror})", "Choose another folder")


def write_timing(plan: Plan, timing: Mapping[str, Any]) -> None:
    """Where the time went."""
    try:
        write_json(plan.folder / "timing.json", timing)
    except OSError as error:
        raise _unwritable(plan, error) from error


def write(
    plan: Plan,
    told: Mapping[str, Any],
    values: Mapping[str, Sequence[Outcome]],
    deficits: Sequence[Mapping[str, Any]],
) -> None:
    """Everything, ``audit.json`` last but for the report: its presence says that the audit has ended.

    Raises
    ------
    InputError : the folder cannot be written
    """
    folder = plan.folder
    try:
        for name, frame in (("runs", _runs(plan, values)), ("deficits", _deficits(deficits))):
            partial = folder / f".{name}.partial"
            frame.to_parquet(partial, index=False)
            partial.replace(folder / f"{name}.parquet")
        write_text(folder / "summary.md", summary(told))
        write_json(folder / RESULT, told)
    except OSError as error:
        raise _unwritable(plan, error) from error
    write_report(folder)


def _runs(plan: Plan, values: Mapping[str, Sequence[Outcome]]) -> pd.DataFrame:
    rows = [
        {"arm": arm.name, "run": run.number, "seed": run.seed, "stress": run.stress, "fault": outcome.fault}
        | {column: outcome.figures.get(column) for column in FIGURES}
        for arm in plan.tried
        for run, outcome in zip(plan.runs, values[arm.name], strict=True)
    ]
    return pd.DataFrame(rows).astype(dict.fromkeys(FIGURES, "float64"))


COLUMNS = ("arm", "run", "seed", "stress", "protocol", "account", "bad_debt_usd", "cause")


def _deficits(rows: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=None if rows else list(COLUMNS))
