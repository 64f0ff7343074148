"""One row for each account of each book: what it held and owed at the start and at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .adapters import LendingProtocol
from .opening_book import OpeningPosition
from .position_book import Bracket, PositionBook
from .units import WAD

__all__ = ["ACCOUNT_COLUMNS", "Accounts", "liquidation_prices"]

ACCOUNT_COLUMNS = (
    *("protocol", "account", "address", "collateral_asset", "debt_asset"),
    *("collateral_usd", "debt_usd", "health_factor", "liquidation_price"),
    *("collateral_usd_end", "debt_usd_end", "health_factor_end", "liquidation_price_end"),
)
"""Columns of a table without rows."""
WHOLE = Bracket(2**256 - 1, WAD)
"""Margins that do not fall with the size of an account."""
Floats = NDArray[np.float64]
Names = Mapping[str, Sequence[OpeningPosition]]


class Accounts:
    """The books as they are now, and later again.

    Parameters
    ----------
    protocols : by name, their books filled
    names : the positions that each book was opened with, in the book's order
    """

    def __init__(self, protocols: Mapping[str, LendingProtocol], names: Names) -> None:
        self._protocols, self._names = protocols, names
        self._largest = {name: _largest(one.book) for name, one in protocols.items()}
        self._opened = {name: _columns(one.book, self._largest[name][1]) for name, one in protocols.items()}

    def rows(self) -> list[dict[str, Any]]:
        """Rows with the columns of the start, and those of now under the same names with ``_end``.

        Dollars and health factors are at oracle prices. The assets are the largest at the start, also for the price
        at the end; a liquidation price is None where no price of that asset alone brings the health factor to one.
        """
        return [row for name in self._protocols for row in self._rows(name)]

    def _rows(self, name: str) -> list[dict[str, Any]]:
        book = self._protocols[name].book
        debts, collaterals = self._largest[name]
        columns: dict[str, Sequence[Any]] = {
            "protocol": [name] * len(book.accounts),
            "account": [one.name.removeprefix(f"position/{name}/") for one in self._names[name]],
            "address": book.accounts,
            "collateral_asset": [book.assets[number] for number in collaterals],
            "debt_asset": [book.assets[number] for number in debts],
            **self._opened[name],
            **{f"{column}_end": values for column, values in _columns(book, collaterals).items()},
        }
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _largest(book: PositionBook) -> tuple[list[int], list[int]]:
    """Asset numbers of each account's most valuable debt and collateral."""
    pairs = [book.largest(number) for number in range(len(book.accounts))]
    return [debt for debt, _ in pairs], [collateral for _, collateral in pairs]


def _columns(book: PositionBook, collaterals: Sequence[int]) -> dict[str, list[float | None]]:
    return {
        "collateral_usd": book.collateral_values().tolist(),
        "debt_usd": book.debt_values().tolist(),
        "health_factor": _finite(book.health()),
        "liquidation_price": _finite(liquidation_prices(book, collaterals)),
    }


def _finite(values: Floats) -> list[float | None]:
    return [value if np.isfinite(value) else None for value in values.tolist()]


def liquidation_prices(book: PositionBook, collaterals: Sequence[int]) -> Floats:
    """Of each account the price of asset number `collaterals[account]` at which its health factor is one.

    Other prices stay. NaN where there is none: without debt, say, or where the other collateral covers it all.
    """
    chosen, found = np.array(collaterals, dtype=int), np.full(len(book.accounts), np.nan)
    for column in np.unique(chosen).tolist():
        others = book.prices().copy()
        others[column] = 0.0
        needed = book.debts() @ others - (book.supplies() * book.thresholds()) @ others
        held, owed = book.supplies()[:, column], book.debts()[:, column]
        found = np.where(chosen == column, _price_where_covered(book, column, needed, held, owed), found)
    return found


def _price_where_covered(book: PositionBook, column: int, needed: Floats, held: Floats, owed: Floats) -> Floats:
    """Price at which `held` of an asset, at its margin, covers `needed` dollars and the same asset `owed`.

    Where margins fall with the value held, what counts of it is a line with kinks: walked from one to the next.
    """
    threshold = book.states[column].liquidation_threshold / WAD
    found, start, counted = np.full(len(held), np.nan), 0.0, 0.0
    with np.errstate(divide="ignore", invalid="ignore"):
        for bracket in book.brackets.get(book.assets[column]) or (WHOLE,):
            margin, end = threshold * (bracket.left / WAD), bracket.up_to / WAD
            value = (needed - counted + margin * start) / (margin - owed / held)
            fits = np.isnan(found) & (needed > 0) & (held * margin > owed) & (value > start) & (value <= end)
            found = np.where(fits, value / held, found)
            start, counted = end, counted + margin * (end - start)
    return found
