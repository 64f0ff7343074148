"""The report of an audit: order, size, words, and what it refuses."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from simulator import InputError, write_report
from tests.report.audits import audit, write_audit
from tests.report.test_run_report import figures, traces

MEGABYTE = 1_000_000


def rows_of(text: str, caption: str) -> list[list[str]]:
    """Cells of the body of the table with that caption."""
    table = next(
        found for found in re.findall(r"<table>.*?</table>", text, re.DOTALL) if f">{caption}</caption>" in found
    )
    body = table.partition("<tbody>")[2]
    return [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)]


def changed(folder: Path, **changes: Any) -> str:
    """Text of the report of an audit with parts of its audit.json replaced."""
    write_audit(folder, 40)
    (folder / "audit.json").write_text(json.dumps(audit(40) | changes))
    return write_report(folder).read_text()


@pytest.fixture(scope="module")
def path(audit_rows: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_report(Path(shutil.copytree(audit_rows, tmp_path_factory.mktemp("audit") / "audit")))


def test_a_thousand_runs_fit_into_five_megabytes(path: Path) -> None:
    assert path.stat().st_size < 5 * MEGABYTE


def test_sections_come_in_the_order_of_the_questions(path: Path) -> None:
    assert re.findall(r"<h2[^>]*>(.*?)</h2>", path.read_text()) == [
        "What changes",
        "Verdict",
        "Effect at once",
        "Figures",
        "Distributions",
        "Bad debt by cause",
        "By stress",
        "Static checks",
        "To run it again",
        "Worst run, current settings",
        "Worst run, proposed settings",
    ]


def test_a_change_is_told_in_words_and_as_it_is_written(path: Path) -> None:
    first, second = rows_of(path.read_text(), "Parameters that change")
    assert first[:4] == ["liquidation threshold of main · WETH", "82.5%", "85.5%", "raised by 3 points"]
    assert first[4] == "protocols.main.assets.WETH.liquidation_threshold: 82.5% → 85.5%"
    assert second[3] == "lowered by 1 point"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("$1M", "$2M", "raised by 100.0\u00a0%"),
        ("$1M", "$900k", "replaced"),
        (50, 40, "lowered by 20.0\u00a0%"),
        ("spread", "dutch_auction", "replaced"),
        (None, "5%", "replaced"),
        ("5%", "5%", "as before"),
        ("0s", "10s", "raised"),
    ],
)
def test_a_change_in_numbers_says_by_how_much(before: Any, after: Any, words: str, tmp_path: Path) -> None:
    proposal = audit(40)["proposal"] | {"changes": [{"path": "outside.depth", "from": before, "to": after}]}
    (row,) = rows_of(changed(tmp_path, proposal=proposal), "Parameters that change")
    assert row[3] == words


def test_a_verdict_has_words_a_symbol_its_interval_and_the_runs_that_would_decide(path: Path) -> None:
    assert rows_of(path.read_text(), "Verdict by limit") == [
        ["bad_debt_usd.p99 &lt;= 250000", "✓ pass", "$100k [$90.0k, $110k]", "decided", ""],
        ["amplification.p95 &lt;= 1.3", "? undecided", "1.290 [1.161, 1.419]", "about 4,200", "too few"],
        ["accounts_liquidatable_now == 0", "✗ fail", "1", "decided", ""],
    ]


def test_accounts_that_a_change_relieves_are_listed_apart(tmp_path: Path) -> None:
    relieved = audit(40)["immediate"] | {"accounts": [], "relieved": [{"protocol": "main", "account": "97"}]}
    text = changed(tmp_path, immediate=relieved)
    assert "0 accounts that the change makes liquidatable at once" in text
    assert rows_of(text, "1 account that could be liquidated, and with the change no longer") == [["main", "97"]]


def test_a_bound_that_is_not_known_is_left_open(path: Path) -> None:
    row = next(
        row for row in rows_of(path.read_text(), "Figures with 95\u00a0% intervals") if row[0] == "bad debt, p99"
    )
    assert row[2] == "$0.70 [$0.60, …]"


def test_static_checks_become_tables_of_whatever_columns_they_have(path: Path) -> None:
    text = path.read_text()
    assert [row[0] for row in rows_of(text, "Assets")] == ["current", "current", "proposed", "proposed"]
    assert len(rows_of(text, "Accounts, the same with both settings")) == 20
    assert "<dt>concentration, largest, $</dt><dd>current $50.0k, proposed $40.0k</dd>" in text
    assert "<dt>liquidations a block</dt><dd>38</dd>" in text


def test_a_curve_is_the_share_of_runs_beyond_each_value(path: Path, audit_rows: Path) -> None:
    runs = pd.read_parquet(audit_rows / "runs.parquet").query("arm == 'proposed'")["bad_debt_usd"]
    shown = traces(figures(path)["Bad debt: share of runs beyond each value"])["proposed"]
    # a value is written with six digits, so the run at its step may be on either side of it
    for value, beyond in zip(shown["x"], shown["y"], strict=True):
        assert (runs > value * (1 + 1e-5)).mean() - 1e-6 <= beyond <= (runs > value * (1 - 1e-5) - 1e-9).mean() + 1e-6


def test_a_difference_is_taken_run_by_run_and_equal_runs_are_counted_apart(path: Path, audit_rows: Path) -> None:
    runs = pd.read_parquet(audit_rows / "runs.parquet").pivot(index="run", columns="arm", values="bad_debt_usd")
    moved = int((runs["current"] != runs["proposed"]).sum())
    (shown,) = figures(path)["Bad debt: difference run by run"]["data"]
    assert 0 < sum(shown["y"]) == moved < 1_000
    assert f"{1_000 - moved} the same" in path.read_text()


def test_a_proposal_without_changes_differs_nowhere(tmp_path: Path) -> None:
    write_audit(tmp_path, 40)
    runs = pd.read_parquet(tmp_path / "runs.parquet")
    same = runs[runs["arm"] == "current"]
    pd.concat([same, same.assign(arm="proposed")]).to_parquet(tmp_path / "runs.parquet", index=False)
    proposal = audit(40)["proposal"] | {"changes": []}
    (tmp_path / "audit.json").write_text(json.dumps(audit(40) | {"proposal": proposal, "causes": []}))
    text = write_report(tmp_path).read_text()
    assert "The proposal changes nothing." in text
    assert "No run of any arm left bad debt." in text
    assert "zero in all 40 runs" in text
    assert not any("difference" in title for title in figures(tmp_path / "report.html"))


def test_an_audit_with_next_to_nothing_in_it_is_a_page(tmp_path: Path) -> None:
    (tmp_path / "audit.json").write_text('{"proposal": {"name": "bare"}, "verdict": "undecided"}')
    empty = pd.DataFrame({"arm": pd.Series(dtype=str), "run": pd.Series(dtype=int)})
    empty.assign(seed=np.array([], dtype=int), stress="").to_parquet(tmp_path / "runs.parquet")
    empty.to_parquet(tmp_path / "deficits.parquet")
    text = write_report(tmp_path).read_text()
    for sentence in ("The proposal sets no limit.", "No run gave figures", "made no static checks", "0 runs"):
        assert sentence in text


def put(name: str, text: str) -> Any:
    return lambda folder: (folder / name).write_text(text)


def lose_column(folder: Path) -> None:
    pd.read_parquet(folder / "runs.parquet").drop(columns="seed").to_parquet(folder / "runs.parquet")


def cut(folder: Path) -> None:
    whole = (folder / "runs.parquet").read_bytes()
    (folder / "runs.parquet").write_bytes(whole[: len(whole) // 2])


def repeat(folder: Path) -> None:
    runs = pd.read_parquet(folder / "runs.parquet")
    pd.concat([runs, runs.head(1)]).to_parquet(folder / "runs.parquet")


DAMAGE = [
    (lambda folder: (folder / "runs.parquet").unlink(), ("runs.parquet", "missing")),
    (lambda folder: (folder / "deficits.parquet").unlink(), ("deficits.parquet", "missing")),
    (put("runs.parquet", "no parquet"), ("runs.parquet",)),
    (cut, ("runs.parquet",)),
    (lose_column, ("runs.parquet", "lacks seed")),
    (repeat, ("runs.parquet", "twice")),
    (put("audit.json", '{"proposal": {"name": "x"}, "verdict": "maybe"}'), ("audit.json", "verdict")),
    (put("audit.json", '{"verdict": "pass"}'), ("audit.json", "proposal")),
    (lambda folder: (folder / "worst" / "current").mkdir(parents=True), ("summary.json", "cannot be read")),
]


@pytest.mark.parametrize(("damage", "told"), DAMAGE, ids=range(len(DAMAGE)))
def test_a_damaged_audit_is_refused_and_nothing_is_written(damage: Any, told: tuple[str, ...], tmp_path: Path) -> None:
    write_audit(tmp_path, 40)
    damage(tmp_path)
    with pytest.raises(InputError) as refused:
        write_report(tmp_path)
    for part in told:
        assert part in str(refused.value)
    assert not (tmp_path / "report.html").exists()
