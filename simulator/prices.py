"""The outside price: a control path that nobody trades on, shocks, and a market of finite depth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .errors import ScenarioError
from .events import PriceShock
from .randomness import stream
from .scenario import Scenario
from .settings import Candles, ConstantPrice, GeometricBrownian
from .tables import read_csv
from .units import FEED_SCALE

__all__ = ["OutsidePrices"]

YEAR = 365 * 86_400
DEPTH_MOVE = -math.log(0.98)
"""Selling `outside.depth` moves the price by 2 %, the figure in which order-book depth is quoted."""


class Candle(NamedTuple):
    """One row of a candle table."""

    time: datetime
    open: float
    high: float
    low: float
    close: float


class OutsidePrices:
    """Prices outside the chain, as integers with eight decimals.

    Attributes
    ----------
    assets : names, in the scenario's order
    control : (blocks, assets) int64, the path with nobody trading
    """

    def __init__(self, scenario: Scenario) -> None:
        self.assets = tuple(scenario.assets)
        paths = np.column_stack([_path(scenario, asset) for asset in self.assets])
        self._paths = paths * _shocks(scenario)
        self.control = np.maximum(np.rint(self._paths * FEED_SCALE), 1).astype(np.int64)
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

    def impact_a_dollar(self) -> float:
        """Fall of the log price for each dollar sold."""
        return self._impact_a_dollar


def _path(scenario: Scenario, asset: str) -> NDArray[np.float64]:
    price = scenario.assets[asset].price
    blocks, seconds = scenario.chain.blocks, float(scenario.chain.block_time)
    if isinstance(price, ConstantPrice):
        return np.full(blocks, float(price.start))
    rng = stream(scenario.seed, f"prices/{asset}")
    if isinstance(price, GeometricBrownian):
        sigma, drift, years = float(price.volatility), float(price.drift), seconds / YEAR
        steps = (drift - sigma**2 / 2) * years + sigma * math.sqrt(years) * rng.standard_normal(blocks - 1)
        path: NDArray[np.float64] = float(price.start) * np.exp(np.concatenate([[0.0], np.cumsum(steps)]))
        return path
    candles = read_candles(price, Path(scenario.folder))
    return _replay(candles, asset, scenario, rng)


def _shocks(scenario: Scenario) -> NDArray[np.float64]:
    """(blocks, assets) factors of the stated shocks."""
    factors = np.ones((scenario.chain.blocks, len(scenario.assets)))
    steps = np.arange(scenario.chain.blocks)
    for event in scenario.events:
        if isinstance(event, PriceShock):
            progress = np.clip((steps - event.at + 1) / event.over, 0.0, 1.0)
            factors[:, list(scenario.assets).index(event.asset)] *= (1 + float(event.change)) ** progress
    return factors


def read_candles(price: Candles, folder: Path) -> list[Candle]:
    """Candles of a table or a CSV (time_utc, open_usd, high_usd, low_usd, close_usd), checked.

    Raises
    ------
    ScenarioError : a high under its low, times out of order
    """
    if price.csv:
        columns = ("open_usd", "high_usd", "low_usd", "close_usd")
        rows = read_csv(folder / price.csv, ("time_utc", *columns))
        candles = [Candle(row.time("time_utc"), *(row.number(column) for column in columns)) for row in rows]
    else:
        candles = [Candle(*row) for row in price.table]
    for candle in candles:
        if not 0 < candle.low <= min(candle.open, candle.close) <= max(candle.open, candle.close) <= candle.high:
            raise ScenarioError(
                f"candle {candle.time:%Y-%m-%d %H:%M}", "must hold 0 < low <= open, close <= high", "Correct it"
            )
    widths = {later.time - earlier.time for earlier, later in pairwise(candles)}
    if len(widths) != 1 or widths.pop().total_seconds() <= 0:
        rule = "must be two or more, in order of time and equally far apart"
        raise ScenarioError("candles", rule, "Sort the rows, remove repeats, fill gaps")
    return candles


def _replay(candles: list[Candle], asset: str, scenario: Scenario, rng: np.random.Generator) -> NDArray[np.float64]:
    """Path through each candle's open, two extremes and close, log-linear between them.

    A candle does not say when its extremes were: their times are drawn, and a falling candle is taken to have made
    its high first, a rising one its low.
    """
    width = candles[1].time - candles[0].time
    start, seconds = scenario.chain.start, float(scenario.chain.block_time)
    end = start + timedelta(seconds=seconds * (scenario.chain.blocks - 1))
    if start < candles[0].time or end > candles[-1].time + width:
        raise ScenarioError(
            f"assets.{asset}.price",
            f"candles run from {candles[0].time:%Y-%m-%d %H:%M} to {candles[-1].time + width:%Y-%m-%d %H:%M}, "
            f"the scenario from {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M}",
            "Change chain.start or chain.blocks",
        )
    origin = candles[0].time
    times: list[float] = []
    prices: list[float] = []
    for candle in candles:
        opened = (candle.time - origin).total_seconds()
        early, late = sorted(rng.uniform(0.02, 0.98, 2))
        extremes = (candle.high, candle.low) if candle.close < candle.open else (candle.low, candle.high)
        length = width.total_seconds()
        times += [opened, opened + early * length, opened + late * length, opened + length * (1 - 1e-9)]
        prices += [candle.open, *extremes, candle.close]
    asked = (start - origin).total_seconds() + seconds * np.arange(scenario.chain.blocks)
    return np.exp(np.interp(asked, times, np.log(prices)))
