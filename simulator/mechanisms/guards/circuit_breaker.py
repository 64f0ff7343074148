"""Stops liquidations, borrowing or both for a while when a market looks broken: exchanges' volatility halts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...fields import Amount, Model, Name, Reference, Share, Wait
from ...units import Duration, Fraction, wad
from ..site import Site

__all__ = ["CircuitBreaker"]

NOWHERE = "0x" + "00" * 20


class Watch(Model):
    """What trips it; a limit of zero is none, and the last two need a venue."""

    maximum_move: Share = Decimal(0)
    window: Annotated[Duration, Field(ge=0)] = Decimal(0)
    venue: Name | None = None
    maximum_divergence: Annotated[Fraction, Field(ge=0)] = Decimal(0)
    minimum_depth: Amount = Decimal(0)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.maximum_move and self.window < 1:
            raise ValueError(f"maximum_move {self.maximum_move:%} needs a window; give one")
        if (self.maximum_divergence or self.minimum_depth) and not self.venue:
            raise ValueError("maximum_divergence and minimum_depth need a venue; name one")
        return self


class CircuitBreaker(Model):
    """Refuses what it pauses, and takes `haircut` off all margins, for `maximum_time` at most, then not for `cooldown`.

    `interval` is how often somebody pokes it.
    """

    kind: Literal["circuit_breaker"]
    pauses: tuple[Literal["liquidation", "borrowing"], ...]
    haircut: Annotated[Fraction, Field(ge=0, le=Decimal("0.5"))] = Decimal(0)
    maximum_time: Wait
    cooldown: Wait
    interval: Wait
    watches: Annotated[dict[Name, Watch], Field(min_length=1, max_length=8)]

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if self.maximum_time > self.cooldown:
            raise ValueError("maximum_time is longer than cooldown: it could pause most of the time; swap them")
        return self

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        for asset, watch in self.watches.items():
            yield Reference("watches", "assets", asset)
            if watch.venue:
                yield Reference(f"watches.{asset}.venue", "pools", watch.venue, asset)

    def deploy(self, site: Site, caller: str) -> str:
        """Create it, for the guarded pool's `caller`; returns the address."""
        times = (int(self.maximum_time), int(self.cooldown), wad(self.haircut))
        rules = (*times, "liquidation" in self.pauses, "borrowing" in self.pauses)
        breaker = site.set_up.deploy("CircuitBreaker", site.owner, site.pool, caller, rules)
        for asset, watch in self.watches.items():
            venue = site.venues[watch.venue].address if watch.venue else NOWHERE
            limits = (wad(watch.maximum_move), int(watch.window), venue)
            order = (*limits, wad(watch.maximum_divergence), wad(watch.minimum_depth))
            site.later.append((breaker, "CircuitBreaker", "setWatch", (site.token(asset), order)))
        return site.poked(breaker, tuple(self.watches), int(self.interval))

    def extra_gas(self) -> int:
        """Gas of a liquidation beyond an unguarded one."""
        return 95_000
