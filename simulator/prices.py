"""The outside price: a control path that nobody trades on, shocks, and a market of finite depth."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from .events import PriceShock
from .price_models import Course, correlated_normals
from .scenario import Scenario
from .units import FEED_SCALE

__all__ = ["OutsidePrices"]

DEPTH_MOVE = -math.log(0.98)
"""Selling `outside.depth` moves the price by 2 %, the figure in which order-book depth is quoted."""
HIGHEST = 1e10
"""Dollars; a random path that goes beyond is held there, as its integers would not fit 64 bits."""


class OutsidePrices:
    """Prices outside the chain, as integers with eight decimals.

    Attributes
    ----------
    assets : names, in the scenario's order
    control : (blocks, assets) int64, the path with nobody trading
    """

    def __init__(self, scenario: Scenario) -> None:
        self.assets = tuple(scenario.assets)
        paths = np.column_stack(list(_paths(scenario)))
        self._paths = np.minimum(paths * _shocks(scenario), HIGHEST)
        self.control = _integers(self._paths)
        depth = scenario.outside.depth
        self._impact_a_dollar = 0.0 if depth == "infinite" else DEPTH_MOVE / float(depth)
        self._decay = 0.5 ** (float(scenario.chain.block_time) / float(scenario.outside.recovery_half_life))
        self._impact = np.zeros(len(self.assets))

    def control_at(self, step: int) -> dict[str, int]:
        """Control prices of one block."""
        return {asset: int(price) for asset, price in zip(self.assets, self.control[step], strict=True)}

    def at(self, step: int, sold: Mapping[str, float]) -> dict[str, int]:
        """Prices of one block.

        Parameters
        ----------
        step : block of the run; ask once for each, in order
        sold : dollars of each asset that arbitrage sold outside in the block before, net of what it bought

        Notes
        -----
        Log impact I ← I·2^(−Δt/half-life) + ln(1/0.98)·sold/depth; price = control·exp(−I).
        """
        flow = np.array([sold.get(asset, 0.0) for asset in self.assets])
        self._impact = self._impact * self._decay + self._impact_a_dollar * flow
        if not self._impact.any():
            return self.control_at(step)
        moved = np.maximum(np.rint(self._paths[step] * np.exp(-self._impact) * FEED_SCALE), 1)
        return {asset: int(price) for asset, price in zip(self.assets, moved, strict=True)}

    def shock(self, event: PriceShock) -> None:
        """Let a further shock happen, in a block that nobody has asked for yet; `control` changes in place."""
        column = self.assets.index(event.asset)
        self._paths[:, column] = np.minimum(self._paths[:, column] * _factors(event, len(self._paths)), HIGHEST)
        self.control[:, column] = _integers(self._paths[:, column])

    def impact_a_dollar(self) -> float:
        """Fall of the log price for each dollar sold."""
        return self._impact_a_dollar


def _paths(scenario: Scenario) -> Iterator[NDArray[np.float64]]:
    chain, assets = scenario.chain, tuple(scenario.assets)
    normals = correlated_normals(assets, scenario.outside.correlations, scenario.seed, chain.blocks - 1)
    drawn: dict[str, tuple[str, object]] = {}
    for name in assets:
        numbers = (chain.start, chain.blocks, float(chain.block_time), normals[name])
        yield scenario.assets[name].price.path(Course(name, scenario.seed, *numbers, scenario.path, drawn))


def _shocks(scenario: Scenario) -> NDArray[np.float64]:
    """(blocks, assets) factors of the stated shocks."""
    factors = np.ones((scenario.chain.blocks, len(scenario.assets)))
    for event in scenario.events:
        if isinstance(event, PriceShock):
            factors[:, list(scenario.assets).index(event.asset)] *= _factors(event, scenario.chain.blocks)
    return factors


def _factors(event: PriceShock, blocks: int) -> NDArray[np.float64]:
    """Factor of one shock in each block."""
    progress = np.clip((np.arange(blocks) - event.at + 1) / event.over, 0.0, 1.0)
    factors: NDArray[np.float64] = (1 + float(event.change)) ** progress
    return factors


def _integers(paths: NDArray[np.float64]) -> NDArray[np.int64]:
    """Dollars as feeds write them."""
    integers: NDArray[np.int64] = np.maximum(np.rint(paths * FEED_SCALE), 1).astype(np.int64)
    return integers
