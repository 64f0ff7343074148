"""Candles → a fitted price model for each CSV, and the correlations between them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .estimate import Estimate, Fit
from .garch import fit_garch
from .gbm import fit_gbm
from .jumps import fit_jumps
from .sample import Sample, read_sample

__all__ = ["FITTED_MODELS", "Common", "fit", "fit_common"]

FITTED_MODELS: dict[str, Callable[[Sample], Fit]] = {
    "student_t_garch": fit_garch,
    "gbm": fit_gbm,
    "jump_diffusion": fit_jumps,
}


class Common(NamedTuple):
    """Correlation of the log returns of two files at the times that both have."""

    files: tuple[str, str]
    returns: int
    correlation: Estimate | None

    def __str__(self) -> str:
        one, other = self.files
        if self.correlation is None:
            return f"# {one} and {other} have only {self.returns} log returns of the same times and width in common"
        value, error = (f"{number:.3f}" for number in (self.correlation.value, self.correlation.error or 0))
        return f"# correlation of {one} and {other}: {value}, standard error {error} ({self.returns} log returns)"


def fit(path: Path, model: str, column: str = "close_usd") -> Fit:
    """Fit one of FITTED_MODELS to the prices in `column` of a CSV with the times `time_utc`.

    Raises
    ------
    InputError : see `read_sample`; a GARCH that is not stationary
    """
    return FITTED_MODELS[model](read_sample(path, column))


def fit_common(fits: Sequence[Fit]) -> list[Common]:
    """Correlations of every two files."""
    return [_common(one.sample, other.sample) for one, other in combinations(fits, 2)]


def _common(one: Sample, other: Sample) -> Common:
    first, second = (dict(zip(sample.times[1:], sample.returns.tolist(), strict=True)) for sample in (one, other))
    times = [time for time in first if time in second] if one.seconds == other.seconds else []
    if len(times) < 3:
        return Common((one.file, other.file), len(times), None)
    found = float(np.corrcoef([first[time] for time in times], [second[time] for time in times])[0, 1])
    error = (1 - found**2) / math.sqrt(len(times) - 1)
    return Common((one.file, other.file), len(times), Estimate(found, error, share=False))
