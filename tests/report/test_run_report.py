"""The report of a run: what it shows, and that it shows what the rows say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from simulator import InputError, load, run, write_report
from simulator.report import result_of
from tests.report.audits import EVIL
from tests.unit.test_result import Rows, ran

ROOT = Path(__file__).resolve().parents[2]
TWO_POOLS = ROOT / "tests" / "scenarios" / "two_pools.yaml"
FIGURE = re.compile(r'<script type="application/json" class="figure" data-for="(chart-\d+)">(.*?)</script>', re.DOTALL)
TITLE = re.compile(r'<h3 id="title-(\d+)">(.*?)</h3>')


def figures(path: Path) -> dict[str, Any]:
    """Plotly's figures by the title of their chart."""
    text = path.read_text()
    titles = {f"chart-{number}": title.replace("&#39;", "'") for number, title in TITLE.findall(text)}
    return {titles[place]: json.loads(figure) for place, figure in FIGURE.findall(text)}


def traces(figure: Any) -> dict[str, Any]:
    return {trace.get("name", ""): trace for trace in figure["data"]}


@pytest.fixture
def folder(run_rows: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(run_rows, tmp_path / "run"))


@pytest.fixture(scope="module")
def drawn(run_rows: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return figures(write_report(Path(shutil.copytree(run_rows, tmp_path_factory.mktemp("drawn") / "run"))))


# What the charts show


def test_every_subject_has_its_chart(drawn: dict[str, Any]) -> None:
    assert list(drawn) == [
        "WETH: prices and liquidations",
        "Gas by kind against the block gas limit, and the base fee",
        "Cascade waves: debt repaid, direct and induced",
        "Debt that waits for a liquidation",
        "Slippage of forced sales against their size",
        "WETH: liquidation prices of the book before and after",
        "Keepers' profit and loss over time",
        "Keepers' profit and fees in the end",
    ]


def test_waves_hold_all_debt_that_was_repaid(drawn: dict[str, Any], run_rows: Path) -> None:
    done = pd.read_csv(run_rows / "liquidations.csv").query("outcome == 'landed'")
    shown = traces(drawn["Cascade waves: debt repaid, direct and induced"])
    for name, induced in (("direct", False), ("induced", True)):
        repaid = done.loc[done["induced"].astype(str) == str(induced), "debt_repaid_usd"].sum()
        assert sum(shown[name]["y"]) == pytest.approx(repaid, rel=1e-5)


def test_gas_is_that_of_the_blocks_and_the_limit_that_of_the_chain(drawn: dict[str, Any], run_rows: Path) -> None:
    blocks = pd.read_csv(run_rows / "blocks.csv")
    shown = traces(drawn["Gas by kind against the block gas limit, and the base fee"])
    bars = [trace for trace in shown.values() if trace["type"] == "bar"]
    assert sum(sum(trace["y"]) for trace in bars) == pytest.approx(blocks["gas_used"].sum() / 1e6, rel=1e-4)
    assert set(shown["block gas limit"]["y"]) == {8}
    assert max(shown["base fee"]["y"]) == pytest.approx(blocks["base_fee_gwei"].max(), rel=1e-5)


def test_the_heat_map_holds_the_debt_of_both_books(drawn: dict[str, Any], run_rows: Path) -> None:
    accounts = pd.read_csv(run_rows / "accounts.csv")
    (shown,) = drawn["WETH: liquidation prices of the book before and after"]["data"]
    rows = dict(zip(shown["y"], shown["z"], strict=True))
    for name, end in (("before", ""), ("after", "_end")):
        debt = accounts.loc[accounts[f"liquidation_price{end}"].notna(), f"debt_usd{end}"].sum()
        assert sum(cell or 0 for cell in rows[name]) == pytest.approx(debt, rel=1e-4)


def test_keepers_end_over_time_where_the_summary_ends(drawn: dict[str, Any], run_rows: Path) -> None:
    groups = json.loads((run_rows / "summary.json").read_text())["keepers"]["groups"]
    over_time = traces(drawn["Keepers' profit and loss over time"])
    in_the_end = traces(drawn["Keepers' profit and fees in the end"])["profit"]
    for name, group in groups.items():
        assert over_time[name]["y"][-1] == pytest.approx(group["profit_usd"], rel=1e-5)
        assert dict(zip(in_the_end["y"], in_the_end["x"], strict=True))[name] == pytest.approx(
            group["profit_usd"], rel=1e-5
        )


def test_each_sale_at_once_is_a_point(drawn: dict[str, Any], run_rows: Path) -> None:
    done = pd.read_csv(run_rows / "liquidations.csv").query("outcome == 'landed'")["slippage_bps"].dropna()
    shown = traces(drawn["Slippage of forced sales against their size"])
    assert sum(len(trace["y"]) for trace in shown.values()) == len(done) > 0


def test_several_protocols_assets_and_venues_are_told_apart(tmp_path: Path) -> None:
    run(load(TWO_POOLS), engine="anvil").write(tmp_path)
    shown = figures(write_report(tmp_path))
    prices = traces(shown["WETH: prices and liquidations"])
    assert {"outside", "oracle of north", "oracle of south", "pool weth_usdc"} <= set(prices)
    assert "WBTC: liquidation prices of the book before and after" in shown
    (book,) = shown["WETH: liquidation prices of the book before and after"]["data"]
    assert book["y"] == ["south, after", "south, before", "north, after", "north, before"]


def test_a_long_run_is_thinned_and_keeps_its_extremes(folder: Path) -> None:
    blocks = pd.read_csv(folder / "blocks.csv")
    long = pd.concat([blocks] * 100, ignore_index=True)
    long["step"] = range(len(long))
    long.loc[4_321, "base_fee_gwei"] = 9_999.0
    long.to_csv(folder / "blocks.csv", index=False)
    summary = json.loads((folder / "summary.json").read_text())
    (folder / "summary.json").write_text(json.dumps(summary | {"blocks": len(long)}))
    shown = figures(write_report(folder))
    fee = traces(shown["Gas by kind against the block gas limit, and the base fee"])["base fee"]["y"]
    assert len(fee) <= 502
    assert max(fee) == 9_999


# What there is none of


def test_tips_beyond_64_bits_are_read(folder: Path) -> None:
    blocks = pd.read_csv(folder / "blocks.csv").astype({"tipped_wei": object})
    blocks.loc[3, "tipped_wei"] = 2**64
    blocks.to_csv(folder / "blocks.csv", index=False)
    assert write_report(folder).exists()


def test_a_run_without_a_liquidation_says_so(tmp_path: Path) -> None:
    run(load("flash_crash", overrides=["chain.blocks=4", "events=[]"]), engine="anvil").write(tmp_path)
    path = write_report(tmp_path)
    assert "There was no liquidation, so no cascade." in path.read_text()
    assert "Cascade waves: debt repaid, direct and induced" not in figures(path)


def test_a_run_that_stopped_before_its_first_block_says_so(tmp_path: Path) -> None:
    result_of(ran(Rows([]), stopped_by="interrupted"), {}).write(tmp_path)
    path = write_report(tmp_path)
    assert "Incomplete: it stopped after 0 blocks" in path.read_text()
    assert figures(path) == {}


# One file, the same bytes, nothing but text out of files


def test_the_same_rows_give_the_same_bytes_in_any_process(folder: Path) -> None:
    first = write_report(folder).read_bytes()
    program = "import sys, pathlib, simulator; simulator.write_report(pathlib.Path(sys.argv[1]))"
    other = {**os.environ, "PYTHONHASHSEED": "1"}
    subprocess.run([sys.executable, "-c", program, str(folder)], cwd=ROOT, env=other, check=True, timeout=60)
    assert (folder / "report.html").read_bytes() == first


def test_the_page_names_nothing_to_load(folder: Path) -> None:
    text = write_report(folder).read_text()
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    assert re.findall(r'<(?:script|img|iframe|link|source)[^>]*(?:src|href)="(?!data:)', text) == []
    assert "@import" not in text
    assert "url(" not in (ROOT / "simulator" / "report" / "page" / "page.css").read_text()


def test_markup_in_a_scenario_is_text(folder: Path) -> None:
    settings = yaml.safe_load((folder / "scenario.yaml").read_text())
    (folder / "scenario.yaml").write_text(yaml.safe_dump(settings | {"description": EVIL}))
    accounts = pd.read_csv(folder / "accounts.csv")
    accounts["account"] = EVIL
    accounts.to_csv(folder / "accounts.csv", index=False)
    text = write_report(folder).read_text()
    assert "&lt;/script&gt;&lt;script&gt;window.broken" in text
    assert "<script>window.broken" not in text


# Damage


def drop(name: str) -> Any:
    return lambda folder: (folder / name).unlink()


def put(name: str, text: str) -> Any:
    return lambda folder: (folder / name).write_text(text)


def cut(name: str) -> Any:
    def shorten(folder: Path) -> None:
        lines = (folder / name).read_text().splitlines(keepends=True)
        (folder / name).write_text("".join(lines[: len(lines) // 2]))

    return shorten


def swap(name: str, old: str, new: str) -> Any:
    def replace(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new))

    return replace


DAMAGE = [
    (drop("summary.json"), ("run", "neither summary.json nor audit.json")),
    (drop("blocks.csv"), ("blocks.csv", "cannot be read")),
    (drop("accounts.csv"), ("accounts.csv", "cannot be read")),
    (drop("scenario.yaml"), ("scenario.yaml", "missing")),
    (put("summary.json", "{"), ("summary.json", "not JSON")),
    (put("summary.json", "{}"), ("summary.json", "does not hold")),
    (put("summary.json", "[]"), ("summary.json", "does not hold")),
    (put("blocks.csv", ""), ("blocks.csv", "not a table")),
    (put("scenario.yaml", "name: x"), ("scenario.yaml", "does not hold")),
    (cut("blocks.csv"), ("blocks.csv", "29 blocks, summary.json counts 60")),
    (cut("transactions.csv"), ("transactions.csv", "summary.json counts")),
    (cut("liquidations.csv"), ("liquidations.csv", "summary.json counts")),
    (swap("blocks.csv", "base_fee_gwei", "base_fee"), ("blocks.csv", "lacks base_fee_gwei")),
    (swap("blocks.csv", "\n7,", "\nseven,"), ("blocks.csv", "step")),
    (swap("accounts.csv", ",WETH,", ",GOLD,"), ("run", "do not fit together", "GOLD")),
]


@pytest.mark.parametrize(("damage", "told"), DAMAGE, ids=[" ".join(told) for _, told in DAMAGE])
def test_a_damaged_folder_is_refused_and_an_older_report_stays(
    damage: Any, told: tuple[str, ...], folder: Path
) -> None:
    (folder / "report.html").write_text("older")
    damage(folder)
    with pytest.raises(InputError) as refused:
        write_report(folder)
    for part in told:
        assert part in str(refused.value)
    assert (folder / "report.html").read_text() == "older"
    assert [path.name for path in folder.iterdir() if "partial" in path.name] == []
