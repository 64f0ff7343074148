"""Margins that tighten as the oracle price's realised volatility rises, within bounds and slowly."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...fields import Below1, Model, Wait
from ...units import Fraction, wad
from ..site import Site
from .deployed import DeployedMargins, Margin
from .static import StaticMargins

__all__ = ["VolatilityScaledMargins"]

HOUR = 3_600


class VolatilityScaledMargins(Model):
    """Volatilities a year; haircuts are taken off both margins. At most `speed` of haircut is added in an hour."""

    kind: Literal["volatility_scaled"]
    calm_volatility: Annotated[Fraction, Field(ge=0)]
    slope: Annotated[Fraction, Field(ge=0)]  # haircut for 100 % of volatility above it
    maximum_haircut: Below1
    speed: Annotated[Fraction, Field(gt=0, le=3_600)]
    time_constant: Wait
    interval: Wait
    maximum_elapsed: Wait

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if self.interval > self.maximum_elapsed:
            raise ValueError(
                f"interval {self.interval}s is longer than maximum_elapsed {self.maximum_elapsed}s: "
                "margins would move less than speed says; shorten it"
            )
        return self

    def deploy(self, site: Site) -> DeployedMargins:
        """Create the volatility, the margins that it scales, and the model."""
        base = StaticMargins().deploy(site).address
        interval = int(self.interval)
        volatility = site.set_up.deploy("RealisedVolatility", site.oracle, interval, int(self.time_constant))
        site.poked(volatility, site.collateral, interval, history=interval)
        numbers = (wad(self.calm_volatility), wad(self.slope), wad(self.maximum_haircut), wad(self.speed) // HOUR)
        rules = (*numbers, interval, int(self.maximum_elapsed))
        model = site.set_up.deploy("VolatilityMarginModel", site.owner, base, volatility, rules)
        site.poked(model, site.collateral, interval)
        return DeployedMargins(model, base, moving=True)

    def set_data(self, asset: str, token: str, margin: Margin) -> bytes:
        """Calldata by which governance sets the margins of an asset at the deployed base."""
        return StaticMargins().set_data(asset, token, margin)

    def extra_gas(self) -> int:
        """Gas of a liquidation beyond one with static margins."""
        return 20_000
