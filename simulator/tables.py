"""CSV files beside a scenario, read with the row named in every complaint."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from .errors import ScenarioError

__all__ = ["Row", "read_csv"]

SHOWN = 100
"""Characters of a cell that a complaint repeats."""


class Row(dict[str, str]):
    """One row by column; conversions complain with file, row and column."""

    def __init__(self, values: dict[str, str], place: str, line: int = 0) -> None:
        super().__init__(values)
        self.place, self.line = place, line

    def number(self, column: str) -> float:
        """A positive finite number."""
        try:
            value = float(self[column])
        except ValueError:
            value = float("nan")
        if not 0 < value < float("inf"):
            raise self.wrong(column, "must be a positive number")
        return value

    def time(self, column: str) -> datetime:
        """An ISO 8601 time; UTC when it names no zone."""
        try:
            value = datetime.fromisoformat(self[column])
        except ValueError as error:
            raise self.wrong(column, "must be an ISO 8601 time") from error
        return value if value.tzinfo else value.replace(tzinfo=UTC)

    def wrong(self, column: str, rule: str, remedy: str = "Correct the row") -> ScenarioError:
        """What to raise about one cell."""
        shown = self[column] if len(self[column]) <= SHOWN else f"{self[column][:SHOWN]}…"
        return ScenarioError(f"{self.place}, {column} = {shown!r}", rule, remedy)


def read_csv(path: Path, columns: Sequence[str]) -> list[Row]:
    """Rows of a CSV with at least `columns`; lines that start with # are comments.

    Raises
    ------
    ScenarioError : unreadable, a column missing, or a row of another length
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(str(path), f"must be a readable CSV ({error})", "Check the path in the scenario") from error
    kept = [(number, line) for number, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    header = next(csv.reader([kept[0][1]]), []) if kept else []
    missing = [column for column in columns if column not in header]
    if missing:
        needed = f"Needs {','.join(columns)}" + (f"; it has {','.join(header)}" if header else "")
        raise ScenarioError(f"{path.name}, header", f"lacks {', '.join(missing)}", needed)
    twice = [column for column in columns if header.count(column) > 1]
    if twice:
        raise ScenarioError(f"{path.name}, header", f"has {', '.join(twice)} twice", "Rename or delete one of them")
    rows = []
    for number, line in kept[1:]:
        cells = next(csv.reader([line]))
        if len(cells) != len(header):
            raise ScenarioError(
                f"{path.name}, line {number}", f"has {len(cells)} cells, the header {len(header)}", "Correct the row"
            )
        rows.append(Row(dict(zip(header, cells, strict=True)), f"{path.name}, line {number}", number))
    return rows
