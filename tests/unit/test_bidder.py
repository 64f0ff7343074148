from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from simulator.agent_settings import LiquidatorSettings
from simulator.agents.bidder import Bidder
from simulator.terms import Auction
from simulator.transaction import Transaction
from simulator.units import GWEI
from simulator.view import FeeMarket, MarketView
from tests.unit.stand_ins import ETHER, GAS_LIMIT, PRICES, USDC, Pool, Rising, book, someone, transaction, view

LOT = 10 * ETHER
"""Worth $20,000."""
LATER = 1_000_000
NINETY = {"low": "90%", "high": "90%"}


def keeper(outages: tuple[tuple[int, int], ...] = (), **changes: Any) -> Bidder:
    fields = {
        "name": "swift",
        "count": 1,
        "venue": "pair",
        "capital": {"kind": "inventory", "amount": "$1M", "sell_after": "5min"},
        "fee": {"kind": "percentile", "percentile": "80%", "maximum": "5000 gwei"},
        "latency": 0,
        "minimum_profit": "$5",
        "in_flight": 10,
        "offers": NINETY,
        **changes,
    }
    chosen = LiquidatorSettings.model_validate(fields)
    return Bidder(chosen, someone("keeper"), "", ("WETH", "USDC"), ("main",), outages)


def auction(number: int = 1, tab: int = 25_000 * USDC, **changes: Any) -> Auction:
    return Auction(number, f"0xowner{number}", "USDC", "WETH", LOT, tab, closes_at=LATER)._replace(**changes)


def market(*auctions: Auction, capital: int = 10**6 * USDC, **changes: Any) -> MarketView:
    pool = Pool(book(), mechanism=Rising(*auctions))
    return view(pool=pool, balances={"USDC": {"0xkeeper": capital}}, **changes)


def act(agent: Bidder, now: MarketView, seed: int = 0) -> list[Transaction]:
    return agent.act(now, PRICES, np.random.default_rng(seed))


def bids(sent: Sequence[Transaction]) -> list[tuple[int, int, int]]:
    """Auction, lot, amount."""
    return [tuple(map(int, one.data.split())) for one in sent if one.kind == "bid"]  # type: ignore[misc]


# What it bids


def test_it_goes_straight_to_what_the_lot_is_worth_to_it() -> None:
    (one,) = act(keeper(), market(auction()))
    assert bids([one]) == [(1, LOT, 18_000 * USDC)]
    assert (one.to, one.kind, one.agent, one.sender.name) == ("0xmodule", "bid", "keeper", "keeper")


def test_it_bids_no_more_than_the_tab() -> None:
    assert bids(act(keeper(), market(auction(tab=15_000 * USDC)))) == [(1, LOT, 15_000 * USDC)]


def test_who_offers_nothing_bids_one_unit() -> None:
    nothing = keeper(offers={"low": "0%", "high": "0%"})
    assert bids(act(nothing, market(auction()))) == [(1, LOT, 1)]
    assert bids(act(nothing, market(auction(bid=1, bidder="0xrival")))) == []


@pytest.mark.parametrize(
    ("bid", "again"),
    [
        (17_475 * USDC, [(1, LOT, 18_000 * USDC)]),  # 3 % more are $17,999.25
        (17_476 * USDC, []),
        (18_000 * USDC, []),
    ],
)
def test_it_outbids_a_rival_while_the_least_bid_is_worth_it(bid: int, again: list[tuple[int, int, int]]) -> None:
    assert bids(act(keeper(), market(auction(bid=bid, bidder="0xrival")))) == again


def test_once_the_tab_is_bid_it_asks_for_less_of_the_lot() -> None:
    tab = 15_000 * USDC
    (chosen,) = bids(act(keeper(), market(auction(tab=tab, bid=tab, bidder="0xrival"))))
    assert (chosen[0], chosen[2]) == (1, tab)
    assert chosen[1] == pytest.approx(LOT * 15 / 18, rel=1e-9)  # where it pays 90 % of the price outside


@pytest.mark.parametrize(("tab", "bids_"), [(17_475, True), (17_476, False)])
def test_it_does_not_ask_for_a_lot_that_is_not_smaller_by_enough(tab: int, bids_: bool) -> None:
    full = auction(tab=tab * USDC, bid=tab * USDC, bidder="0xrival")
    assert bool(bids(act(keeper(), market(full)))) is bids_


@pytest.mark.parametrize("bid", [9_000 * USDC, 25_000 * USDC])
def test_it_does_not_outbid_itself(bid: int) -> None:
    assert act(keeper(), market(auction(bid=bid, bidder="0xkeeper"))) == []


def test_what_it_would_pay_is_drawn_once_for_each_auction() -> None:
    agent = keeper(offers={"low": "50%", "high": "99%"})
    first = sorted(bids(act(agent, market(auction(1), auction(2)))))
    assert first[0][2] != first[1][2]
    assert all(10_000 * USDC <= amount <= 19_800 * USDC for _, _, amount in first)
    assert sorted(bids(act(agent, market(auction(1), auction(2)), seed=5))) == first
    assert bids(act(keeper(offers={"low": "50%", "high": "99%"}), market(auction(1)), seed=5)) != first[:1]


@pytest.mark.parametrize("changes", [{"debt": "WETH"}, {"collateral": "USDC"}])
def test_another_pair_than_the_venues_is_left_alone(changes: dict[str, str]) -> None:
    assert act(keeper(), market(auction(**changes))) == []


