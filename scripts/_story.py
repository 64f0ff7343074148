"""What `ape run story` shows on a terminal of 80 characters."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.markup import escape
from rich.table import Table

from scripts._screen import OUT
from simulator import Result, Story

LONG = re.compile(r"0x[0-9a-f]{40}|[0-9]{40,}")
LEFT_OUT = {
    "no_room": "no room: a place cost more than it would have earned",
    "fee_policy": "fee policy: it would have earned more than a place cost",
    "queue": "queue: an earlier one of its sender waited before it",
}
MEANING = {
    "no_room": "blocks were full, and a place cost more than the liquidation would have earned",
    "fee_policy": "keepers bid less for a place than the liquidation would have earned",
    "capital": "keepers had too little free capital, or as much under way as they let be",
    "slippage": "selling the collateral into the pool would have cost more than the bonus",
    "oracle": "the protocol's price was late, or not the market's",
    "guard": "a breaker or a speed limit let nobody liquidate",
    "rules": "the rules of the sale held it: an auction's clock, a grace time, a bonus below the gas",
    "outage": "the keepers were down",
    "reverted": "attempts failed for another reason",
    "unserved": "nobody served this account",
    "price_gap": "the market fell faster than any liquidation could have followed",
}


def show_deficits(result: Result, command: Sequence[str]) -> None:
    """Accounts with a deficit, by cause and one by one, and how to read on."""
    OUT.print(f"\n[bold]{result.scenario.label}[/]  bad debt {_dollars(result.summary['bad_debt_usd'])}")
    if not len(result.deficits):
        OUT.print("no account left a deficit")
        return
    show_causes(result)
    table = Table("account", "bad debt", "cause", "eligible", "recorded", title="accounts", title_justify="left")
    for row in result.deficits.to_dict("records"):
        steps = (_step(row[name]) for name in ("eligible_since", "recorded_at"))
        table.add_row(_short(row["account"]), _dollars(row["bad_debt_usd"]), row["cause"], *steps)
    OUT.print(table)
    for row in result.deficits.to_dict("records"):
        parts = ["ape", "run", "story", *command, "--account", _short(row["account"])]
        OUT.print(escape(shlex.join(parts)), highlight=False, soft_wrap=True)


def show_causes(result: Result) -> None:
    """Bad debt by cause, most first; nothing where there is none."""
    if not len(result.deficits):
        return
    table = Table("cause", "accounts", "bad debt", "because", title="bad debt by cause", title_justify="left")
    sums = result.deficits.groupby("cause")["bad_debt_usd"].agg(["count", "sum"]).sort_values("sum", ascending=False)
    for cause, count, dollars in sums.itertuples():
        table.add_row(str(cause), str(count), _dollars(dollars), MEANING[str(cause)])
    OUT.print(table)


def show_story(result: Result, told: Story) -> None:
    """Two or more lines for each block with something to tell, and the end."""
    OUT.print(
        f"\n[bold]{_short(told.account)}[/] in {result.scenario.label}, seed {result.scenario.seed}", highlight=False
    )
    OUT.print(f"as each block was built; prices of {told.collateral} in $\n", highlight=False)
    heads = f"{'block':>5} {'time':8} {'outside':>8} {'oracle':>8} {'pool':>8} {'health':>6} {'outs.':>6}"
    _print(f"{heads} {'collat.':>8} {'debt':>8} room")
    for block in told.blocks:
        for line in _lines(block):
            _print(line)
    if not told.blocks:
        _print("never near the line")
    _print("")
    for line in _end(told):
        _print(line)


def _print(line: str) -> None:
    OUT.print(escape(line), highlight=False, soft_wrap=True)


def _state(block: Mapping[str, Any]) -> str:
    time = datetime.fromtimestamp(block["timestamp"], UTC)
    prices = " ".join(f"{_price(block[name]):>8}" for name in ("outside", "oracle", "pool"))
    health = " ".join(f"{_ratio(block[name]):>6}" for name in ("health", "outside_health"))
    worth = " ".join(f"{_size(block[name]):>8}" for name in ("collateral_usd", "debt_usd"))
    room = "full" if block["full"] else ""
    return f"{block['step']:>5} {time:%H:%M:%S} {prices} {health} {worth} {room}".rstrip()


def _lines(block: Mapping[str, Any]) -> Iterator[str]:
    """The account as the block was built; then who tried, by what came of it, and who declined."""
    yield _state(block)
    ends: dict[str, list[Any]] = {}
    for attempt in block["attempts"]:
        ends.setdefault(_came_of(attempt), []).append(attempt)
    for end, attempts in ends.items():
        yield f"      {end}"
        yield from (_attempt(one, block["transactions"]) for one in attempts)
    if block["declined"]:
        yield "      declined: " + ", ".join(f"{count} {why}" for why, count in block["declined"].items())
    if block["alike"]:
        yield f"      ... and {block['alike']} more that tell the same, to"
        yield _state(block["until"])


def _came_of(one: Any) -> str:
    if one.outcome == "waiting":
        return f"left out, {LEFT_OUT[one.left_out]}"
    error = LONG.sub(lambda found: f"{found[0][:6]}..", one.error)
    return f"{one.outcome}: {error}" if error else str(one.outcome)


def _attempt(one: Any, transactions: int) -> str:
    """Who, from when, at what price, and where in the block."""
    place = f"place {one.place + 1} of {transactions}, " if one.place is not None else ""
    offer = f"max {one.max_fee_gwei:,.1f} tip {one.priority_fee_gwei:,.1f} gwei"
    return f"        {one.keeper.removeprefix('liquidator/')} {one.kind}: {place}sent {one.sent}, {offer}"


def _end(told: Story) -> list[str]:
    lines = [f"{told.liquidations} liquidations repaid {_dollars(told.repaid_usd)}"]
    row = told.deficit
    if row is None:
        return [*lines, "no deficit"]
    lines.append(
        f"bad debt {_dollars(row['bad_debt_usd'])}: {_dollars(row['recorded_usd'])} written off, "
        f"{_dollars(row['shortfall_usd'])} still owed beyond the collateral"
    )
    names = ("below_outside_since", "eligible_since", "first_attempt", "lost_since", "decided_since", "recorded_at")
    lines.append(", ".join(f"{name.replace('_', ' ')} {_step(row[name])}" for name in names))
    held = {name.removeprefix("blocks_"): count for name, count in row.items() if name.startswith("blocks_") and count}
    if held:
        lines.append("held by " + ", ".join(f"{name} for {count} blocks" for name, count in held.items()))
    return [*lines, f"cause {row['cause']}: {MEANING[row['cause']]}"]


def _short(account: str) -> str:
    return account.removeprefix("position/")


def _dollars(value: float) -> str:
    return f"${value:,.0f}" if abs(value) >= 1 or not value else f"${value:.6f}"


def _step(value: Any) -> str:
    return "-" if value is None or value != value or str(value) == "<NA>" else str(int(value))


def _price(value: float | None) -> str:
    return "-" if value is None or value != value else f"{value:,.2f}"


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _size(value: float | None) -> str:
    """Dollars in at most eight characters."""
    if value is None:
        return "-"
    for size, mark in ((1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"${value / size:,.2f}{mark}"
    return f"${value:,.2f}"
