from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from simulator.errors import ScenarioError
from simulator.tables import Row, read_csv


def written(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_are_read_by_column_without_comments_and_empty_lines(tmp_path: Path) -> None:
    path = written(tmp_path, "# a comment\n\nb,a,extra\n1,2,3\n# another\n4,5,\n")
    rows = read_csv(path, ("a", "b"))
    assert rows == [{"b": "1", "a": "2", "extra": "3"}, {"b": "4", "a": "5", "extra": ""}]
    assert [row.place for row in rows] == ["table.csv, line 4", "table.csv, line 6"]


def test_quoted_cells_may_hold_commas(tmp_path: Path) -> None:
    assert read_csv(written(tmp_path, 'a,b\n"1,5",2\n'), ("a",)) == [{"a": "1,5", "b": "2"}]


def test_a_header_alone_has_no_rows(tmp_path: Path) -> None:
    assert read_csv(written(tmp_path, "a,b\n"), ("a", "b")) == []


@pytest.mark.parametrize(
    ("text", "value", "rule"),
    [
        ("", "table.csv, header", "lacks a, b"),
        ("# nothing\n", "table.csv, header", "lacks a, b"),
        ("a,c\n1,2\n", "table.csv, header", "lacks b"),
        ("a,b\n1\n", "table.csv, line 2", "has 1 cells, the header 2"),
        ("# x\na,b\n1,2\n1,2,3\n", "table.csv, line 4", "has 3 cells, the header 2"),
    ],
    ids=["empty", "only comments", "missing column", "short row", "long row"],
)
def test_a_table_of_another_shape_is_refused_with_its_line(tmp_path: Path, text: str, value: str, rule: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        read_csv(written(tmp_path, text), ("a", "b"))
    assert (refused.value.value, refused.value.rule) == (value, rule)
    assert refused.value.remedy


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00a"], ids=["absent", "not text"])
def test_an_unreadable_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "table.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ScenarioError, match="must be a readable CSV") as refused:
        read_csv(path, ("a",))
    assert refused.value.value == str(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="must be a readable CSV"):
        read_csv(tmp_path, ("a",))


@pytest.mark.parametrize(("cell", "number"), [("1.5", 1.5), (" 2 ", 2.0), ("1e-3", 0.001)])
def test_a_positive_number_is_read(cell: str, number: float) -> None:
    assert Row({"price": cell}, "here").number("price") == number


@pytest.mark.parametrize("cell", ["-1", "0", "", "nan", "inf", "1,5", "five"])
def test_any_other_number_is_refused_with_its_cell(cell: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        Row({"price": cell}, "day.csv, line 3").number("price")
    assert refused.value.value == f"day.csv, line 3, price = {cell!r}"
    assert refused.value.rule == "must be a positive number"


@pytest.mark.parametrize(
    ("cell", "hours"),
    [("2020-03-12T01:00Z", 1), ("2020-03-12T01:00", 1), ("2020-03-12", 0), ("2020-03-12T03:00+02:00", 1)],
)
def test_a_time_is_utc_unless_it_says_otherwise(cell: str, hours: int) -> None:
    assert Row({"t": cell}, "here").time("t") == datetime(2020, 3, 12, tzinfo=UTC) + timedelta(hours=hours)


@pytest.mark.parametrize("cell", ["", "noon", "12.03.2020", "1583971200.5"])
def test_any_other_time_is_refused_with_its_cell(cell: str) -> None:
    with pytest.raises(ScenarioError, match="must be an ISO 8601 time"):
        Row({"t": cell}, "here").time("t")
