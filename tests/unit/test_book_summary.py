from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.book_summary import BookSummary, nearest, summarise_books
from simulator.scenario import parse
from tests.unit import stand_ins
from tests.unit.stand_ins import ETHER, USDC
from tests.unit.tiny import settings

BOOK = "protocols.main.positions"
COLUMNS = {"account": "user", "asset": "symbol", "supplied": "held", "borrowed": "owed"}
ROWS = """user,symbol,held,owed
ann,WETH,10,0
ann,USDC,0,14000
bob,WETH,5,0
bob,USDC,0,4000
cat,USDC,2000,1000
dan,WETH,1,0
dan,USDC,0,1900
eve,WETH,1,0
"""
"""At $2,000 and a threshold of 82.5 %: Ann has a health factor of 16,500 / 14,000, Bob of 8,250 / 4,000, Cat, who owes
what she holds, of 1,560 / 1,000. Dan owes more than he may, Eve nothing."""


def summary(folder: Path, rows: str = ROWS, **changes: Any) -> BookSummary:
    (folder / "book.csv").write_text(rows, encoding="utf-8")
    book = {"kind": "csv", "csv": "book.csv", "columns": COLUMNS, "beyond_limit": "drop"}
    (found,) = summarise_books(parse({**settings({BOOK: book, **changes}), "folder": str(folder)}))
    return found


def test_totals_are_those_of_accounts_that_owe(tmp_path: Path) -> None:
    found = summary(tmp_path)
    assert (found.protocol, found.source) == ("main", "book.csv")
    assert found.totals == {
        "accounts": 4,
        "borrowers": 3,
        "debt_usd": 19_000.0,
        "collateral_usd": 32_000.0,
        "loan_to_value": 19 / 32,
        "top_accounts": 2,
        "top_share_of_debt": 18 / 19,
        "top_share_of_collateral": 30 / 32,
        "recursive_accounts": 1,
        "recursive_debt_usd": 1_000.0,
        "recursive_share_of_debt": 1 / 19,
    }


def test_sides_are_told_by_asset(tmp_path: Path) -> None:
    weth, usdc = summary(tmp_path).assets
    assert list(weth.values()) == ["WETH", 2_000.0, 16.0, 32_000.0, 3, 0.0, 0.0, 0]
    assert list(usdc.values()) == ["USDC", 1.0, 2_000.0, 2_000.0, 1, 19_000.0, 19_000.0, 3]


def test_health_factors_are_told_in_quantiles_and_debt_in_buckets(tmp_path: Path) -> None:
    found = summary(tmp_path)
    health = {row["quantile"]: row["health_factor"] for row in found.health}
    assert health[0.0] == pytest.approx(16_500 / 14_000)
    assert health[0.5] == pytest.approx(1.56)
    assert health[0.75] == pytest.approx((1.56 + 2.0625) / 2)
    assert [(row["low"], row["high"], row["accounts"], row["debt_usd"]) for row in found.buckets] == [
        (None, 1.0, 0, 0.0),
        (1.0, 1.05, 0, 0.0),
        (1.05, 1.1, 0, 0.0),
        (1.1, 1.25, 1, 14_000.0),
        (1.25, 1.5, 0, 0.0),
        (1.5, 2.0, 1, 1_000.0),
        (2.0, None, 1, 4_000.0),
    ]
    assert sum(row["share"] for row in found.buckets) == pytest.approx(1)


def test_the_nearest_account_is_told_by_the_fall_of_its_collateral(tmp_path: Path) -> None:
    """Nobody is hurt by a fall of USDC: Cat's debt falls with her collateral, and its threshold is still above it."""
    (row,) = summary(tmp_path).nearest
    assert row["fall"] == pytest.approx(1 - 14_000 / 16_500, abs=1e-9)
    assert (row["asset"], row["accounts"], row["debt_usd"]) == ("WETH", 1, 14_000.0)


