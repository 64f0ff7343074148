"""An audit's tables: what changes, the verdict, the effect at once, the figures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from .audit_files import ARMS, Audit, Estimate, Limit, Metric
from .parts import Cell, Facts, Part, Sentence, Table
from .wording import bounded, counted, percent, share, written

__all__ = ["SYMBOLS", "alone", "by_stress", "changes", "flat_cell", "immediate", "limits", "metrics"]

SYMBOLS = {"pass": "✓ pass", "fail": "✗ fail", "undecided": "? undecided"}
SKIPPED = {"protocols", "assets", "venues"}
"""Parts of a path that name no thing."""
KINDS_NOW = {"accounts": "count", "debt_usd": "dollars", "headroom_usd": "dollars"}
MOST_ACCOUNTS = 300


def changes(audit: Audit) -> Iterable[Part]:
    """Each changed setting in words and as it is written."""
    if not audit.proposal.changes:
        yield Sentence("The proposal changes nothing.", "strong")
        return
    rows = [
        [
            Cell(_named(one.path), one.path),
            *(Cell(_raw(value), _raw(value)) for value in (one.before, one.after)),
            Cell(words := _step(one.before, one.after), words),
            Cell(raw := f"{one.path}: {_raw(one.before)} → {_raw(one.after)}", raw, "code"),
        ]
        for one in audit.proposal.changes
    ]
    yield Table("Parameters that change", ("setting", "from", "to", "change", "as it is written"), rows)


def _named(path: str) -> str:
    parts = [part for part in path.split(".") if part not in SKIPPED]
    *where, what = [part.replace("_", " ") for part in parts] or [path]
    return f"{what} of {' · '.join(where)}" if where else what


def _raw(value: Any) -> str:
    return "none" if value is None else str(value)


NUMBER = re.compile(r"\s*\$?\s*(-?[0-9][0-9_,]*(?:\.[0-9]+)?)\s*(.*)")


def _step(before: Any, after: Any) -> str:
    """By how much, where both are numbers of one unit: points between shares, per cent between all else."""
    found = [NUMBER.fullmatch(str(value)) for value in (before, after)]
    if not all(found):
        return "replaced"
    (old, unit), (new, other) = ((float(re.sub("[_,]", "", one[1])), one[2]) for one in found if one)
    if unit != other:
        return "replaced"
    word = "raised" if new > old else "lowered" if new < old else "as before"
    if new == old:
        return word
    if unit == "%":
        return f"{word} by {_points(abs(new - old))}"
    return f"{word} by {share(abs(new / old - 1))}" if old else word


def _points(points: float) -> str:
    """3 points."""
    return f"{points:.6g} point{'' if points == 1 else 's'}"


def _estimate(one: Estimate | None, kind: str, mark: str = "") -> Cell:
    found = one or Estimate()
    return Cell(bounded(found.estimate, found.low, found.high, kind), found.estimate, mark)


def limits(audit: Audit) -> Iterable[Part]:
    """The verdict for each limit, and how many runs would decide those that the interval straddles."""
    confidence = percent(audit.confidence)
    rows = [
        [
            Cell(one.limit, one.limit, "code"),
            Cell(SYMBOLS[one.verdict], one.verdict, one.verdict),
            _estimate(one.value, one.kind),
            Cell(_runs_needed(one), one.runs_needed),
            Cell(one.reason or "", one.reason, "long"),
        ]
        for one in audit.limits
    ]
    columns = ("limit", "verdict", f"value [{confidence} interval]", "runs that would decide", "why")
    yield Table("Verdict by limit", columns, rows, "The proposal sets no limit.")


def _runs_needed(one: Limit) -> str:
    if one.verdict != "undecided":
        return "decided"
    return "not known" if one.runs_needed is None else f"about {one.runs_needed:,.0f}"


def immediate(audit: Audit) -> Iterable[Part]:
    """What the change does to today's book at today's prices."""
    arms = {arm: audit.immediate.get(arm) or {} for arm in ARMS}
    names = list(dict.fromkeys(name for found in arms.values() for name in found))
    if not audit.immediate:
        yield Sentence("The audit did not look at it.")
        return
    rows = [[Cell(name, name), *_now(name, *(arms[arm].get(name) for arm in ARMS))] for name in names]
    rows = [[Cell(_label(str(row[0].value)), row[0].value), *row[1:]] for row in rows]
    yield Table("Liquidatable at today's prices, and what may still be borrowed", ("", *ARMS, "difference"), rows)
    yield _accounts(audit.immediate.get("accounts"), "that the change makes liquidatable at once")
    if audit.immediate.get("relieved"):
        yield _accounts(audit.immediate["relieved"], "that could be liquidated, and with the change no longer")


def _accounts(found: Any, what: str) -> Table:
    rows = [one for one in found or [] if isinstance(one, Mapping)]
    columns = list(dict.fromkeys(str(key) for one in rows for key in one))
    listed = [[flat_cell(name, one.get(name)) for name in columns] for one in rows[:MOST_ACCOUNTS]]
    which = f"The first {MOST_ACCOUNTS} of " if len(rows) > MOST_ACCOUNTS else ""
    caption = f"{which}{counted(len(rows), 'account')} {what}"
    return Table(caption, [_label(name) for name in columns], listed, "There is none.")


def _now(name: str, current: Any, proposed: Any) -> list[Cell]:
    kind = KINDS_NOW.get(name, "dollars" if name.endswith("_usd") else "")
    known = [value if isinstance(value, int | float) else None for value in (current, proposed)]
    gap = known[1] - known[0] if known[0] is not None and known[1] is not None else None
    return [Cell(written(value, kind), value) for value in (*known, gap)]


def _label(name: str) -> str:
    return name.replace("_usd", ", $").replace("_bps", ", bps").replace("_", " ")


def flat_cell(name: str, value: Any) -> Cell:
    """A value of a row whose columns are not known in advance; the column's name tells its unit."""
    if value is None:
        return Cell("–")
    if isinstance(value, bool) or not isinstance(value, int | float):
        text = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        return Cell(text, text, "long" if len(text) > 40 else "")
    kind = "dollars" if "usd" in name else "share" if name.endswith("share") else ""
    return Cell(written(float(value), kind), value)


