"""Margin models by the kind that a scenario names."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .static import StaticMargins
from .tiered import TieredMargins
from .volatility_scaled import VolatilityScaledMargins

__all__ = ["Margins"]

Margins = Annotated[StaticMargins | TieredMargins | VolatilityScaledMargins, Field(discriminator="kind")]
