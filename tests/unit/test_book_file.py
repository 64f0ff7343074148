from __future__ import annotations

import time
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction as Exact
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from simulator.book_file import FileAccount, account_names, read_accounts
from simulator.book_settings import CsvBook
from simulator.errors import ScenarioError

COLUMNS = {"account": "user", "asset": "symbol", "supplied": "collateral_balance", "borrowed": "debt_balance"}
HEADER = "user,symbol,collateral_balance,debt_balance\n"
DECIMALS = {"WETH": 18, "WBTC": 8, "USDC": 6}
ANN = "0x00000000219ab540356cBB839Cbe05303d7705Fa"
MOST = 2**256 - 1


def book(**changes: Any) -> CsvBook:
    return CsvBook.model_validate({"kind": "csv", "csv": "book.csv", "columns": COLUMNS, **changes})


def read(folder: Path, rows: str, header: str = HEADER, **changes: Any) -> list[FileAccount]:
    path = folder / "book.csv"
    path.write_bytes((header + rows).encode())
    return read_accounts(path, book(**changes), DECIMALS, "protocols.main")


def refused(folder: Path, rows: str, header: str = HEADER, **changes: Any) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        read(folder, rows, header, **changes)
    return caught.value


# Accounts and assets


def test_rows_become_accounts_with_the_lines_that_they_stand_in(tmp_path: Path) -> None:
    rows = "ann,WETH,10,0\nbob,USDC,,250.5\nann,USDC,0,5000\nbob,WBTC,0.01,\n"
    assert read(tmp_path, rows) == [
        FileAccount("ann", {"WETH": 10 * 10**18}, {"USDC": 5_000 * 10**6}, [2, 4]),
        FileAccount("bob", {"WBTC": 10**6}, {"USDC": 250_500_000}, [3, 5]),
    ]


def test_one_row_may_hold_both_sides(tmp_path: Path) -> None:
    assert read(tmp_path, "ann,WETH,2,1\n") == [FileAccount("ann", {"WETH": 2 * 10**18}, {"WETH": 10**18}, [2])]


def test_an_address_is_one_account_however_it_is_spelled(tmp_path: Path) -> None:
    rows = f"{ANN},WETH,1,\n{ANN.lower()},USDC,,5\n0X{ANN[2:].upper()},WBTC,1,\n"
    (found,) = read(tmp_path, rows)
    assert (found.account, found.lines) == (ANN.lower(), [2, 3, 4])
    assert account_names(tmp_path / "book.csv", book()) == [ANN.lower()]


def test_names_that_are_no_addresses_keep_their_case(tmp_path: Path) -> None:
    assert [one.account for one in read(tmp_path, "Ann,WETH,1,\nann,WETH,1,\n0xAB,WETH,1,\n")] == ["Ann", "ann", "0xAB"]


def test_symbols_and_addresses_of_tokens_are_mapped(tmp_path: Path) -> None:
    symbols = {"weth": "WETH", ANN: "USDC"}
    (found,) = read(tmp_path, f"ann,weth,1,\nann,{ANN.lower()},,5\n", symbols=symbols)
    assert (found.collateral, found.debt) == ({"WETH": 10**18}, {"USDC": 5 * 10**6})


def test_further_columns_quotes_spaces_and_a_byte_order_mark_do_not_matter(tmp_path: Path) -> None:
    header = '\ufeff"block",user,symbol,collateral_balance,debt_balance,label\r\n'
    (found,) = read(tmp_path, '1,"ann", WETH ," 1.5 ",,"a, b"\r\n', header)
    assert found == FileAccount("ann", {"WETH": 15 * 10**17}, {}, [2])


def test_what_is_nothing_needs_no_known_asset(tmp_path: Path) -> None:
    assert read(tmp_path, "ann,SHIB,0,\nann,,0.0,-0\n") == [FileAccount("ann", {}, {}, [2, 3])]


# Amounts


@pytest.mark.parametrize(
    ("cell", "units"),
    [
        ("1", 10**18),
        ("1.", 10**18),
        (".5", 5 * 10**17),
        ("+2", 2 * 10**18),
        ("1e-18", 1),
        ("1.5E3", 1_500 * 10**18),
        ("0.123456789012345678", 123_456_789_012_345_678),
        ("9007199254740993.000000000000000001", 9_007_199_254_740_993 * 10**18 + 1),
        ("0.1234567890123456789", 123_456_789_012_345_678),
        ("1e-19", 0),
        ("", 0),
    ],
)
def test_whole_tokens_are_exact_and_cut_at_the_token_s_decimals(tmp_path: Path, cell: str, units: int) -> None:
    (found,) = read(tmp_path, f"ann,WETH,{cell},\n")
    assert found.collateral.get("WETH", 0) == units


