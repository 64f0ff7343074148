"""An audit in Markdown, for a forum post or a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..report import written
from .arms import CURRENT, PROPOSED

__all__ = ["summary"]

MARKS = {"pass": "✅ pass", "fail": "❌ fail", "undecided": "❔ undecided"}
TOLD = (
    *("bad_debt_usd.probability", "bad_debt_usd.mean", "bad_debt_usd.p95", "bad_debt_usd.p99", "bad_debt_usd.es99"),
    *("liquidated_debt_usd.p95", "amplification.p95", "late_share.mean", "stalled_blocks.mean"),
    *("suppliers_loss_usd.mean", "borrowers_loss_usd.mean", "keepers_profit_usd.mean"),
)
LISTED = 10
"""Accounts and causes that are named."""
CELLS = {ord("|"): "\\|", ord("\n"): " "}

Told = Mapping[str, Any]


def summary(told: Told) -> str:
    """The text of ``summary.md``."""
    parts = [_head(told), _changes(told), _limits(told), _figures(told), _now(told), _causes(told), _again(told)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(told: Told) -> str:
    proposal, runs = told["proposal"], told["seeds"]["runs"]
    failed = f" {len(told['failures'])} runs failed and are missing." if told["failures"] else ""
    return (
        f"# {proposal['name']}: {MARKS[told['verdict']]}\n\n{proposal['description']}\n\n"
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
        if name in TOLD
    ]
    return "## Figures\n\n" + _table(("", CURRENT, PROPOSED, "difference, run by run"), rows)


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
    return f"{text}\n\n{_table(columns, rows)}" if rows else text


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
    text = written(estimate["estimate"], kind)
    if estimate["estimate"] is None or estimate["low"] == estimate["high"] == estimate["estimate"]:
        return text
    low, high = ("…" if bound is None else written(bound, kind) for bound in (estimate["low"], estimate["high"]))
    return f"{text} [{low}, {high}]"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join("| " + " | ".join(cell.translate(CELLS) for cell in line) + " |" for line in lines)
