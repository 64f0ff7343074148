from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from simulator.agent_settings import LiquidatorSettings
from simulator.agents.taker import Taker
from simulator.terms import Auction
from simulator.transaction import Transaction
from simulator.units import GWEI, WAD
from simulator.venues.constant_product import Reserves
from simulator.view import FeeMarket, MarketView
from tests.unit.stand_ins import (
    DEEP,
    ETHER,
    GAS_LIMIT,
    PRICES,
    TOKENS,
    USDC,
    Falling,
    Pool,
    book,
    someone,
    transaction,
    view,
)

FLASH = {"kind": "flash_loan"}
OWN = {"kind": "inventory", "amount": "$1M", "sell_after": "5min"}
LOT = 10 * ETHER
TAB = 15_000 * USDC
BOTTOMLESS = Reserves(DEEP.base * 10_000, DEEP.quote * 10_000, 3_000)


def keeper(outages: tuple[tuple[int, int], ...] = (), **changes: Any) -> Taker:
    fields = {
        "name": "swift",
        "count": 1,
        "venue": "pair",
        "capital": OWN,
        "fee": {"kind": "percentile", "percentile": "80%", "maximum": "5000 gwei"},
        "latency": 0,
        "minimum_profit": "$5",
        "in_flight": 10,
        "offers": {"low": "95%", "high": "95%"},
        **changes,
    }
    chosen = LiquidatorSettings.model_validate(fields)
    contract = "0xcontract" if fields["capital"] == FLASH else ""
    return Taker(chosen, someone("keeper"), contract, ("WETH", "USDC"), ("main",), outages)


def auction(number: int = 1, lot: int = LOT, tab: int = TAB, **changes: Any) -> Auction:
    return Auction(number, f"0xowner{number}", "USDC", "WETH", lot, tab)._replace(**changes)


def market(
    *auctions: Auction, top: int = 1_800, capital: int = 10**6 * USDC, rules: Any = None, **changes: Any
) -> MarketView:
    """Auctions at `top`, less one in a hundred a block; outside WETH is worth $2,000."""
    pool = Pool(book(), mechanism=Falling(*(auctions or (auction(),)), top=top, **(rules or {})))
    return view(pool=pool, balances={"USDC": {"0xkeeper": capital}}, **{"base_fee": 0, **changes})


def act(agent: Taker, now: MarketView) -> list[Transaction]:
    return agent.act(now, PRICES, np.random.default_rng(0))


def taken(one: Transaction) -> tuple[int, int, int]:
    """Auction, most collateral, highest price of a purchase from inventory."""
    number, most, price, recipient = one.data.decode().split()
    assert (one.to, recipient) == ("0xmodule", "0xkeeper")
    return int(number), int(most), int(price)


