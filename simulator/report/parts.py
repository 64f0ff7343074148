"""What a page is made of: sections of charts, tables, facts and sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Cell", "Chart", "Facts", "Part", "Section", "Sentence", "Table"]


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure.

    `figure` holds plotly's data and layout, `told` the finding in numbers, for those who cannot see it and those who
    do not want to; `height` is in pixels.
    """

    title: str
    figure: Mapping[str, Any]
    told: str
    height: int = 340
    kind: str = field(default="chart", init=False)


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell says and what it sorts by; `mark` is a class of the style sheet."""

    text: str
    value: float | str | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below sortable columns; where there are none it says `empty`."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    empty: str = "Nothing to list."
    kind: str = field(default="table", init=False)

    def number(self, column: int) -> bool:
        """Whether a column holds numbers, and is set to the right."""
        return any(isinstance(row[column].value, int | float) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with their values; the short ones are `tiles`, shown large."""

    pairs: Sequence[tuple[str, str]]
    tiles: bool = False
    kind: str = field(default="facts", init=False)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A paragraph; `mark` is a class of the style sheet: `code` sets it as a command."""

    text: str
    mark: str = ""
    kind: str = field(default="sentence", init=False)


Part = Chart | Table | Facts | Sentence


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what is below it."""

    title: str
    parts: Sequence[Part]
