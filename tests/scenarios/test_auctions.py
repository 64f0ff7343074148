"""Auctions as Python follows them, against the contracts after every block."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from simulator.chain import Call
from simulator.contracts import artifact, decode_error
from simulator.market import Market
from simulator.mechanisms.liquidations.dutch_auction import DutchAuctions
from simulator.mechanisms.liquidations.english_auction import EnglishAuctions
from simulator.simulation import Simulation
from simulator.terms import Auction
from tests.scenarios.overlays import Ran, scenario
from tests.scenarios.world import Read, holdings, read

ENGLISH, DUTCH = "EnglishAuctionLiquidation", "DutchAuctionLiquidation"
BLOCK = 30
NOBODY = "0x" + "00" * 20


class Comparison:
    """`different` holds (kind, auction, of Python, of the contract)."""

    def __init__(self, name: str) -> None:
        self.different: list[tuple[Any, ...]] = []
        self.compared: Counter[str] = Counter()
        self.done = Ran(scenario(name), self._look)

    def _look(self, simulation: Simulation) -> None:
        market = simulation.market
        mechanism = market.protocols["main"].mechanism
        compare = english if isinstance(mechanism, EnglishAuctions) else dutch
        for kind, number, followed, real in compare(market, mechanism):  # type: ignore[arg-type]
            self.compared[kind] += 1
            if followed != real:
                self.different.append((kind, number, followed, real))


def running(market: Market, contract: str, address: str) -> set[int]:
    """Numbers of the auctions that the contract has."""
    count = read(market.chain, [(contract, address, "auctionCount")])[0]
    all_: list[Read] = [(contract, address, "auction", number) for number in range(1, count + 1)]
    return {number for number, one in enumerate(read(market.chain, all_), 1) if one[0] != NOBODY}


def english(market: Market, mechanism: EnglishAuctions) -> Iterator[tuple[str, int, Any, Any]]:
    at, tokens = mechanism.address, market.protocols["main"].tokens  # type: ignore[attr-defined]
    yield "running", 0, {one.number for one in mechanism.auctions}, running(market, ENGLISH, at)
    paid = sum(one.bid for one in mechanism.auctions)
    yield "bids held", 0, paid, holdings(market, "USDC", [at])[at]
    reads: list[Read] = [(ENGLISH, at, "auction", one.number) for one in mechanism.auctions]
    for one, told in zip(mechanism.auctions, read(market.chain, reads) if reads else [], strict=True):
        borrower, debt, collateral, _, _, tab, lot, bid, bidder, closes, _ = told
        followed = (one.borrower, tokens[one.debt], tokens[one.collateral], one.tab, one.lot, one.bid, one.closes_at)
        yield "auction", one.number, followed, (borrower, debt, collateral, tab, lot, bid, closes)
        yield "bidder", one.number, one.bidder or NOBODY, bidder
        yield from bids(market, mechanism, one)


def bids(market: Market, mechanism: EnglishAuctions, one: Auction) -> Iterator[tuple[str, int, Any, Any]]:
    """The least bid, or the largest lot, is taken and nothing beyond it; when it is over, none is."""
    over = market.chain.head.timestamp + BLOCK >= one.closes_at
    if one.bid < one.tab:
        least = mechanism.least_bid(one)
        offers, refusal = [(one.lot, least), (one.lot, least - 1)], "BidTooLow"
    else:
        most = mechanism.most_lot(one)
        offers, refusal = [(most, one.tab), (most + 1, one.tab)], "LotTooLarge"
    held = market.balances["USDC"]
    keepers = [keeper.address for group in market.roster.liquidators.values() for keeper in group]
    richest = max(keepers, key=lambda keeper: held[keeper])
    assert held[richest] >= one.tab
    calls = [Call(*mechanism.bid_call(one.number, *offer), sender=richest, ahead=BLOCK) for offer in offers]
    taken, refused = (
        "taken" if answer.succeeded else decode_error(answer.data).partition("(")[0]
        for answer in market.chain.call_many(calls)
    )
    kind = "over" if over else "first phase" if one.bid < one.tab else "second phase"
    yield kind, one.number, ("AuctionOver",) * 2 if over else ("taken", refusal), (taken, refused)


def dutch(market: Market, mechanism: DutchAuctions) -> Iterator[tuple[str, int, Any, Any]]:
    at, head = mechanism.address, market.chain.head.timestamp
    yield "running", 0, {one.number for one in mechanism.auctions}, running(market, DUTCH, at)
    module = artifact(DUTCH)
    for one in mechanism.auctions:
        for ahead in (0, BLOCK):
            call = Call(at, module.encode("status", one.number), ahead=ahead)
            restart, price, lot, tab = module.decode("status", market.chain.call(call))
            followed = mechanism.price(one.number, head + ahead)
            yield "over" if restart else "price", one.number, followed, None if restart else price
            if not ahead:
                yield "lot and tab", one.number, (one.lot, one.tab), (lot, tab)


@pytest.fixture(scope="module")
def rising() -> Comparison:
    return Comparison("english auction")


@pytest.fixture(scope="module")
def falling() -> Comparison:
    return Comparison("dutch auction")


def test_english_auctions_are_the_contracts_at_every_block(rising: Comparison) -> None:
    assert rising.different[:3] == []
    assert rising.compared["auction"] > 100
    assert min(rising.compared[kind] for kind in ("first phase", "second phase", "over")) > 10


def test_english_auctions_met_everything_that_can_happen(rising: Comparison) -> None:
    names = ("AuctionStarted", "AuctionRestarted", "AuctionSettled", "AuctionCancelled")
    assert all(rising.done.events(name) for name in names)
    placed = Counter(one.arguments["id"] for one in rising.done.events("BidPlaced"))
    assert max(placed.values()) > 2
    started = {one.arguments["id"]: one.arguments["lot"] for one in rising.done.events("AuctionStarted")}
    settled = rising.done.events("AuctionSettled")
    assert any(0 < one.arguments["lot"] < started[one.arguments["id"]] for one in settled)
    assert {one.arguments["writtenOff"] > 0 for one in settled} == {False, True}


def test_dutch_auctions_are_the_contracts_at_every_block(falling: Comparison) -> None:
    assert falling.different[:3] == []
    assert min(falling.compared[kind] for kind in ("price", "over", "lot and tab")) > 10


def test_dutch_auctions_met_everything_that_can_happen(falling: Comparison) -> None:
    names = ("AuctionStarted", "AuctionRestarted", "Taken", "AuctionCancelled")
    assert all(falling.done.events(name) for name in names)
    taken = falling.done.events("Taken")
    assert {one.arguments["writtenOff"] > 0 for one in taken} == {False, True}
    assert any(one.arguments["tab"] for one in taken)  # a part
    keepers = {one.arguments["taker"] for one in taken}
    market = falling.done.simulation.market
    contracts = set(market.keepers.values())
    assert keepers & contracts  # by flash loan
    assert keepers - contracts


@pytest.mark.parametrize(
    ("name", "mechanism", "lost"),
    [("english auction", EnglishAuctions, "BidPlaced"), ("dutch auction", DutchAuctions, "AuctionRestarted")],
)
def test_a_lost_event_is_found(name: str, mechanism: Any, lost: str, monkeypatch: pytest.MonkeyPatch) -> None:
    apply = mechanism._apply
    monkeypatch.setattr(
        mechanism, "_apply", lambda self, event, *rest: None if event.name == lost else apply(self, event, *rest)
    )
    assert Comparison(name).different
