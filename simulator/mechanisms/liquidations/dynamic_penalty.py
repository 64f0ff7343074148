"""A bonus that grows with how far the health factor is below one, and with volatility: Euler's discount."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...fields import Below1, Wait
from ...units import Fraction, wad
from ..site import Site
from .spread import SpreadMechanism
from .spread_rules import SpreadRules

__all__ = ["DynamicPenalty"]

CONTRACT = "DynamicPenaltyLiquidation"


class DynamicPenalty(SpreadRules):
    """Discount = slope x (1 - health factor) x (1 + volatility_factor x volatility), within its bounds."""

    kind: Literal["dynamic_penalty"]
    slope: Annotated[Fraction, Field(ge=0, le=10)]
    minimum_discount: Below1 = Decimal(0)
    maximum_discount: Annotated[Fraction, Field(ge=0, le=Decimal("0.5"))]
    volatility_factor: Annotated[Fraction, Field(ge=0, le=10)] = Decimal(0)
    volatility_time_constant: Wait = Decimal(1_800)
    volatility_interval: Wait = Decimal(60)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.minimum_discount > self.maximum_discount:
            bounds = f"minimum_discount {self.minimum_discount:%} is above maximum_discount {self.maximum_discount:%}"
            raise ValueError(f"{bounds}; swap them")
        return self

    def mechanism(self) -> SpreadMechanism:
        """The module, before it is deployed."""
        return _DynamicPenalty(self)


class _DynamicPenalty(SpreadMechanism):
    extra_gas = 20_000

    def __init__(self, rules: DynamicPenalty) -> None:
        bounds = (rules.slope, rules.minimum_discount, rules.maximum_discount, rules.volatility_factor)
        super().__init__(rules, CONTRACT, tuple(wad(number) for number in bounds))
        self._penalty = rules
        self.most_bonus = 1 / (1 - float(rules.maximum_discount)) - 1

    def deploy(self, site: Site) -> None:
        """See `Mechanism.deploy`; with a volatility of its own where the penalty depends on one."""
        super().deploy(site)
        rules, interval = self._penalty, int(self._penalty.volatility_interval)
        if rules.volatility_factor:
            times = (interval, int(rules.volatility_time_constant))
            volatility = site.set_up.deploy("RealisedVolatility", site.oracle, *times)
            site.poked(volatility, site.collateral, interval, history=interval)
            site.govern(self.address, CONTRACT, "setVolatilitySource", volatility)
