"""Median of several sources, of which some may fail: Maker's medianizer, on chain and in the open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import Field, model_validator

from ...fields import Model, Wait
from ..site import Site

if TYPE_CHECKING:
    from .table import Oracle

__all__ = ["Median"]


class Median(Model):
    """Middle of the answers of `sources` that are at most `maximum_age` old; no price under `quorum` answers."""

    kind: Literal["median"]
    quorum: Annotated[int, Field(ge=1)]
    maximum_age: Wait
    sources: Annotated[tuple[Oracle, ...], Field(min_length=1, max_length=15)]

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.quorum > len(self.sources):
            raise ValueError(f"quorum {self.quorum} is more than the {len(self.sources)} sources; lower it")
        return self

    def deploy(self, site: Site) -> str:
        """Create it; returns the address."""
        sources = [source.deploy(site) for source in self.sources]
        return site.set_up.deploy("MedianOracle", sources, self.quorum, int(self.maximum_age))

    def extra_gas(self) -> int:
        """Gas of a price beyond a feed's."""
        return sum(5_000 + source.extra_gas() for source in self.sources)
