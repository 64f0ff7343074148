"""A second source for when the first is silent: Liquity's price feed in its plainest form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ...fields import Model, Wait
from ..site import Site

if TYPE_CHECKING:
    from .table import Oracle

__all__ = ["Fallback"]


class Fallback(Model):
    """`primary`, unless it fails or its answer is older than `maximum_age`: then `secondary`."""

    kind: Literal["fallback"]
    maximum_age: Wait
    primary: Oracle
    secondary: Oracle

    def deploy(self, site: Site) -> str:
        """Create it; returns the address."""
        sources = (self.primary.deploy(site), self.secondary.deploy(site))
        return site.set_up.deploy("FallbackOracle", *sources, int(self.maximum_age))

    def extra_gas(self) -> int:
        """Gas of a price beyond a feed's."""
        return 30_000 + self.primary.extra_gas() + self.secondary.extra_gas()
