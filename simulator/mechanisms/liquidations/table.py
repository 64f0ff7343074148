"""Liquidation mechanisms by the kind that a scenario names."""

from __future__ import annotations

from .fixed_spread import FixedSpread

__all__ = ["LiquidationRules"]

LiquidationRules = FixedSpread
