"""Price models fitted to candles: what a scenario can say about a market, and how well it is known."""

from .estimate import Estimate, Fit
from .fit import FITTED_MODELS, Common, fit, fit_common

__all__ = ["FITTED_MODELS", "Common", "Estimate", "Fit", "fit", "fit_common"]
