"""CSVs of closes, simulated and recorded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.unit.price_models.paths import bare

STEP = 600
RECORDED = Path(__file__).parents[3] / "simulator" / "scenarios" / "black_thursday_hourly.csv"


def write(path: Path, closes: Iterable[float], seconds: int = STEP, skip: int = 0) -> Path:
    """The first `skip` rows are left out; the others keep their times."""
    first = datetime(2024, 8, 5, tzinfo=UTC)
    rows = [f"{first + timedelta(seconds=seconds * at):%Y-%m-%dT%H:%MZ},{close!r}" for at, close in enumerate(closes)]
    path.write_text("\n".join(["time_utc,close_usd", *rows[skip:]]), encoding="utf-8")
    return path


def simulated(folder: Path, price: dict[str, Any], count: int, seed: int = 7) -> Path:
    """As many candles of `price`, one a block."""
    return write(folder / f"{price['model']}.csv", bare(price, count, STEP, seed).tolist())
