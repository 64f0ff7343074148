from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.agent_settings import LiquidatorSettings
from simulator.agents.liquidator import Liquidator, best_amount
from simulator.position_book import PositionBook
from simulator.terms import Terms
from simulator.transaction import Transaction
from simulator.units import GWEI
from simulator.venues.constant_product import Reserves
from simulator.view import FeeMarket, MarketView
from tests.unit.stand_ins import (
    DEEP,
    ETHER,
    GAS_LIMIT,
    PRICES,
    USDC,
    Pool,
    book,
    later,
    someone,
    transaction,
    view,
)

FLASH = {"kind": "flash_loan"}
OWN = {"kind": "inventory", "amount": "$10k", "sell_after": "5min"}
EATEN = (10 * ETHER, 17_000 * USDC)  # health 0.97: $8,500 may be repaid
SOUND = (10 * ETHER, 10_000 * USDC)


def keeper(outages: tuple[tuple[int, int], ...] = (), **changes: Any) -> Liquidator:
    fields = {
        "name": "swift",
        "count": 1,
        "venue": "pair",
        "capital": FLASH,
        "fee": {"kind": "percentile", "percentile": "80%", "maximum": "5000 gwei"},
        "latency": 0,
        "minimum_profit": "$5",
        "in_flight": 10,
        **changes,
    }
    chosen = LiquidatorSettings.model_validate(fields)
    contract = "0xcontract" if fields["capital"] == FLASH else ""
    return Liquidator(chosen, someone("keeper"), contract, ("WETH", "USDC"), ("main",), outages)


def act(agent: Liquidator, now: MarketView) -> list[Transaction]:
    return agent.act(now, PRICES, np.random.default_rng(0))


def market(*positions: tuple[int, int], **changes: Any) -> MarketView:
    pool = changes.pop("pool", None) or Pool(book(*(positions or (EATEN,))))
    return view(pool=pool, **{"balances": {"USDC": {"0xkeeper": 10_000 * USDC}}, **changes})


def accounts(sent: list[Transaction]) -> list[str]:
    return [str(one.note["account"]) for one in sent if one.kind == "liquidation"]


def amounts(sent: list[Transaction]) -> list[int]:
    return [int(str(one.note["amount"])) for one in sent if one.kind == "liquidation"]


# The best amount


