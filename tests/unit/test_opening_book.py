from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.errors import ScenarioError
from simulator.opening_book import LeftOut, OpeningBook, OpeningPosition, opening_book, opening_positions
from simulator.scenario import parse
from tests.unit.stand_ins import ETHER, PRICES, USDC
from tests.unit.tiny import settings

BOOK = "protocols.main.positions"
HEADER = "account,collateral_asset,collateral,debt_asset,debt\n"


def drawn(changes: dict[str, Any] | None = None) -> list[OpeningPosition]:
    return opening_positions(parse(settings(changes)), "main", PRICES)


def opened(folder: Path, rows: str, header: str = HEADER, **changes: Any) -> OpeningBook:
    """`changes`: of the book's settings, or of others where their name has dots."""
    (folder / "book.csv").write_text(header + rows, encoding="utf-8")
    others = {path: changes.pop(path) for path in list(changes) if "." in path}
    raw = settings({BOOK: {"kind": "csv", "csv": "book.csv", **changes}, **others})
    return opening_book(parse({**raw, "folder": str(folder)}), "main", PRICES)


def read(folder: Path, rows: str, header: str = HEADER) -> list[OpeningPosition]:
    return opened(folder, rows, header).positions


# Drawn


def test_drawn_debts_sum_up_to_the_total_and_hold_their_least() -> None:
    debts = [position.debt["USDC"] for position in drawn({f"{BOOK}.count": 200})]
    assert len(debts) == 200
    assert min(debts) >= 2_500 * USDC - 1
    assert sum(debts) == pytest.approx(1_000_000 * USDC, abs=200)


def test_drawn_ratios_have_the_mean_and_deviation_that_were_asked_for() -> None:
    book = drawn({f"{BOOK}.count": 2_000, f"{BOOK}.minimum_debt": "$1"})
    ratios = [one.debt["USDC"] / USDC / (one.collateral["WETH"] / ETHER * 2_000) for one in book]
    assert max(ratios) < 0.74
    assert np.mean(ratios) == pytest.approx(0.47, abs=0.01)
    assert np.std(ratios) == pytest.approx(0.10, abs=0.005)


def test_without_spread_of_sizes_all_debts_are_equal() -> None:
    debts = {position.debt["USDC"] for position in drawn({f"{BOOK}.size_sigma": 0})}
    assert max(debts) - min(debts) <= 1
    assert max(debts) == pytest.approx(100_000 * USDC, abs=1)


def test_one_seed_draws_one_book_and_another_seed_another() -> None:
    assert drawn() == drawn()
    assert drawn() != drawn({"seed": 8})


def test_isolated_pools_hold_the_parts_of_one_book() -> None:
    """30 % of every account's collateral is USDC here, so that two assets suffice."""
    shared = {f"{BOOK}.other_collateral": {"USDC": "30%"}, f"{BOOK}.drawn_as": "book", f"{BOOK}.total_debt": "$500000"}
    whole = drawn(shared)
    weth, usdc = (drawn({**shared, f"{BOOK}.only": asset}) for asset in ("WETH", "USDC"))
    for account, first, second in zip(whole, weth, usdc, strict=True):
        assert first.collateral == {"WETH": account.collateral["WETH"]}
        assert second.collateral == {"USDC": account.collateral["USDC"]}
        assert first.debt["USDC"] == pytest.approx(account.debt["USDC"] * 0.7, abs=1)
        assert second.debt["USDC"] == pytest.approx(account.debt["USDC"] * 0.3, abs=1)
        values = (account.collateral["WETH"] / ETHER * 2_000, account.collateral["USDC"] / USDC)
        assert values[1] / sum(values) == pytest.approx(0.3, abs=1e-6)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"other_collateral": {"USDC": "100%"}}, "less than 1"),
        ({"other_collateral": {"WETH": "10%"}}, "must leave something"),
        ({"only": "USDC"}, "no collateral of the book"),
    ],
)
def test_a_book_that_cannot_be_divided_is_refused(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(ScenarioError, match=rule):
        drawn({f"{BOOK}.{key}": value for key, value in changes.items()})


def test_more_least_debt_than_debt_is_refused() -> None:
    with pytest.raises(ScenarioError) as refused:
        drawn({f"{BOOK}.minimum_debt": "$100001"})
    assert refused.value.value == "protocols.main.positions.minimum_debt $100001"
    assert refused.value.rule == "times count 10 exceeds total_debt $1000000"


def test_a_drawn_ratio_above_what_the_pool_lends_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"account \d+, debt .* must be below what its collateral lets it borrow"):
        drawn({"protocols.main.assets.WETH.loan_to_value": "30%"})


