"""What `audit` shows: verdict, limits, figures, causes, and where the time went."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rich.markup import escape
from rich.table import Table

from scripts._screen import OUT
from simulator import HEADLINES, Audit, Proposal, bounded, written

COLOURS = {"pass": "green", "fail": "red", "undecided": "yellow"}
LISTED = 5


def default_folder(proposal: Proposal) -> Path:
    """Where an audit goes that nobody sent elsewhere."""
    return Path("runs") / f"audit-{proposal.name}"


def asked(provider: Any, source: str, runs: int | None, folder: Path, proposal: Proposal) -> str:
    """The command, without what changes no figure."""
    words = ["ape", "run", "audit", source]
    words += ["--runs", str(runs)] if runs else []
    words += ["--out", folder.as_posix()] if folder != default_folder(proposal) else []
    return shlex.join([*words, "--network", provider.network_choice])


def show_audit(found: Audit) -> None:
    """The findings for a person."""
    told = found.told
    runs, colour = told["seeds"]["runs"], COLOURS[found.verdict]
    OUT.print(f"\n[bold]{told['proposal']['name']}[/]  {runs:,} runs of each arm on {told['engine']}", highlight=False)
    for number, change in enumerate(told["proposal"]["changes"], 1):
        OUT.print(escape(f"({number}) {change['path']}: {change['from']} → {change['to']}"), highlight=False)
    OUT.print(_figures(told))
    if told["alone"]:
        OUT.print(_alone(told))
    _show_now(told)
    if told["causes"]:
        OUT.print(_causes(told))
    if told["limits"]:
        OUT.print(_limits(told))
    _show_time(found.timing)
    OUT.print(f"verdict: [bold {colour}]{found.verdict}[/]")


def _figures(told: Mapping[str, Any]) -> Table:
    table = Table(
        "", "current", "proposed", "difference", title="mean or quantile, 95 % interval", title_justify="left"
    )
    for name in HEADLINES:
        one = told["metrics"][name]
        table.add_row(one["label"], *(_cell(one[arm], one["kind"]) for arm in ("current", "proposed", "difference")))
    return table


def _alone(told: Mapping[str, Any]) -> Table:
    """What each change does by itself, by number."""
    numbers = [f"({number})" for number in range(1, len(told["alone"]) + 1)]
    table = Table("", *numbers, "all", title="difference, one change at a time", title_justify="left")
    for name in HEADLINES:
        whole = told["metrics"][name]
        cells = [
            "cannot stand alone" if one["refused"] else _cell(one["metrics"][name]["difference"], whole["kind"])
            for one in told["alone"]
        ]
        table.add_row(whole["label"], *cells, _cell(whole["difference"], whole["kind"]))
    return table


def _show_now(told: Mapping[str, Any]) -> None:
    now, after = told["immediate"]["current"], told["immediate"]["proposed"]
    OUT.print(
        f"at today's prices {after['accounts']} accounts with {written(after['debt_usd'], 'dollars')} of debt could be "
        f"liquidated ({now['accounts']} now); borrowing headroom {written(after['headroom_usd'], 'dollars')} "
        f"({written(now['headroom_usd'], 'dollars')} now)",
        highlight=False,
    )
    for one in told["immediate"]["accounts"][:LISTED]:
        health = f"{one['health_factor_current']:.3f} → {one['health_factor_proposed']:.3f}"
        OUT.print(
            f"  {one['protocol']}/{one['account']}: {written(one['debt_usd'], 'dollars')}, health factor {health}"
        )


def _causes(told: Mapping[str, Any]) -> Table:
    columns = ("arm", "what came first", "accounts", "bad debt", "share")
    table = Table(*columns, title="bad debt by cause, all runs", title_justify="left")
    for one in told["causes"]:
        dollars, share = written(one["bad_debt_usd"], "dollars"), written(one["share"], "share")
        table.add_row(one["arm"], one["cause"].replace("_", " "), f"{one['accounts']:,}", dollars, share)
    return table


def _limits(told: Mapping[str, Any]) -> Table:
    table = Table("limit", "found", "verdict", title="limits", title_justify="left")
    for one in told["limits"]:
        needed = f"\nabout {one['runs_needed']:,} runs would decide" if one["runs_needed"] else ""
        colour = COLOURS[one["verdict"]]
        table.add_row(one["limit"], _cell(one["value"], one["kind"]), f"[{colour}]{one['verdict']}[/]{needed}")
    return table


def _show_time(timing: Mapping[str, Any]) -> None:
    seconds, workers = timing["seconds"], timing["worker_seconds"]
    phases = ", ".join(f"{phase} {spent:,.1f} s" for phase, spent in seconds.items())
    OUT.print(f"time: {phases}", highlight=False)
    if timing["building_share"] is not None:
        OUT.print(
            f"in the workers: building worlds {workers['building']:,.1f} s, running {workers['running']:,.1f} s "
            f"({timing['building_share']:.1%} building); {timing['runs_a_minute']:,.0f} runs a minute",
            highlight=False,
        )


def _cell(estimate: Mapping[str, Any], kind: str) -> str:
    text = bounded(estimate["estimate"], estimate["low"], estimate["high"], kind)
    return text.replace(" [", "\n\\[")
