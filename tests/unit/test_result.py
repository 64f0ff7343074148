from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple, cast

import numpy as np
import pandas as pd
import pytest
import yaml

from simulator.errors import InputError
from simulator.following import Followed, Seen, WrittenOff
from simulator.market import Market
from simulator.measurements import Measurements
from simulator.prices import OutsidePrices
from simulator.report import Result, result_of
from simulator.scenario import Scenario, load, parse
from simulator.simulation import Run
from simulator.terms import Losses
from tests.unit.stand_ins import ETHER, PRICES, TOKENS, USDC, someone
from tests.unit.tiny import scenario, settings

FILES = [
    "accounts.csv",
    "blocks.csv",
    "deficits.csv",
    "liquidations.csv",
    "scenario.yaml",
    "summary.json",
    "timing.json",
    "transactions.csv",
]
PRICE = PRICES["WETH"] / 10**8
KEEPER = "liquidator/swift/0"
HELPER = "housekeeper/tidy/0"
SHARES = ("induced_share", "proceeds_over_market", "peak_slippage_bps")


class Rows(NamedTuple):
    blocks: Sequence[dict[str, Any]]
    transactions: Sequence[dict[str, Any]] = ()
    attempts: Sequence[dict[str, Any]] = ()


def block(step: int, outside: float = PRICE, **changes: Any) -> dict[str, Any]:
    row = {"step": step, "base_fee_gwei": 20.0 + step, "gas_used": 1_000, "reverted": 1, "left_out": 0, "stalled": 0}
    row |= {"eligible_accounts": 0, "forced_sale_slippage_bps": None}
    prices = {f"{kind}_{asset}": 1.0 for kind in ("outside", "control", "oracle") for asset in ("WETH", "USDC")}
    prices |= {f"price_main_{asset}": 1.0 for asset in ("WETH", "USDC")}
    falls = {"outside_WETH": outside, "control_WETH": PRICE, "oracle_WETH": PRICE, "pool_pair": PRICE - 5}
    falls |= {"price_main_WETH": PRICE}
    return {**row, **prices, **falls, "deficit_usd": 0.0, **changes}


def attempt(step: int, outcome: str = "landed", **changes: Any) -> dict[str, Any]:
    row = {"step": step, "agent": KEEPER, "protocol": 0, "outcome": outcome, "induced": False, "delay_blocks": 1}
    row |= {"liquidator": changes.get("agent", KEEPER), "paid_usd": changes.get("debt_repaid_usd", 100.0)}
    figures = {"debt_repaid_usd": 100.0, "collateral_seized_usd": 105.0, "slippage_bps": 20.0, "gas_used": 384_000}
    figures |= {"protocol_collateral_usd": 0.5, "written_off_usd": 0.0}
    return {**row, **figures, "eligible_since": 0, "fee_usd": 2.0, "profit_usd": 3.0, **changes}


def sent(step: int, index: int | None = 0, **changes: Any) -> dict[str, Any]:
    row = {"step": step, "index": index, "agent": KEEPER, "kind": "liquidation", "outcome": "landed"}
    return {**row, "fee_usd": 2.0, **changes}


def pool(style: str = "spread", **losses: float) -> SimpleNamespace:
    return SimpleNamespace(losses=Losses(**losses), mechanism=SimpleNamespace(style=style), own_rules=())


def nobody() -> Followed:
    names = {"main": ("position/main/0", "position/main/1")}
    known = ({"main": ("0xzero", "0xone")}, {"main": "spread"}, frozenset[str](), {"main": 0.005})
    return Followed(names, *known, [], [], [], set(), [], {})