# Read


def test_rows_of_one_account_are_added_up(tmp_path: Path) -> None:
    rows = "ann,WETH,10,USDC,5000\nbob,WETH,1.5,USDC,100.25\nann,WETH,2,USDC,1000\nann,USDC,300,,\n"
    assert read(tmp_path, rows) == [
        OpeningPosition("position/main/ann", {"WETH": 12 * ETHER, "USDC": 300 * USDC}, {"USDC": 6_000 * USDC}),
        OpeningPosition("position/main/bob", {"WETH": 3 * ETHER // 2}, {"USDC": 100_250_000}),
    ]


def test_an_account_may_hold_without_owing(tmp_path: Path) -> None:
    assert read(tmp_path, "ann,WETH,10,,0\n") == [OpeningPosition("position/main/ann", {"WETH": 10 * ETHER}, {})]


def test_debt_a_cent_below_the_collateral_s_limit_is_allowed_and_at_it_refused(tmp_path: Path) -> None:
    assert read(tmp_path, "ann,WETH,10,USDC,14999.99\n")
    with pytest.raises(ScenarioError) as refused:
        read(tmp_path, "ann,WETH,10,USDC,15000\n")
    assert refused.value.value == "protocols.main.positions, account ann, debt $15,000.00 (book.csv, line 2)"
    assert refused.value.rule == "must be below what its collateral lets it borrow ($15,000.00)"
    assert refused.value.remedy


def test_debts_beyond_what_the_pool_has_are_refused(tmp_path: Path) -> None:
    rows = "ann,WETH,1000,USDC,1200000\nbob,WETH,1000,USDC,800001\n"
    with pytest.raises(ScenarioError) as refused:
        read(tmp_path, rows)
    assert refused.value.rule == "is more than the pool can lend ($2,000,000 supplied)"
    assert refused.value.remedy == "Raise protocols.main.assets.USDC.supplied"


@pytest.mark.parametrize(
    ("rows", "value", "rule"),
    [
        ("ann,WETH,-10,USDC,5\n", "line 2, collateral = '-10'", "must not be negative"),
        ("ann,WETH,10,USDC,-5\n", "line 2, debt = '-5'", "must not be negative"),
        ("ann,WETH,10,USDC,5\nbob,WBTC,1,USDC,5\n", "line 3, collateral_asset = 'WBTC'", "must be one of WETH, USDC"),
        ("ann,WETH,10,,5\n", "line 2, debt_asset = ''", "must be one of"),
        ("ann,WETH,10\n", "line 2", "has 3 cells, the header 5"),
        ("", "book.csv", "must hold at least one position"),
    ],
)
def test_a_row_that_does_not_hold_is_refused_with_its_place(tmp_path: Path, rows: str, value: str, rule: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        read(tmp_path, rows)
    assert value in refused.value.value
    assert rule in refused.value.rule


def test_a_book_without_a_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="lacks debt_asset"):
        read(tmp_path, "", "account,collateral_asset,collateral,debt\n")


# Left out

REAL = """ann,WETH,10,USDC,15000
bob,WETH,10,USDC,10000
cat,,,USDC,700
dan,WETH,0.01,USDC,5
eve,,0,,0
fay,WETH,10,USDC,19000
gus,WETH,3,,
"""
"""Ann stands at her limit, Cat owes without collateral, Dan owes dust, Eve has left, Fay could be liquidated, Gus owes
nothing."""


def test_accounts_beyond_their_limit_are_refused_together_by_line(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as refused:
        opened(tmp_path, REAL)
    assert refused.value.value == "protocols.main.positions, account ann, debt $15,000.00 (book.csv, line 2)"
    assert refused.value.rule == (
        "must be below what its collateral lets it borrow ($15,000.00); "
        "so must the debt of 2 more, $19,700.00 in all: lines 4, 7"
    )
    assert "protocols.main.positions.beyond_limit=drop" in refused.value.remedy


def test_many_accounts_beyond_their_limit_are_named_up_to_ten_lines(tmp_path: Path) -> None:
    rows = "".join(f"a{number},WETH,1,USDC,1600\n" for number in range(13))
    with pytest.raises(ScenarioError, match=r"12 more, \$19,200.00 in all: lines 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, …"):
        opened(tmp_path, rows)


def test_accounts_beyond_their_limit_are_left_out_if_wanted_and_told(tmp_path: Path) -> None:
    book = opened(tmp_path, REAL, beyond_limit="drop")
    assert [one.account for one in book.positions] == ["bob", "dan", "gus"]
    assert book.left_out == [
        LeftOut("ann", "owes too much", 15_000.0, 20_000.0, (2,)),
        LeftOut("cat", "owes without collateral", 700.0, 0.0, (4,)),
        LeftOut("eve", "holds nothing", 0.0, 0.0, (6,)),
        LeftOut("fay", "owes too much", 19_000.0, 20_000.0, (7,)),
    ]


def test_dust_is_left_out_before_limits_are_looked_at(tmp_path: Path) -> None:
    book = opened(tmp_path, REAL, minimum_debt="$10000", beyond_limit="drop")
    reasons = {one.account: one.reason for one in book.left_out}
    dust = "owes less than the least"
    assert [one.account for one in book.positions] == ["bob"]
    assert reasons == {
        **{"ann": "owes too much", "fay": "owes too much"},
        **{"cat": dust, "dan": dust, "gus": dust, "eve": "holds nothing"},
    }


def test_a_file_of_which_nothing_is_left_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"book\.csv, 7 accounts: are all left out"):
        opened(tmp_path, REAL, minimum_debt="$10000.01", beyond_limit="drop")


# What the pool can hold and lend


def test_what_accounts_supply_can_be_lent_to_others(tmp_path: Path) -> None:
    rows = "sam,USDC,500000,,\nann,WETH,2000,USDC,2500000\n"
    assert len(opened(tmp_path, rows).positions) == 2
    with pytest.raises(ScenarioError) as refused:
        opened(tmp_path, rows.replace("2500000", "2500001"))
    assert refused.value.value == "protocols.main.positions, USDC debt $2,500,001"
    assert refused.value.rule == "is more than the pool can lend ($2,000,000 supplied, and $500,000 by the accounts)"


@pytest.mark.parametrize(
    ("setting", "least", "rule"),
    [
        ("WETH.supply_cap", "$20000", r"WETH supply \$20,000: is more than the pool may take \(\$19,999\)"),
        ("USDC.borrow_cap", "$10000", r"USDC debt \$10,000: is more than the pool may lend \(\$9,999\)"),
    ],
)
def test_caps_bind_the_book(tmp_path: Path, setting: str, least: str, rule: str) -> None:
    path, rows = f"protocols.main.assets.{setting}", "ann,WETH,10,USDC,10000\n"
    assert opened(tmp_path, rows, **{path: least})
    with pytest.raises(ScenarioError, match=rule) as refused:
        opened(tmp_path, rows, **{path: f"${int(least[1:]) - 1}"})
    assert refused.value.remedy.startswith(f"Raise {path}")


def test_tiers_lower_what_a_large_account_may_owe(tmp_path: Path) -> None:
    """$20,000: three quarters of $10,000, and of half of the other $10,000."""
    tiers = {"WETH": [{"up_to": "$10000", "haircut": "0%"}, {"haircut": "50%"}]}
    margins = {"protocols.main.margins": {"kind": "tiered", "tiers": tiers}}
    assert opened(tmp_path, "ann,WETH,10,USDC,11249.99\n", **margins)
    with pytest.raises(ScenarioError, match=r"lets it borrow \(\$11,250.00\)"):
        opened(tmp_path, "ann,WETH,10,USDC,11250\n", **margins)