def paid(amount: int, price: int) -> int:
    """Debt units for collateral units, as the module rounds."""
    return -(-amount * price * USDC // (WAD * ETHER))


# When


@pytest.mark.parametrize(("top", "acts"), [(1_900, True), (1_901, False), (2_400, False), (1_000, True)])
def test_who_has_capital_waits_until_the_price_is_what_it_offers(top: int, acts: bool) -> None:
    assert bool(act(keeper(), market(top=top))) is acts


def test_it_takes_when_the_price_has_fallen_far_enough() -> None:
    agent = keeper()
    steps = [step for step in range(40) if act(agent, market(top=2_400, step=step))]
    assert min(steps) == 24  # 2400 * 0.99 ** 24 = 1885.6, a block before 1904.7
    assert steps == list(range(24, 40))


def test_what_it_pays_at_most_is_drawn_once_for_each_auction() -> None:
    agent, rng = keeper(offers={"low": "80%", "high": "99%"}), np.random.default_rng(0)
    first, again = (
        [step for step in range(45) if agent.act(market(top=2_400, step=step), PRICES, rng)] for _ in range(2)
    )
    assert first == again == list(range(first[0], 45))
    draws = set()
    for number in range(5):
        market_of_one = [market(auction(number), top=2_400, step=step) for step in range(45)]
        draws.add(sum(bool(agent.act(now, PRICES, rng)) for now in market_of_one))
    assert len(draws) > 2


def test_nothing_is_taken_from_a_round_that_is_over() -> None:
    now = market(step=1, top=1_500, rules={"tail": "12s"})
    assert len(act(keeper(), now)) == 1
    assert act(keeper(), market(step=2, top=1_500, rules={"tail": "12s"})) == []
    assert act(keeper(capital=FLASH), market(step=2, top=1_500, rules={"tail": "12s"})) == []


@pytest.mark.parametrize("changes", [{"debt": "WETH"}, {"collateral": "USDC"}])
@pytest.mark.parametrize("capital", [OWN, FLASH])
def test_another_pair_than_the_venues_is_left_alone(capital: dict[str, str], changes: dict[str, str]) -> None:
    assert act(keeper(capital=capital), market(auction(**changes), top=1_000)) == []


@pytest.mark.parametrize(("step", "acts"), [(2, True), (3, False), (4, False), (5, True)])
def test_an_outage_silences_it(step: int, acts: bool) -> None:
    assert bool(act(keeper(((3, 5),)), market(step=step))) is acts


# How much, of its own


def test_it_takes_what_pays_the_whole_tab() -> None:
    (one,) = act(keeper(), market(top=1_800))
    number, most, price = taken(one)
    assert (number, price) == (1, 1_800 * WAD)
    assert paid(most - 1, price) <= TAB <= paid(most, price)
    note = {"protocol": "main", "account": "0xowner1", "debt": "USDC", "collateral": "WETH", "kind": None}
    assert all(one.note.get(key) == value for key, value in note.items())
    assert float(str(one.note["profit"])) == pytest.approx(most / ETHER * 200, abs=0.01)


def test_it_takes_the_whole_lot_where_that_does_not_pay_the_tab() -> None:
    (one,) = act(keeper(), market(top=1_400))
    assert taken(one) == (1, LOT, 1_400 * WAD)


def test_it_takes_what_it_can_pay_for() -> None:
    (one,) = act(keeper(), market(top=1_800, capital=9_000 * USDC))
    assert taken(one)[1] == 5 * ETHER


@pytest.mark.parametrize("capital", [13_900, 13_990, 14_200, 14_999])
def test_a_part_leaves_no_forbidden_rest(capital: int) -> None:
    (one,) = act(keeper(), market(top=1_800, capital=capital * USDC))
    _, most, price = taken(one)
    assert paid(most, price) <= TAB - 1_000 * USDC
    assert paid(most, price) == pytest.approx(min(capital, 13_990) * USDC, abs=2)  # $1,000 and 1 % to spare


def test_of_a_small_tab_it_takes_all_or_nothing() -> None:
    small = auction(tab=900 * USDC)
    assert act(keeper(), market(small, capital=899 * USDC)) == []
    (one,) = act(keeper(), market(small, capital=901 * USDC))
    assert paid(taken(one)[1], 1_800 * WAD) >= 900 * USDC


def test_what_waits_is_promised_and_not_repeated() -> None:
    agent, auctions = keeper(), (auction(1), auction(2))
    first = act(agent, market(*auctions, capital=30_001 * USDC))
    assert [taken(one)[0] for one in first] == [1, 2]
    assert act(agent, market(*auctions, waiting=first)) == []
    (freed,) = act(agent, market(*auctions, waiting=first[:1], capital=30_001 * USDC))
    assert (taken(freed)[0], freed.nonce) == (2, first[0].nonce + 1)
    assert act(agent, market(*auctions, waiting=first[:1], capital=15_000 * USDC)) == []


@pytest.mark.parametrize(("in_flight", "sent"), [(1, 1), (2, 2), (9, 3)])
def test_no_more_than_so_many_wait_at_a_time(in_flight: int, sent: int) -> None:
    agent = keeper(in_flight=in_flight)
    first = act(agent, market(auction(1), auction(2), auction(3)))
    assert len(first) == sent
    assert act(agent, market(auction(1), auction(2), auction(3), waiting=first)) == []


@pytest.mark.parametrize(("minimum", "acts"), [("$1666", True), ("$1667", False)])
def test_it_does_not_act_below_its_least_profit(minimum: str, acts: bool) -> None:
    assert bool(act(keeper(minimum_profit=minimum), market(top=1_800))) is acts


@pytest.mark.parametrize(("base_fee", "acts"), [(1_800, True), (1_900, False)])
def test_it_does_not_act_when_gas_costs_more_than_the_profit(base_fee: int, acts: bool) -> None:
    # 450,000 gas at $2,000: $1,620 and $1,710 of a profit of $1,666.67
    assert bool(act(keeper(minimum_profit="$0"), market(top=1_800, base_fee=base_fee * GWEI))) is acts


def test_a_waiting_purchase_is_offered_a_better_fee_with_the_market() -> None:
    agent = keeper()
    (first,) = act(agent, market())
    dear = FeeMarket([(50 * GWEI, GAS_LIMIT)], [], GAS_LIMIT)
    (better,) = act(agent, market(waiting=[first], fees=dear))
    assert (better.nonce, better.data, better.priority_fee) == (first.nonce, first.data, 50 * GWEI + 1)


def test_what_it_took_is_sold_after_its_time() -> None:
    agent = keeper()
    empty = Pool(book(), mechanism=Falling(top=1))
    held = {"WETH": {"0xkeeper": 5 * ETHER}, "USDC": {}}
    assert act(agent, view(pool=empty, balances=held)) == []
    assert [one.kind for one in act(agent, view(pool=empty, balances=held, step=25))] == ["sale"]
    assert act(agent, view(pool=empty, balances=held, step=26, waiting=[transaction("keeper", kind="sale")])) == []


# How much, by flash loan


def flash(**changes: Any) -> Taker:
    return keeper(capital=FLASH, **changes)


def ordered(one: Transaction) -> tuple[int, int, int]:
    """Collateral, price, loan of a purchase by flash loan."""
    assert one.to == "0xcontract"
    collateral, price, loan, _ = one.data.decode().split()[-4:]
    return int(collateral), int(price), int(loan)


@pytest.mark.parametrize(("top", "acts"), [(1_980, True), (1_993, True), (1_995, False), (2_100, False)])
def test_a_flash_loan_waits_for_what_the_pool_pays(top: int, acts: bool) -> None:
    # 0.3 % of fee and 0.05 % of the loan's: $1,993.0 are left of $2,000
    assert bool(act(flash(minimum_profit="$0"), market(top=top, reserves=BOTTOMLESS, capital=0))) is acts


def test_from_a_deep_pool_a_flash_loan_takes_what_pays_the_tab() -> None:
    (one,) = act(flash(), market(top=1_800, reserves=BOTTOMLESS, capital=0))
    collateral, price, loan = ordered(one)
    assert price == 1_800 * WAD
    assert paid(collateral - 1, price) <= TAB <= paid(collateral, price) < loan
    assert one.data.decode().split()[:2] == ["('0xpool',", "'0xmodule',"]


def test_a_flash_loan_takes_no_more_than_the_pool_bears() -> None:
    shallow = Reserves(200 * ETHER, 400_000 * USDC, 3_000)
    lot, tab = 100 * ETHER, 150_000 * USDC
    (one,) = act(flash(), market(auction(lot=lot, tab=tab), top=1_800, reserves=shallow, capital=0))
    collateral, price, _ = ordered(one)

    def profit(amount: int) -> int:
        cost = paid(amount, price)
        return shallow.quote_exact_input(True, amount) - cost - -(-cost * 5 // 10_000)

    assert 0 < collateral < lot / 9
    assert profit(collateral) >= max(map(profit, range(1, lot, lot // 5_000))) - 1_000  # a tenth of a cent
    assert float(str(one.note["profit"])) == pytest.approx(profit(collateral) / USDC, abs=0.01)


def test_each_flash_loan_is_priced_after_the_sales_before_it() -> None:
    shallow = Reserves(200 * ETHER, 400_000 * USDC, 3_000)
    auctions = [auction(number, lot=100 * ETHER, tab=150_000 * USDC) for number in (1, 2)]
    (one,) = act(flash(), market(*auctions, top=1_800, reserves=shallow, capital=0))
    assert one.note["account"] == "0xowner1"  # after it nothing is left to earn
    both = act(flash(), market(*auctions, top=1_800, reserves=DEEP, capital=0))
    profits = [float(str(each.note["profit"])) for each in both]
    assert len(profits) == 2
    assert profits[0] > profits[1] > 0


def test_a_flash_loan_leaves_no_forbidden_rest_either() -> None:
    for base in range(60, 4_000, 60):
        now = market(top=1_800, reserves=Reserves(base * ETHER, base * 2_000 * USDC, 3_000), capital=0)
        for one in act(flash(minimum_profit="$0"), now):
            collateral, price, _ = ordered(one)
            assert paid(collateral, price) >= TAB or paid(collateral, price) <= TAB - 1_000 * USDC


def test_it_asks_to_earn_its_gas_at_least() -> None:
    (one,) = act(flash(), market(top=1_800, base_fee=20 * GWEI, capital=0))
    least = int(one.data.decode().split()[-1])
    assert least == pytest.approx(600_000 * 20 * 10**-9 * 2_000 * USDC, rel=1e-6)
    assert TOKENS["USDC"].decimals == 6
