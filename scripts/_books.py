"""A position book on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from scripts._screen import OUT
from simulator import BookSummary

Row = Mapping[str, Any]
Columns = Mapping[str, tuple[str, str]]  # heading → column and kind

SIDES: Columns = {
    "asset": ("asset", "text"),
    "price": ("price_usd", "price"),
    "supplied": ("collateral_usd", "dollars"),
    "by accounts": ("collateral_accounts", "count"),
    "owed": ("debt_usd", "dollars"),
    "by": ("debt_accounts", "count"),
}
ACCOUNTS: Columns = {
    "": ("rank", "count"),
    "account": ("account", "text"),
    "debt": ("debt_usd", "dollars"),
    "collateral": ("collateral_usd", "dollars"),
    "LTV": ("loan_to_value", "share"),
    "health": ("health_factor", "ratio"),
    "of debt": ("share_of_debt", "share"),
}
NEAREST: Columns = {
    "collateral": ("asset", "text"),
    "falls by": ("fall", "share"),
    "accounts": ("accounts", "count"),
    "their debt": ("debt_usd", "dollars"),
}
LEFT_OUT: Columns = {
    "left out, because it": ("reason", "text"),
    "accounts": ("accounts", "count"),
    "debt": ("debt_usd", "dollars"),
    "collateral": ("collateral_usd", "dollars"),
}
BUCKETS: Columns = {
    "health factor": ("range", "text"),
    "accounts": ("accounts", "count"),
    "debt": ("debt_usd", "dollars"),
    "of debt": ("share", "share"),
}


def show_book(book: BookSummary) -> None:
    """What one protocol's book holds."""
    totals = book.totals
    OUT.print(f"\n[bold]{book.protocol}[/]  {totals['accounts']:,} accounts ({escape(book.source)})", highlight=False)
    OUT.print(
        f"debt {_cell(totals['debt_usd'], 'dollars')} of {totals['borrowers']:,} accounts against "
        f"{_cell(totals['collateral_usd'], 'dollars')}, loan-to-value {_cell(totals['loan_to_value'], 'share')}\n"
        f"the {totals['top_accounts']} largest owe {_cell(totals['top_share_of_debt'], 'share')} of it, recursive "
        f"positions ({totals['recursive_accounts']:,}) {_cell(totals['recursive_share_of_debt'], 'share')}",
        highlight=False,
    )
    _show("by asset", SIDES, book.assets)
    health = "  ".join(f"{_name(one['quantile'])} {one['health_factor']:.3f}" for one in book.health)
    OUT.print(f"health factors: {health or 'nobody owes anything'}", highlight=False)
    _show("", BUCKETS, [{"range": _range(one), **one} for one in book.buckets])
    _show("liquidatable when one price falls alone", NEAREST, book.nearest)
    _show("largest debts", ACCOUNTS, book.largest)
    _show("largest recursive positions", ACCOUNTS, book.recursive)
    _show("", LEFT_OUT, book.left_out)


def _show(title: str, columns: Columns, rows: Sequence[Row]) -> None:
    if not rows:
        return
    table = Table(title=title or None, title_justify="left")
    for heading, (_, kind) in columns.items():
        table.add_column(heading, justify="left" if kind == "text" else "right")
    for row in rows:
        table.add_row(*(escape(_cell(row[column], kind)) for column, kind in columns.values()))
    OUT.print(table)


def _range(bucket: Row) -> str:
    if bucket["low"] is None:
        return f"below {bucket['high']:g}"
    return f"{bucket['low']:g} and above" if bucket["high"] is None else f"{bucket['low']:g} to {bucket['high']:g}"


def _name(quantile: float) -> str:
    return "least" if quantile == 0 else f"{quantile:.0%}"


def _cell(value: Any, kind: str) -> str:
    if value is None:
        return "-"
    if kind in FORMATS:
        return FORMATS[kind].format(value)
    text = str(value)
    return text if len(text) <= WIDEST else f"{text[:8]}…{text[-6:]}"


WIDEST = 32
FORMATS = {
    "dollars": "${:,.0f}",
    "price": "${:,.2f}",
    "share": "{:.1%}",
    "ratio": "{:.3f}",
    "count": "{:,}",
}
