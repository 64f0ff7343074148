"""What a scenario's position books hold, before anything runs: how large, how close to liquidation, in whose hands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from .book_settings import CsvBook
from .exposures import concentration, recursive
from .opening_book import OpeningBook, opening_book
from .paper_book import paper_book
from .position_book import PositionBook
from .prices import OutsidePrices
from .scenario import Scenario

__all__ = ["BookSummary", "nearest", "summarise_books"]

QUANTILES = (0.0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95)
BUCKETS = (1.0, 1.05, 1.1, 1.25, 1.5, 2.0)
COUNTS = (1, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)
STEPS = 40
"""Halvings in the search for a price fall."""

Row = dict[str, Any]


@dataclass(frozen=True)
class BookSummary:
    """One protocol's book at the first prices; flat rows, dollars, shares of one.

    Attributes
    ----------
    source : file, or how it was drawn
    totals : accounts, debt, collateral of those that owe, how much of it the largest hold and how much is recursive
    assets : collateral and debt by asset, whole tokens and dollars
    health : quantiles of the health factors of accounts that owe
    buckets : debt by health factor, `low` included, `high` not; null: no bound
    nearest : how far each collateral alone must fall until so many accounts can be liquidated, with their debt today
    largest, recursive : accounts that owe most, recursive ones apart
    left_out : accounts of a file that are not opened, by reason
    """

    protocol: str
    source: str
    totals: Row
    assets: list[Row]
    health: list[Row]
    buckets: list[Row]
    nearest: list[Row]
    largest: list[Row]
    recursive: list[Row]
    left_out: list[Row]

    def as_dict(self) -> Row:
        """For JSON."""
        return asdict(self)


def summarise_books(scenario: Scenario) -> list[BookSummary]:
    """Of every protocol.

    Raises
    ------
    ScenarioError : a book that does not hold
    """
    prices = OutsidePrices(scenario).control_at(0)
    return [_summary(scenario, name, prices, opening_book(scenario, name, prices)) for name in scenario.protocols]


def _summary(scenario: Scenario, protocol: str, prices: Mapping[str, int], opened: OpeningBook) -> BookSummary:
    book = paper_book(scenario, protocol, prices, opened.positions)
    flags = recursive(book, scenario.underlying)
    largest, looped, totals = concentration(book, book.accounts, flags)
    settings = scenario.protocols[protocol].positions
    return BookSummary(
        protocol=protocol,
        source=settings.csv if isinstance(settings, CsvBook) else f"drawn with seed {scenario.drawn_from}",
        totals=totals,
        assets=_assets(book),
        health=_health(book),
        buckets=_buckets(book),
        nearest=[row for asset in book.assets for row in nearest(book, asset)],
        largest=largest,
        recursive=looped,
        left_out=_left_out(opened),
    )


def _assets(book: PositionBook) -> list[Row]:
    held, owed, prices = book.supplies(), book.debts(), book.prices()
    return [
        {
            "asset": asset,
            "price_usd": float(prices[column]),
            "collateral": float(held[:, column].sum()),
            "collateral_usd": float(held[:, column].sum() * prices[column]),
            "collateral_accounts": int((held[:, column] > 0).sum()),
            "debt": float(owed[:, column].sum()),
            "debt_usd": float(owed[:, column].sum() * prices[column]),
            "debt_accounts": int((owed[:, column] > 0).sum()),
        }
        for column, asset in enumerate(book.assets)
    ]


def _health(book: PositionBook) -> list[Row]:
    health = book.health()[book.debt_values() > 0]
    if not len(health):
        return []
    found = np.quantile(health, QUANTILES)
    return [{"quantile": q, "health_factor": float(value)} for q, value in zip(QUANTILES, found, strict=True)]


def _buckets(book: PositionBook) -> list[Row]:
    health, debts = book.health(), book.debt_values()
    total, rows = float(debts.sum()), []
    for low, high in zip((None, *BUCKETS), (*BUCKETS, None), strict=True):
        inside = (debts > 0) & (health >= (low or 0)) & (health < (np.inf if high is None else high))
        debt = float(debts[inside].sum())
        share = debt / total if total else None
        rows.append({"low": low, "high": high, "accounts": int(inside.sum()), "debt_usd": debt, "share": share})
    return rows


def nearest(book: PositionBook, asset: str) -> list[Row]:
    """Falls of `asset` alone, other prices still, that expose so many accounts; who gains by a fall does not count."""
    column, prices = book.assets.index(asset), book.prices()
    held = book.supplies()[:, column] * book.thresholds()[..., column]
    long = (held > book.debts()[:, column]) & (book.debt_values() > 0)

    def below(fall: float) -> Any:
        fallen = prices.copy()
        fallen[column] *= 1 - fall
        return long & (book.health_at(fallen) < 1)

    rows: list[Row] = []
    for count in COUNTS:
        if rows and rows[-1]["accounts"] >= count:
            continue
        fall = _fall(lambda fall: int(below(fall).sum()), count)
        if fall is None:
            break
        reached = below(fall)
        debt = float(book.debt_values()[reached].sum())
        rows.append({"asset": asset, "fall": fall, "accounts": int(reached.sum()), "debt_usd": debt})
    return rows


def _fall(accounts: Any, count: int) -> float | None:
    """Least fall after which at least `count` accounts can be liquidated, or None: not even at a price of zero."""
    low, high = 0.0, 1.0
    if accounts(low) >= count:
        return low
    if accounts(high) < count:
        return None
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if accounts(middle) >= count else (middle, high)
    return high


def _left_out(opened: OpeningBook) -> list[Row]:
    rows: dict[str, Row] = {}
    for one in opened.left_out:
        row = rows.setdefault(one.reason, {"reason": one.reason, "accounts": 0, "debt_usd": 0.0, "collateral_usd": 0.0})
        row["accounts"] += 1
        row["debt_usd"] += one.debt_usd
        row["collateral_usd"] += one.collateral_usd
    return list(rows.values())
