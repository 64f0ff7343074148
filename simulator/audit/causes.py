"""Bad debt by cause, over all runs of each arm."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..montecarlo import Outcome
from .arms import Arm
from .plan import Plan, Run

__all__ = ["causes", "deficit_rows"]

Row = dict[str, Any]


def deficit_rows(plan: Plan, values: Mapping[str, Sequence[Outcome]]) -> list[Row]:
    """One row for each account with a deficit, in each run of each arm."""
    return [
        {"arm": arm.name, "run": run.number, "seed": run.seed, "stress": run.stress, **row}
        for arm in plan.tried
        for run, outcome in zip(plan.runs, values[arm.name], strict=True)
        for row in outcome.deficits
    ]


def causes(plan: Plan, values: Mapping[str, Sequence[Outcome]]) -> list[Row]:
    """For each arm and cause: accounts, dollars, share of the arm's bad debt, and the largest case with its story."""
    found = []
    for arm in plan.tried:
        cases = [
            (run, row) for run, outcome in zip(plan.runs, values[arm.name], strict=True) for row in outcome.deficits
        ]
        total = sum(row["bad_debt_usd"] for _, row in cases)
        by_cause: dict[str, list[tuple[Run, Row]]] = {}
        for run, row in cases:
            by_cause.setdefault(row["cause"], []).append((run, row))
        rows = [_cause(plan, arm, cause, own, total) for cause, own in by_cause.items()]
        found += sorted(rows, key=lambda row: (-row["bad_debt_usd"], row["cause"]))
    return found


def _cause(plan: Plan, arm: Arm, cause: str, cases: Sequence[tuple[Run, Row]], total: float) -> Row:
    dollars = sum(row["bad_debt_usd"] for _, row in cases)
    return {
        "arm": arm.name,
        "cause": cause,
        "accounts": len(cases),
        "runs": len({run.number for run, _ in cases}),
        "bad_debt_usd": dollars,
        "share": dollars / total if total else None,
        "example": _example(plan, arm, cases),
    }


def _example(plan: Plan, arm: Arm, cases: Iterable[tuple[Run, Row]]) -> Row:
    run, row = max(cases, key=lambda case: (case[1]["bad_debt_usd"], -case[0].number))
    name = str(row["account"]).removeprefix("position/")
    return {
        "run": run.number,
        "seed": run.seed,
        "stress": run.stress,
        "account": name,
        "bad_debt_usd": row["bad_debt_usd"],
        "command": plan.command("story", arm, run, "--account", name),
    }
