"""The frozen models of what agents are like: what they pay for a place, what they own, when they act."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from .fields import Amount, Model, Name, Positive, Reference, Share
from .units import Duration, Fraction, Gwei

__all__ = [
    "ArbitrageurSettings",
    "BorrowerSettings",
    "Bounds",
    "DepositorSettings",
    "Fee",
    "FixedFee",
    "FlashLoan",
    "HousekeeperSettings",
    "Inventory",
    "LiquidatorSettings",
    "MarketFee",
    "PercentileFee",
    "ProfitShareFee",
]


class FixedFee(Model):
    """Always the same gas price."""

    kind: Literal["fixed"]
    price: Annotated[Gwei, Field(ge=0)]


class PercentileFee(Model):
    """Pay what this share of the gas in the last block and the mempool pays less than."""

    kind: Literal["percentile"]
    percentile: Share
    maximum: Annotated[Gwei, Field(gt=0)]


class ProfitShareFee(Model):
    """Bid this share of the expected profit."""

    kind: Literal["profit_share"]
    share: Share
    maximum: Annotated[Gwei, Field(gt=0)]


Fee = Annotated[FixedFee | PercentileFee | ProfitShareFee, Field(discriminator="kind")]
MarketFee = Annotated[FixedFee | PercentileFee, Field(discriminator="kind")]


class Bounds(Model):
    """A share that each of several draws for itself, between two bounds."""

    low: Share
    high: Share

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.low > self.high:
            raise ValueError(f"low {self.low} is above high {self.high}; swap them")
        return self


class FlashLoan(Model):
    """Capital borrowed inside the liquidation; the collateral is sold at once."""

    kind: Literal["flash_loan"]


class Inventory(Model):
    """Own capital per keeper; collateral is sold on the venue `sell_after` later."""

    kind: Literal["inventory"]
    amount: Positive
    sell_after: Annotated[Duration, Field(ge=0)]


class LiquidatorSettings(Model):
    """`count` keepers of one habit."""

    name: Name
    count: Annotated[int, Field(ge=1, le=100)]
    protocols: tuple[Name, ...] = ()  # none named: all
    venue: Name
    capital: Annotated[FlashLoan | Inventory, Field(discriminator="kind")]
    fee: Fee
    latency: Annotated[int, Field(ge=0)]
    minimum_profit: Amount
    in_flight: Annotated[int, Field(ge=1, le=200)]  # transactions that one keeper lets wait at a time
    offers: Bounds = Bounds(low=Decimal("0.95"), high=Decimal("0.99"))
    """What it pays in an auction at most, drawn for each: a share of the collateral's price outside."""

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        yield Reference("venue", "venues", self.venue)
        for protocol in self.protocols:
            yield Reference("protocols", "protocols", protocol)


class DepositorSettings(Model):
    """`count` depositors of a stability pool with `amount` each, who leave when the collateral's price has fallen."""

    name: Name
    count: Annotated[int, Field(ge=1, le=100)]
    protocol: Name
    venue: Name
    amount: Positive
    leaves: Bounds
    sell_after: Annotated[Duration, Field(ge=0)]
    fee: MarketFee
    latency: Annotated[int, Field(ge=0)] = 0

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        yield Reference("protocol", "protocols", self.protocol)
        yield Reference("venue", "venues", self.venue)


class HousekeeperSettings(Model):
    """`count` bots that do what anybody may and somebody must: poke oracles, start, restart and settle auctions."""

    name: Name
    count: Annotated[int, Field(ge=1, le=100)] = 1
    protocols: tuple[Name, ...] = ()  # none named: all
    chores: tuple[Literal["poke", "auction", "liquidation"], ...] = ()  # none named: all
    fee: MarketFee
    latency: Annotated[int, Field(ge=0)] = 0
    in_flight: Annotated[int, Field(ge=1, le=200)] = 20

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        for protocol in self.protocols:
            yield Reference("protocols", "protocols", protocol)


class ArbitrageurSettings(Model):
    """Closes the gap between a venue and the outside price when it pays; `capital` on each side."""

    name: Name
    venue: Name
    capital: Positive
    fee: Fee
    latency: Annotated[int, Field(ge=0)]
    minimum_profit: Amount

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        yield Reference("venue", "venues", self.venue)


class BorrowerSettings(Model):
    """Share of accounts that defend themselves below a health drawn between two bounds."""

    attentive: Share
    health_low: Annotated[float, Field(ge=1)]
    health_high: Annotated[float, Field(ge=1)]
    target_gain: Annotated[float, Field(gt=0)]  # health added by a top-up
    wallet_collateral: Annotated[Fraction, Field(ge=0)]  # of its collateral
    wallet_debt: Annotated[Fraction, Field(ge=0)]  # of its debt
    fee: MarketFee
    latency: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.health_low > self.health_high:
            raise ValueError(f"health_low {self.health_low} is above health_high {self.health_high}; swap them")
        return self
