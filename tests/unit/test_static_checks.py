from __future__ import annotations

import json
from typing import Any

import pytest

from simulator.static_checks import static_checks
from tests.unit import stand_ins
from tests.unit.markets import ANN, BOB, market
from tests.unit.stand_ins import ETHER, USDC

DYNAMIC = {
    "protocols.main.liquidation": {
        "kind": "dynamic_penalty",
        "close_factor": "50%",
        "full_close_health_factor": "95%",
        "minimum_position": "$2000",
        "minimum_left": "$1000",
        "protocol_share": "0%",
        "slope": "100%",
        "maximum_discount": "20%",
    }
}


def checks(changes: dict[str, Any] | None = None, **chosen: Any) -> dict[str, Any]:
    return static_checks(market(stand_ins.book(ANN, BOB), changes, **chosen))


# Margins


def test_the_toxicity_margin_is_what_threshold_and_bonus_leave() -> None:
    weth, usdc = checks()["margins"]
    assert (weth["protocol"], weth["asset"], usdc["asset"]) == ("main", "WETH", "USDC")
    assert weth["product"] == 0.86625
    assert weth["margin"] == 0.13375
    assert weth["toxic_loan_to_value"] == pytest.approx(1 / 1.05)


def test_what_is_no_collateral_has_no_margin() -> None:
    book = stand_ins.book(ANN)
    book.states = (book.states[0], book.states[1]._replace(liquidation_threshold=0))
    found = static_checks(market(book))
    assert [row["asset"] for row in found["margins"]] == ["WETH"]
    assert [row["collateral"] for row in found["depth"]] == ["WETH"]


def test_a_penalty_that_grows_counts_at_its_largest() -> None:
    found = checks(DYNAMIC)
    assert found["margins"][0]["liquidation_bonus"] == 0.25
    assert found["margins"][0]["margin"] == pytest.approx(1 - 0.825 * 1.25)
    assert found["smallest_margin"] == pytest.approx(1 - 0.825 * 1.25)


# Depth


def test_depth_at_the_bonus_is_held_against_the_book() -> None:
    """10,000 / 0.95 - 10,000 / 0.997 WETH; of collateral worth $30,000 that secures $18,000."""
    weth = checks()["depth"][0]
    assert (weth["collateral"], weth["venue"], weth["received"]) == ("WETH", "pair", "USDC")
    assert weth["pool_usd"] == 20_000_000.0
    assert weth["depth_at_bonus_usd"] == pytest.approx(992_451.0373, abs=1e-3)
    assert weth["share_of_collateral"] == pytest.approx(992_451.0373 / 30_000)
    assert weth["share_of_debt"] == pytest.approx(992_451.0373 / 18_000)
    assert weth["spot_depth_usd"] == pytest.approx(203_355.93, abs=0.01)


def test_the_largest_liquidation_is_the_largest_account_s_by_the_close_factor() -> None:
    """Half of $14,000, with 4.5 % of bonus for the keeper: $7,315 of WETH."""
    weth = checks()["depth"][0]
    lost = 1 - 9_970 / (10_000 + 0.997 * 7_315 / 2_000)
    assert weth["largest_account"] == "ann"
    assert weth["largest_sale_usd"] == pytest.approx(7_315)
    assert weth["slippage_bps"] == pytest.approx(lost * 1e4, abs=1e-4)
    assert weth["bonus_bps"] == 500
    assert weth["return_bps"] == pytest.approx(((1 - lost) * 1.045 - 1) * 1e4, abs=1e-4)
    assert weth["margin_at_depth"] == pytest.approx(1 - 0.86625 / (1 - lost), abs=1e-7)


def test_a_collateral_that_nobody_has_gives_no_largest_liquidation() -> None:
    usdc = checks()["depth"][1]
    assert usdc["collateral"] == "USDC"
    assert usdc["depth_at_bonus_usd"] == pytest.approx(992_451.0373, abs=1e-3)
    assert usdc["largest_account"] is usdc["margin_at_depth"] is usdc["share_of_collateral"] is None


def test_an_account_s_small_collateral_is_all_that_can_be_sold_of_it() -> None:
    """Half of $14,000 and the bonus are more than one WETH: what the liquidator keeps of it is sold."""
    found = static_checks(market(stand_ins.book((ETHER, 14_000 * USDC))))
    assert found["depth"][0]["largest_sale_usd"] == pytest.approx(2_000 * (1 - 0.1 * 0.05 / 1.05))


