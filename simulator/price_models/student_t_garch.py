"""GARCH(1,1) with Student-t innovations (Bollerslev 1987): volatility that comes in clusters, and fat tails."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ..fields import Name, Positive
from ..units import Duration, Fraction
from .model import YEAR, Course, PriceModel, Prices

__all__ = ["StudentTGarch"]


class StudentTGarch(PriceModel):
    """Log returns of each `step`: σ·√((ν−2)/χ²)·z, with σ² ← ω + alpha·return² + beta·σ², and z filled in by blocks.

    `volatility` is the unconditional one a year, which fixes ω; the first step has `start_volatility`, by default the
    same. `drift` is of the log price a year: at zero the median stays. The mean of the price itself is infinite, as of
    every Student-t. Assets of one `tails`, step and degrees of freedom share χ².
    """

    model: Literal["student_t_garch"]
    start: Positive
    volatility: Annotated[Fraction, Field(gt=0)]
    alpha: Annotated[float, Field(ge=0, lt=1)]
    beta: Annotated[float, Field(ge=0, lt=1)]
    degrees_of_freedom: Annotated[float, Field(gt=2, le=1_000)]
    step: Annotated[Duration, Field(gt=0)]
    start_volatility: Annotated[Fraction, Field(gt=0)] | None = None
    drift: Fraction = Decimal(0)
    tails: Name = "market"

    @model_validator(mode="after")
    def _stationary(self) -> Self:
        if self.alpha + self.beta >= 1:
            raise ValueError(
                f"alpha + beta = {self.alpha + self.beta:g} must be below 1, or there is no volatility to return to; "
                "lower one"
            )
        return self

    def problems(self, blocks: int, seconds: float) -> Iterable[str]:
        """See `PriceModel.problems`."""
        if float(self.step) < seconds:
            yield f"step {self.step}s is shorter than a block ({seconds:g}s); fit the model to wider candles"

    def path(self, course: Course) -> Prices:
        """See `PriceModel.path`."""
        count = math.ceil((course.blocks - 1) * course.seconds / float(self.step)) + 1
        # A step ends at the nearest block, so that assets of every model have the same Brownian motion under them.
        ends = np.rint(np.arange(count + 1) * float(self.step) / course.seconds).astype(np.int64)
        lengths = np.diff(ends)
        step_of = np.repeat(np.arange(count), lengths)[: course.blocks - 1]
        moves = course.normals / np.sqrt(lengths[step_of])
        innovations = np.bincount(step_of, weights=moves, minlength=count)
        scales = self._tails(course, count)
        volatility = self._volatility(innovations * scales) * scales
        logs = volatility[step_of] * moves + float(self.drift) * course.years
        path: Prices = float(self.start) * np.exp(np.concatenate([[0.0], np.cumsum(logs)]))
        return path

    def _tails(self, course: Course, count: int) -> NDArray[np.float64]:
        """What turns normals into Student-t of variance one, a step's each."""
        freedom = self.degrees_of_freedom
        rng = course.common(f"tails/{self.tails}/{float(self.step):g}/{freedom!r}")
        scales: NDArray[np.float64] = np.sqrt((freedom - 2) / rng.chisquare(freedom, count))
        return scales

    def _volatility(self, innovations: NDArray[np.float64]) -> NDArray[np.float64]:
        """Standard deviation of each step's log return, given the innovations of those before it."""
        years = float(self.step) / YEAR
        unconditional = float(self.volatility) ** 2 * years
        omega = unconditional * (1 - self.alpha - self.beta)
        variance = unconditional if self.start_volatility is None else float(self.start_volatility) ** 2 * years
        found = []
        for innovation in innovations.tolist():
            found.append(math.sqrt(variance))
            variance = omega + (self.alpha * innovation**2 + self.beta) * variance
        return np.array(found)
