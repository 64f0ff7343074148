"""The files of an audit, read back and checked as far as a report needs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from pydantic import Field

from .run_files import Loose, RunFiles, again, model_of, read_run

__all__ = ["Audit", "AuditFiles", "Estimate", "Metric", "read_audit"]

ARMS = ("current", "proposed")
Verdict = Literal["pass", "fail", "undecided"]


class Estimate(Loose):
    """A figure with its interval; a bound is None where it is unbounded or not known."""

    estimate: float | None = None
    low: float | None = None
    high: float | None = None


class Change(Loose):
    """One setting before and after."""

    path: str
    before: Any = Field(None, alias="from")
    after: Any = Field(None, alias="to")


class Stress(Loose):
    """One way in which prices move, and its share of the runs."""

    name: str
    share: Any = None
    description: str = ""


class Proposal(Loose):
    """What is asked."""

    name: str
    description: str = ""
    scenario: str = ""
    changes: tuple[Change, ...] = ()
    stress: tuple[Stress, ...] = ()


class Seeds(Loose):
    """The first seed, and how many follow."""

    first: int
    runs: int


class Metric(Loose):
    """One figure of both arms; `interval` names how the intervals were made."""

    label: str = ""
    kind: str = ""
    interval: str = ""
    current: Estimate | None = None
    proposed: Estimate | None = None
    difference: Estimate | None = None


class Alone(Loose):
    """Differences that one change makes by itself."""

    change: Any
    refused: str = ""
    metrics: dict[str, Metric] = Field(default_factory=dict)


class Example(Loose):
    """A run in which an account was lost to a cause."""

    run: int | None = None
    seed: int | None = None
    stress: str = ""
    account: str = ""
    bad_debt_usd: float | None = None
    command: str = ""


class Cause(Loose):
    """Bad debt that came of one thing, in one arm."""

    arm: str
    cause: str
    accounts: float | None = None
    bad_debt_usd: float = 0.0
    share: float | None = None
    example: Example | None = None


class Limit(Loose):
    """A limit, what was found, and what follows."""

    limit: str
    kind: str = ""
    value: Estimate = Estimate()
    verdict: Verdict
    runs_needed: float | None = None
    reason: str | None = None


class Audit(Loose):
    """What ``audit.json`` holds of interest; docs/proposals.md defines it."""

    proposal: Proposal
    verdict: Verdict
    engine: str = ""
    versions: dict[str, str] = Field(default_factory=dict)
    command: str = ""
    seeds: Seeds | None = None
    confidence: float = 0.95
    arms: tuple[str, ...] = ARMS
    immediate: dict[str, Any] = Field(default_factory=dict)
    static: dict[str, Any] = Field(default_factory=dict)
    metrics: dict[str, Metric] = Field(default_factory=dict)
    alone: tuple[Alone, ...] = ()
    by_stress: dict[str, dict[str, Metric]] = Field(default_factory=dict)
    causes: tuple[Cause, ...] = ()
    limits: tuple[Limit, ...] = ()
    failures: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class AuditFiles:
    """An audit, its runs and deficits, and the rows of its worst run by arm, where they were kept."""

    audit: Audit
    runs: pd.DataFrame
    deficits: pd.DataFrame
    worst: Mapping[str, RunFiles] = field(default_factory=dict)

    def arm(self, name: str) -> pd.DataFrame:
        """Runs of one arm by their number."""
        return self.runs[self.runs["arm"] == name].set_index("run").sort_index()


def read_audit(folder: Path) -> AuditFiles:
    """Read the files of an audit.

    Raises
    ------
    InputError : one is missing, or does not hold what Undertow writes
    """
    audit = model_of(Audit, folder / "audit.json")
    runs = _rows(folder / "runs.parquet", ("arm", "run", "seed", "stress"))
    deficits = _rows(folder / "deficits.parquet", ("arm", "run"))
    if runs.duplicated(["arm", "run"]).any():
        raise again(folder / "runs.parquet", "holds a run of an arm twice")
    worst = {arm: read_run(folder / "worst" / arm) for arm in ARMS if (folder / "worst" / arm).is_dir()}
    return AuditFiles(audit, runs, deficits, worst)


def _rows(path: Path, needed: Sequence[str]) -> pd.DataFrame:
    try:
        found = pd.read_parquet(path)
    except OSError as error:  # pyarrow's own text for a damaged file names no file
        reason = error.strerror if path.is_file() and error.strerror else "is missing or damaged"
        raise again(path, f"cannot be read ({reason})") from error
    except (ValueError, KeyError) as error:
        raise again(path, f"is not Parquet ({error})") from error
    missing = [name for name in needed if name not in found]
    if missing:
        raise again(path, f"lacks {', '.join(missing)}")
    return found
