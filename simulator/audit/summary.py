"""An audit in Markdown, for a forum post or a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..report import bounded, written
from .arms import CURRENT, PROPOSED
from .metrics import HEADLINES

__all__ = ["summary"]

MARKS = {"pass": "✅ pass", "fail": "❌ fail", "undecided": "❔ undecided"}
LISTED = 10
"""Accounts and causes that are named."""
CELLS = {ord("|"): "\\|", ord("\n"): " "}

Told = Mapping[str, Any]


def summary(told: Told) -> str:
    """The text of ``summary.md``."""
    parts = [
        _head(told),
        _changes(told),
        _limits(told),
        _figures(told),
        _alone(told),
        _now(told),
        _causes(told),
        _again(told),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(told: Told) -> str:
    proposal, runs = told["proposal"], told["seeds"]["runs"]
    failures = len(told["failures"])
    failed = f" {failures} runs failed and are missing." if failures else ""
    mark = f"{MARKS[told['verdict']]}{f', but {failures} runs failed' if failures else ''}"
    return (
        f"# {proposal['name']}: {mark}\n\n{proposal['description']}\n\n"
        f"{runs:,} runs of the market as it is and of the proposal, on the same random numbers and a real EVM "
        f"({told['versions']['engine']}). Brackets hold 95 % intervals.{failed}"
    )


def _changes(told: Told) -> str:
    rows = [(f"`{one['path']}`", str(one["from"]), str(one["to"])) for one in told["proposal"]["changes"]]
    return _table(("parameter", "current", "proposed"), rows) if rows else "The proposal changes nothing."


def _limits(told: Told) -> str:
    rows = []
    for one in told["limits"]:
        needed = f" (about {one['runs_needed']:,} runs would decide)" if one["runs_needed"] else ""
        note = f" {one['reason']}{needed}" if one["verdict"] == "undecided" else ""
        rows.append((f"`{one['limit']}`", _value(one["value"], one["kind"]), f"{MARKS[one['verdict']]}{note}"))
    return "## Limits\n\n" + (_table(("limit", "found", "verdict"), rows) if rows else "The proposal sets none.")


def _figures(told: Told) -> str:
    rows = [
        (one["label"], *(_value(one[arm], one["kind"]) for arm in (CURRENT, PROPOSED, "difference")))
        for name, one in told["metrics"].items()
        if name in HEADLINES
    ]
    methods = {name.rpartition(".")[2]: told["metrics"][name]["interval"] for name in HEADLINES}
    named = "; ".join(f"{statistic} by {method}" for statistic, method in methods.items()).replace("; difference:", ",")
    table = _table(("", CURRENT, PROPOSED, "difference, run by run"), rows)
    return f"## Figures\n\n{table}\n\nIntervals: {named}."


def _alone(told: Told) -> str:
    """What each change does by itself."""
    if not told["alone"]:
        return ""
    heads = [f"`{one['change']['path']}`" for one in told["alone"]]
    rows = [
        (
            whole["label"],
            *(_of_one(one, name, whole["kind"]) for one in told["alone"]),
            _value(whole["difference"], whole["kind"]),
        )
        for name, whole in told["metrics"].items()
        if name in HEADLINES
    ]
    return "## One change at a time\n\nDifference to the market as it is.\n\n" + _table(("", *heads, "all"), rows)


def _of_one(one: Told, name: str, kind: str) -> str:
    return "cannot stand alone" if one["refused"] else _value(one["metrics"][name]["difference"], kind)


def _now(told: Told) -> str:
    now = told["immediate"]
    accounts = now["accounts"]
    text = (
        f"## At once\n\nAt today's prices {now[PROPOSED]['accounts']} accounts with "
        f"{written(now[PROPOSED]['debt_usd'], 'dollars')} of debt can be liquidated under the proposal, "
        f"{now[CURRENT]['accounts']} now. Borrowing headroom goes from "
        f"{written(now[CURRENT]['headroom_usd'], 'dollars')} to {written(now[PROPOSED]['headroom_usd'], 'dollars')}."
    )
    rows = [
        (
            f"{one['protocol']}/{one['account']}",
            written(one["debt_usd"], "dollars"),
            written(one["health_factor_current"], "ratio"),
            written(one["health_factor_proposed"], "ratio"),
        )
        for one in accounts[:LISTED]
    ]
    columns = ("account", "debt", "health factor now", "proposed")
    more = f"\n\nand {len(accounts) - LISTED} more, in `audit.json`" if len(accounts) > LISTED else ""
    return f"{text}\n\n{_table(columns, rows)}{more}" if rows else text


def _causes(told: Told) -> str:
    rows = [
        (
            one["arm"],
            one["cause"].replace("_", " "),
            f"{one['accounts']:,}",
            written(one["bad_debt_usd"], "dollars"),
            written(one["share"], "share"),
        )
        for one in told["causes"]
        if one["arm"] in (CURRENT, PROPOSED)
    ]
    if not rows:
        return "## Bad debt by cause\n\nNo run left any."
    columns = ("", "what came first", "accounts, all runs", "bad debt, all runs", "share")
    examples = [f"- {one['cause'].replace('_', ' ')}: `{one['example']['command']}`" for one in _shown(told)]
    stories = "\n".join(["The largest case of each under the proposal, block by block:", "", *examples])
    return f"## Bad debt by cause\n\n{_table(columns, rows)}" + (f"\n\n{stories}" if examples else "")


def _shown(told: Told) -> list[Told]:
    return [one for one in told["causes"] if one["arm"] == PROPOSED][:LISTED]


def _again(told: Told) -> str:
    first, runs, names = told["seeds"]["first"], told["seeds"]["runs"], told["versions"]
    lines = [
        f"Seeds {first} to {first + runs - 1}; {', '.join(f'{name} {version}' for name, version in names.items())}; "
        f"code {told['code']}.",
        *(
            f"- {one['arm']}, seed {one['seed']}: {one['fault']}: `{one['replay']}`"
            for one in told["failures"][:LISTED]
        ),
    ]
    return f"## To run it again\n\n```\n{told['command']}\n```\n\n" + "\n".join(lines)


def _value(estimate: Told, kind: str) -> str:
    return bounded(estimate["estimate"], estimate["low"], estimate["high"], kind)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.translate(CELLS) for cell in line) + " |" for line in lines)
