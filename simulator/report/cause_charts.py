"""Bad debt by cause, in each arm, with an example that can be looked at."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from .audit_files import ARMS, AuditFiles, Cause
from .audit_tables import flat_cell
from .drawing import SERIES, axis, bars, canvas, drawn
from .parts import Cell, Part, Sentence, Table
from .wording import dollars, share, written

__all__ = ["causes"]

MOST_DEFICITS = 50
COLUMNS = ("settings", "cause", "bad debt", "share", "accounts", "largest example", "its story")


def causes(files: AuditFiles) -> Iterable[Part]:
    """What came first for each account that was lost."""
    found = [one for one in files.audit.causes if one.bad_debt_usd]
    if not found:
        yield Sentence("No run of any arm left bad debt.")
        return
    yield _bars(found)
    yield Table("What came first for the accounts that left bad debt", COLUMNS, [_row(one) for one in found])
    yield from _largest(files.deficits)


def _bars(found: list[Cause]) -> Part:
    arms = [arm for arm in ARMS if any(one.arm == arm for one in found)] or [found[0].arm]
    names = list(dict.fromkeys(one.cause for one in sorted(found, key=lambda one: -one.bad_debt_usd)))
    figure = canvas(
        axis("bad debt over all runs, $"), {"automargin": True, "type": "category", "autorange": "reversed"}
    )
    by_arm = {arm: {one.cause: one.bad_debt_usd for one in found if one.arm == arm} for arm in arms}
    for number, name in enumerate(names):
        owed = [by_arm[arm].get(name, 0.0) for arm in arms]
        bars(figure, name, owed, arms, SERIES[number % len(SERIES)], orientation="h")
    figure.update_layout(barmode="stack", bargap=0.35)
    told = []
    for arm, owed_by in by_arm.items():
        total = sum(owed_by.values())
        parts = ", ".join(f"{name} {share(owed_by[name] / total)}" for name in names if name in owed_by)
        told.append(f"{arm.capitalize()}: {dollars(total)} over all runs, {parts}." if total else f"{arm}: none.")
    return drawn("Bad debt over all runs, by what came first", figure, told, 140 + 60 * len(arms))


def _row(one: Cause) -> list[Cell]:
    example = one.example
    story = example.command if example else ""
    what = f"run {example.run}, {example.account}, {dollars(example.bad_debt_usd)}" if example else "–"
    return [
        Cell(one.arm, one.arm),
        Cell(one.cause, one.cause),
        Cell(dollars(one.bad_debt_usd), one.bad_debt_usd),
        Cell(share(one.share), one.share),
        Cell(written(one.accounts, "count"), one.accounts),
        Cell(what, what, "long"),
        Cell(story, story, "code"),
    ]


def _largest(deficits: pd.DataFrame) -> Iterable[Part]:
    """The accounts that lost most, with whatever columns there are."""
    if deficits.empty or "bad_debt_usd" not in deficits:
        return
    ordered = deficits.sort_values(["bad_debt_usd", "arm", "run"], ascending=[False, True, True], kind="stable")
    head = ordered.head(MOST_DEFICITS)
    columns = [str(name) for name in head.columns]
    rows = [
        [flat_cell(name, None if pd.isna(row[name]) else row[name]) for name in columns]
        for row in head.astype(object).to_dict("records")
    ]
    names = [name.replace("_usd", ", $").replace("_", " ") for name in columns]
    yield Table(f"The {len(rows)} largest of {len(deficits):,} deficits", names, rows)