def metrics(audit: Audit) -> Iterable[Part]:
    """Every figure of both arms, and the paired difference."""
    rows = [
        [
            Cell(one.label or name, one.label or name),
            *(_estimate(part, one.kind) for part in (one.current, one.proposed, one.difference)),
            Cell(one.interval or "–", one.interval),
        ]
        for name, one in audit.metrics.items()
    ]
    confidence = percent(audit.confidence)
    columns = ("figure", *ARMS, "difference, run by run", "interval by")
    yield Table(f"Figures with {confidence} intervals", columns, rows, "No run gave figures.")


def alone(audit: Audit) -> Iterable[Part]:
    """What each change does by itself."""
    if not audit.alone:
        yield Sentence("There is one change, or none: nothing to take apart.")
        return
    heads = [_change(one.change) for one in audit.alone]
    names = list(dict.fromkeys(name for one in audit.alone for name in one.metrics))
    rows = []
    for name in names:
        known = audit.metrics.get(name, Metric())
        cells = [_estimate(one.metrics.get(name, Metric()).difference, known.kind) for one in audit.alone]
        rows.append([Cell(known.label or name, name), *cells, _estimate(known.difference, known.kind)])
    yield Table(
        "Difference to current settings: one change at a time, and all of them", ("figure", *heads, "all"), rows
    )
    refused = [(_change(one.change), f"cannot stand alone: {one.refused}") for one in audit.alone if one.refused]
    if refused:
        yield Facts(refused)


def _change(change: Any) -> str:
    path = change.get("path") if isinstance(change, Mapping) else change
    return _named(path) if isinstance(path, str) else str(change)


def by_stress(audit: Audit) -> Iterable[Part]:
    """The figures for each way in which prices move."""
    shares = {one.name: one for one in audit.proposal.stress}
    if shares:
        pairs = [(name, f"{_raw(one.share)}: {one.description}".rstrip(": ")) for name, one in shares.items()]
        yield Facts(pairs)
    rows = [
        [
            Cell(stress, stress),
            Cell(label := (known := audit.metrics.get(name, one)).label or name, label),
            *(_estimate(part, known.kind or one.kind) for part in (one.current, one.proposed, one.difference)),
        ]
        for stress, figures in audit.by_stress.items()
        for name, one in figures.items()
    ]
    yield Table("Figures by stress", ("stress", "figure", *ARMS, "difference"), rows, "There was one stress, or none.")
