from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.errors import ScenarioError
from simulator.opening_book import OpeningPosition, opening_positions
from simulator.scenario import parse
from tests.unit.stand_ins import ETHER, PRICES, USDC
from tests.unit.tiny import settings

BOOK = "protocols.main.positions"
HEADER = "account,collateral_asset,collateral,debt_asset,debt\n"


def drawn(changes: dict[str, Any] | None = None) -> list[OpeningPosition]:
    return opening_positions(parse(settings(changes)), "main", PRICES)


def read(folder: Path, rows: str, header: str = HEADER) -> list[OpeningPosition]:
    (folder / "book.csv").write_text(header + rows, encoding="utf-8")
    raw = settings({BOOK: {"kind": "csv", "csv": "book.csv"}})
    return opening_positions(parse({**raw, "folder": str(folder)}), "main", PRICES)


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
    assert refused.value.value == "protocols.main.positions, account ann, debt $15,000.00"
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
        ("ann,WETH,-10,USDC,5\n", "line 2, collateral = '-10'", "must be a positive number"),
        ("ann,WETH,10,USDC,-5\n", "line 2, debt = '-5'", "must be a positive number"),
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
