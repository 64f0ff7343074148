"""Oracles by the kind that a scenario names."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .capped_move import CappedMove
from .delayed import Delayed
from .exponential import Exponential
from .fallback import Fallback
from .feed import Feed
from .median import Median
from .pool_average import PoolAverage
from .sanity import Sanity

__all__ = ["Oracle"]

Oracle = Annotated[
    Feed | Delayed | Median | PoolAverage | Exponential | CappedMove | Fallback | Sanity,
    Field(discriminator="kind"),
]

for _stacked in (Delayed, Median, PoolAverage, Exponential, CappedMove, Fallback, Sanity):
    _stacked.model_rebuild(_types_namespace={"Oracle": Oracle})
