"""Exponential moving average of a source: Curve's oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from ...fields import Model, Wait
from ..site import Site

if TYPE_CHECKING:
    from .table import Oracle

__all__ = ["Exponential"]


class Exponential(Model):
    """Average of `source` with `time_constant`, told every `interval` what it says."""

    kind: Literal["exponential"]
    time_constant: Wait
    interval: Wait
    source: Oracle

    def deploy(self, site: Site) -> str:
        """Create it; returns the address."""
        average = site.set_up.deploy("ExponentialOracle", self.source.deploy(site), int(self.time_constant))
        return site.poked(average, site.assets, int(self.interval))

    def extra_gas(self) -> int:
        """Gas of a price beyond a feed's."""
        return 10_000
