"""Follows accounts near the line: what each was worth, who tried, who declined. Recorded now, read when asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from .adapters import LendingProtocol
from .market import Market
from .mempool import Dropped, Mempool, Waiting
from .outcomes import Mined
from .room import Room
from .terms import Declined
from .transaction import Block
from .units import FEED_SCALE, GWEI

__all__ = ["Attempt", "Followed", "Following", "Seen", "WrittenOff"]

Prices = Mapping[str, int]
WAITING = "waiting"


@runtime_checkable
class Keeper(Protocol):
    """An agent that tells why it let accounts be.

    Attributes
    ----------
    declined : what it could have acted on in its last `act` and did not; a new list each time
    """

    name: str
    declined: list[Declined]


class Seen(NamedTuple):
    """Accounts of a protocol near the line as a block is built, by book number: the outside price is that block's."""

    step: int
    protocol: str
    numbers: NDArray[np.intp]
    health: NDArray[np.float64]  # at the oracle's prices
    outside_health: NDArray[np.float64]
    collateral_usd: NDArray[np.float64]  # at outside prices
    debt_usd: NDArray[np.float64]
    eligible: NDArray[np.bool_]
    late: NDArray[np.bool_]  # the oracle's prices flatter it against the outside ones of the block before
    loss_usd: NDArray[np.float64]  # of lenders, were it liquidated whole at outside prices; negative: what is to spare


class Attempt(NamedTuple):
    """What one block did to one transaction about an account; `place` is its index, None where it was not mined.

    `outcome` is that of ``transactions.csv``, or "waiting"; `left_out` says what kept a waiting one out.
    """

    step: int
    protocol: str
    account: str
    serial: int
    keeper: str
    kind: str
    sent: int
    arrived: int
    max_fee_gwei: float
    priority_fee_gwei: float
    place: int | None
    outcome: str
    error: str
    left_out: str = ""


class WrittenOff(NamedTuple):
    """A deficit as it was recorded, dollars at the oracle's price."""

    step: int
    protocol: str
    account: str
    dollars: float


class Followed(NamedTuple):
    """What was recorded in a run, in order; plain data.

    Attributes
    ----------
    owners : names of the accounts, by protocol and book number
    addresses : the same accounts' addresses
    styles : of each protocol's liquidations
    guarded : protocols with guards
    slack : how far prices may be from the feeds' answers before a reporter must say so, by protocol
    full : steps of blocks that left out somebody who could pay
    written_off, shortfalls : dollars recorded on chain; dollars that (protocol, address) owes at the end beyond its
        collateral
    """

    owners: Mapping[str, tuple[str, ...]]
    addresses: Mapping[str, tuple[str, ...]]
    styles: Mapping[str, str]
    guarded: frozenset[str]
    slack: Mapping[str, float]
    seen: list[Seen]
    attempts: list[Attempt]
    declined: list[tuple[int, str, list[Declined]]]
    full: set[int]
    written_off: list[WrittenOff]
    shortfalls: dict[tuple[str, str], float]


class Following:
    """Records; decides nothing.

    Parameters
    ----------
    market : protocols, books
    agents : those of them that tell what they declined are listened to
    """

    def __init__(self, market: Market, agents: Sequence[object]) -> None:
        self._protocols, self._native = market.protocols, market.scenario.chain.native
        self._keepers = [one for one in agents if isinstance(one, Keeper)]
        self._before: dict[str, NDArray[np.float64]] = {}  # outside prices of the block before
        self.record = Followed(
            {name: tuple(one.name for one in positions) for name, positions in market.books.items()},
            {name: tuple(one.book.accounts) for name, one in market.protocols.items()},
            {name: one.mechanism.style for name, one in market.protocols.items()},
            frozenset(name for name, settings in market.scenario.protocols.items() if settings.guards),
            {name: _slack(market, one) for name, one in market.protocols.items()},
            *([], [], [], set(), [], {}),
        )

    def look(self, step: int, price: Prices) -> None:
        """Note the accounts below the line, at the oracle's prices or outside, as block `step` is built."""
        for name, protocol in self._protocols.items():
            book, slack = protocol.book, self.record.slack[name]
            prices = np.array([price[asset] / FEED_SCALE for asset in book.assets])
            before, self._before[name] = self._before.get(name, prices), prices
            outside, eligible = book.health_at(prices), book.eligible()
            numbers = np.flatnonzero((outside < 1 - slack) | eligible)
            if len(numbers):
                collateral, debts = book.collateral_at(prices)[numbers], (book.debts() @ prices)[numbers]
                health, loss = book.health()[numbers], debts - collateral / (1 + _bonuses(protocol)[numbers])
                late = health * (1 - slack) > book.health_at(before)[numbers]
                values = (health, outside[numbers], collateral, debts)
                self.record.seen.append(Seen(step, name, numbers, *values, eligible[numbers], late, loss))
        for keeper in self._keepers:
            if keeper.declined:
                self.record.declined.append((step, keeper.name, keeper.declined))

    def note(
        self,
        step: int,
        block: Block,
        left_out: int,
        mined: Sequence[tuple[Mined, Mapping[str, Any]]],
        dropped: Sequence[Dropped],
        mempool: Mempool,
        price: Prices,
    ) -> None:
        """Note what the block did to attempts, each `mined` one with its row, and what was written off in it."""
        attempts = self.record.attempts
        for one, row in mined:
            if one.waiting.transaction.aimed:
                attempts.append(_attempt(step, one.waiting, one.index, row["outcome"], row["error"]))
        for gone in dropped:
            if gone.waiting.transaction.aimed:
                attempts.append(_attempt(step, gone.waiting, None, gone.outcome))
        room = Room(block, price[self._native])
        for waiting in mempool.aimed():
            attempts.append(_attempt(step, waiting, None, WAITING, left_out=room.why_left_out(waiting.transaction)))
        if left_out:
            self.record.full.add(step)
        for name, protocol in self._protocols.items():
            known = sum(one.protocol == name for one in self.record.written_off)
            for deficit in protocol.deficits[known:]:
                self.record.written_off.append(WrittenOff(step, name, *deficit))

    def finish(self) -> None:
        """Note what debts exceed their accounts' collateral by at the end, at the oracle's prices."""
        for name, protocol in self._protocols.items():
            missing = protocol.book.shortfalls()
            for number in np.flatnonzero(missing > 0).tolist():
                self.record.shortfalls[name, protocol.book.accounts[number]] = float(missing[number])


def _slack(market: Market, protocol: LendingProtocol) -> float:
    """The widest of the deviation thresholds of the protocol's main feeds."""
    return max(float(market.scenario.assets[asset].feed.deviation_threshold) for asset in protocol.assets)


def _bonuses(protocol: LendingProtocol) -> NDArray[np.float64]:
    """Premium on the debt that whoever clears it gets, by account."""
    most, listed = protocol.mechanism.most_bonus, protocol.book.bonuses()
    return listed if most is None else np.full_like(listed, most)


def _attempt(
    step: int, waiting: Waiting, place: int | None, outcome: str, error: str = "", left_out: str = ""
) -> Attempt:
    sent = waiting.transaction
    return Attempt(
        step,
        str(sent.note["protocol"]),
        str(sent.note["account"]),
        waiting.serial,
        sent.agent,
        sent.kind,
        waiting.sent,
        waiting.arrived,
        sent.max_fee / GWEI,
        sent.priority_fee / GWEI,
        place,
        outcome,
        error,
        left_out,
    )
