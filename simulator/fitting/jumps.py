"""Jump diffusion, by maximum likelihood of a Poisson mixture of normals."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from .estimate import Estimate, Fit
from .sample import Sample

__all__ = ["fit_jumps"]

MOST = 10
"""Jumps in one candle that are told apart."""
_LOWEST = (-2.0, math.log(0.05), -math.inf, -10.0, math.log(0.05))
_HIGHEST = (2.0, math.log(2.0), 0.0, 10.0, math.log(20.0))
# A likelihood of normals has no maximum when one of them may be as narrow as it likes: the search is bounded.


def fit_jumps(sample: Sample) -> Fit:
    """Searched from where returns beyond three robust deviations are jumps; standard errors by the curvature there."""
    from scipy.optimize import minimize

    scale = float(np.std(sample.returns))
    returns = sample.returns / scale
    rarest = math.log(0.2 / len(returns))
    bounds = [
        (max(low, rarest) if low == -math.inf else low, high) for low, high in zip(_LOWEST, _HIGHEST, strict=True)
    ]
    lows, highs = np.array(bounds).T
    first = np.clip(_guess(returns), lows, highs)
    found = minimize(_negative_log_likelihood, first, args=(returns,), method="L-BFGS-B", bounds=bounds)
    at_bound = bool(((found.x - lows < 1e-6) | (highs - found.x < 1e-6)).any())
    errors = _errors(found.x, returns)
    _, spread, rate, mean, deviation = found.x
    years = sample.years
    estimates = {
        "volatility": _of_log(spread, errors[1], scale / math.sqrt(years)),
        "jumps_a_year": _of_log(rate, errors[2], 1 / years)._replace(share=False),
        "jump_mean": Estimate(float(mean) * scale, None if errors[3] is None else errors[3] * scale),
        "jump_deviation": _of_log(deviation, errors[4], scale),
    }
    method = f"fitted by maximum likelihood, {'converged' if found.success else 'NOT converged'}"
    return Fit("jump_diffusion", sample, estimates, method, tuple(_doubts(bool(found.success), at_bound)))


def _guess(returns: NDArray[np.float64]) -> NDArray[np.float64]:
    away = returns - np.median(returns)
    limit = min(3 * 1.4826 * float(np.median(np.abs(away))), float(np.quantile(np.abs(away), 0.99)))
    jumps, rest = returns[np.abs(away) >= limit], returns[np.abs(away) < limit]
    spread = max(float(np.std(rest)), 0.1)
    numbers = (np.mean(rest), math.log(spread), math.log(len(jumps) / len(returns)), np.mean(jumps))
    return np.array([*numbers, math.log(max(float(np.std(jumps)), spread))])


def _negative_log_likelihood(parameters: NDArray[np.float64], returns: NDArray[np.float64]) -> float:
    centre, spread, rate, mean, deviation = parameters
    jumps = np.arange(MOST + 1)
    weights = jumps * rate - math.exp(rate) - np.array([math.lgamma(number + 1) for number in jumps])
    variances = math.exp(2 * spread) + jumps * math.exp(2 * deviation)
    away = returns[:, None] - centre - jumps * mean
    logs = weights - 0.5 * np.log(2 * math.pi * variances) - away**2 / (2 * variances)
    most = logs.max(axis=1)
    return -float(np.sum(most + np.log(np.exp(logs - most[:, None]).sum(axis=1))))


def _errors(parameters: NDArray[np.float64], returns: NDArray[np.float64]) -> list[float | None]:
    """Of each parameter, from second differences of the likelihood; None where it is flat."""
    steps = 1e-3 * np.eye(len(parameters))

    def at(*moves: NDArray[np.float64]) -> float:
        return _negative_log_likelihood(parameters + sum(moves, np.zeros(len(parameters))), returns)

    curvature = [[at(a, b) - at(a, -b) - at(-a, b) + at(-a, -b) for b in steps] for a in steps]
    try:
        variances = np.diag(np.linalg.inv(np.array(curvature) / 4e-6))
    except np.linalg.LinAlgError:
        return [None] * len(parameters)
    return [math.sqrt(variance) if 0 < variance < math.inf else None for variance in variances.tolist()]


def _of_log(log: float, error: float | None, unit: float) -> Estimate:
    value = math.exp(log) * unit
    return Estimate(value, None if error is None else value * error)


def _doubts(converged: bool, at_bound: bool) -> list[str]:
    doubts = [] if converged else ["the search for the likeliest values did not converge; do not use them"]
    if at_bound:
        doubts.append("the search ended at one of its bounds: the candles do not tell jumps from the diffusion")
    return doubts
