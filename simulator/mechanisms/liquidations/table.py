"""Liquidation mechanisms by the kind that a scenario names."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from ...fields import kind_or
from .delayed import Delayed
from .dutch_auction import DutchAuction
from .dynamic_penalty import DynamicPenalty
from .english_auction import EnglishAuction
from .fixed_spread import FixedSpread
from .stability_pool import StabilityPool

__all__ = ["LiquidationRules"]

LiquidationRules = Annotated[
    FixedSpread | DynamicPenalty | Delayed | EnglishAuction | DutchAuction | StabilityPool,
    Field(discriminator="kind"),
    BeforeValidator(kind_or("fixed_spread")),
]
