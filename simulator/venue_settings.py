"""What a scenario sets for a place to sell, by its kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from .fields import Amount, Below1, Model, Name, Positive, Reference, kind_or
from .units import Fraction

__all__ = [
    "ConstantProductSettings",
    "PoolSettings",
    "Range",
    "SplitSettings",
    "UniswapV2Settings",
    "UniswapV3Settings",
    "VenueSettings",
    "venue_problems",
]

UNISWAP_V2_FEE = Decimal("0.003")
TIERS = {Decimal("0.0001"): 1, Decimal("0.0005"): 10, Decimal("0.003"): 60, Decimal("0.01"): 200}
"""Fees of Uniswap v3, and how many ticks apart positions may end."""


class PairSettings(Model):
    """What is sold for what."""

    base: Name
    quote: Name

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        yield Reference("base", "assets", self.base)
        yield Reference("quote", "assets", self.quote)


class PoolSettings(PairSettings):
    """A pool; `liquidity` is the value of both reserves together.

    `protocol_liquidity` is put in on top of it by the protocol, which stays when others withdraw.
    """

    liquidity: Positive
    protocol_liquidity: Amount = Decimal(0)
    fee: Below1


class ConstantProductSettings(PoolSettings):
    """A `ConstantProductPool`."""

    kind: Literal["constant_product"] = "constant_product"


class UniswapV2Settings(PoolSettings):
    """A pair of Uniswap v2, whose code fixes the fee."""

    kind: Literal["uniswap_v2"]

    @model_validator(mode="after")
    def _fixed(self) -> Self:
        if self.fee != UNISWAP_V2_FEE:
            raise ValueError(f"fee {self.fee:%}: Uniswap v2 takes 0.3 % and nothing else; set it to 0.3%")
        return self


class Range(Model):
    """Liquidity between the first price x (1 − `width`) and the first price / (1 − `width`); 100 %: at every price.

    `share` is the part of the venue's liquidity, by value, that lies there.
    """

    width: Annotated[Fraction, Field(gt=0, le=1)]
    share: Annotated[Fraction, Field(gt=0, le=1)]


RANGES = tuple(
    Range(width=Decimal(width), share=Decimal(share))
    for width, share in (("0.1", "0.2"), ("0.3", "0.3"), ("0.6", "0.3"), ("1", "0.2"))
)
"""An assumption in round figures, not a measurement: a fifth near the price, a fifth at every price."""


class UniswapV3Settings(PoolSettings):
    """A pool of Uniswap v3 in one of its fee tiers; liquidity lies in `ranges` around the first price."""

    kind: Literal["uniswap_v3"]
    ranges: Annotated[tuple[Range, ...], Field(min_length=1, max_length=16)] = RANGES

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.fee not in TIERS:
            tiers = ", ".join(f"{tier * 100:f}".rstrip("0").rstrip(".") + "%" for tier in TIERS)
            raise ValueError(f"fee {self.fee:%} is no fee tier of Uniswap v3; set one of {tiers}")
        total = sum(one.share for one in self.ranges)
        if total != 1:
            raise ValueError(f"ranges have shares of {total:%} together; make them 100%")
        return self

    @property
    def spacing(self) -> int:
        """Ticks between places where positions may end."""
        return TIERS[self.fee]


class SplitSettings(PairSettings):
    """No pool but a way over several: a sale is divided among the venues `over` by marginal price."""

    kind: Literal["split"]
    over: Annotated[tuple[Name, ...], Field(min_length=2, max_length=8)]

    @model_validator(mode="after")
    def _different(self) -> Self:
        for name in self.over:
            if self.over.count(name) > 1:
                raise ValueError(f"over names {name} twice; name it once")
        return self

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        yield from super().references()
        for name in self.over:
            yield Reference("over", "venues", name)


VenueSettings = Annotated[
    ConstantProductSettings | UniswapV2Settings | UniswapV3Settings | SplitSettings,
    Field(discriminator="kind"),
    BeforeValidator(kind_or("constant_product")),
]


def venue_problems(venues: Mapping[str, VenueSettings]) -> Iterable[str]:
    """What venues that are possible each for itself break together."""
    seen: dict[tuple[object, ...], str] = {}
    for name, venue in venues.items():
        if isinstance(venue, SplitSettings):
            for part in venue.over:
                other = venues[part]
                if other.kind == "split" or (other.base, other.quote) != (venue.base, venue.quote):
                    yield (
                        f"venues.{name}.over names {part}, which is no pool with base {venue.base} and quote "
                        f"{venue.quote}; name one that is"
                    )
        elif venue.kind != "constant_product":
            key = (venue.kind, frozenset((venue.base, venue.quote)), venue.fee)
            if key in seen:
                yield (
                    f"venues.{name} is a {venue.kind} of the pair and fee of {seen[key]}, and Uniswap has only one; "
                    "change the fee or the kind"
                )
            seen[key] = name
