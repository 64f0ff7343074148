"""Candles made by a model with known values, and what is fitted to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator.fitting import Fit, fit
from tests.unit.fitting.samples import simulated, write
from tests.unit.price_models.paths import GARCH, GBM, JUMPS, bare

WILD: dict[str, Any] = {**JUMPS, "jumps_a_year": 2_000, "jump_mean": "-2%", "jump_deviation": "3%"}
KNOWN: dict[str, dict[str, float]] = {
    "gbm": {"volatility": 0.6},
    "student_t_garch": {"volatility": 0.9, "alpha": 0.1, "beta": 0.8, "degrees_of_freedom": 6},
    "jump_diffusion": {"volatility": 0.6, "jumps_a_year": 2_000, "jump_mean": -0.02, "jump_deviation": 0.03},
}


def found(folder: Path, price: dict[str, Any], count: int, seed: int = 7) -> Fit:
    return fit(simulated(folder, price, count, seed), price["model"])


@pytest.mark.parametrize("price", [GBM, GARCH, WILD], ids=lambda price: price["model"])
@pytest.mark.parametrize("seed", [7, 8])
def test_the_values_that_made_the_candles_are_found_within_their_errors(
    price: dict[str, Any], seed: int, tmp_path: Path
) -> None:
    fitted, known = found(tmp_path, price, 8_000, seed), KNOWN[price["model"]]
    assert list(fitted.estimates) == list(known)
    for name, value in known.items():
        estimate = fitted.estimates[name]
        assert estimate.error is not None
        assert 0 < estimate.error < 0.3 * abs(value), name
        assert estimate.value == pytest.approx(value, abs=3.5 * estimate.error), name
    assert fitted.warnings == []
    assert "NOT converged" not in fitted.method


@pytest.mark.parametrize(("price", "count"), [(GBM, 200), (GARCH, 2_000), (WILD, 2_000)], ids=list(KNOWN))
def test_standard_errors_are_as_large_as_the_errors_that_are_made(
    price: dict[str, Any], count: int, tmp_path: Path
) -> None:
    fits = [found(tmp_path, price, count, seed).estimates for seed in range(25)]
    for name in KNOWN[price["model"]]:
        told = np.mean([one[name].error or np.nan for one in fits])
        assert np.std([one[name].value for one in fits]) == pytest.approx(told, rel=0.45), name


def test_the_error_of_a_volatility_counts_fat_tails(tmp_path: Path) -> None:
    heavy = {**GARCH, "alpha": 0, "beta": 0, "degrees_of_freedom": 5, "volatility": "60%"}
    thin = fit(simulated(tmp_path, GBM, 5_000), "gbm").estimates["volatility"]
    fat = fit(write(tmp_path / "fat.csv", bare(heavy, 5_000, 600)), "gbm").estimates["volatility"]
    assert (thin.error or 0) / thin.value == pytest.approx(1 / np.sqrt(2 * 5_000), rel=0.1)
    assert (fat.error or 0) / fat.value > 1.4 / np.sqrt(2 * 5_000)


def test_the_persistence_is_told(tmp_path: Path) -> None:
    fitted = found(tmp_path, GARCH, 8_000)
    total = fitted.estimates["alpha"].value + fitted.estimates["beta"].value
    assert f"converged, persistence alpha + beta = {total:.4f}" in fitted.method
    assert fitted.price["step"] == "600s"


def test_without_clusters_the_arch_term_is_told_to_be_unknown(tmp_path: Path) -> None:
    path = write(tmp_path / "calm.csv", bare(GBM, 1_000, 600))
    fitted = fit(path, "student_t_garch")
    assert any("hardly known" in warning and "alpha" in warning for warning in fitted.warnings)


def test_without_jumps_jumps_are_told_to_be_unknown(tmp_path: Path) -> None:
    fitted = fit(write(tmp_path / "calm.csv", bare(GBM, 1_000, 600)), "jump_diffusion")
    assert any("hardly known" in warning and "jump" in warning for warning in fitted.warnings)
