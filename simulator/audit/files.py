"""The files of an audit: what it begins with, what it ends with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from ..errors import InputError
from ..figures import FIGURES
from ..journal import Journal
from ..montecarlo import Outcome
from ..report import check_folder, write_json, write_report, write_scenario, write_text
from .plan import Plan
from .summary import summary

__all__ = ["JOURNAL", "begin", "write"]

JOURNAL = "journal.jsonl"
RESULT = "audit.json"


def begin(plan: Plan, journal: Journal, resume: bool) -> dict[str, Outcome]:
    """Put down what is to be run, and take over finished runs; a failed one is none.

    Raises
    ------
    InputError : the folder cannot be written, or holds an audit that did not end
    """
    check_folder(plan.folder)
    kept = journal.resume() if resume else {}
    if not resume:
        _check_ended(plan)
        journal.begin()
    try:
        for name in (RESULT, "summary.md", "report.html"):
            (plan.folder / name).unlink(missing_ok=True)
        write_text(plan.folder / "proposal.yaml", plan.proposal.to_yaml())
        for arm in plan.tried:
            for stress, scenario in arm.scenarios.items():
                write_scenario(plan.folder / plan.file(arm, stress), scenario)
    except OSError as error:
        raise _unwritable(plan, error) from error
    return kept


def _unwritable(plan: Plan, error: OSError) -> InputError:
    return InputError(f"--out {plan.folder}", f"cannot be written ({error.strerror})", "Choose another folder")


def _check_ended(plan: Plan) -> None:
    path = plan.folder / JOURNAL
    if path.is_file() and not (plan.folder / RESULT).is_file():
        finished = max(path.read_bytes().count(b"\n") - 1, 0)
        raise InputError(
            f"--out {plan.folder}",
            f"holds {finished} finished runs of an audit that did not end",
            f"Go on with --resume {plan.folder}, choose another folder, or remove this one",
        )


def write(
    plan: Plan,
    told: Mapping[str, Any],
    timing: Mapping[str, Any],
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
        write_json(folder / "timing.json", timing)
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
