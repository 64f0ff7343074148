from __future__ import annotations

from typing import Any

import pytest

from simulator.attribution import CAUSES, Case, Moment, attribute
from simulator.following import Attempt

KEEPER = "liquidator/swift/0"
DEFICIT = 100.0


def moment(step: int, loss: float = -50.0, **changes: Any) -> Moment:
    """Eligible at a price of now, with `loss` dollars missing."""
    known = {"health": 0.98, "outside_health": 0.95, "eligible": True, "late": False}
    return Moment(step=step, collateral_usd=1_000.0, debt_usd=950.0, loss_usd=loss, **{**known, **changes})


def attempt(step: int, outcome: str = "waiting", **changes: Any) -> Attempt:
    row = {"protocol": "main", "account": "0xowner", "serial": step, "keeper": KEEPER, "kind": "liquidation"}
    row |= {"sent": step, "arrived": step, "max_fee_gwei": 20.0, "priority_fee_gwei": 2.0, "place": None, "error": ""}
    return Attempt(step=step, outcome=outcome, **{**row, "left_out": "no_room", **changes})


def case(*moments: Moment, **changes: Any) -> Case:
    known: dict[str, Any] = {"style": "spread", "guarded": False, "slack": 0.005, "attempts": [], "declined": []}
    return Case(moments=moments, **{**known, "stuck": {}, "full": frozenset(), **changes})


def fallen(held: int = 4, **changes: Any) -> list[Moment]:
    """Below the line at 10, then `held` blocks in which it could be met, then none."""
    first = moment(10, eligible=False)
    return [first, *(moment(11 + n, **changes) for n in range(held)), moment(11 + held, 60.0), moment(12 + held, 100.0)]


def cause(found: Case, until: int = 20, deficit: float = DEFICIT) -> str:
    return attribute(found, until, deficit).cause


def declined(reason: str, *steps: int) -> list[tuple[int, str, str]]:
    return [(step, KEEPER, reason) for step in steps or range(11, 15)]


# One obstacle throughout


def test_decided_in_the_block_after_the_first_is_a_gap() -> None:
    assert cause(case(moment(10, -50.0), moment(11, 60.0), moment(12, 100.0))) == "price_gap"


def test_decided_at_once_is_a_gap() -> None:
    assert cause(case(moment(10, 100.0))) == "price_gap"


def test_never_near_the_line_before_is_a_gap() -> None:
    assert cause(case()) == "price_gap"


def test_not_eligible_at_a_late_price_is_the_oracle() -> None:
    assert cause(case(*fallen(eligible=False, late=True))) == "oracle"


def test_not_eligible_at_a_price_of_now_is_nobodys_fault() -> None:
    assert cause(case(*fallen(eligible=False))) == "price_gap"


@pytest.mark.parametrize(
    ("why", "expected"), [("no_room", "no_room"), ("fee_policy", "fee_policy"), ("queue", "fee_policy")]
)
def test_attempts_left_out_are_told_by_why(why: str, expected: str) -> None:
    assert cause(case(*fallen(), attempts=[attempt(step, left_out=why) for step in range(11, 15)])) == expected


@pytest.mark.parametrize(
    ("reason", "changes", "expected"),
    [
        ("in_flight", {"stuck": {(step, KEEPER): "queue" for step in range(11, 15)}}, "fee_policy"),
        ("capital", {}, "capital"),
        ("in_flight", {}, "capital"),
        ("in_flight", {"stuck": {(step, KEEPER): "fee_policy" for step in range(11, 15)}}, "fee_policy"),
        ("in_flight", {"stuck": {(step, "another"): "fee_policy" for step in range(11, 15)}}, "capital"),
        ("slippage", {}, "slippage"),
        ("overpriced", {}, "price_gap"),
        ("gas", {}, "rules"),
        ("gas", {"full": frozenset(range(11, 15))}, "no_room"),
        ("refused", {}, "rules"),
        ("refused", {"guarded": True}, "guard"),
        ("waiting", {"style": "dutch"}, "rules"),
        ("outage", {}, "outage"),
    ],
)
def test_keepers_who_decline_tell_why(reason: str, changes: dict[str, Any], expected: str) -> None:
    assert cause(case(*fallen(), declined=declined(reason), **changes)) == expected


def test_a_price_above_the_market_is_the_oracles_where_it_is_late() -> None:
    assert cause(case(*fallen(late=True), declined=declined("overpriced"))) == "oracle"


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("Unprofitable(1, 2)", "slippage"),
        ("InsufficientCollateralOut(1, 2)", "slippage"),
        ("LiquidationPaused(7)", "guard"),
        ("SpeedLimitExceeded(0x1, 0x2, 3, 4)", "guard"),
        ("StalePrice(0x1, 2, 3)", "oracle"),
        ("LeavesDust(1, 2, 3)", "rules"),
        ("ERC20InsufficientBalance(0x1, 2, 3)", "capital"),
        ("NothingSeizable(0x1, 0x2)", "rules"),
        ("Panic(17)", "reverted"),
        ("", "reverted"),
        ("NotLiquidatable(0x1, 2)", "price_gap"),
    ],
)
def test_attempts_that_fail_are_told_by_their_error(error: str, expected: str) -> None:
    failed = [attempt(step, "reverted", error=error, left_out="") for step in range(11, 15)]
    assert cause(case(*fallen(), attempts=failed)) == expected


