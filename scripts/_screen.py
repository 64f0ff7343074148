"""What the commands show on a terminal."""

from __future__ import annotations

import signal
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

from simulator import Audit, Failure, Result, UndertowError, check_folder

OUT, ERR = Console(), Console(stderr=True)
TOLD = 5
"""Failed runs that are named."""


def folder_for(out: Path | None, name: str) -> Path:
    """Where the results go; refused before the run if they could not be written after it."""
    folder = out or Path("runs") / name
    check_folder(folder)
    return folder


@contextmanager
def plain_errors() -> Iterator[None]:
    """Turn what Undertow raises on purpose into one message and its exit code, and its warnings into a line."""
    warnings.showwarning = _warn
    try:
        yield
    except UndertowError as error:
        ERR.print(f"[bold red]error[/] {escape(str(error))}", highlight=False, soft_wrap=True)
        sys.exit(error.exit_code)


def _warn(message: Warning | str, *_: Any, **__: Any) -> None:
    ERR.print(f"[bold yellow]warning[/] {escape(str(message))}", highlight=False, soft_wrap=True)


@contextmanager
def block_progress(blocks: int) -> Iterator[Callable[[int], None]]:
    """A bar over the blocks of a run; Ctrl-C and SIGTERM interrupt the run, so that what it measured is written."""
    with _bar("building the world", blocks) as told:
        yield lambda step: told(step + 1, "running blocks", blocks)


@contextmanager
def run_progress() -> Iterator[Callable[[int, int], None]]:
    """A bar over many runs; Ctrl-C and SIGTERM end them all, and nothing is written."""
    try:
        with _bar("starting", None) as told:
            yield lambda finished, runs: told(finished, "running", runs)
    except KeyboardInterrupt:
        ERR.print("[bold red]error[/] interrupted; nothing is written", highlight=False)
        sys.exit(1)


@contextmanager
def audit_progress(folder: Path) -> Iterator[Callable[[int, int], None]]:
    """A bar over the runs of an audit; Ctrl-C and SIGTERM end them all, those that are finished are kept."""
    try:
        with _bar("building the markets", None) as told:
            yield lambda finished, runs: told(finished, "running", runs)
    except KeyboardInterrupt:
        remedy = f"Finished runs are kept; go on with --resume {folder}"
        ERR.print(f"[bold red]error[/] interrupted. {remedy}", highlight=False, soft_wrap=True)
        sys.exit(1)


@contextmanager
def _bar(first: str, total: int | None) -> Iterator[Callable[[int, str, int], None]]:
    for interruption in (signal.SIGINT, signal.SIGTERM):  # importing Ape has arranged otherwise
        signal.signal(interruption, signal.default_int_handler)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=ERR, transient=True, speed_estimate_period=600) as bar:
        task = bar.add_task(first, total=total)
        yield lambda done, what, total: bar.update(task, completed=done, description=what, total=total)


@contextmanager
def status() -> Iterator[Callable[[str], None]]:
    """A line that says what is being done."""
    with ERR.status("starting") as line:
        yield lambda what: line.update(f"measuring {what}")


def console_if_asked() -> None:
    """Open Ape's console after ``ape run -I``, which by itself opens one only when a script raises."""
    context: click.Context | None = click.get_current_context()
    while context is not None:
        if context.params.get("interactive"):
            from ape_console._cli import console

            console(embed=True)
            return
        context = context.parent


def exit_if_incomplete(result: Result, folder: Path) -> None:
    """End with an exit code of its own after a run that did not reach its last block."""
    summary = result.summary
    if summary["complete"]:
        return
    told = f"the run stopped after {summary['blocks']} whole blocks: {summary['stopped_by']}"
    ERR.print(f"[bold red]error[/] {escape(told)}\nTheir rows are in {folder}.", highlight=False, soft_wrap=True)
    sys.exit(1 if summary["stopped_by"] == "interrupted" else 3)


def exit_if_failed(failures: Sequence[Failure]) -> None:
    """Tell which runs gave no figures, and end with an exit code of its own if there are any."""
    if not failures:
        return
    ERR.print(f"[bold red]error[/] {len(failures)} runs failed and are missing in the means:", highlight=False)
    for one in failures[:TOLD]:
        labels = ", ".join(f"{key} {value}" for key, value in one.labels.items())
        told = f"{labels}, seed {one.seed}: {one.fault}\n  {one.replay}"
        ERR.print(escape(told), highlight=False, soft_wrap=True)
    if len(failures) > TOLD:
        ERR.print(f"and {len(failures) - TOLD} more, in the .json", highlight=False)
    sys.exit(3)


