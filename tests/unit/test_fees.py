from __future__ import annotations

import pytest

from simulator.agent_settings import FixedFee, PercentileFee, ProfitShareFee
from simulator.agents.agent import raised
from simulator.agents.fees import Bid, bid, worth_replacing
from simulator.units import GWEI
from simulator.view import FeeMarket
from tests.unit.stand_ins import GAS_LIMIT, transaction, view

MARKET = FeeMarket([(10 * GWEI, GAS_LIMIT // 2), (30 * GWEI, GAS_LIMIT // 2)], [], GAS_LIMIT)


def fixed(price: str) -> FixedFee:
    return FixedFee.model_validate({"kind": "fixed", "price": price})


def percentile(share: str, maximum: str = "1000 gwei") -> PercentileFee:
    return PercentileFee.model_validate({"kind": "percentile", "percentile": share, "maximum": maximum})


def profit_share(share: str, maximum: str = "1000 gwei") -> ProfitShareFee:
    return ProfitShareFee.model_validate({"kind": "profit_share", "share": share, "maximum": maximum})


@pytest.mark.parametrize("base_fee", [0, 20, 10_000])
def test_a_fixed_price_is_bid_whatever_the_base_fee(base_fee: int) -> None:
    assert bid(fixed("12.5 gwei"), view(base_fee=base_fee * GWEI)) == (12_500_000_000, 12_500_000_000)


@pytest.mark.parametrize(
    ("share", "maximum", "base_fee", "cap", "tip"),
    [
        ("50%", "1000 gwei", 20, 50 * GWEI + 1, 10 * GWEI + 1),  # one wei above those it beats
        ("51%", "1000 gwei", 20, 70 * GWEI + 1, 30 * GWEI + 1),
        ("0%", "1000 gwei", 20, 40 * GWEI + 1, 1),
        ("100%", "1000 gwei", 0, 30 * GWEI + 1, 30 * GWEI + 1),  # first-price auction: no base fee to leave room for
        ("100%", "60 gwei", 20, 60 * GWEI, 30 * GWEI + 1),  # the maximum caps the whole price
        ("100%", "25 gwei", 0, 25 * GWEI, 25 * GWEI),
        ("100%", "25 gwei", 100, 25 * GWEI, 25 * GWEI),  # it waits under the base fee
    ],
)
def test_a_percentile_beats_its_share_up_to_its_maximum(
    share: str, maximum: str, base_fee: int, cap: int, tip: int
) -> None:
    assert bid(percentile(share, maximum), view(fees=MARKET, base_fee=base_fee * GWEI)) == (cap, tip)


def test_a_percentile_of_an_empty_market_is_one_wei() -> None:
    assert bid(percentile("80%"), view(base_fee=0)) == (1, 1)


@pytest.mark.parametrize(
    ("share", "maximum", "base_fee", "profit", "cap", "tip"),
    [
        ("20%", "1000 gwei", 20, 10**17, 90 * GWEI, 50 * GWEI),  # 0.02 ether over 400,000 gas
        ("20%", "1000 gwei", 0, 10**17, 50 * GWEI, 50 * GWEI),
        ("20%", "40 gwei", 0, 10**17, 40 * GWEI, 40 * GWEI),
        ("20%", "60 gwei", 20, 10**17, 60 * GWEI, 50 * GWEI),
        ("20%", "1000 gwei", 20, 0, 40 * GWEI + 1, 1),
        ("0%", "1000 gwei", 0, 10**17, 1, 1),
    ],
)
def test_a_share_of_the_profit_is_bid_for_the_gas(
    share: str, maximum: str, base_fee: int, profit: int, cap: int, tip: int
) -> None:
    offer = bid(profit_share(share, maximum), view(base_fee=base_fee * GWEI), profit=profit, gas=400_000)
    assert offer == (cap, tip)


@pytest.mark.parametrize(("base_fee", "price"), [(0, 5), (10, 15), (40, 45), (45, 50), (46, 50), (900, 50)])
def test_what_is_paid_is_base_fee_and_tip_up_to_the_cap(base_fee: int, price: int) -> None:
    assert Bid(50, 5).effective(base_fee) == price


@pytest.mark.parametrize(
    ("cap", "tip", "worth"), [(1100, 110, True), (1099, 110, False), (1100, 109, False), (5000, 100, False)]
)
def test_replacing_needs_ten_percent_on_both_fees(cap: int, tip: int, worth: bool) -> None:
    old = transaction(max_fee=1000, tip=100, nonce=3, kind="sale", note={"account": "0xann"})
    assert worth_replacing(old, Bid(cap, tip)) is worth
    better = raised(old, Bid(cap, tip))
    assert len(better) == worth
    for one in better:
        assert (one.max_fee, one.priority_fee, one.nonce, one.kind, one.note) == (cap, tip, 3, "sale", old.note)


def test_the_mempool_takes_what_is_worth_replacing() -> None:
    old = transaction(max_fee=1001, tip=11)
    for offer in (Bid(1102, 13), Bid(1101, 13), Bid(1102, 12), Bid(1103, 13)):
        mempool = view(waiting=[old]).mempool
        mempool.add([transaction(max_fee=offer.max_fee, tip=offer.priority_fee)], 1, 0)
        assert [one.outcome for one in mempool.arrive(1)] == [
            "replaced" if worth_replacing(old, offer) else "underpriced"
        ]
