from __future__ import annotations

from typing import Any

import pytest

from simulator.room import Room
from simulator.transaction import Block, Receipt
from simulator.units import GWEI
from tests.unit.stand_ins import transaction

ETHER_PRICE = 2_000 * 10**8
BASE_FEE = 20 * GWEI


def receipt(price: int, gas: int, kind: str = "background") -> Receipt:
    return Receipt(transaction(kind=kind), True, gas, price * GWEI, (), b"")


def room(*receipts: Receipt, limit: int = 1_000_000) -> Room:
    used = sum(one.gas_used for one in receipts)
    return Room(Block(1, 12, BASE_FEE, limit, used, receipts, ()), ETHER_PRICE)


def liquidation(gas: int = 500_000, **note: Any) -> Any:
    return transaction(gas_limit=gas, kind="liquidation", note=note)


FULL = (receipt(90, 300_000), receipt(30, 300_000), receipt(40, 400_000))


def test_room_that_is_free_costs_the_base_fee() -> None:
    assert room(receipt(90, 400_000)).price(600_000) == BASE_FEE


def test_room_costs_more_than_the_dearest_that_must_give_way() -> None:
    assert room(*FULL).price(300_000) == 30 * GWEI + 1
    assert room(*FULL).price(300_001) == 40 * GWEI + 1
    assert room(*FULL).price(700_001) == 90 * GWEI + 1


@pytest.mark.parametrize("kind", ["oracle", "poke", "auction", "bid", "liquidation", "backstop"])
def test_what_liquidations_need_gives_no_room(kind: str) -> None:
    assert room(receipt(30, 600_000, kind), receipt(90, 400_000)).price(400_000) == 90 * GWEI + 1
    assert room(receipt(30, 600_000, kind), receipt(90, 400_000)).price(400_001) is None


def test_a_profit_that_covers_the_price_makes_it_the_fee_policy() -> None:
    """500,000 gas at 40 gwei and a wei are $40 and a little at $2,000 an ether."""
    assert room(*FULL).why_left_out(liquidation(profit=40.01)) == "fee_policy"
    assert room(*FULL).why_left_out(liquidation(profit=40.00)) == "no_room"


def test_the_gas_that_is_expected_counts_and_not_the_limit() -> None:
    assert room(*FULL).why_left_out(liquidation(profit=20.01, gas=250_000)) == "fee_policy"


def test_room_that_is_not_for_sale_is_no_room_at_any_profit() -> None:
    assert room(receipt(30, 1_000_000, "liquidation")).why_left_out(liquidation(profit=1e9)) == "no_room"


def test_a_chore_is_worth_any_price() -> None:
    assert room(*FULL).why_left_out(liquidation()) == "fee_policy"


def test_what_offers_the_price_waits_behind_its_own() -> None:
    """The price of room is 30 gwei and a wei: 20 of the base fee and a tip."""
    dear, cheap = (transaction(gas_limit=300_000, tip=10 * GWEI + more, note={"profit": 1e9}) for more in (1, 0))
    assert room(*FULL).why_left_out(dear) == "queue"
    assert room(*FULL).why_left_out(cheap) == "fee_policy"
