"""Merton's jump diffusion (1976): Brownian motion with jumps at random times, some of them in all assets at once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ..fields import Positive, Share
from ..units import Fraction
from .model import YEAR, Course, PriceModel, Prices

__all__ = ["JumpDiffusion"]

MOST_JUMPS = 5
"""Expected in a block: beyond, a diffusion says the same."""


class JumpDiffusion(PriceModel):
    """A diffusion of `volatility` a year and `jumps_a_year` of normal log size.

    The drift is of the price, jumps included: its mean is start·exp(drift·t), a martingale at zero. The share `common`
    of the jumps hits every asset of this model in the same blocks: an asset with half as many common jumps as another
    takes part in half of the other's. Sizes of common jumps are drawn with the same normal, each with its own mean and
    deviation.
    """

    model: Literal["jump_diffusion"]
    start: Positive
    volatility: Annotated[Fraction, Field(ge=0)]
    jumps_a_year: Annotated[float, Field(ge=0, le=1e9)]
    jump_mean: Annotated[Fraction, Field(gt=-10, lt=10)]
    jump_deviation: Annotated[Fraction, Field(ge=0, lt=10)]
    common: Share = Decimal(0)
    drift: Fraction = Decimal(0)

    def problems(self, blocks: int, seconds: float) -> Iterable[str]:
        """See `PriceModel.problems`."""
        expected = self.jumps_a_year * seconds / YEAR
        if expected > MOST_JUMPS:
            yield f"jumps_a_year {self.jumps_a_year:g} are {expected:.1f} a block, over {MOST_JUMPS}; use a gbm"

    def path(self, course: Course) -> Prices:
        """See `PriceModel.path`."""
        sigma, years, expected = float(self.volatility), course.years, self.jumps_a_year * course.years
        mean, deviation, common = float(self.jump_mean), float(self.jump_deviation), float(self.common)
        compensation = expected * math.expm1(mean + deviation**2 / 2)
        logs = (float(self.drift) - sigma**2 / 2) * years - compensation + sigma * math.sqrt(years) * course.normals
        for draws, rate in ((course.own, expected * (1 - common)), (course.common, expected * common)):
            counts = _counts(draws("jumps/times").random(course.blocks - 1), rate)
            sizes = draws("jumps/sizes").standard_normal(course.blocks - 1)
            logs += mean * counts + deviation * np.sqrt(counts) * sizes
        path: Prices = float(self.start) * np.exp(np.concatenate([[0.0], np.cumsum(logs)]))
        return path


def _counts(uniforms: NDArray[np.float64], rate: float) -> NDArray[np.int64]:
    """Poisson quantiles: of two rates the higher has, for the same uniform, no fewer jumps."""
    counts = np.zeros(len(uniforms), np.int64)
    probability = reached = math.exp(-rate)
    for number in range(1, 20 * MOST_JUMPS):
        more = uniforms > reached
        if not more.any():
            break
        counts += more
        probability *= rate / number
        reached += probability
    return counts
