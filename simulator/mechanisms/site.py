"""Where a protocol's parts are put: what they may need to know of it, and the chores that they leave behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from ..set_up import SetUp

__all__ = ["Poke", "Site", "VenueSite"]


class Poke(NamedTuple):
    """A contract that must be told when to look at an asset.

    `interval` are the seconds between two pokes, `history` the seconds of pokes that it must have seen before the
    first block.
    """

    contract: str
    asset: str
    interval: int
    history: int = 0

    @property
    def earlier(self) -> int:
        """Pokes that must come before the last one before the first block."""
        return -(-self.history // self.interval)


class VenueSite(NamedTuple):
    """A deployed venue: address and the names of its two assets."""

    address: str
    base: str
    quote: str


@dataclass
class Site:
    """One protocol while it is built.

    Attributes
    ----------
    assets : names of the listed ones
    tokens : address and decimals by asset
    feeds : address by asset, of further feeds by ``asset/feed``
    pool, oracle : addresses, empty until they are known
    collateral : names of the assets that cover debt
    pokes : filled by the parts; sources stand before what reads them
    later : calls of the owner, (contract, kind, function, arguments), that need the assets to be listed
    """

    set_up: SetUp
    assets: tuple[str, ...]
    tokens: Mapping[str, tuple[str, int]]
    feeds: Mapping[str, str]
    venues: Mapping[str, VenueSite]
    maximum_price_age: int
    pool: str = ""
    oracle: str = ""
    collateral: tuple[str, ...] = ()
    pokes: list[Poke] = field(default_factory=list)
    later: list[tuple[str, str, str, tuple[object, ...]]] = field(default_factory=list)

    @property
    def owner(self) -> str:
        """Address that governs everything."""
        return self.set_up.deployer.address

    def token(self, asset: str) -> str:
        """Address of an asset's token."""
        return self.tokens[asset][0]

    def govern(self, contract: str, kind: str, function: str, *arguments: object) -> None:
        """Queue a call of the owner."""
        self.set_up.send(self.set_up.deployer, contract, kind, function, *arguments)

    def poked(self, contract: str, assets: tuple[str, ...], interval: int, *, history: int = 0, since: int = 0) -> str:
        """Note that somebody must poke `contract`; returns it.

        `since` is how many pokes there were before its sources were deployed: these must have a price when it looks
        back at them.
        """
        self.pokes[since:] = [one._replace(history=one.history + history) for one in self.pokes[since:]]
        self.pokes.extend(Poke(contract, asset, interval, history) for asset in assets)
        return contract
