"""The designs to choose between: oracles, margins, liquidations, guards, backstops; a file each."""

from .liquidations import LiquidationRules, Mechanism
from .margins import DeployedMargins, Margin, Margins, StaticMargins
from .oracles import Feed, Oracle
from .site import Poke, Site, VenueSite

__all__ = [
    "DeployedMargins",
    "Feed",
    "LiquidationRules",
    "Margin",
    "Margins",
    "Mechanism",
    "Oracle",
    "Poke",
    "Site",
    "StaticMargins",
    "VenueSite",
]