def ran(
    rows: Rows,
    chosen: Scenario | None = None,
    stopped_by: str = "",
    unliquidated: Any = (),
    gained: int = 0,
    pools: Sequence[SimpleNamespace] = (),
    followed: Followed | None = None,
) -> Run:
    chosen = chosen or scenario()
    keeper, helper = someone("keeper"), someone("helper")
    keepers = {
        "swift": (SimpleNamespace(name=KEEPER, address=keeper.address),),
        "tidy": (SimpleNamespace(name=HELPER, address=helper.address),),
    }
    market = SimpleNamespace(
        protocols=dict(enumerate(pools or [pool()])),
        roster=SimpleNamespace(keepers=keepers),
        balances={
            "WETH": {keeper.address: ETHER, helper.address: 0},
            "USDC": {keeper.address: gained, helper.address: 0},
        },
        tokens=TOKENS,
    )
    measured = SimpleNamespace(
        blocks=rows.blocks,
        outcomes=SimpleNamespace(transactions=rows.transactions, attempts=rows.attempts),
        accounts=SimpleNamespace(rows=list),
        eligibility=SimpleNamespace(shortfall=lambda: 7.0, unliquidated=list(unliquidated)),
        following=SimpleNamespace(record=followed or nobody()),
    )
    capital = {asset: {keeper.address: 0, helper.address: 0} for asset in ("WETH", "USDC")}
    return Run(
        chosen,
        "stand-in",
        cast(Measurements, measured),
        cast(Market, market),
        OutsidePrices(chosen),
        capital,
        PRICES,
        stopped_by,
    )


@pytest.fixture
def result() -> Result:
    rows = Rows([block(0), block(1, 1_500.0)], [sent(0), sent(1, None)], [attempt(0), attempt(1, "expired")])
    return result_of(ran(rows), {"run_seconds": 1.5})


# Files


def test_a_folder_gets_every_file_whole_and_nothing_else(result: Result, tmp_path: Path) -> None:
    folder = tmp_path / "runs" / "first"
    result.write(folder)
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert json.loads((folder / "summary.json").read_text()) == result.summary
    assert json.loads((folder / "timing.json").read_text()) == {"run_seconds": 1.5}
    assert load(folder / "scenario.yaml").to_yaml() == result.scenario.to_yaml()
    assert pd.read_csv(folder / "blocks.csv")["outside_WETH"].tolist() == [PRICE, 1_500.0]
    assert (folder / "liquidations.csv").read_text().count("\n") == 3


def test_writing_twice_gives_the_same_bytes(result: Result, tmp_path: Path) -> None:
    result.write(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in FILES}
    result.write(tmp_path)
    assert {name: (tmp_path / name).read_bytes() for name in FILES} == before
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES


def test_files_that_the_scenario_names_are_kept_beside_it(tmp_path: Path) -> None:
    rows = ["time_utc,open_usd,high_usd,low_usd,close_usd", "2024-08-05T00:00Z,5,6,4,5", "2024-08-05T01:00Z,5,6,4,5"]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "day.csv").write_text("\n".join(rows))
    raw = settings({"assets.WETH.price": {"model": "candles", "csv": "data/day.csv"}})
    chosen = parse({**raw, "folder": str(tmp_path)})
    folder = tmp_path / "out"
    result_of(ran(Rows([block(0)]), chosen), {}).write(folder)
    (tmp_path / "data" / "day.csv").unlink()
    again = load(folder / "scenario.yaml")
    assert (OutsidePrices(again).control == OutsidePrices(parse({**raw, "folder": str(folder)})).control).all()