def exit_by_verdict(found: Audit) -> None:
    """Name runs that failed, and end with the exit code that tells the verdict."""
    failures = found.told["failures"]
    exit_if_failed([Failure({"arm": one["arm"]}, one["seed"], one["fault"], one["replay"]) for one in failures])
    sys.exit(0 if found.verdict == "pass" else 1)


def _dollars(value: float | None) -> str:
    return "-" if value is None else f"${value:,.0f}"


def _number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:,.{digits}f}"


def show(result: Result) -> None:
    """The summary for a person."""
    summary = result.summary
    OUT.print(
        f"\n[bold]{result.scenario.label}[/]  seed {summary['seed']} on {summary['engine']}, {summary['blocks']} blocks"
    )
    if "fork" in summary:
        OUT.print(escape(_ground(summary["fork"])), highlight=False)
    if not summary["complete"]:
        OUT.print(f"[bold yellow]incomplete[/]: {escape(summary['stopped_by'])}", highlight=False)
    OUT.print(_loop_table(summary))
    for name, rules in summary.get("own_rules", {}).items():
        OUT.print(f"{name}: {'; '.join(rules)}", highlight=False)
    OUT.print(_price_table(summary))
    OUT.print(_keeper_table(summary))


def _ground(fork: Mapping[str, Any]) -> str:
    """Which chain a run stood on, and whom it found there."""
    lines = [f"fork of {fork['host']}, chain {fork['chain_id']}, block {fork['block']}; owners of positions do not act"]
    for name, found in fork["protocols"].items():
        left_out = ", ".join(f"{count} {reason}" for reason, count in found["left_out"].items()) or "none"
        lines.append(f"{name}: {found['accounts']} accounts; left out: {left_out}")
    return "\n".join(lines)


def _loop_table(summary: Mapping[str, Any]) -> Table:
    table = Table(show_header=False, title="cascade", title_justify="left")
    done, late, gas = summary["liquidations"], summary["late"], summary["gas"]
    share = "-" if late["share"] is None else f"{late['share']:.1%} of eligible debt"
    repaid, seized = (_dollars(done[key]) for key in ("debt_repaid_usd", "collateral_seized_usd"))
    rows = [
        ("liquidations", f"{done['count']} ({done['direct']} direct, {done['induced']} induced)"),
        (
            "debt repaid / collateral seized",
            f"{repaid} / {seized}",
        ),
        ("gas of a liquidation", _number(done["mean_gas"], 0)),
        ("attempts lost (reverted or outbid)", str(done["reverted_attempts"])),
        ("delay, median / p95", f"{_number(done['median_delay_blocks'])} / {_number(done['p95_delay_blocks'])} blocks"),
        ("late (over 10 min) or never", share),
        ("mean slippage", f"{_number(done['mean_slippage_bps'])} bps"),
        ("amplification", _number(summary["amplification"], 4)),
        ("bad debt", f"{_dollars(summary['bad_debt_usd'])} ({_dollars(summary['deficit_usd'])} recorded on chain)"),
        ("full / stalled blocks", f"{gas['full_blocks']} / {gas['stalled_blocks']}"),
        ("peak base fee", f"{_number(gas['peak_base_fee_gwei'])} gwei"),
    ]
    for row in rows:
        table.add_row(*row)
    return table


def _price_table(summary: Mapping[str, Any]) -> Table:
    keys = ("start", "control_low", "outside_low", "oracle_low", "pool_low")
    names = [key.replace("_", " ") for key in keys]
    table = Table("asset", *names, title="prices, $", title_justify="left")
    for asset, price in summary["prices"].items():
        table.add_row(asset, *(_number(price[key], 2) for key in keys))
    return table


def _keeper_table(summary: Mapping[str, Any]) -> Table:
    columns = ("keepers", "n", "attempts", "landed", "debt repaid", "fees", "profit")
    table = Table(*columns, title="keepers", title_justify="left")
    for name, group in summary["keepers"]["groups"].items():
        counts = [str(group[key]) for key in ("keepers", "attempts", "landed")]
        money = [_dollars(group[key]) for key in ("debt_repaid_usd", "fees_paid_usd", "profit_usd")]
        table.add_row(name, *counts, *money)
    return table


def show_bench(figures: Mapping[str, Any]) -> None:
    """Figures of a bench for a person: one row for each number, named as in the JSON."""
    table = Table("figure", "value", title=f"bench on {figures['engine']}", title_justify="left")
    for name, value in _flat(figures):
        table.add_row(name, str(value))
    OUT.print(table)


def _flat(figures: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in figures.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{key}.")
        elif key != "engine":
            yield before + key, value
