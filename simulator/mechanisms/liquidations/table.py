"""Liquidation mechanisms by the kind that a scenario names."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from ...fields import kind_or
from .dutch_auction import DutchAuction
from .english_auction import EnglishAuction
from .fixed_spread import FixedSpread

__all__ = ["LiquidationRules"]

LiquidationRules = Annotated[
    FixedSpread | EnglishAuction | DutchAuction,
    Field(discriminator="kind"),
    BeforeValidator(kind_or("fixed_spread")),
]
