"""What keepers tell of the accounts that they let be, whatever their trade."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.agents.bidder import Bidder
from simulator.agents.liquidator import Liquidator
from simulator.agents.taker import Taker
from simulator.following import Keeper
from simulator.units import GWEI
from simulator.venues.constant_product import Reserves
from simulator.view import MarketView
from tests.unit import test_bidder as bidding
from tests.unit import test_liquidator as liquidating
from tests.unit import test_taker as taking
from tests.unit.stand_ins import ETHER, PRICES, USDC, Pool, book, transaction

EATEN = liquidating.EATEN
OWN, FLASH = liquidating.OWN, liquidating.FLASH
EMPTY = {"USDC": {"0xkeeper": 0}}
SHALLOW = Reserves(20_000 * ETHER, 38_000_000 * USDC, 3_000)
WAITING = transaction("keeper", kind="liquidation", note={"account": "0xother", "protocol": "main", "amount": 0})


def reasons(agent: Liquidator | Taker | Bidder, now: MarketView, price: Any = PRICES) -> list[tuple[str, str]]:
    agent.act(now, price, np.random.default_rng(0))
    assert {one.protocol for one in agent.declined} <= {"main"}
    return [(one.account, one.reason) for one in agent.declined]


def liquidator(expected: str, account: str = "0xowner0", **changes: Any) -> None:
    fields = {
        name: changes.pop(name) for name in ("capital", "minimum_profit", "in_flight", "outages") if name in changes
    }
    price = changes.pop("price", PRICES)
    assert reasons(liquidating.keeper(**fields), liquidating.market(**changes), price) == [(account, expected)]


def test_all_tell() -> None:
    for agent in (liquidating.keeper(), taking.keeper(), bidding.keeper()):
        assert isinstance(agent, Keeper)


def test_what_it_acts_on_it_does_not_decline() -> None:
    assert reasons(liquidating.keeper(), liquidating.market()) == []
    assert reasons(taking.keeper(), taking.market()) == []
    assert reasons(bidding.keeper(), bidding.market(bidding.auction())) == []


def test_a_new_list_each_time() -> None:
    agent = liquidating.keeper(capital=OWN)
    agent.act(liquidating.market(balances=EMPTY), PRICES, np.random.default_rng(0))
    before = agent.declined
    assert len(before) == 1
    agent.act(liquidating.market(), PRICES, np.random.default_rng(0))
    assert agent.declined == []
    assert len(before) == 1


# Keepers of fixed spreads


def test_slippage_that_eats_the_bonus() -> None:
    liquidator("slippage", reserves=SHALLOW)


def test_slippage_that_leaves_less_than_the_gas() -> None:
    liquidator("slippage", minimum_profit="$360")


def test_gas_that_even_the_outside_price_would_not_pay() -> None:
    liquidator("gas", base_fee=600 * GWEI)


def test_a_market_so_near_the_end_of_the_bonus_that_the_rest_does_not_pay_for_gas() -> None:
    """4.3 % below the protocol's price at a bonus of 4.5 %: $17 of $8,500, less than the gas."""
    liquidator("overpriced", capital=OWN, price={**PRICES, "WETH": PRICES["WETH"] * 957 // 1_000}, base_fee=100 * GWEI)


def test_one_who_wants_more_than_the_whole_bonus_is_not_one_who_would_have_acted() -> None:
    assert reasons(liquidating.keeper(minimum_profit="$1M"), liquidating.market()) == []
    assert reasons(liquidating.keeper(minimum_profit="$1M"), liquidating.market(reserves=SHALLOW)) == []


def test_no_money() -> None:
    liquidator("capital", capital=OWN, balances=EMPTY)


def test_too_little_money_to_pay_for_the_gas() -> None:
    liquidator("capital", capital=OWN, balances={"USDC": {"0xkeeper": 100 * USDC}})


@pytest.mark.parametrize("capital", [OWN, FLASH])
def test_a_protocols_price_above_the_market(capital: Any) -> None:
    liquidator("overpriced", capital=capital, price={**PRICES, "WETH": PRICES["WETH"] * 95 // 100}, reserves=SHALLOW)


def test_a_contract_that_allows_nothing() -> None:
    class Guarded(Pool):
        def terms(self, number: int, debt: str, collateral: str) -> Any:
            return super().terms(number, debt, collateral)._replace(eligible=False)

    liquidator("refused", pool=Guarded(book(EATEN)))


def test_as_much_under_way_as_it_lets_be() -> None:
    liquidator("in_flight", account="", in_flight=1, waiting=[WAITING])


def test_an_outage() -> None:
    liquidator("outage", account="", outages=((0, 3),))


def test_more_targets_than_it_lets_be_under_way() -> None:
    told = reasons(liquidating.keeper(in_flight=1), liquidating.market(EATEN, EATEN, EATEN))
    assert [reason for _, reason in told] == ["in_flight", "in_flight"]


def test_a_sound_account_is_not_declined() -> None:
    assert reasons(liquidating.keeper(capital=OWN), liquidating.market(liquidating.SOUND, balances=EMPTY)) == []


# Takers


@pytest.mark.parametrize(
    ("fields", "changes", "expected"),
    [
        ({}, {"top": 2_300}, "waiting"),
        ({"capital": FLASH}, {"top": 2_300}, "waiting"),
        ({}, {"capital": 0}, "capital"),
        ({"capital": FLASH, "minimum_profit": "$1660"}, {}, "slippage"),
        ({}, {"base_fee": 50_000 * GWEI}, "waiting"),
        (
            {"in_flight": 1},
            {"waiting": [transaction("keeper", kind="liquidation", note={"key": "another"})]},
            "in_flight",
        ),
    ],
)
def test_takers_tell(fields: dict[str, Any], changes: dict[str, Any], expected: str) -> None:
    assert reasons(taking.keeper(**fields), taking.market(**changes)) == [("0xowner1", expected)]


def test_a_taker_that_is_out() -> None:
    assert reasons(taking.keeper(outages=((0, 3),)), taking.market()) == [("", "outage")]


# Bidders


def test_a_bidder_without_money() -> None:
    assert reasons(bidding.keeper(), bidding.market(bidding.auction(), capital=0)) == [("0xowner1", "capital")]


def test_a_bidder_who_could_afford_only_one() -> None:
    now = bidding.market(bidding.auction(1), bidding.auction(2), capital=20_000 * USDC)
    assert [reason for _, reason in reasons(bidding.keeper(), now)] == ["capital"]


def test_a_bidder_with_enough_under_way() -> None:
    now = bidding.market(bidding.auction(1), bidding.auction(2))
    assert [reason for _, reason in reasons(bidding.keeper(in_flight=1), now)] == ["in_flight"]


def test_a_bidder_that_is_out() -> None:
    assert reasons(bidding.keeper(outages=((0, 3),)), bidding.market(bidding.auction())) == [("", "outage")]


def test_a_bid_tells_what_it_would_earn() -> None:
    (one,) = bidding.act(bidding.keeper(), bidding.market(bidding.auction()))
    assert (one.note["account"], one.note["protocol"], one.note["profit"]) == ("0xowner1", "main", 2_000.0)
