"""A price that stays."""

from __future__ import annotations

from typing import Literal

import numpy as np

from ..fields import Positive
from .model import Course, PriceModel, Prices

__all__ = ["ConstantPrice"]


class ConstantPrice(PriceModel):
    """A price that only events and trades move."""

    model: Literal["constant"]
    start: Positive

    def path(self, course: Course) -> Prices:
        """See `PriceModel.path`."""
        return np.full(course.blocks, float(self.start))
