"""Who owes most, and who owes what they also hold: rows of accounts, from any position book."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .position_book import PositionBook
from .units import WAD

__all__ = ["TOP", "account_row", "concentration", "largest", "recursive"]

TOP = 20
"""Accounts that count as the largest."""

MATCHED = 0.5
"""Share of a debt from which on an account is recursive: a little of a debt asset held beside does not make it so."""

Flags = NDArray[np.bool_]


def recursive(book: PositionBook, underlying: Mapping[str, str]) -> Flags:
    """Accounts at least half of whose debt stands against collateral of the same underlying: one price moves both.

    Parameters
    ----------
    underlying : by asset; the asset itself where it has no other
    """
    prices = book.prices()
    held = book.supplies() * prices * (book.thresholds() > 0)
    owed = book.debts() * prices
    matched = np.zeros(len(book.accounts))
    for group in dict.fromkeys(underlying[asset] for asset in book.assets):
        columns = [number for number, asset in enumerate(book.assets) if underlying[asset] == group]
        matched += np.minimum(held[:, columns].sum(axis=1), owed[:, columns].sum(axis=1))
    debts = owed.sum(axis=1)
    flags: Flags = (debts > 0) & (matched >= debts * MATCHED)
    return flags


def largest(book: PositionBook, among: Flags, count: int = TOP) -> list[int]:
    """Numbers of the accounts that owe most, most first, in the book's order among equals."""
    debts = np.where(among, book.debt_values(), 0.0)
    order = np.argsort(-debts, kind="stable")[:count]
    return [int(number) for number in order if debts[number] > 0]


def account_row(book: PositionBook, names: Sequence[str], number: int) -> dict[str, Any]:
    """Account `number` in dollars, from the exact integers; null where there is no debt or no collateral."""
    found = book.position(number)
    return {
        "account": names[number],
        "debt_usd": found.debt_value / WAD,
        "collateral_usd": found.collateral_value / WAD,
        "loan_to_value": found.debt_value / found.collateral_value if found.collateral_value else None,
        "health_factor": found.health_factor / WAD if found.debt_value else None,
    }


def concentration(
    book: PositionBook, names: Sequence[str], flags: Flags
) -> tuple[list[dict[str, Any]], list[dict[str, Any]], dict[str, Any]]:
    """The largest accounts that are not recursive, the largest that are, and totals of the book.

    Shares are of the debt, and of the collateral, of all accounts that owe anything. `flags` are those of `recursive`.
    """
    debts, owes = book.debt_values(), book.debt_values() > 0
    held = np.where(owes, book.collateral_values(), 0.0)
    debt, collateral = float(debts.sum()), float(held.sum())

    def rows(numbers: Iterable[int]) -> list[dict[str, Any]]:
        return [
            {
                "rank": rank,
                **account_row(book, names, number),
                "share_of_debt": _share(float(debts[number]), debt),
                "share_of_collateral": _share(float(held[number]), collateral),
            }
            for rank, number in enumerate(numbers, 1)
        ]

    top = largest(book, ~flags)
    totals = {
        "accounts": len(book.accounts),
        "borrowers": int(owes.sum()),
        "debt_usd": debt,
        "collateral_usd": collateral,
        "loan_to_value": _share(debt, collateral),
        "top_accounts": len(top),
        "top_share_of_debt": _share(float(debts[top].sum()), debt),
        "top_share_of_collateral": _share(float(held[top].sum()), collateral),
        "recursive_accounts": int((flags & owes).sum()),
        "recursive_debt_usd": float(debts[flags].sum()),
        "recursive_share_of_debt": _share(float(debts[flags].sum()), debt),
    }
    return rows(top), rows(largest(book, flags)), totals


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None
