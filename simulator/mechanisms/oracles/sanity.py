"""A feed that a second opinion must confirm: Compound's anchored view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from ...fields import Model
from ...units import Fraction, wad
from ..site import Site

if TYPE_CHECKING:
    from .table import Oracle

__all__ = ["Sanity"]


class Sanity(Model):
    """`feed`, while it is within `maximum_difference` of `anchor`; otherwise no price."""

    kind: Literal["sanity"]
    maximum_difference: Annotated[Fraction, Field(gt=0, lt=1)]
    feed: Oracle
    anchor: Oracle

    def deploy(self, site: Site) -> str:
        """Create it; returns the address."""
        sources = (self.feed.deploy(site), self.anchor.deploy(site))
        return site.set_up.deploy("SanityOracle", *sources, wad(self.maximum_difference))

    def extra_gas(self) -> int:
        """Gas of a price beyond a feed's."""
        return 30_000 + self.feed.extra_gas() + self.anchor.extra_gas()