@given(
    maximum=st.integers(10**6, 10**13),
    bonus=st.floats(0, 0.2),
    base=st.integers(ETHER, 10**5 * ETHER),
    price=st.floats(1_000, 4_000),
    rate=st.sampled_from([0, 5, 100]),
)
def test_no_other_amount_earns_more(maximum: int, bonus: float, base: int, price: float, rate: int) -> None:
    pool = Reserves(base, int(base * price * USDC / ETHER), 3_000)
    collateral = int(maximum * (1 + bonus) / 2_000 / USDC * ETHER)

    def profit(amount: int) -> int:
        return pool.quote_exact_input(True, amount * collateral // maximum) - amount - -(-amount * rate // 10_000)

    found = best_amount(Terms(True, 0, maximum, collateral, 0), -(-maximum * rate // 10_000), pool)
    assert 0 <= found <= maximum
    others = [maximum * part // 50 for part in range(1, 51)]
    others += [min(max(found * near // 1_000, 1), maximum) for near in (990, 999, 1_001, 1_010)]
    assert profit(found) >= max(map(profit, others)) - 3  # units, for rounding


# Whom, and when it pays


def test_only_accounts_below_one_are_liquidated() -> None:
    sent = act(keeper(), market(SOUND, EATEN, SOUND))
    assert accounts(sent) == ["0xowner1"]
    (one,) = sent
    assert (one.to, one.sender.name, one.kind, one.agent) == ("0xcontract", "keeper", "liquidation", "keeper")
    assert one.data.decode().startswith("0xpair 0xowner1 ")


def test_in_a_deep_pool_all_that_may_be_repaid_is_and_the_offer_covers_interest() -> None:
    (one,) = act(keeper(), market(reserves=Reserves(DEEP.base * 1_000, DEEP.quote * 1_000, 3_000)))
    assert one.note["amount"] == 8_500 * USDC
    assert one.data.decode().split()[2] == str(8_500 * USDC + 850_000 + 1)
    proceeds = 8_500 * 1.045 * 0.997
    assert float(str(one.note["profit"])) == pytest.approx(proceeds - 8_500 * 1.0005, abs=0.2)


def test_in_a_shallow_pool_less_is_repaid_and_nothing_else_would_have_paid_more() -> None:
    pool, reserves = Pool(book((100 * ETHER, 170_000 * USDC))), Reserves(1_500 * ETHER, 3_000_000 * USDC, 3_000)
    (one,) = act(keeper(), market(pool=pool, reserves=reserves))
    terms = pool.terms(0, "USDC", "WETH")

    def profit(amount: int) -> int:
        out = reserves.quote_exact_input(True, amount * terms.collateral // terms.maximum_debt)
        return out - amount - pool.flash_fee(amount)

    (chosen,) = amounts([one])
    assert 0 < chosen < terms.maximum_debt
    grid = range(1, terms.maximum_debt, terms.maximum_debt // 2_000)
    assert profit(chosen) >= max(map(profit, grid)) - 1_000  # a tenth of a cent
    assert float(str(one.note["profit"])) == pytest.approx(profit(chosen) / USDC)


def test_where_slippage_eats_the_bonus_it_does_not_act() -> None:
    # spot already 5 % under the oracle
    assert act(keeper(), market(reserves=Reserves(20_000 * ETHER, 38_000_000 * USDC, 3_000))) == []


@pytest.mark.parametrize(
    ("capital", "base_fee", "acts"),
    [
        (FLASH, 0, True),
        (FLASH, 400, True),  # 420,000 gas at 400 gwei and $2000: $336 of a profit of $349.64
        (FLASH, 415, False),
        (OWN, 690, True),  # 260,000 gas: $359 of $382.50
        (OWN, 740, False),
    ],
)
def test_it_does_not_act_when_gas_costs_more_than_the_profit(
    capital: dict[str, str], base_fee: int, acts: bool
) -> None:
    now = market(base_fee=base_fee * GWEI)
    assert bool(act(keeper(capital=capital), now)) is acts


@pytest.mark.parametrize(("minimum", "acts"), [("$349", True), ("$350", False)])
def test_it_does_not_act_below_its_least_profit(minimum: str, acts: bool) -> None:
    assert bool(act(keeper(minimum_profit=minimum), market(base_fee=0))) is acts


def test_near_the_line_the_contract_is_asked_and_its_no_is_heeded() -> None:
    near = (10 * ETHER, 16_500_010_000)  # a health factor of 0.9999994
    pool = Pool(book(near, EATEN), refuses=("0xowner0", "0xowner1"))
    assert accounts(act(keeper(), market(pool=pool))) == ["0xowner1"]


def test_another_pair_than_the_venue_s_is_left_alone() -> None:
    positions: PositionBook = book(EATEN)
    positions.set_shares("0xowner0", (0, 20_000 * USDC * 10**6), (8_500 * ETHER // 1_000 * 10**6, 0))
    assert positions.eligible()[0]
    assert act(keeper(), market(pool=Pool(positions))) == []


@pytest.mark.parametrize(("step", "acts"), [(2, True), (3, False), (4, False), (5, True)])
def test_an_outage_silences_it_from_its_first_block_to_before_its_end(step: int, acts: bool) -> None:
    assert bool(act(keeper(((3, 5),)), market(step=step))) is acts


# How many at a time


@pytest.mark.parametrize(("in_flight", "sent"), [(1, 1), (2, 2), (3, 3), (9, 4)])
def test_no_more_than_so_many_wait_at_a_time(in_flight: int, sent: int) -> None:
    agent = keeper(in_flight=in_flight)
    now = market(*[EATEN] * 4)
    first = act(agent, now)
    assert len(first) == len(set(accounts(first))) == sent
    assert [one.nonce for one in first] == list(range(sent))
    again = act(agent, market(*[EATEN] * 4, waiting=first))
    assert len(again) == 0


def test_room_that_came_free_goes_to_other_accounts() -> None:
    agent = keeper(in_flight=2)
    first = act(agent, market(*[EATEN] * 4))
    now = later(market(*[EATEN] * 4, waiting=first[1:]), 1)
    (second,) = act(agent, now)
    assert second.nonce == 0  # the first one left a gap, without which nothing after it can be mined
    assert accounts([second])[0] not in accounts(first[1:])


def test_each_flash_loan_is_priced_after_the_sales_before_it() -> None:
    plans = act(keeper(), market(*[(200 * ETHER, 340_000 * USDC)] * 3))
    profits = [float(str(one.note["profit"])) for one in plans]
    assert profits == sorted(profits, reverse=True)
    assert len(set(profits)) == len(profits) == 3


# Rivals


@pytest.mark.parametrize(("tip", "acts"), [(GWEI, True), (10 * GWEI, True), (10 * GWEI + 1, False), (50 * GWEI, False)])
def test_it_does_not_follow_a_rival_who_pays_as_much(tip: int, acts: bool) -> None:
    rival = transaction("rival", tip=tip, kind="liquidation", note={"account": "0xowner0"})
    crowd = FeeMarket([(10 * GWEI, GAS_LIMIT)], [], GAS_LIMIT)  # its own bid: 10 gwei + 1 wei
    assert bool(act(keeper(), market(waiting=[rival], fees=crowd))) is acts


def test_a_waiting_liquidation_is_bid_up_with_the_market_but_not_above_its_profit() -> None:
    agent = keeper()
    (first,) = act(agent, market())

    def rebid(tip: int) -> list[Transaction]:
        return act(agent, market(waiting=[first], fees=FeeMarket([(tip * GWEI, GAS_LIMIT)], [], GAS_LIMIT)))

    assert rebid(0) == []
    (higher,) = rebid(100)
    assert (higher.nonce, higher.data, higher.priority_fee) == (first.nonce, first.data, 100 * GWEI + 1)
    assert rebid(400) == []  # $353 of gas for $349.64


# Own capital


def test_inventory_repays_no_more_than_it_has_and_promises_it_once() -> None:
    agent = keeper(capital=OWN, minimum_profit="$0")
    now = market(*[EATEN] * 3, base_fee=0)
    first = act(agent, now)
    assert amounts(first) == [8_500 * USDC, 1_500 * USDC]
    assert all(one.to == "0xmodule" for one in first)
    assert act(agent, market(*[EATEN] * 3, base_fee=0, waiting=first)) == []
    freed = act(agent, market(*[EATEN] * 3, base_fee=0, waiting=first[:1]))
    assert amounts(freed) == [1_500 * USDC]


@pytest.mark.parametrize("held", [0, 1])
def test_without_capital_inventory_does_nothing(held: int) -> None:
    assert act(keeper(capital=OWN), market(balances={"USDC": {"0xkeeper": held}})) == []


def test_a_flash_loan_needs_no_capital() -> None:
    assert act(keeper(), market(balances={}))


def test_seized_collateral_is_sold_after_its_time() -> None:
    agent = keeper(capital=OWN)
    held = {"WETH": {"0xkeeper": 5 * ETHER}, "USDC": {"0xkeeper": 10_000 * USDC}}

    def sold(step: int, **changes: Any) -> list[Transaction]:
        return act(agent, market(SOUND, step=step, **{"balances": held, **changes}))

    assert sold(10) == []
    assert sold(34) == []  # 288 seconds
    (sale,) = sold(35)
    assert (sale.kind, sale.to) == ("sale", "0xrouter")
    token, amount, minimum, recipient, _ = sale.data.decode().split()
    assert (token, int(amount), recipient) == ("0xweth", 5 * ETHER, "0xkeeper")
    assert 0 < int(minimum) < DEEP.quote_exact_input(True, 5 * ETHER)
    assert [one for one in sold(36, waiting=[sale]) if one.kind == "sale" and one.nonce != sale.nonce] == []
    assert sold(37, balances={}) == []  # it went through: the clock starts anew
    assert sold(38) == []
    assert sold(63)


def test_a_sale_takes_at_most_a_hundredth_of_the_pool() -> None:
    agent = keeper(capital={**OWN, "sell_after": "0s"})
    (sale,) = act(agent, market(SOUND, balances={"WETH": {"0xkeeper": 900 * ETHER}}))
    assert int(sale.data.split()[1]) == DEEP.base // 100


def test_a_liquidation_and_a_sale_follow_each_other_in_nonce() -> None:
    held = {"WETH": {"0xkeeper": ETHER}, "USDC": {"0xkeeper": 9_000 * USDC}}
    sent = act(keeper(capital={**OWN, "sell_after": "0s"}), market(balances=held))
    assert [(one.kind, one.nonce) for one in sent] == [("liquidation", 0), ("sale", 1)]