@pytest.mark.parametrize("cell", [str(MOST), "1", "1.0", "12e17", "1.25e2"])
def test_token_units_are_taken_as_they_are(tmp_path: Path, cell: str) -> None:
    (found,) = read(tmp_path, f"ann,USDC,,{cell}\n", amounts="raw")
    assert found.debt == {"USDC": int(Decimal(cell))}


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ('"1,000"', "no separators of thousands"),
        ('"1,000.5"', "no separators of thousands"),
        ("1_000", "no separators of thousands"),
        ("1 000", "no separators of thousands"),
        ("1'000", "no separators of thousands"),
        ("-1", "must not be negative"),
        ("-1e-30", "must not be negative"),
        ("NaN", "must be a number"),
        ("inf", "must be a number"),
        ("null", "must be a number"),
        ("0x10", "must be a number"),
        ("1e", "must be a number"),
        ("1e1000", "must be a number"),
        (".", "must be a number"),
        ("\u0661", "must be a number"),
        ("9" * 201, "must be a number"),
        ("1e60", "must be below 2^256 token units"),
    ],
)
def test_any_other_amount_is_refused_with_its_cell(tmp_path: Path, cell: str, rule: str) -> None:
    error = refused(tmp_path, f"ann,WETH,1,\nbob,WETH,,{cell}\n")
    assert error.value.startswith("book.csv, line 3, debt_balance = ")
    assert cell.strip('"')[:100] in error.value
    assert rule in error.rule
    assert error.remedy


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("1.5", "must be whole token units, since amounts is raw"),
        ("1e-1", "must be whole"),
        (str(MOST + 1), "below 2^256"),
    ],
)
def test_token_units_must_be_whole_and_fit_a_word(tmp_path: Path, cell: str, rule: str) -> None:
    assert rule in refused(tmp_path, f"ann,WETH,{cell},\n", amounts="raw").rule


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("books")


@given(units=st.integers(0, MOST), asset=st.sampled_from(list(DECIMALS)))
def test_units_survive_both_ways_of_writing_them(folder: Path, units: int, asset: str) -> None:
    text = f"{units:0{DECIMALS[asset] + 1}d}"
    whole = f"{text[: -DECIMALS[asset]]}.{text[-DECIMALS[asset] :]}"
    (raw,) = read(folder, f"ann,{asset},{units},\n", amounts="raw")
    (written,) = read(folder, f"ann,{asset},{whole},\n")
    assert raw.collateral == written.collateral == ({asset: units} if units else {})


@given(st.one_of(st.text(alphabet="0123456789.eE+-_,", max_size=9), st.text(max_size=9)))
def test_any_text_is_an_exact_amount_or_is_refused(folder: Path, text: str) -> None:
    """Without what ends a cell: nothing but a refusal is raised, and what is read is what Python's decimals say."""
    cell = "".join(text.split()).replace('"', "").replace("\0", "")
    units = None
    with suppress(ScenarioError):
        (found,) = read(folder, f'ann,WETH,"{cell}",\n')
        units = found.collateral.get("WETH", 0)
    assert units is None or units == int(Exact(cell or "0") * 10**18)


# Repeats


def test_a_second_row_of_an_account_and_asset_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, f"{ANN},WETH,1,\nbob,WETH,1,\n{ANN.lower()},weth,,1\n", symbols={"weth": "WETH"})
    assert error.value == "book.csv, line 4, symbol = 'weth'"
    assert error.rule == f"repeats line 2 of account {ANN.lower()}"
    assert "protocols.main.positions.repeats=add" in error.remedy


def test_repeats_are_added_up_if_wanted(tmp_path: Path) -> None:
    (found,) = read(tmp_path, "ann,WETH,1,\nann,WETH,2,0.5\n", repeats="add")
    assert (found.collateral, found.debt) == ({"WETH": 3 * 10**18}, {"WETH": 5 * 10**17})


