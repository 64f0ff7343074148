"""Geometric Brownian motion, by the variance of the log returns."""

from __future__ import annotations

import math

import numpy as np

from .estimate import Estimate, Fit
from .sample import Sample

__all__ = ["fit_gbm"]


def fit_gbm(sample: Sample) -> Fit:
    """Volatility a year; its standard error holds for returns with fat tails too."""
    returns = sample.returns - np.mean(sample.returns)
    variance = float(np.var(returns, ddof=1))
    error = math.sqrt(max(float(np.mean(returns**4)) - variance**2, 0) / len(returns))
    volatility = math.sqrt(variance / sample.years)
    estimate = Estimate(volatility, volatility * error / variance / 2)
    return Fit("gbm", sample, {"volatility": estimate}, "fitted by the variance of log returns")
