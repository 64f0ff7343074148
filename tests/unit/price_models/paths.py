"""Paths of one price model, from a scenario and from the bare model."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from simulator.price_models import Course, Price
from simulator.prices import OutsidePrices
from simulator.randomness import stream
from simulator.scenario import parse
from tests.unit.tiny import settings

YEAR = 365 * 86_400
START = 2_000
GBM: dict[str, Any] = {"model": "gbm", "start": "$2000", "volatility": "60%"}
GARCH: dict[str, Any] = {
    "model": "student_t_garch",
    "start": "$2000",
    "volatility": "90%",
    "alpha": 0.1,
    "beta": 0.8,
    "degrees_of_freedom": 6,
    "step": "10min",
}
JUMPS: dict[str, Any] = {
    "model": "jump_diffusion",
    "start": "$2000",
    "volatility": "60%",
    "jumps_a_year": 2_000,
    "jump_mean": "-1%",
    "jump_deviation": "2%",
}
BRIDGE: dict[str, Any] = {"model": "bridge", "start": "$2000", "volatility": "80%", "change": "-40%", "at": 25}
HOURS = [  # each opens where the one before closed, but for the fourth
    ["2024-08-05T00:00:00Z", 1_000, 1_010, 900, 950],
    ["2024-08-05T01:00:00Z", 950, 1_300, 940, 1_200],
    ["2024-08-05T02:00:00Z", 1_200, 1_210, 700, 800],
    ["2024-08-05T03:00:00Z", 810, 830, 790, 820],
    ["2024-08-05T04:00:00Z", 820, 825, 815, 818],
]
BOOTSTRAP: dict[str, Any] = {"model": "bootstrap", "start": "$2000", "table": HOURS, "length": 2}
REPLAY: dict[str, Any] = {"model": "replay", "start": "$2000", "table": HOURS, "begin": "2024-08-05T01:17:00Z"}
MODELS = (GBM, GARCH, JUMPS, BRIDGE, BOOTSTRAP, REPLAY, {"model": "constant", "start": "$2000"})


def named(price: dict[str, Any]) -> str:
    return str(price["model"])


def prices(made_by: dict[str, Any], changes: dict[str, Any] | None = None, **others: dict[str, Any]) -> OutsidePrices:
    """Of WETH by `made_by`, and of `others` by name."""
    asset = settings()["assets"]["WETH"]
    more = {f"assets.{name}": {**asset, "price": price} for name, price in others.items()}
    return OutsidePrices(parse(settings({"events": [], "assets.WETH.price": made_by, **more, **(changes or {})})))


def path(made: OutsidePrices, asset: str = "WETH") -> list[int]:
    found: list[int] = made.control[:, made.assets.index(asset)].tolist()
    return found


def returns(made: OutsidePrices, asset: str = "WETH") -> NDArray[np.float64]:
    return np.diff(np.log(path(made, asset)))


def bare(
    price: dict[str, Any], blocks: int, seconds: float, seed: int = 7, normals: Sequence[float] | None = None
) -> NDArray[np.float64]:
    """Path of the model alone."""
    model: Any = TypeAdapter(Price).validate_python(price)
    drawn = stream(seed, "prices/WETH").standard_normal(blocks - 1) if normals is None else np.array(normals)
    course = Course("WETH", seed, datetime(2024, 8, 5, tzinfo=UTC), blocks, seconds, drawn, Path)
    found: NDArray[np.float64] = model.path(course)
    return found


def steps(price: dict[str, Any], blocks: int, seconds: float, seed: int = 7) -> NDArray[np.float64]:
    """Log returns of the same."""
    return np.diff(np.log(bare(price, blocks, seconds, seed)))
