"""GARCH(1,1) with Student-t innovations, by maximum likelihood (package arch)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .estimate import Estimate, Fit
from .sample import Sample

__all__ = ["fit_garch"]

MOST_PERSISTENCE = 0.9999
LEAST_FREEDOM = 2.06
"""The search ends at 2.05."""


def fit_garch(sample: Sample) -> Fit:
    """Mean zero; robust standard errors; the volatility's by the delta method.

    Raises
    ------
    InputError : alpha + beta is one as far as the candles tell
    """
    import arch  # takes a second or more, and nobody else needs it

    scale = float(np.std(sample.returns))
    model = arch.arch_model(sample.returns / scale, mean="Zero", vol="GARCH", p=1, q=1, dist="t", rescale=False)
    found = model.fit(disp="off", show_warning=False)
    omega, alpha, beta, freedom = (float(value) for value in np.asarray(found.params))
    persistence = alpha + beta
    if persistence > MOST_PERSISTENCE:
        rule = "leaves no volatility to return to: the fitted process is not stationary"
        remedy = "Give more candles, or of a time without a lasting change of volatility, or fit a gbm"
        raise InputError(f"{sample.file}: alpha + beta = {persistence:.4f}", rule, remedy)
    covariance = _covariance(found)
    volatility = scale * math.sqrt(omega / (1 - persistence) / sample.years)
    slopes = np.array([1 / omega, *[1 / (1 - persistence)] * 2, 0]) * volatility / 2
    errors = [_root(float(slopes @ covariance @ slopes)), *(_root(float(covariance[at, at])) for at in (1, 2, 3))]
    values = zip((volatility, alpha, beta, freedom), errors, (True, False, False, False), strict=True)
    names = ("volatility", "alpha", "beta", "degrees_of_freedom")
    estimates = {name: Estimate(*one) for name, one in zip(names, values, strict=True)}
    converged = found.convergence_flag == 0
    ended = f"{'converged' if converged else 'NOT converged'}, persistence alpha + beta = {persistence:.4f}"
    method = f"fitted by maximum likelihood (arch {arch.__version__}), {ended}"
    fixed = {"step": f"{sample.seconds:g}s"}
    return Fit("student_t_garch", sample, estimates, method, tuple(_doubts(converged, freedom)), fixed)


def _covariance(found: Any) -> NDArray[np.float64]:
    try:
        return np.asarray(found.param_cov, dtype=np.float64)
    except np.linalg.LinAlgError:  # the likelihood is flat
        return np.full((4, 4), np.nan)


def _root(variance: float) -> float | None:
    return math.sqrt(variance) if variance > 0 and math.isfinite(variance) else None


def _doubts(converged: bool, freedom: float) -> list[str]:
    doubts = [] if converged else ["the search for the likeliest values did not converge; do not use them"]
    if freedom < LEAST_FREEDOM:
        doubts.append("degrees_of_freedom are at the least that is searched: the candles show no finite variance")
    return doubts