@pytest.mark.parametrize(("closes_at", "acts"), [(121, True), (120, False), (60, False)])
def test_it_does_not_bid_when_the_auction_is_over(closes_at: int, acts: bool) -> None:
    assert bool(act(keeper(), market(auction(closes_at=closes_at), step=10))) is acts


@pytest.mark.parametrize(("step", "acts"), [(2, True), (3, False), (4, False), (5, True)])
def test_an_outage_silences_it(step: int, acts: bool) -> None:
    assert bool(act(keeper(((3, 5),)), market(auction(), step=step))) is acts


# How much at a time


@pytest.mark.parametrize(("capital", "numbers"), [(17_999, []), (18_000, [1]), (36_000, [1, 2]), (99_000, [1, 2, 3])])
def test_it_bids_no_more_than_it_has(capital: int, numbers: list[int]) -> None:
    now = market(auction(1), auction(2), auction(3), capital=capital * USDC)
    assert len(bids(act(keeper(), now))) == len(numbers)


def test_it_looks_where_least_is_bid_first() -> None:
    now = market(
        auction(1, bid=9_000 * USDC, bidder="0xrival"),
        auction(2, bid=1, bidder="0xrival"),
        auction(3, bid=5_000 * USDC, bidder="0xrival"),
        capital=40_000 * USDC,
    )
    assert [number for number, _, _ in bids(act(keeper(), now))] == [2, 3]


def test_it_leaves_an_auction_to_a_better_bid_that_waits_in_public() -> None:
    rival = act(keeper(offers={"low": "95%", "high": "95%"}), market(auction()))
    rival = [replace(one, sender=someone("rival"), note={**one.note, "key": "rival"}) for one in rival]
    assert bids(act(keeper(), market(auction(), waiting=rival))) == []
    weaker = [replace(one, note={**one.note, "commits": 17_000 * USDC}) for one in rival]
    assert len(bids(act(keeper(), market(auction(), waiting=weaker)))) == 1


def test_what_waits_is_promised() -> None:
    agent = keeper()
    first = act(agent, market(auction(1), auction(2), capital=36_000 * USDC))[:1]
    (left,) = {1, 2} - {bids(first)[0][0]}
    again = act(agent, market(auction(1), auction(2), capital=35_999 * USDC, waiting=first))
    assert again == []
    again = act(agent, market(auction(1), auction(2), capital=36_000 * USDC, waiting=first))
    assert [number for number, _, _ in bids(again)] == [left]
    assert again[0].nonce == first[0].nonce + 1


@pytest.mark.parametrize(("in_flight", "sent"), [(1, 1), (2, 2), (9, 3)])
def test_no_more_than_so_many_wait_at_a_time(in_flight: int, sent: int) -> None:
    agent = keeper(in_flight=in_flight)
    auctions = [auction(number) for number in (1, 2, 3)]
    first = act(agent, market(*auctions))
    assert len(first) == sent
    assert act(agent, market(*auctions, waiting=first)) == []
    more = act(agent, market(*auctions, waiting=first[1:]))
    assert len(more) == min(1, 3 - len(first[1:]))


def test_a_waiting_bid_is_offered_a_better_fee_with_the_market() -> None:
    agent = keeper()
    (first,) = act(agent, market(auction()))
    (better,) = act(agent, market(auction(), waiting=[first], fees=FeeMarket([(50 * GWEI, GAS_LIMIT)], [], GAS_LIMIT)))
    assert (better.nonce, better.data, better.priority_fee) == (first.nonce, first.data, 50 * GWEI + 1)


# Settlements


def won(**changes: Any) -> Auction:
    return auction(bid=18_000 * USDC, bidder="0xkeeper", closes_at=120, **changes)


def test_it_settles_what_it_won() -> None:
    (one,) = act(keeper(), market(won(), step=10, capital=0))
    assert (one.kind, one.to) == ("liquidation", "0xmodule")
    note = {"protocol": "main", "account": "0xowner1", "debt": "USDC", "collateral": "WETH", "amount": 18_000 * USDC}
    assert note.items() <= one.note.items()


@pytest.mark.parametrize(("step", "bidder"), [(9, "0xkeeper"), (10, "0xrival")])
def test_it_settles_neither_too_early_nor_for_others(step: int, bidder: str) -> None:
    assert act(keeper(), market(won()._replace(bidder=bidder), step=step)) == []


def test_it_does_not_settle_what_somebody_visibly_settles() -> None:
    (own,) = act(keeper(), market(won(), step=10))
    other = transaction("rival", note={**own.note})
    assert act(keeper(), market(won(), step=10, waiting=[other])) == []
    unrelated = transaction("rival", note={"key": "poke"})
    assert len(act(keeper(), market(won(), step=10, waiting=[unrelated]))) == 1


def test_settlements_come_before_bids() -> None:
    sent = act(keeper(in_flight=1), market(auction(1), won(number=2), step=10))
    assert [one.kind for one in sent] == ["liquidation"]


def test_what_it_won_is_sold_after_its_time() -> None:
    agent = keeper()
    held = {"WETH": {"0xkeeper": 5 * ETHER}, "USDC": {}}
    assert agent.act(view(pool=Pool(book(), mechanism=Rising()), balances=held), PRICES, np.random.default_rng()) == []
    later = view(pool=Pool(book(), mechanism=Rising()), balances=held, step=25)
    assert [one.kind for one in agent.act(later, PRICES, np.random.default_rng())] == ["sale"]
