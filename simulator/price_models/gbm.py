"""Geometric Brownian motion: independent normal log returns."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from ..fields import Positive
from ..units import Fraction
from .model import Course, PriceModel, Prices

__all__ = ["GeometricBrownian"]


class GeometricBrownian(PriceModel):
    """Geometric Brownian motion; volatility and drift a year.

    The drift is of the price: its mean is start·exp(drift·t), a martingale at zero.
    """

    model: Literal["gbm"]
    start: Positive
    volatility: Annotated[Fraction, Field(ge=0)]
    drift: Fraction = Decimal(0)

    def path(self, course: Course) -> Prices:
        """See `PriceModel.path`."""
        sigma, drift, years = float(self.volatility), float(self.drift), course.years
        steps = (drift - sigma**2 / 2) * years + sigma * math.sqrt(years) * course.normals
        path: Prices = float(self.start) * np.exp(np.concatenate([[0.0], np.cumsum(steps)]))
        return path
