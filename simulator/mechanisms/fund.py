"""An insurance fund: takes the protocol's share of interest and penalties, pays deficits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pydantic import Field

from ..agent_settings import MarketFee
from ..contracts import artifact, decode_log
from ..fields import Amount, Below1, Model, Name, Reference, Wait
from ..position_book import PositionBook
from ..terms import Chore
from ..transaction import Log
from ..units import wad
from .site import Site

__all__ = ["FundSettings", "InsuranceFund"]

CONTRACT = "InsuranceFund"
ALL = 2**256 - 1
COVER_GAS, SELL_GAS = 500_000, 900_000


class FundSettings(Model):
    """`capital` is what it starts with, by asset; what collateral it earns it sells on `venue` every `interval`.

    With `patience`, suppliers bear a deficit that it could not pay for so long.
    """

    capital: dict[Name, Amount] = Field(default_factory=dict)
    venue: Name
    interval: Wait
    maximum_discount: Below1 = Decimal("0.05")
    patience: Wait | None = None
    fee: MarketFee

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        yield Reference("venue", "pools", self.venue)
        for asset in self.capital:
            yield Reference("capital", "assets", asset)


class InsuranceFund:
    """The deployed fund of one protocol, and what is due to be done with it.

    Parameters
    ----------
    settings : of the scenario
    site : of the protocol; the pool comes later
    """

    def __init__(self, settings: FundSettings, site: Site) -> None:
        self.settings, self.address = settings, site.set_up.deploy(CONTRACT, site.owner)
        self._venue = site.venues[settings.venue]
        self._tokens = {asset: site.token(asset) for asset in site.assets}
        self._names = {token: asset for asset, token in self._tokens.items()}
        self._noted: dict[str, tuple[int, int]] = {}  # asset → part of the deficit whose time runs, and since when
        self._earned = 0  # of the venue's base, since the last sale
        self._tried: dict[str, tuple[int, int]] = {}  # asset → least deficit since the last call to cover it, and when
        self._sold_at = 0

    def arm(self, site: Site, manager: str) -> None:
        """Tie it to its pool."""
        site.govern(self.address, CONTRACT, "setPool", site.pool)
        site.govern(self.address, CONTRACT, "setManager", manager, wad(self.settings.maximum_discount))
        if self.settings.patience is not None:
            site.govern(self.address, CONTRACT, "setSocialisation", True, int(self.settings.patience))

    def follow(self, logs: Sequence[Log], timestamp: int) -> None:
        """Carry over one block."""
        for log in logs:
            event = decode_log(log)
            told = event.arguments if event else {}
            if event is None:
                continue
            if event.name == "Seized" and told["collateralAsset"] == self._tokens[self._venue.base]:
                self._earned += told["protocolAssets"]
            elif log.address == self.address and event.name == "Sold":
                self._earned, self._sold_at = 0, timestamp
                self._tried.clear()
            elif log.address == self.address and event.name == "DeficitNoted":
                self._noted[self._names[told["asset"]]] = (told["assets"], timestamp)

    def chores(self, book: PositionBook, timestamp: int) -> list[Chore]:
        """Cover new deficits, and what stands every `interval`, sell what was earned, socialise what stood too long."""
        due = []
        for asset, state in zip(book.assets, book.states, strict=True):
            noted, since = self._noted.get(asset, (0, 0))
            tried, tried_at = self._tried.get(asset, (0, 0))
            self._tried[asset] = (min(tried, state.deficit), tried_at)
            if not state.deficit:
                continue
            late = self.settings.patience is not None and noted and timestamp >= since + int(self.settings.patience)
            if late:
                due.append(self._chore("socialise", asset))
            elif state.deficit > tried or timestamp >= tried_at + int(self.settings.interval):
                self._tried[asset] = (state.deficit, timestamp)
                due.append(self._chore("cover", asset))
        if self._earned and timestamp >= self._sold_at + int(self.settings.interval):
            due.append(self._sale())
        return due

    def _chore(self, function: str, asset: str) -> Chore:
        data = artifact(CONTRACT).encode(function, self._tokens[asset])
        return Chore(f"{function} {asset} {self.address}", "backstop", self.address, data, COVER_GAS, {})

    def _sale(self) -> Chore:
        """The contract itself bounds what a sale may lose."""
        base, quote, venue = self._tokens[self._venue.base], self._tokens[self._venue.quote], self._venue.address
        data = artifact(CONTRACT).encode("sell", base, quote, venue, ALL, 0)
        return Chore(f"sell {self.address}", "backstop", self.address, data, SELL_GAS, {})
