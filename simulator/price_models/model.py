"""What every price model has: the course that it runs over, its random numbers, and how it is asked for a path."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import ScenarioError
from ..fields import Model
from ..randomness import stream

__all__ = ["YEAR", "Course", "PriceModel", "Prices"]

YEAR = 365 * 86_400

Prices = NDArray[np.float64]


@dataclass(frozen=True)
class Course:
    """What one asset's path is made for and from.

    Attributes
    ----------
    asset : its name
    seed : root of the streams
    start : time of block 0
    blocks, seconds : how many, and how long each takes
    normals : (blocks - 1,) standard normals, one a block after the first, correlated with those of other assets
    find : path of a CSV that the scenario names
    drawn : by model and draw, the asset that made it first and the times drawn from; one mapping for all assets
    """

    asset: str
    seed: int
    start: datetime
    blocks: int
    seconds: float
    normals: NDArray[np.float64]
    find: Callable[[str], Path]
    drawn: dict[str, tuple[str, object]] = field(default_factory=dict)

    @property
    def years(self) -> float:
        """One block in years."""
        return self.seconds / YEAR

    @property
    def duration(self) -> float:
        """Seconds from block 0 to the last one."""
        return self.seconds * (self.blocks - 1)

    def own(self, what: str = "") -> np.random.Generator:
        """A stream of this asset alone."""
        return stream(self.seed, f"prices/{self.asset}/{what}" if what else f"prices/{self.asset}")

    def common(self, what: str) -> np.random.Generator:
        """A stream that every asset reads from its beginning."""
        return stream(self.seed, f"common prices/{what}")

    def agree(self, model: str, draw: str, times: object) -> None:
        """Note that the asset takes part in a model's `draw`, which is over `times`.

        Raises
        ------
        ScenarioError : another asset takes part in it with other times
        """
        first, agreed = self.drawn.setdefault(f"{model}/{draw}", (self.asset, times))
        if agreed != times:
            rule = f"shares its draw with {first}, whose candles have other times or another length of blocks"
            raise ScenarioError(f"assets.{self.asset}.price.draw = {draw!r}", rule, "Give it a draw of its own")


class PriceModel(Model):
    """A price outside with nobody trading; `source` says where its numbers are from."""

    source: str = ""

    def problems(self, blocks: int, seconds: float) -> Iterable[str]:
        """Setting, rule and remedy of what does not go with so many blocks of that many seconds."""
        return ()

    def path(self, course: Course) -> Prices:
        """(blocks,) prices, of which the first depends on no draw but for `candles`.

        Raises
        ------
        ScenarioError : candles that cannot be read, or do not last
        """
        raise NotImplementedError