def test_a_failing_write_leaves_the_old_file_and_no_part(
    result: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result.write(tmp_path)
    whole = (tmp_path / "summary.json").read_text()
    write = Path.write_text

    def full(path: Path, text: str, **options: Any) -> int:
        if "summary.json" not in path.name:
            return write(path, text, **options)
        write(path, text[:10], **options)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(InputError, match="No space left on device"):
        result.write(tmp_path)
    assert (tmp_path / "summary.json").read_text() == whole
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES


@pytest.mark.parametrize("place", ["taken", "taken/below"])
def test_a_folder_that_cannot_be_made_is_refused(result: Result, tmp_path: Path, place: str) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(InputError) as refused:
        result.write(tmp_path / place)
    assert refused.value.value == f"--out {tmp_path / place}"
    assert refused.value.rule.startswith("cannot be written (")
    assert refused.value.exit_code == 2


# Rows


def test_rows_of_a_block_that_was_not_finished_are_left_out() -> None:
    rows = Rows([block(0)], [sent(0), sent(1)], [attempt(0), attempt(1)])
    cut = result_of(ran(rows, stopped_by="interrupted"), {})
    assert [len(table) for table in (cut.blocks, cut.transactions, cut.liquidations)] == [1, 1, 1]
    assert (cut.summary["complete"], cut.summary["stopped_by"]) == (False, "interrupted")


def test_what_the_last_mempool_held_belongs_to_a_complete_run() -> None:
    rows = Rows([block(0)], [sent(0), sent(1, None)], [attempt(0), attempt(1, "expired")])
    whole = result_of(ran(rows), {})
    assert [len(table) for table in (whole.blocks, whole.transactions, whole.liquidations)] == [1, 2, 2]
    assert whole.summary["complete"] is True


# Figures


def test_a_run_without_liquidations_has_valid_figures(tmp_path: Path) -> None:
    quiet = result_of(ran(Rows([block(0), block(1)])), {})
    quiet.write(tmp_path)
    figures = json.loads((tmp_path / "summary.json").read_text(), parse_constant=pytest.fail)
    assert figures["liquidations"]["count"] == 0
    assert figures["liquidations"]["mean_slippage_bps"] is None
    assert figures["late"]["share"] is None
    assert figures["amplification"] is None
    assert [figures["liquidations"][key] for key in SHARES] == [None, None, None]
    assert (figures["losses"]["borrowers_usd"], figures["blocks_to_clear"]) == (0, 0)
    assert pd.read_csv(tmp_path / "liquidations.csv").empty


def test_an_attempt_that_nobody_won_has_valid_figures(tmp_path: Path) -> None:
    lost = attempt(0, "expired", delay_blocks=None, eligible_since=None, induced=None, slippage_bps=None)
    result_of(ran(Rows([block(0)], [sent(0, None)], [lost])), {}).write(tmp_path)
    figures = json.loads((tmp_path / "summary.json").read_text(), parse_constant=pytest.fail)
    assert figures["liquidations"]["count"] == 0
    assert figures["liquidations"]["outcomes"] == {"expired": 1}


def test_amplification_is_the_fall_outside_over_the_fall_with_nobody_trading() -> None:
    rows = Rows([block(0), block(1, 1_100.0, control_WETH=1_200.0), block(2, 1_150.0, control_WETH=1_200.0)])
    figures = result_of(ran(rows), {}).summary
    assert figures["amplification"] == pytest.approx(900 / 800)
    assert figures["prices"]["WETH"] == {
        "start": 2_000.0,
        "outside_low": 1_100.0,
        "control_low": 1_200.0,
        "oracle_low": 2_000.0,
        "overstatement_peak": pytest.approx(1 - 1_100 / 2_000),
        "pool_low": 1_995.0,
    }
    assert figures["prices"]["USDC"]["pool_low"] is None


def test_liquidations_are_counted_and_averaged_over_those_that_landed() -> None:
    attempts = [
        attempt(0, delay_blocks=0),
        attempt(1, delay_blocks=10, induced=True, slippage_bps=None, debt_repaid_usd=300.0, profit_usd=5.0),
        attempt(1, "reverted", debt_repaid_usd=0.0),
        attempt(2, "outbid", debt_repaid_usd=0.0),
        attempt(2, "expired", debt_repaid_usd=0.0),
    ]
    figures = result_of(ran(Rows([block(step) for step in range(3)], [], attempts)), {}).summary["liquidations"]
    assert (figures["count"], figures["direct"], figures["induced"], figures["reverted_attempts"]) == (2, 1, 1, 2)
    assert figures["outcomes"] == {"expired": 1, "landed": 2, "outbid": 1, "reverted": 1}
    assert figures["debt_repaid_usd"] == 400
    assert figures["mean_slippage_bps"] == 20
    assert (figures["median_delay_blocks"], figures["p95_delay_blocks"]) == (5, 9.5)
    assert figures["mean_profit_usd"] == 4


def test_shares_and_losses_weigh_liquidations_by_their_dollars() -> None:
    attempts = [
        attempt(0),
        attempt(1, induced=True, debt_repaid_usd=300.0, collateral_seized_usd=295.0, protocol_collateral_usd=8.0),
        attempt(1, "reverted", debt_repaid_usd=0.0, collateral_seized_usd=0.0, protocol_collateral_usd=0.0),
    ]
    figures = result_of(ran(Rows([block(step, deficit_usd=2.0) for step in range(2)], [], attempts)), {}).summary
    assert figures["liquidations"]["induced_share"] == 0.75
    assert figures["liquidations"]["proceeds_over_market"] == 400 / 400
    assert figures["losses"] == {"borrowers_usd": 400 + 8.5 - 400, "suppliers_usd": 2.0 + 7.0}


def test_suppliers_lose_what_stands_what_is_short_and_what_they_bore() -> None:
    pools = [pool(recorded=20.0, covered=3.0, socialised=5.0), pool(recorded=1.0, socialised=0.5)]
    figures = result_of(ran(Rows([block(0, deficit_usd=12.0)]), pools=pools), {}).summary
    assert figures["losses"]["suppliers_usd"] == 12.0 + 7.0 + 5.5
    assert (figures["covered_usd"], figures["socialised_usd"]) == (3.0, 5.5)


def test_bad_debt_is_what_was_ever_recorded_and_what_is_short() -> None:
    """A deficit that was covered since, and no longer stands, was bad debt all the same."""
    figures = result_of(
        ran(Rows([block(0)]), pools=[pool(recorded=20.0, covered=20.0), pool(recorded=4.0)]), {}
    ).summary
    assert (figures["deficit_usd"], figures["shortfall_usd"], figures["bad_debt_usd"]) == (0.0, 7.0, 31.0)


def test_no_borrower_gains_what_suppliers_lose_in_another_sale() -> None:
    attempts = [
        attempt(0, debt_repaid_usd=10.0, collateral_seized_usd=100.0, written_off_usd=70.0),  # 0.5 to the protocol
        attempt(1, debt_repaid_usd=10.0, collateral_seized_usd=100.0, written_off_usd=400.0),
        attempt(1, "reverted"),
    ]
    figures = result_of(ran(Rows([block(0), block(1)], [], attempts)), {}).summary
    assert figures["losses"]["borrowers_usd"] == 100.5 - 10 - 70


def test_a_penalty_above_the_debt_is_part_of_the_proceeds() -> None:
    attempts = [attempt(0, paid_usd=103.0), attempt(0, paid_usd=0.5, debt_repaid_usd=0.5)]
    figures = result_of(ran(Rows([block(0)], [], attempts)), {}).summary["liquidations"]
    assert figures["proceeds_over_market"] == 103.5 / 210


def test_overstatement_is_the_largest_share_of_a_protocols_price_that_nobody_outside_paid() -> None:
    rows = [
        block(0, 1_600.0),
        block(1, 1_500.0, price_main_WETH=None),  # no price overstates nothing
        block(2, 1_500.0, price_main_WETH=1_600.0),
        block(3, 1_000.0, price_main_WETH=900.0),
    ]
    prices = result_of(ran(Rows(rows)), {}).summary["prices"]
    assert prices["WETH"]["overstatement_peak"] == pytest.approx(1 - 1_600 / 2_000)
    assert prices["USDC"]["overstatement_peak"] == 0


def test_the_worst_of_several_protocols_overstates() -> None:
    two = settings()
    two["protocols"]["other"] = two["protocols"]["main"]
    rows = [block(0, 1_800.0, price_other_WETH=2_400.0, price_other_USDC=1.0)]
    assert result_of(ran(Rows(rows), parse(two)), {}).summary["prices"]["WETH"]["overstatement_peak"] == 0.25


def test_an_asset_that_no_protocol_lists_is_overstated_by_none() -> None:
    fee = {"kind": "fixed", "price": "1 gwei"}
    feed = {"heartbeat": "3600s", "deviation_threshold": "0.5%", "fee": fee}
    coin = {"decimals": 8, "price": {"model": "constant", "start": "$5"}, "feed": feed}
    rows = Rows([block(0, outside_WBTC=5.0, control_WBTC=5.0, oracle_WBTC=5.0)])
    figures = result_of(ran(rows, scenario({"assets.WBTC": coin})), {}).summary
    assert figures["prices"]["WBTC"]["overstatement_peak"] is None


# Auctions


def test_only_a_run_with_auctions_has_figures_of_them() -> None:
    rows = Rows([block(0)], [], [attempt(0)])
    assert result_of(ran(rows), {}).summary["auctions"] is None
    for style in ("english", "dutch"):
        assert result_of(ran(rows, pools=[pool(style), pool()]), {}).summary["auctions"]["sales"] == 1
        assert result_of(ran(rows, pools=[pool(), pool(style)]), {}).summary["auctions"]["sales"] == 0  # of the other


def test_sales_at_next_to_nothing_are_those_under_five_percent_of_the_collaterals_worth() -> None:
    attempts = [
        attempt(0, paid_usd=0.0),
        attempt(0, paid_usd=4.99, collateral_seized_usd=100.0),
        attempt(0, paid_usd=5.0, collateral_seized_usd=100.0),
        attempt(0, paid_usd=295.0, collateral_seized_usd=295.0),
        attempt(0, "reverted", paid_usd=0.0),
    ]
    figures = result_of(ran(Rows([block(0)], [], attempts), pools=[pool("english")]), {}).summary["auctions"]
    assert (figures["sales"], figures["near_zero"], figures["near_zero_share"]) == (4, 2, 0.5)
    assert figures["near_zero_value_share"] == 205 / 600


def test_uncovered_is_the_debt_of_the_sales_that_they_did_not_bring_in() -> None:
    attempts = [
        attempt(0, debt_repaid_usd=60.0, written_off_usd=40.0),
        attempt(0, debt_repaid_usd=300.0),
        attempt(0, "outbid", debt_repaid_usd=0.0, written_off_usd=900.0),
    ]
    figures = result_of(ran(Rows([block(0)], [], attempts), pools=[pool("dutch")]), {}).summary["auctions"]
    assert (figures["uncovered_usd"], figures["uncovered_share"]) == (40.0, 0.1)


def test_auctions_without_a_sale_have_valid_figures(tmp_path: Path) -> None:
    for attempts in ([], [attempt(0, "reverted")]):
        result_of(ran(Rows([block(0)], [], attempts), pools=[pool("dutch")]), {}).write(tmp_path)
        figures = json.loads((tmp_path / "summary.json").read_text(), parse_constant=pytest.fail)["auctions"]
        assert (figures["sales"], figures["near_zero"], figures["uncovered_usd"]) == (0, 0, 0)
        shares = ("near_zero_share", "near_zero_value_share", "uncovered_share")
        assert [figures[name] for name in shares] == [None, None, None]


def test_peak_slippage_is_that_of_the_worst_forced_sale() -> None:
    blocks = [block(0), block(1, forced_sale_slippage_bps=31.5), block(2, forced_sale_slippage_bps=9.0)]
    assert result_of(ran(Rows(blocks)), {}).summary["liquidations"]["peak_slippage_bps"] == 31.5


@pytest.mark.parametrize(
    ("eligible", "blocks"), [([0, 0, 0], 0), ([0, 2, 0], 1), ([3, 0, 1, 0], 3), ([0, 1, 1], 2), ([1, 1, 1], 3)]
)
def test_blocks_to_clear_run_from_the_first_eligible_account_to_the_last(eligible: list[int], blocks: int) -> None:
    rows = [block(step, eligible_accounts=count) for step, count in enumerate(eligible)]
    assert result_of(ran(Rows(rows)), {}).summary["blocks_to_clear"] == blocks


def test_late_is_over_ten_minutes_or_never() -> None:
    attempts = [attempt(0, delay_blocks=50), attempt(0, delay_blocks=51), attempt(0, delay_blocks=None)]
    never = [SimpleNamespace(since=0, until=51, debt_usd=60.0), SimpleNamespace(since=0, until=50, debt_usd=900.0)]
    late = result_of(ran(Rows([block(0)], [], attempts), unliquidated=never), {}).summary["late"]
    assert late == {
        "share": (100 + 60) / 360,
        "liquidated_late_usd": 100,
        "never_liquidated_usd": 60,
        "never_liquidated_accounts": 1,
    }


def test_a_group_of_keepers_earns_what_its_tokens_grew_less_all_its_fees() -> None:
    paid = [sent(0), sent(0, 1, kind="sale", fee_usd=5.0), sent(0, 2, agent="arbitrageur/trader", fee_usd=99.0)]
    figures = result_of(ran(Rows([block(0)], paid, [attempt(0)]), gained=500 * USDC), {}).summary["keepers"]
    assert figures["groups"]["swift"] == {
        "keepers": 1,
        "attempts": 1,
        "landed": 1,
        "debt_repaid_usd": 100.0,
        "profit_usd": 2_500.0 - 7.0,
        "fees_paid_usd": 7.0,
    }
    assert (figures["profit_usd"], figures["fees_paid_usd"]) == (2_493.0, 7.0)


def test_a_liquidation_counts_for_the_keeper_who_won_it_and_the_attempt_for_who_sent_it() -> None:
    """Anybody may settle an auction that another keeper won."""
    settled = attempt(0, agent=HELPER, liquidator=KEEPER, debt_repaid_usd=40.0)
    paid = [sent(0, agent=HELPER, fee_usd=3.0)]
    groups = result_of(ran(Rows([block(0)], paid, [settled])), {}).summary["keepers"]["groups"]
    columns = ("attempts", "landed", "debt_repaid_usd", "fees_paid_usd", "profit_usd")
    assert [groups["swift"][name] for name in columns] == [0, 1, 40.0, 0.0, 2_000.0]
    assert [groups["tidy"][name] for name in columns] == [1, 0, 0.0, 3.0, -3.0]


def test_gas_and_deficits_are_those_of_the_blocks() -> None:
    rows = Rows([block(0, left_out=3), block(1, stalled=1, deficit_usd=5.0), block(2, deficit_usd=12.0)], [sent(0)])
    figures = result_of(ran(rows), {}).summary
    assert figures["gas"] == {"peak_base_fee_gwei": 22.0, "full_blocks": 1, "stalled_blocks": 1}
    assert (figures["deficit_usd"], figures["shortfall_usd"]) == (12.0, 7.0)
    assert (figures["blocks"], figures["gas_used"], figures["reverted"], figures["transactions"]) == (3, 3_000, 3, 1)


def test_the_scenario_that_is_written_is_the_one_that_ran(tmp_path: Path) -> None:
    chosen = scenario({"seed": 99, "chain.expiry": 3})
    result_of(ran(Rows([block(0)]), chosen), {}).write(tmp_path)
    written = yaml.safe_load((tmp_path / "scenario.yaml").read_text())
    assert (written["seed"], written["chain"]["expiry"]) == (99, 3)


def test_a_run_stopped_before_its_first_block_is_written(tmp_path: Path) -> None:
    result_of(ran(Rows([]), stopped_by="interrupted"), {}).write(tmp_path)
    assert json.loads((tmp_path / "summary.json").read_text())["blocks"] == 0


# Deficits


def near(step: int, number: int, loss: float) -> Seen:
    one = np.ones(1)
    numbers, flags = np.array([number]), np.array([True])
    return Seen(step, "main", numbers, one * 0.98, one * 0.95, one * 990, one * 1_000, flags, ~flags, one * loss)


def test_deficits_are_told_by_account_the_largest_first() -> None:
    followed = nobody()
    followed.seen.extend([near(0, 1, -5.0), near(1, 1, -5.0), near(2, 1, 35.0)])
    followed.written_off.extend([WrittenOff(2, "main", "0xone", 30.0), WrittenOff(2, "main", "0xone", 10.0)])
    followed.shortfalls.update({("main", "0xzero"): 50.0, ("main", "0xone"): 2.0})
    rows = result_of(ran(Rows([block(0), block(1), block(2)]), followed=followed), {}).deficits
    columns = ["account", "address", "bad_debt_usd", "recorded_usd", "shortfall_usd", "cause"]
    assert rows[columns].to_numpy().tolist() == [
        ["position/main/0", "0xzero", 50.0, 0.0, 50.0, "price_gap"],
        ["position/main/1", "0xone", 42.0, 40.0, 2.0, "unserved"],
    ]
    assert rows["recorded_at"].tolist() == [pd.NA, 2]
    assert rows["lost_since"].tolist() == [pd.NA, 2]
    assert rows["debt_usd"].fillna(0).tolist() == [0.0, 1_000.0]


def test_a_run_without_deficits_has_the_columns(result: Result) -> None:
    assert len(result.deficits) == 0
    assert {"account", "bad_debt_usd", "cause", "blocks_no_room"} <= set(result.deficits.columns)
