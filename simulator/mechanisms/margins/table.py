"""Margin models by the kind that a scenario names."""

from __future__ import annotations

from .static import StaticMargins

__all__ = ["Margins"]

Margins = StaticMargins