def test_rows_by_pair_are_added_up_unless_that_is_refused(tmp_path: Path) -> None:
    header = "account,collateral_asset,collateral,debt_asset,debt\n"
    rows = "ann,WETH,1,USDC,5\nann,WETH,1,WBTC,1\n"
    (found,) = read(tmp_path, rows, header, columns=None)
    assert found.collateral == {"WETH": 2 * 10**18}
    error = refused(tmp_path, rows, header, columns=None, repeats="refuse")
    assert error.value == "book.csv, line 3, collateral_asset = 'WETH'"


# Files


@pytest.mark.parametrize(
    ("rows", "value", "rule", "remedy"),
    [
        ("ann,stETH,1,\n", "line 2, symbol = 'stETH'", "must be one of WETH, WBTC, USDC", "symbols={stETH: NAME}"),
        ("ann,,1,\n", "line 2, symbol = ''", "must be one of WETH, WBTC, USDC", "Name it"),
        (" ,WETH,1,\n", "line 2, user = ' '", "must name an account", "Correct the row"),
        ("ann,WETH,1\n", "line 2", "has 3 cells, the header 4", "Correct the row"),
        ('ann,WETH,"1\n', "line 2", "has 3 cells, the header 4", "Correct the row"),
        ("", "book.csv", "must hold at least one position", "Add rows"),
    ],
)
def test_a_row_that_does_not_hold_is_refused(tmp_path: Path, rows: str, value: str, rule: str, remedy: str) -> None:
    error = refused(tmp_path, rows)
    assert value in error.value
    assert rule in error.rule
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("header", "rule", "remedy"),
    [
        (
            "user;symbol;supplied\n",
            "lacks user, symbol, collateral_balance, debt_balance",
            "it has user;symbol;supplied",
        ),
        ("user,symbol,debt_balance\n", "lacks collateral_balance", "it has user,symbol,debt_balance"),
        (HEADER.strip() + ",user\n", "has user twice", "Rename"),
    ],
    ids=["other delimiter", "a column less", "a column twice"],
)
def test_a_header_without_the_columns_is_refused(tmp_path: Path, header: str, rule: str, remedy: str) -> None:
    error = refused(tmp_path, "", header)
    assert error.value == "book.csv, header"
    assert error.rule == rule
    assert remedy in error.remedy


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"columns": {**COLUMNS, "asset": "user"}}, "one column cannot mean two things"),
        ({"symbols": {ANN: "WETH", ANN.lower(): "USDC"}}, "names one address twice"),
        ({"amounts": "wei"}, "'whole' or 'raw'"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(changes: dict[str, Any], rule: str) -> None:
    with pytest.raises(ValidationError, match=rule):
        book(**changes)


def test_ten_thousand_accounts_take_less_than_a_second(tmp_path: Path) -> None:
    rows = "".join(
        f"0x{number:040x},WETH,{number + 1}.123456789012345678,0\n0x{number:040x},USDC,0,{number}.5\n"
        for number in range(10_000)
    )
    (tmp_path / "book.csv").write_text(HEADER + rows)
    started = time.process_time()
    found = read_accounts(tmp_path / "book.csv", book(), DECIMALS, "protocols.main")
    assert time.process_time() - started < 1
    assert len(found) == 10_000
    assert found[-1].collateral == {"WETH": 10_000_123_456_789_012_345_678}


def test_the_example_of_the_documentation_can_be_read(tmp_path: Path) -> None:
    text = (Path(__file__).parent.parent.parent / "docs" / "scenarios.md").read_text(encoding="utf-8")
    by_pair, by_asset, chosen = text.partition("## Position books")[2].split("```")[1:6:2]
    (tmp_path / "book.csv").write_text(by_asset.strip(), encoding="utf-8")
    settings = CsvBook.model_validate(yaml.safe_load(chosen.removeprefix("yaml"))["positions"])
    first, second = read_accounts(tmp_path / "book.csv", settings, DECIMALS, "protocols.main")
    assert (first.collateral, first.debt) == ({"WETH": 32 * 10**18}, {"USDC": 41_250 * 10**6})
    assert second.collateral == {"WETH": 15 * 10**17}
    (tmp_path / "book.csv").write_text(by_pair.strip(), encoding="utf-8")
    amy, cat = read_accounts(tmp_path / "book.csv", book(columns=None), DECIMALS, "protocols.main")
    assert amy.debt == {"USDC": 160_000 * 10**6}
    assert cat.collateral == {"USDC": 10_000 * 10**6}