def test_nothing_seizable_under_a_guard_is_the_guards() -> None:
    failed = [attempt(step, "reverted", error="NothingSeizable(0x1, 0x2)") for step in range(11, 15)]
    assert cause(case(*fallen(), attempts=failed, guarded=True)) == "guard"


def test_an_attempt_that_expires_was_kept_out_by_what_kept_it_out_before() -> None:
    waited = [attempt(step, serial=7, sent=11, left_out="no_room") for step in (11, 12, 13)]
    assert attribute(case(*fallen(), attempts=[*waited, attempt(14, "did_not_fit", serial=7)]), 20, DEFICIT).held == {
        **dict.fromkeys(CAUSES, 0),
        "no_room": 4,
    }


@pytest.mark.parametrize(("style", "expected"), [("spread", "unserved"), ("offset", "capital"), ("dutch", "rules")])
def test_nobody_there_is_told_by_the_mechanism(style: str, expected: str) -> None:
    assert cause(case(*fallen(), style=style)) == expected


# What is no obstacle


@pytest.mark.parametrize("outcome", ["landed", "outbid"])
def test_a_block_that_served_it_holds_nothing(outcome: str) -> None:
    served = [attempt(step, outcome, left_out="") for step in range(11, 15)]
    assert cause(case(*fallen(), attempts=served)) == "price_gap"


def test_an_attempt_on_its_way_holds_nothing() -> None:
    found = case(*fallen(held=2), attempts=[attempt(13, "landed", sent=11, arrived=13)])
    assert attribute(found, 20, DEFICIT).held == dict.fromkeys(CAUSES, 0)


# Which of several


def test_of_several_in_one_block_the_first_in_the_order_counts() -> None:
    both = [*declined("slippage"), *declined("capital")]
    assert cause(case(*fallen(), declined=both)) == "capital"
    assert cause(case(*fallen(), declined=both, attempts=[attempt(step) for step in range(11, 15)])) == "no_room"


def test_of_several_in_turn_the_first_counts() -> None:
    turns = [*declined("slippage", 11, 12), *declined("capital", 13, 14)]
    assert cause(case(*fallen(), declined=turns)) == "slippage"


def test_one_that_held_for_a_third_of_the_time_or_less_gives_way_to_the_next() -> None:
    turns = [*declined("slippage", 11, 12), *declined("capital", 13, 14, 15, 16)]
    assert cause(case(*fallen(held=6), declined=turns)) == "capital"
    turns = [*declined("slippage", 11, 12, 13), *declined("capital", 14, 15, 16)]
    assert cause(case(*fallen(held=6), declined=turns)) == "slippage"


def test_the_longest_counts_where_none_held_for_a_third() -> None:
    turns = [*declined("slippage", 11), *declined("capital", 12, 13)]
    served = [attempt(step, "landed") for step in range(14, 21)]
    assert cause(case(*fallen(held=10), declined=turns, attempts=served), until=30) == "capital"


def test_what_held_it_after_it_was_decided_does_not_count() -> None:
    assert cause(case(*fallen(), declined=[*declined("slippage"), *declined("outage", 15, 16)])) == "slippage"
    assert (
        cause(case(moment(10), moment(11, 60.0), moment(12, 100.0), declined=declined("outage", 11, 12))) == "price_gap"
    )


# Times


def test_times_are_those_of_the_last_spell() -> None:
    before = [moment(5), moment(6)]
    spell = [moment(8, eligible=False, outside_health=0.998), moment(9, eligible=False), moment(10), moment(11, 40.0)]
    rest = [moment(12, 60.0), moment(13, 110.0), moment(14, 5.0)]
    found = case(*before, *spell, *rest, attempts=[attempt(6), attempt(12, sent=11)])
    verdict = attribute(found, 13, DEFICIT)
    assert (verdict.below_outside_since, verdict.eligible_since) == (9, 9)
    assert (verdict.lost_since, verdict.decided_since, verdict.first_attempt) == (11, 12, 11)


def test_a_loss_that_went_away_again_decided_nothing() -> None:
    spell = [moment(10), moment(11, 90.0), moment(12, -20.0), moment(13, -10.0), moment(14, 60.0)]
    verdict = attribute(case(*spell, declined=declined("capital", 11, 12, 13)), 14, DEFICIT)
    assert (verdict.cause, verdict.decided_since, verdict.held["capital"]) == ("capital", 14, 3)


# Sold below its worth


def test_a_fixed_spread_below_worth_was_the_oracles_price() -> None:
    assert cause(case(moment(10), moment(11), moment(12), declined=declined("capital", 11, 12))) == "oracle"


def test_an_auction_below_worth_was_what_kept_others_from_bidding_once_it_could_begin() -> None:
    waiting = [moment(step, eligible=False, late=True) for step in range(5)]
    running = [moment(step) for step in range(5, 9)]
    left_out = [attempt(step, kind="bid", left_out="fee_policy") for step in (5, 6)]
    assert cause(case(*waiting, *running, style="english", attempts=left_out), until=8) == "fee_policy"
    assert cause(case(*waiting, *running, style="english"), until=8) == "rules"
