"""What protocols, their mechanisms and keepers tell one another: terms, targets, auctions, chores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

__all__ = ["Auction", "Chore", "Declined", "Deficit", "Holding", "Liquidation", "Losses", "Target", "Terms"]


class Terms(NamedTuple):
    """What a protocol allows a liquidator now. Token units; health factor 1e18-scaled."""

    eligible: bool
    health_factor: int
    maximum_debt: int
    collateral: int
    protocol_collateral: int


class Liquidation(NamedTuple):
    """A liquidation as its logs tell it; token units.

    `paid` is what the liquidator gave, a penalty above the debt included; `written_off` is debt that became deficit.
    """

    borrower: str
    debt_asset: str
    collateral_asset: str
    liquidator: str
    debt: int
    collateral: int
    protocol_collateral: int
    health_factor: int
    paid: int = 0
    written_off: int = 0


class Holding(NamedTuple):
    """What a protocol's own books say that `holder` (address) has of an asset; token units.

    `rounding` is how much more it may be: what divisions in the protocol's favour have left there, or what it has not
    booked yet.
    """

    asset: str
    holder: str
    amount: int
    rounding: int = 0


class Target(NamedTuple):
    """What to liquidate: an account, its debt and its collateral by asset name, and how much of the debt."""

    borrower: str
    debt: str
    collateral: str
    amount: int


class Auction(NamedTuple):
    """An auction that runs; token units.

    `bid` is what the highest bidder pays for `lot` (zero: nobody did), `tab` the most that is wanted; it is over at
    `closes_at` (timestamp, seconds).
    """

    number: int
    borrower: str
    debt: str
    collateral: str
    lot: int
    tab: int
    bid: int = 0
    bidder: str = ""
    closes_at: int = 0


class Chore(NamedTuple):
    """A call that anybody may make, and that somebody must.

    `key` says what it is about: one call with a key is enough. `kind` is the transaction's, `note` goes with it.
    """

    key: str
    kind: str
    to: str
    data: bytes
    gas_limit: int
    note: Mapping[str, object]


class Losses(NamedTuple):
    """What became of debt that nobody paid, since the run began, whole quote units at the price of its block."""

    recorded: float = 0.0
    covered: float = 0.0
    socialised: float = 0.0


class Deficit(NamedTuple):
    """Debt of `account` (address) that was written off, whole quote units at the oracle's price after its block."""

    account: str
    dollars: float


class Declined(NamedTuple):
    """An account that a keeper could have acted on and did not; `account` is empty where it means all.

    `reason`: ``outage``, ``in_flight`` (as much is under way as it lets be), ``capital`` (too little is free),
    ``slippage`` (its sale into the pool would eat the bonus), ``overpriced`` (the outside market has fallen below the
    protocol's price by so much of the bonus that the rest does not pay), ``gas`` (not even the whole bonus would pay
    for gas), ``refused`` (the contract allows nothing now), ``waiting`` (the auction's price has not fallen to what it
    pays).
    """

    protocol: str
    account: str
    reason: str
