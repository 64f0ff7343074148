"""A cap on how far one update moves the price: Reflexer's dampened module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from ...fields import Model, Wait
from ...units import Fraction, wad
from ..site import Site

if TYPE_CHECKING:
    from .table import Oracle

__all__ = ["CappedMove"]


class CappedMove(Model):
    """Follows `source` by at most `maximum_move` every `interval`."""

    kind: Literal["capped_move"]
    maximum_move: Annotated[Fraction, Field(gt=0, lt=1)]
    interval: Wait
    source: Oracle

    def deploy(self, site: Site) -> str:
        """Create it; returns the address."""
        arguments = (self.source.deploy(site), wad(self.maximum_move), int(self.interval))
        return site.poked(site.set_up.deploy("CappedMoveOracle", *arguments), site.assets, int(self.interval))

    def extra_gas(self) -> int:
        """Gas of a price beyond a feed's."""
        return 0  # it reads what it stored
