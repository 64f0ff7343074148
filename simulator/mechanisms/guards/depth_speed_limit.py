"""Liquidations no faster than a venue can absorb what they seize."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from ...fields import Model, Name, Reference
from ...units import Fraction, wad
from ..site import Site

__all__ = ["DepthSpeedLimit"]


class DepthSpeedLimit(Model):
    """Debt that a block may repay: `share` of what each of `venues` absorbs at the bonus, base for quote."""

    kind: Literal["depth_speed_limit"]
    share: Annotated[Fraction, Field(gt=0, le=1)]
    venues: Annotated[tuple[Name, ...], Field(min_length=1)]

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        for venue in self.venues:
            yield Reference("venues", "pools", venue)

    def deploy(self, site: Site, caller: str) -> str:
        """Create it, for the guarded pool's `caller`; returns the address."""
        limit = site.set_up.deploy("DepthSpeedLimit", site.owner, site.pool, caller, wad(self.share))
        for venue in (site.venues[name] for name in self.venues):
            pair = (site.token(venue.quote), site.token(venue.base), venue.address)
            site.govern(limit, "DepthSpeedLimit", "setVenue", *pair)
        return limit

    def extra_gas(self) -> int:
        """Gas of a liquidation beyond an unguarded one."""
        return 100_000
