"""Margin models: how much of an asset's value counts, for whom."""

from .deployed import DeployedMargins, Margin
from .static import StaticMargins
from .table import Margins

__all__ = ["DeployedMargins", "Margin", "Margins", "StaticMargins"]