def test_further_accounts_follow_as_the_price_falls_further(tmp_path: Path) -> None:
    rows = "".join(f"a{number},WETH,1,0\na{number},USDC,0,{1_000 + number}\n" for number in range(6))
    found = summary(tmp_path, "user,symbol,held,owed\n" + rows)
    falls = [(row["accounts"], row["debt_usd"], row["fall"]) for row in found.nearest]
    assert falls == [
        (1, 1_005.0, pytest.approx(1 - 1_005 / 1_650, abs=1e-9)),
        (5, 5_015.0, pytest.approx(1 - 1_001 / 1_650, abs=1e-9)),
    ]


def test_who_gains_by_a_fall_is_not_counted_though_liquidatable_now() -> None:
    """Ann owes WETH against USDC, and too much of it; Bob is liquidatable, too, and a fall is bad for him."""
    book = stand_ins.book((0, 0), (ETHER, 1_700 * USDC))
    book.set_shares(book.accounts[0], (0, 2_000 * USDC * 10**6), (ETHER * 10**6, 0))
    assert nearest(book, "WETH") == [{"asset": "WETH", "fall": 0.0, "accounts": 1, "debt_usd": 1_700.0}]


def test_tiers_count_when_a_price_falls(tmp_path: Path) -> None:
    """$20,000 count 8,250 + 4,125; below $14,848.48, what counts is 8,250 + 0.4125 x (value - 10,000)."""
    tiers = {"WETH": [{"up_to": "$10000", "haircut": "0%"}, {"haircut": "50%"}]}
    margins = {"protocols.main.margins": {"kind": "tiered", "tiers": tiers}}
    rows = "user,symbol,held,owed\nann,WETH,10,0\nann,USDC,0,10250\n"
    (row,) = summary(tmp_path, rows, **margins).nearest
    assert row["fall"] == pytest.approx(1 - (10_000 + 2_000 / 0.4125) / 20_000, abs=1e-9)


def test_the_largest_are_told_and_recursive_positions_apart(tmp_path: Path) -> None:
    found = summary(tmp_path)
    assert [row["account"] for row in found.largest] == ["ann", "bob"]
    assert found.largest[0] == {
        "rank": 1,
        "account": "ann",
        "debt_usd": 14_000.0,
        "collateral_usd": 20_000.0,
        "loan_to_value": 0.7,
        "health_factor": pytest.approx(16_500 / 14_000),
        "share_of_debt": 14 / 19,
        "share_of_collateral": 20 / 32,
    }
    assert [row["account"] for row in found.recursive] == ["cat"]


def test_assets_of_one_underlying_are_recursive_together(tmp_path: Path) -> None:
    found = summary(tmp_path, **{"assets.WETH.underlying": "ETH", "assets.USDC.underlying": "ETH"})
    assert [row["account"] for row in found.recursive] == ["ann", "bob", "cat"]
    assert found.largest == []


@pytest.mark.parametrize(("held", "apart"), [(4_999, False), (5_000, True), (20_000, True)])
def test_an_account_is_recursive_from_half_of_its_debt_on(tmp_path: Path, held: int, apart: bool) -> None:
    rows = f"user,symbol,held,owed\nann,WETH,10,0\nann,USDC,{held},10000\n"
    found = summary(tmp_path, rows)
    assert len(found.recursive) == apart
    assert len(found.largest) == (not apart)


def test_what_is_left_out_is_told_by_reason(tmp_path: Path) -> None:
    assert summary(tmp_path).left_out == [
        {"reason": "owes too much", "accounts": 1, "debt_usd": 1_900.0, "collateral_usd": 2_000.0}
    ]


def test_a_book_in_which_nobody_owes_has_no_health(tmp_path: Path) -> None:
    found = summary(tmp_path, "user,symbol,held,owed\nann,WETH,1,0\n")
    assert (found.health, found.nearest, found.largest) == ([], [], [])
    assert found.totals["loan_to_value"] is None
    assert json.dumps(found.as_dict(), allow_nan=False)


def test_a_drawn_book_is_summarised_too() -> None:
    (found,) = summarise_books(parse(settings()))
    assert found.source == "drawn with seed 7"
    assert found.totals["accounts"] == 10
    assert found.totals["debt_usd"] == pytest.approx(1_000_000, abs=1)
    assert json.dumps(found.as_dict(), allow_nan=False)
