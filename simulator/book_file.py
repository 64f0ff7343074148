"""Reads positions out of a file, in exact token units; every complaint names the row, the cell and the remedy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from .book_settings import CsvBook, spelled
from .errors import ScenarioError
from .tables import Row, read_csv

__all__ = ["FileAccount", "account_names", "read_accounts"]

PAIRS = ("account", "collateral_asset", "collateral", "debt_asset", "debt")
SIDES = ("collateral", "debt")
NUMBER = re.compile(r"([+-]?)(?=\.?[0-9])([0-9]*)\.?([0-9]*)(?:[eE]([+-]?[0-9]{1,3}))?")
LONGEST = 200
"""Characters of a number: more than any that a token can hold."""
MOST = 2**256 - 1


class FileAccount(NamedTuple):
    """One account of a file: token units by asset name, and the lines that they stand in."""

    account: str
    collateral: dict[str, int]
    debt: dict[str, int]
    lines: list[int]


class _Cell(NamedTuple):
    """What one row says of one side of an account."""

    row: Row
    asset_column: str
    column: str
    side: int  # 0: collateral, 1: debt


def account_names(path: Path, book: CsvBook) -> list[str]:
    """Accounts of the file, in its order, whatever of it is left out later."""
    column = book.columns.account if book.columns else PAIRS[0]
    return list(dict.fromkeys(spelled(row[column]) for row in read_csv(path, (column,))))


def read_accounts(path: Path, book: CsvBook, decimals: Mapping[str, int], place: str) -> list[FileAccount]:
    """Accounts in the order of the file.

    Parameters
    ----------
    decimals : of the assets that the pool lists, by name
    place : of the protocol, as ``--set`` names it

    Raises
    ------
    ScenarioError : a row that does not hold
    """
    accounts: dict[str, FileAccount] = {}
    rows = read_csv(path, book.columns.names if book.columns else PAIRS)
    if not rows:
        raise ScenarioError(path.name, "must hold at least one position", "Add rows")
    first_line: dict[tuple[str, str], int] = {}
    for row in rows:
        found = _account(row, book, accounts)
        if not book.adds:
            _refuse_repeat(row, book, found.account, first_line, place)
        for cell in _cells(row, book):
            _add(cell, book, found, decimals, place)
    return list(accounts.values())


def _account(row: Row, book: CsvBook, accounts: dict[str, FileAccount]) -> FileAccount:
    column = book.columns.account if book.columns else PAIRS[0]
    name = spelled(row[column])
    if not name:
        raise row.wrong(column, "must name an account")
    found = accounts.setdefault(name, FileAccount(name, {}, {}, []))
    found.lines.append(row.line)
    return found


def _refuse_repeat(row: Row, book: CsvBook, account: str, first_line: dict[tuple[str, str], int], place: str) -> None:
    columns = [book.columns.asset] if book.columns else [f"{side}_asset" for side in SIDES]
    for column in columns:
        asset = spelled(row[column])
        key = (account, f"{'' if book.columns else column}{book.symbols.get(asset, asset)}")
        if asset and key in first_line:
            rule = f"repeats line {first_line[key]} of account {account}"
            raise row.wrong(column, rule, f"Remove one of them, or add them up with {place}.positions.repeats=add")
        first_line[key] = row.line


def _cells(row: Row, book: CsvBook) -> Iterator[_Cell]:
    if book.columns:
        for side, column in enumerate((book.columns.supplied, book.columns.borrowed)):
            yield _Cell(row, book.columns.asset, column, side)
    else:
        for side, column in enumerate(SIDES):
            yield _Cell(row, f"{column}_asset", column, side)


def _add(cell: _Cell, book: CsvBook, found: FileAccount, decimals: Mapping[str, int], place: str) -> None:
    row = cell.row
    digits, exponent = _number(row, cell.column)
    if not digits:
        return
    symbol = spelled(row[cell.asset_column])
    asset = book.symbols.get(symbol, symbol)
    if asset not in decimals:
        remedy = f"List it in {place}.assets, or say which one it is: {place}.positions.symbols={{{symbol}: NAME}}"
        raise row.wrong(cell.asset_column, f"must be one of {', '.join(decimals)}", remedy if symbol else "Name it")
    units = _units(cell, digits, exponent, None if book.amounts == "raw" else decimals[asset])
    held = found.debt if cell.side else found.collateral
    held[asset] = held.get(asset, 0) + units


def _number(row: Row, column: str) -> tuple[int, int]:
    """Digits and exponent of ten, exactly; an empty cell is zero."""
    text = row[column].strip()
    if not text:
        return 0, 0
    match = NUMBER.fullmatch(text) if len(text) <= LONGEST else None
    if match is None:
        if re.search(r"[0-9][,_' ][0-9]", text):
            raise row.wrong(column, "must have no separators of thousands, and a point for decimals", "Write 1234.5")
        raise row.wrong(column, "must be a number", "Write digits, or leave the cell empty where there is nothing")
    sign, whole, fraction, power = match.groups()
    digits = int(whole + fraction)
    if digits and sign == "-":
        raise row.wrong(column, "must not be negative", "Export supplied and borrowed amounts, both above zero")
    return digits, int(power or 0) - len(fraction)


def _units(cell: _Cell, digits: int, exponent: int, decimals: int | None) -> int:
    """Token units, digits beyond the token's decimals cut off; None: the cell holds units, which must be whole."""
    shift = exponent + (decimals or 0)
    scale: int = 10 ** abs(shift)
    units, rest = (digits * scale, 0) if shift >= 0 else divmod(digits, scale)
    if rest and decimals is None:
        remedy = "Correct the row, or set amounts=whole where the file holds whole tokens"
        raise cell.row.wrong(cell.column, "must be whole token units, since amounts is raw", remedy)
    if units > MOST:
        remedy = "Correct the row, or set amounts=raw where the file holds token units"
        raise cell.row.wrong(cell.column, "must be below 2^256 token units", remedy)
    return units
