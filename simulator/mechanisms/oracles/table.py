"""Oracles by the kind that a scenario names."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from ...fields import Model
from .capped_move import CappedMove
from .delayed import Delayed
from .exponential import Exponential
from .fallback import Fallback
from .feed import Feed
from .median import Median
from .pool_average import PoolAverage
from .sanity import Sanity

__all__ = ["Oracle", "history"]

Oracle = Annotated[
    Feed | Delayed | Median | PoolAverage | Exponential | CappedMove | Fallback | Sanity,
    Field(discriminator="kind"),
]

for _stacked in (Delayed, Median, PoolAverage, Exponential, CappedMove, Fallback, Sanity):
    _stacked.model_rebuild(_types_namespace={"Oracle": Oracle})


def history(oracle: Oracle) -> int:
    """Seconds that the pokes of a stack must reach back before it has a price."""
    fields = [getattr(oracle, name) for name in type(oracle).model_fields]
    parts: list[Any] = [
        part for one in fields for part in (one if isinstance(one, tuple) else (one,)) if isinstance(part, Model)
    ]
    inner = max((history(part) for part in parts), default=0)
    return inner + int(getattr(oracle, "hop", 0) or getattr(oracle, "window", 0))
