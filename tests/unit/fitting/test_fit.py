from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from simulator.errors import InputError
from simulator.fitting import FITTED_MODELS, Fit, fit, fit_common
from simulator.scenario import parse
from tests.unit.fitting.samples import RECORDED, simulated, write
from tests.unit.price_models.paths import GARCH, GBM, JUMPS, bare, path, prices
from tests.unit.tiny import settings

PRICES = {"gbm": GBM, "student_t_garch": GARCH, "jump_diffusion": JUMPS}


def refusal(path: Path, model: str = "gbm", column: str = "close_usd") -> str:
    with pytest.raises(InputError) as refused:
        fit(path, model, column)
    assert refused.value.remedy
    return str(refused.value)


# What is printed


@pytest.mark.parametrize("model", list(FITTED_MODELS))
def test_what_is_printed_is_the_price_of_an_asset(model: str, tmp_path: Path) -> None:
    fitted = fit(simulated(tmp_path, PRICES[model], 3_000), model)
    price = yaml.safe_load(fitted.to_yaml())["price"]
    assert price == fitted.price
    scenario = parse(settings({"events": [], "assets.WETH.price": price}))
    told = scenario.assets["WETH"].price
    for name, estimate in fitted.estimates.items():
        assert float(getattr(told, name)) == pytest.approx(estimate.value, rel=1e-4)
    assert f"2999 log returns of 600s in {model}.csv, 2024-08-05 00:00 to 2024-08-25 19:50 UTC" in told.source
    assert "fitted by" in told.source
    assert path(prices(price))[0] == round(fitted.sample.closes[-1] * 1e8)


def test_each_value_is_printed_with_its_error(tmp_path: Path) -> None:
    fitted = fit(simulated(tmp_path, GARCH, 3_000), "student_t_garch")
    lines = [line.split() for line in fitted.to_yaml().splitlines()]
    for name, estimate in fitted.estimates.items():
        written = [estimate.written(estimate.value), estimate.written(estimate.error)]
        assert ["#", name, *written] in lines
    assert lines[0][:3] == ["#", "student_t_garch,", "to"]


def test_the_mean_of_the_returns_is_told_but_no_drift() -> None:
    fitted = fit(RECORDED, "gbm")
    assert fitted.mean.value == pytest.approx(math.log(127.6 / 193.31) / (35 / 8_760))
    assert fitted.mean.error == pytest.approx(np.std(fitted.sample.returns, ddof=1) * math.sqrt(35) / (35 / 8_760))
    assert "drift" not in fitted.price


def test_other_columns_may_hold_the_prices(tmp_path: Path) -> None:
    renamed = tmp_path / "renamed.csv"
    text = simulated(tmp_path, GBM, 100).read_text(encoding="utf-8")
    renamed.write_text(text.replace("close_usd", "last"), encoding="utf-8")
    assert fit(renamed, "gbm", "last").estimates == fit(tmp_path / "gbm.csv", "gbm").estimates
    assert "lacks close_usd" in refusal(renamed)


# What is doubted


@pytest.mark.parametrize(("model", "few"), [("jump_diffusion", True), ("gbm", False)])
def test_the_hours_of_a_crash_are_told_to_be_few(model: str, few: bool) -> None:
    fitted = fit(RECORDED, model)
    assert any("35 log returns are few for 4 values" in warning for warning in fitted.warnings) == few
    assert all(f"# warning: {warning}" in fitted.to_yaml() for warning in fitted.warnings)


def test_a_garch_without_a_volatility_to_return_to_is_refused() -> None:
    told = refusal(RECORDED, "student_t_garch")
    assert told.startswith("black_thursday_hourly.csv: alpha + beta = 1.0000: leaves no volatility to return to")


def unconverged(model: str, monkeypatch: pytest.MonkeyPatch, file: Path) -> Fit:
    import scipy.optimize
    from arch.univariate.base import ARCHModel

    search, garch = scipy.optimize.minimize, ARCHModel.fit

    def short(*given: Any, **also: Any) -> Any:
        return search(*given, **{**also, "options": {"maxiter": 1}})

    monkeypatch.setattr(scipy.optimize, "minimize", short)
    monkeypatch.setattr(ARCHModel, "fit", lambda self, **also: garch(self, **also, options={"maxiter": 1}))
    return fit(file, model)


@pytest.mark.parametrize("model", ["student_t_garch", "jump_diffusion"])
def test_a_search_that_did_not_end_is_told(model: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fitted = unconverged(model, monkeypatch, simulated(tmp_path, PRICES[model], 2_000))
    assert "did not converge; do not use them" in fitted.warnings[0]
    assert "NOT converged" in fitted.price["source"]


# What is refused


def test_candles_with_a_gap_are_refused_with_their_time(tmp_path: Path) -> None:
    whole = write(tmp_path / "gap.csv", bare(GBM, 40, 600))
    rows = whole.read_text(encoding="utf-8").splitlines()
    whole.write_text("\n".join(rows[:10] + rows[11:]), encoding="utf-8")
    assert refusal(whole).startswith("gap.csv: 2024-08-05 01:40: comes 1200s after the row before it, others 600s")
    whole.write_text("\n".join([rows[0], *reversed(rows[1:])]), encoding="utf-8")
    assert "comes -600s after the row before it" in refusal(whole)


@pytest.mark.parametrize(
    ("closes", "told"),
    [
        ([100.0 + at % 2 for at in range(20)], "few.csv: 20 rows: must be more than 20"),
        ([100.0] * 30, "few.csv: close_usd: has returns that are all the same"),
        ([*[100.0 + at % 2 for at in range(20)], -1.0], "close_usd = '-1.0': must be a positive number"),
    ],
)
def test_what_no_model_fits_is_refused(closes: list[float], told: str, tmp_path: Path) -> None:
    assert told in refusal(write(tmp_path / "few.csv", closes))


# Several files


def test_correlations_are_those_of_the_returns_at_the_times_of_both(tmp_path: Path) -> None:
    normals = np.random.default_rng(1).standard_normal((2, 4_000))
    mixed = 0.8 * normals[0] + 0.6 * normals[1]
    one = fit(write(tmp_path / "one.csv", bare(GBM, 4_001, 600, normals=normals[0].tolist())), "gbm")
    other = fit(write(tmp_path / "other.csv", bare(GBM, 4_001, 600, normals=mixed.tolist()), skip=1_000), "gbm")
    (pair,) = fit_common([one, other])
    assert (pair.files, pair.returns) == (("one.csv", "other.csv"), 3_000)
    assert pair.correlation is not None
    assert pair.correlation.value == pytest.approx(0.8, abs=4 * (pair.correlation.error or 0))
    assert pair.correlation.error == pytest.approx(0.36 / math.sqrt(3_000), rel=0.1)
    assert "correlation of one.csv and other.csv: 0." in str(pair)


def test_candles_of_other_widths_have_no_correlation(tmp_path: Path) -> None:
    one = fit(simulated(tmp_path, GBM, 100), "gbm")
    other = fit(write(tmp_path / "other.csv", bare(GBM, 100, 600), seconds=1_200), "gbm")
    (pair,) = fit_common([one, other])
    assert pair.correlation is None
    assert "only 0 log returns" in str(pair)
    assert fit_common([one]) == []


def test_who_does_not_fit_does_not_wait_for_the_packages_that_do() -> None:
    heavy = "'arch', 'statsmodels', 'scipy.optimize'"
    code = (
        f"import sys, simulator.fitting, simulator.prices; print([name for name in ({heavy}) if name in sys.modules])"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert ended.stdout == "[]\n"