def test_one_liquidation_repays_one_debt() -> None:
    """$1,900 may be repaid at once, but they are $1,000 of USDC and $900 of WETH."""
    book = stand_ins.book((10 * ETHER, 1_000 * USDC))
    book.set_shares(book.accounts[0], (10 * ETHER * 10**6, 0), (45 * ETHER // 100 * 10**6, 1_000 * USDC * 10**6))
    assert static_checks(market(book))["depth"][0]["largest_sale_usd"] == pytest.approx(1_045)


def test_a_venue_for_what_the_pool_does_not_list_is_none_of_its_own() -> None:
    price = {"model": "constant", "start": "$40000"}
    fee = {"kind": "fixed", "price": "20 gwei"}
    feed = {"heartbeat": "3600s", "deviation_threshold": "0.5%", "fee": fee}
    other = {"base": "WBTC", "quote": "WETH", "liquidity": "$1M", "fee": "0.3%"}
    changes = {"assets.WBTC": {"decimals": 8, "price": price, "feed": feed}, "venues.other": other}
    assert [row["venue"] for row in checks(changes)["depth"]] == ["pair", "pair"]


def test_the_slippage_curve_ends_at_half_of_the_pool() -> None:
    rows = [row for row in checks()["slippage"] if row["collateral"] == "WETH"]
    assert [row["size_usd"] for row in rows] == [
        *(10_000, 20_000, 50_000, 100_000, 200_000, 500_000, 1_000_000, 2_000_000, 5_000_000, 10_000_000)
    ]
    assert rows[-1]["share_of_pool"] == 0.5
    assert rows[-1]["slippage_bps"] == pytest.approx((1 - 9_970 / 14_985) * 1e4, abs=1e-4)
    assert [row["slippage_bps"] for row in rows] == sorted(row["slippage_bps"] for row in rows)


# Accounts


def test_concentration_and_recursion_are_those_of_the_book() -> None:
    found = checks()
    assert [(row["protocol"], row["account"]) for row in found["concentration"]] == [("main", "ann"), ("main", "bob")]
    assert found["recursive"] == []
    assert found["totals"][0]["top_share_of_debt"] == pytest.approx(1)
    looped = checks({"assets.WETH.underlying": "dollar", "assets.USDC.underlying": "dollar"})
    assert [row["account"] for row in looped["recursive"]] == ["ann", "bob"]
    assert looped["concentration"] == []


# Blocks

BUSY = {
    "background": {
        "load": "60%",
        "transaction_gas": 1_500_000,
        "fee": {"kind": "log_normal", "p30": "24 gwei", "p90": "60 gwei"},
        "priority_share": "10%",
    },
    "events": [{"kind": "gas_spike", "at": 1, "blocks": 5, "load_factor": 1.5, "fee_factor": 2.0}],
}


def test_room_is_what_the_gas_limit_leaves_for_liquidations() -> None:
    """30M; 60 % of it and two reports; 90 % of it and two reports; 420,000 and 10,000 of the protocol's own each."""
    rows = checks(BUSY, extra_gas=10_000)["blocks"]
    assert [(row["load"], row["taken_gas"], row["gas_each"], row["liquidations"]) for row in rows] == [
        ("empty block", 0, 430_000, 69),
        ("background", 18_147_124, 430_000, 27),
        ("gas spike", 27_147_124, 430_000, 6),
    ]
    assert all("measured" in row["source"] for row in rows)
    assert checks(BUSY)["fewest_liquidations_a_block"] == 6


def test_measured_gas_goes_before_what_is_usual() -> None:
    book = stand_ins.book(ANN, BOB)
    (row,) = static_checks(market(book), {("main", "swift"): 1_000_000})["blocks"]
    assert (row["gas_each"], row["source"], row["liquidations"]) == (1_000_000, "given", 30)


def test_nothing_fits_where_others_ask_for_more_than_the_block() -> None:
    full = {**BUSY, "events": [{**BUSY["events"][0], "load_factor": 2.0}]}
    assert checks(full)["blocks"][-1]["liquidations"] == 0


def test_a_stability_pool_needs_no_keeper() -> None:
    found = checks({"liquidators": []}, style="offset")
    assert [(row["keepers"], row["gas_each"], row["liquidations"]) for row in found["blocks"]] == [("", 324_000, 92)]


def test_everything_can_be_written_as_json() -> None:
    assert json.dumps(checks(BUSY), allow_nan=False)
    empty = static_checks(market(stand_ins.book()))
    assert json.dumps(empty, allow_nan=False)
    assert empty["smallest_margin_at_depth"] is None
