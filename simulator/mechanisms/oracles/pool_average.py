"""Time-weighted mean of a pool's own price, arithmetic or geometric: Uniswap v2's and v3's oracles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from ...fields import Model, Name, Reference, Wait
from ..site import Site

if TYPE_CHECKING:
    from .table import Oracle

__all__ = ["PoolAverage"]

CONTRACTS = {"arithmetic": "PoolTwapOracle", "geometric": "GeometricTwapOracle"}


class PoolAverage(Model):
    """Mean over `window` of the price at each of `venues`, for its base; `source` prices everything else."""

    kind: Literal["pool_average"]
    mean: Literal["arithmetic", "geometric"] = "arithmetic"
    window: Wait
    interval: Wait
    venues: Annotated[tuple[Name, ...], Field(min_length=1)]
    source: Oracle

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.interval > self.window:
            raise ValueError(f"interval {self.interval} is longer than window {self.window}; shorten it")
        return self

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        for venue in self.venues:
            yield Reference("venues", "pools", venue)

    def deploy(self, site: Site) -> str:
        """Create it, and the spare that answers for assets without a pool; returns the address."""
        since = len(site.pokes)
        source, kind = self.source.deploy(site), CONTRACTS[self.mean]
        window, interval = int(self.window), int(self.interval)
        average = site.set_up.deploy(kind, source, window, interval, site.owner)
        bases = tuple(site.venues[name].base for name in self.venues)
        for name, base in zip(self.venues, bases, strict=True):
            site.govern(average, kind, "setPool", site.token(base), site.venues[name].address)
        site.poked(average, bases, interval, history=window, since=since)
        return site.set_up.deploy("FallbackOracle", average, source, site.maximum_price_age)

    def extra_gas(self) -> int:
        """Gas of a price beyond a feed's."""
        return 60_000 + self.source.extra_gas()
