"""A price that falls until somebody takes it: Maker's clip."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ...chain.engine import Call, CallResult
from ...contracts import Event, artifact, decode_log
from ...fields import Amount, Below1, Model, Share, Wait
from ...position_book import PositionBook
from ...terms import Auction, Chore, Terms
from ...transaction import Log
from ...units import WAD, Fraction, wad
from ..site import Site

__all__ = ["TAKE_GAS", "DutchAuction", "DutchAuctions"]

CONTRACT = "DutchAuctionLiquidation"
START_GAS, TAKE_GAS = 700_000, 900_000


class DutchAuction(Model):
    """Clip's rules: first price over the oracle's, fall a step, when a round is over, what its keeper gets."""

    kind: Literal["dutch_auction"]
    buffer: Annotated[Fraction, Field(ge=1, le=10)]
    cut: Annotated[Fraction, Field(gt=0, lt=1)]
    step: Wait
    tail: Annotated[Wait, Field(le=30 * 86_400)]
    cusp: Below1
    chip: Share
    tip: Amount
    minimum_left: Amount

    @model_validator(mode="after")
    def _falls(self) -> Self:
        if self.step > self.tail:
            raise ValueError(f"step {self.step}s is longer than tail {self.tail}s: no price would fall; shorten it")
        return self

    def mechanism(self) -> DutchAuctions:
        """The module, before it is deployed."""
        return DutchAuctions(self)


class DutchAuctions:
    """The module alive; see `Mechanism`."""

    style = "dutch"
    most_bonus: float | None = 0.0
    extra_gas = 0
    payments: Mapping[str, str] = {"Taken": "paid"}

    def __init__(self, rules: DutchAuction) -> None:
        self.address, self.rules = "", rules
        self._open: dict[int, Auction] = {}
        self._rounds: dict[int, tuple[int, int]] = {}  # top, and timestamp of the start
        self._tokens: dict[str, str] = {}
        self._names: dict[str, str] = {}

    @property
    def auctions(self) -> Sequence[Auction]:
        """Auctions that run, oldest first."""
        return tuple(self._open.values())

    def deploy(self, site: Site) -> None:
        """See `Mechanism.deploy`."""
        rules = self.rules
        times = (wad(rules.buffer), wad(rules.cut), int(rules.step), int(rules.tail), wad(rules.cusp))
        rest = (wad(rules.chip), wad(rules.tip), wad(rules.minimum_left))
        self.address = site.set_up.deploy(CONTRACT, site.owner, site.pool, (*times, *rest))
        self._tokens = {asset: site.token(asset) for asset in site.assets}
        self._names = {token: asset for asset, token in self._tokens.items()}

    def calls(self, book: PositionBook) -> list[Call]:
        """None: events tell everything."""
        return []

    def follow(self, book: PositionBook, logs: Sequence[Log], answers: Sequence[CallResult], timestamp: int) -> None:
        """See `Mechanism.follow`."""
        for log in logs:
            event = decode_log(log) if log.address == self.address else None
            if event is not None and "id" in event.arguments:
                self._apply(event, event.arguments, timestamp)

    def least_left(self, price: int, unit: int) -> int:
        """Units of a debt at `price` (eight decimals) that a part taken must leave of the tab, with 1 % to spare."""
        return int(float(self.rules.minimum_left) * 1.01 / (price / 1e8) * unit)

    def _apply(self, event: Event, told: Mapping[str, Any], timestamp: int) -> None:
        number = told["id"]
        if event.name == "AuctionStarted":
            pair = (self._names[told["debtAsset"]], self._names[told["collateralAsset"]])
            self._open[number] = Auction(number, told["borrower"], *pair, told["lot"], told["tab"])
        if event.name in ("AuctionStarted", "AuctionRestarted"):
            self._rounds[number] = (told["top"], timestamp)
        elif event.name == "Taken":
            self._open[number] = self._open[number]._replace(lot=told["lot"], tab=told["tab"])
        if event.name == "AuctionCancelled" or (event.name == "Taken" and not told["tab"] * told["lot"]):
            del self._open[number], self._rounds[number]

    # ------------------------------------------------------------------------------------------------ prices

    def price(self, number: int, timestamp: int) -> int | None:
        """Debt tokens a collateral token (both whole), 1e18-scaled; None when it must be restarted. The contract's."""
        top, started = self._rounds[number]
        elapsed = timestamp - started
        factor = power_up(wad(self.rules.cut), elapsed // int(self.rules.step))
        if elapsed > int(self.rules.tail) or factor < wad(self.rules.cusp):
            return None
        return -(-top * factor // WAD)

    def take_call(self, number: int, most: int, price: int, recipient: str) -> tuple[str, bytes]:
        """Target and calldata of a purchase of at most `most` at a price of at most `price`."""
        return self.address, artifact(CONTRACT).encode("take", number, most, price, recipient)

    def flash_call(
        self,
        keeper: str,
        places: tuple[str, str, str],
        number: int,
        tokens: tuple[str, str],
        amount: int,
        price: int,
        loan: int,
        minimum: int,
    ) -> tuple[str, bytes]:
        """Target and calldata of a purchase by flash loan through a keeper's `FlashTaker`.

        Parameters
        ----------
        places : pool, module, venue
        tokens : debt and collateral
        loan, minimum : debt units to borrow, and to earn at least
        """
        order = (*places, number, *tokens, amount, price, loan, minimum)
        return keeper, artifact("FlashTaker").encode("take", order)

    def chores(self, book: PositionBook, timestamp: int) -> list[Chore]:
        """Restart or cancel rounds that are over, start auctions of eligible accounts."""
        return [*self._over(book, timestamp), *self._starts(book)]

    def _over(self, book: PositionBook, timestamp: int) -> Iterator[Chore]:
        eligible = book.eligible()
        for number, one in self._open.items():
            if self.price(number, timestamp) is None:
                function = "restart" if eligible[book.index[one.borrower]] else "cancel"
                yield self._chore(f"{function} {number}", one.borrower, function, number)

    def _starts(self, book: PositionBook) -> Iterator[Chore]:
        running = {(one.borrower, one.debt, one.collateral) for one in self._open.values()}
        for number in np.flatnonzero(book.eligible()).tolist():
            debt, collateral = book.largest(number)
            names, borrower = (book.assets[debt], book.assets[collateral]), book.accounts[number]
            if (borrower, *names) not in running and book.borrow_shares[number][debt]:
                pair = (self._tokens[names[0]], self._tokens[names[1]])
                yield self._chore(f"start {borrower}", borrower, "start", borrower, *pair)

    def _chore(self, key: str, borrower: str, function: str, *arguments: object) -> Chore:
        data = artifact(CONTRACT).encode(function, *arguments)
        return Chore(f"{key} {self.address}", "auction", self.address, data, START_GAS, {"account": borrower})

    # ------------------------------------------------------------------------------------------------ terms

    def terms(self, book: PositionBook, number: int, debt: int, collateral: int) -> Terms | None:
        """Nobody liquidates in one call."""
        return Terms(False, 0, 0, 0, 0)

    def keeps_enough(self, book: PositionBook, number: int, debt: int, collateral: int, amount: int) -> int:
        """Nobody liquidates in one call."""
        return amount

    def closable(self, health: NDArray[Any], debts: NDArray[Any]) -> NDArray[Any]:
        """All of it: an auction sells the whole position."""
        return debts


def power_up(fraction: int, exponent: int) -> int:
    """`fraction` to the power of `exponent`, 1e18-scaled, by squaring, each product rounded up, as on chain."""
    power, square = WAD, fraction
    while exponent:
        if exponent % 2:
            power = -(-power * square // WAD)
        square = -(-square * square // WAD)
        exponent //= 2
    return power
