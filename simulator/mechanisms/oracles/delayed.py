"""A price that is at least one hop old: Maker's oracle security module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ...fields import Model, Wait
from ..site import Site

if TYPE_CHECKING:
    from .table import Oracle

__all__ = ["Delayed"]


class Delayed(Model):
    """What `source` said at the poke before the last one; a poke every `hop`."""

    kind: Literal["delayed"]
    hop: Wait
    source: Oracle

    def deploy(self, site: Site) -> str:
        """Create it; returns the address."""
        since, hop = len(site.pokes), int(self.hop)
        oracle = site.set_up.deploy("DelayedOracle", self.source.deploy(site), hop)
        return site.poked(oracle, site.assets, hop, history=hop, since=since)

    def extra_gas(self) -> int:
        """Gas of a price beyond a feed's."""
        return 0  # it reads what it stored
