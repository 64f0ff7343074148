"""The designs to choose between: oracles, margins, liquidations, guards, backstops; a file each."""

from .fund import FundSettings, InsuranceFund
from .guards import CircuitBreaker, Guard
from .liquidations import LiquidationRules, Mechanism
from .margins import DeployedMargins, Margin, Margins, StaticMargins
from .oracles import Feed, Oracle
from .site import Poke, Site, VenueSite

__all__ = [
    "CircuitBreaker",
    "DeployedMargins",
    "Feed",
    "FundSettings",
    "Guard",
    "InsuranceFund",
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
