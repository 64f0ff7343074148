"""Rising bids on lots of fixed size: Maker's flip of 2020."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ...chain.engine import Call, CallResult
from ...contracts import Event, artifact, decode_log
from ...fields import Model, Name, Reference, Share, Wait
from ...position_book import PositionBook
from ...terms import Auction, Chore, Terms
from ...transaction import Log
from ...units import WAD, to_units, wad
from ..site import Site

__all__ = ["BID_GAS", "EnglishAuction", "EnglishAuctions"]

CONTRACT = "EnglishAuctionLiquidation"
START_GAS, BID_GAS, SETTLE_GAS = 700_000, 250_000, 700_000
AT_ONCE = 8
"""Lots of one account that are put under auction in one block."""


class EnglishAuction(Model):
    """`lots` are the largest lots by collateral, in whole tokens."""

    kind: Literal["english_auction"]
    bid_lifetime: Wait
    auction_lifetime: Annotated[Wait, Field(le=30 * 86_400)]
    minimum_increment: Share
    lots: dict[Name, Annotated[Decimal, Field(gt=0)]]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.bid_lifetime > self.auction_lifetime:
            times = f"bid_lifetime {self.bid_lifetime}s is longer than auction_lifetime {self.auction_lifetime}s"
            raise ValueError(f"{times}; shorten it")
        return self

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        for asset in self.lots:
            yield Reference("lots", "assets", asset)

    def mechanism(self) -> EnglishAuctions:
        """The module, before it is deployed."""
        return EnglishAuctions(self)


class EnglishAuctions:
    """The module alive; see `Mechanism`."""

    style = "english"
    most_bonus: float | None = 0.0
    extra_gas = 0
    payments: Mapping[str, str] = {"AuctionSettled": "bid"}

    def __init__(self, rules: EnglishAuction) -> None:
        self.address, self.rules = "", rules
        self._open: dict[int, Auction] = {}
        self._lots: dict[int, int] = {}  # full lots, by auction
        self._ends: dict[int, int] = {}
        self._tokens: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._sizes: dict[str, int] = {}

    @property
    def auctions(self) -> Sequence[Auction]:
        """Auctions that run, oldest first."""
        return tuple(self._open.values())

    def deploy(self, site: Site) -> None:
        """See `Mechanism.deploy`."""
        rules = self.rules
        numbers = (int(rules.bid_lifetime), int(rules.auction_lifetime), wad(rules.minimum_increment))
        self.address = site.set_up.deploy(CONTRACT, site.owner, site.pool, numbers)
        self._tokens = {asset: site.token(asset) for asset in site.assets}
        self._names = {token: asset for asset, token in self._tokens.items()}
        for asset, lot in rules.lots.items():
            self._sizes[asset] = to_units(lot, site.tokens[asset][1])
            site.govern(self.address, CONTRACT, "setLotSize", site.token(asset), self._sizes[asset])

    def calls(self, book: PositionBook) -> list[Call]:
        """None: events tell everything."""
        return []

    def follow(self, book: PositionBook, logs: Sequence[Log], answers: Sequence[CallResult], timestamp: int) -> None:
        """See `Mechanism.follow`."""
        for log in logs:
            event = decode_log(log) if log.address == self.address else None
            if event is not None and "id" in event.arguments:
                self._apply(event, event.arguments, timestamp)

    def _apply(self, event: Event, told: Mapping[str, Any], timestamp: int) -> None:
        number = told["id"]
        if event.name == "AuctionStarted":
            pair = (self._names[told["debtAsset"]], self._names[told["collateralAsset"]])
            self._lots[number] = told["lot"]
            self._open[number] = Auction(number, told["borrower"], *pair, told["lot"], told["tab"])
            self._renew(number, timestamp + int(self.rules.auction_lifetime))
        elif event.name == "AuctionRestarted":
            self._renew(number, told["endsAt"])
        elif event.name == "BidPlaced":
            closes = min(timestamp + int(self.rules.bid_lifetime), self._ends[number])
            changes = {"lot": told["lot"], "bid": told["amount"], "bidder": told["bidder"], "closes_at": closes}
            self._open[number] = self._open[number]._replace(**changes)
        elif event.name in ("AuctionSettled", "AuctionCancelled"):
            del self._open[number], self._lots[number], self._ends[number]

    def _renew(self, number: int, ends: int) -> None:
        self._ends[number] = ends
        self._open[number] = self._open[number]._replace(closes_at=ends)

    # ------------------------------------------------------------------------------------------------ calls

    def bid_call(self, number: int, lot: int, amount: int) -> tuple[str, bytes]:
        """Target and calldata of a bid."""
        return self.address, artifact(CONTRACT).encode("bid", number, lot, amount)

    def least_bid(self, auction: Auction) -> int:
        """Least bid for the whole lot that is taken now."""
        raised = -(-auction.bid * (WAD + wad(self.rules.minimum_increment)) // WAD)
        return min(max(auction.bid + 1, raised), auction.tab)

    def most_lot(self, auction: Auction) -> int:
        """Largest lot that may be asked for once the bid is the tab."""
        return min(auction.lot - 1, auction.lot * WAD // (WAD + wad(self.rules.minimum_increment)))

    def chores(self, book: PositionBook, timestamp: int) -> list[Chore]:
        """Settle what is over, restart what nobody bid for, start lots of eligible accounts."""
        return [*self._due(book, timestamp), *self._starts(book)]

    def _due(self, book: PositionBook, timestamp: int) -> Iterator[Chore]:
        eligible = book.eligible()
        for number, one in self._open.items():
            if timestamp < one.closes_at:
                continue
            if one.bid:
                yield self.settlement(one)
            elif eligible[book.index[one.borrower]]:
                yield self._start(f"restart {number}", one.borrower, "restart", number)
            else:
                yield self._start(f"cancel {number}", one.borrower, "cancel", number)

    def settlement(self, one: Auction) -> Chore:
        """Give the lot to the winner of an auction that is over."""
        note = {"account": one.borrower, "debt": one.debt, "collateral": one.collateral, "amount": one.bid}
        chore = self._chore(f"settle {one.number}", "liquidation", SETTLE_GAS, "settle", one.number)
        return chore._replace(note=note)

    def _starts(self, book: PositionBook) -> Iterator[Chore]:
        under: dict[str, list[int]] = {}
        for number, one in self._open.items():
            under.setdefault(one.borrower, []).append(self._lots[number])
        for number in np.flatnonzero(book.eligible()).tolist():
            debt, collateral = book.largest(number)
            names, borrower = (book.assets[debt], book.assets[collateral]), book.accounts[number]
            size, lots = self._sizes.get(names[1]), under.get(borrower, [])
            if size is None:
                continue
            held = book.states[collateral].supply_assets(book.supply_shares[number][collateral])
            free = held - sum(lots)
            if free * 10**6 < held:
                continue
            pair = (self._tokens[names[0]], self._tokens[names[1]])
            for lot in range(min(-(-free // size), AT_ONCE)):
                key = f"start {borrower} {len(lots) + lot}"
                yield self._start(key, borrower, "start", borrower, *pair)

    def _start(self, key: str, borrower: str, function: str, *arguments: object) -> Chore:
        chore = self._chore(key, "auction", START_GAS, function, *arguments)
        return chore._replace(note={"account": borrower})

    def _chore(self, key: str, kind: str, gas: int, function: str, *arguments: object) -> Chore:
        return Chore(
            f"{key} {self.address}", kind, self.address, artifact(CONTRACT).encode(function, *arguments), gas, {}
        )

    # ------------------------------------------------------------------------------------------------ terms

    def terms(self, book: PositionBook, number: int, debt: int, collateral: int) -> Terms | None:
        """Nobody liquidates in one call."""
        return Terms(False, 0, 0, 0, 0)

    def keeps_enough(self, book: PositionBook, number: int, debt: int, collateral: int, amount: int) -> int:
        """Nobody liquidates in one call."""
        return amount

    def closable(self, health: NDArray[Any], debts: NDArray[Any]) -> NDArray[Any]:
        """All of it: every lot of an account is put under auction."""
        return debts
