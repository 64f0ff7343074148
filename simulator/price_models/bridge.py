"""A path pinned to a target: what happens on the way to a stated fall, when the fall is certain."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from ..fields import Blocks, Positive
from ..units import Fraction
from .model import Course, PriceModel, Prices

__all__ = ["Bridge"]


class Bridge(PriceModel):
    """A Brownian bridge of the log price that has changed by exactly `change` at block `at`; volatility a year.

    After `at` it is a geometric Brownian motion without drift.
    """

    model: Literal["bridge"]
    start: Positive
    volatility: Annotated[Fraction, Field(ge=0)]
    change: Annotated[Fraction, Field(gt=-1, lt=10)]
    at: Blocks

    def problems(self, blocks: int, seconds: float) -> Iterable[str]:
        """See `PriceModel.problems`."""
        if self.at >= blocks:
            yield f"at {self.at} is after the last block; lower it or raise chain.blocks"

    def path(self, course: Course) -> Prices:
        """See `PriceModel.path`."""
        sigma, at = float(self.volatility), self.at
        noise = sigma * math.sqrt(course.years) * np.concatenate([[0.0], np.cumsum(course.normals)])
        way = np.arange(course.blocks) / at
        logs = noise + (math.log1p(float(self.change)) - noise[at]) * np.minimum(way, 1)
        logs[at:] -= sigma**2 / 2 * course.years * np.arange(course.blocks - at)
        path: Prices = float(self.start) * np.exp(logs)
        return path
