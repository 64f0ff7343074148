"""Fitted values with their standard errors, and the snippet of a scenario that they are printed as."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import yaml

from .sample import Sample

__all__ = ["Estimate", "Fit"]

VAGUE = 0.5
"""A standard error above this share of its value says that the value is hardly known."""
FEW = 500
"""Log returns; the standard errors of a likelihood hold for many."""


class Estimate(NamedTuple):
    """A value and its standard error, None where it could not be had; `share`: written in percent."""

    value: float
    error: float | None
    share: bool = True

    @property
    def vague(self) -> bool:
        """It is hardly known."""
        return self.error is None or self.error > VAGUE * abs(self.value)

    def written(self, value: float | None) -> str:
        """A value in the units of a scenario."""
        if value is None or not math.isfinite(value):
            return "unknown"
        digits = np.format_float_positional(value * 100 if self.share else value, 5, fractional=False, trim="-")
        return f"{digits}%" if self.share else digits


@dataclass(frozen=True)
class Fit:
    """A price model fitted to candles.

    Attributes
    ----------
    estimates : by setting of the model
    fixed : settings that are not estimated
    mean : of the log returns, a year; it is not used as drift
    method : how it was fitted, and whether that ended well
    doubts : what the reader must know before using it
    """

    model: str
    sample: Sample
    estimates: Mapping[str, Estimate]
    method: str
    doubts: tuple[str, ...] = ()
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def mean(self) -> Estimate:
        """Of the log returns, a year."""
        returns, years = self.sample.returns, self.sample.years
        error = np.std(returns, ddof=1) / math.sqrt(len(returns))
        return Estimate(float(np.mean(returns)) / years, float(error) / years)

    @property
    def warnings(self) -> list[str]:
        """Doubts, and what is hardly known."""
        count, values = len(self.sample.returns), len(self.estimates)
        few = f"{count} log returns are few for {values} values: the standard errors themselves are not to be relied on"
        vague = [name for name, one in self.estimates.items() if one.vague]
        told = f"hardly known, standard errors above half the value or unknown: {', '.join(vague)}; give more candles"
        return [*self.doubts, *([few] if values > 1 and count < FEW else []), *([told] if vague else [])]

    @property
    def price(self) -> dict[str, Any]:
        """The model as the `price` of an asset, from the last close on."""
        values = {name: one.written(one.value) for name, one in self.estimates.items()}
        plain = {name: value if value.endswith("%") else float(value) for name, value in values.items()}
        close = np.format_float_positional(self.sample.closes[-1], trim="-")
        source = f"{self.method}, to {self.sample.told}"
        return {"model": self.model, "start": f"${close}", **plain, **self.fixed, "source": source}

    def to_yaml(self) -> str:
        """The price as a snippet of a scenario, with how well it is known."""
        return "\n".join(self._comments()) + "\n" + yaml.safe_dump({"price": self.price}, sort_keys=False, width=110)

    def _comments(self) -> Iterator[str]:
        yield f"# {self.model}, to {self.sample.told}"
        yield f"# {self.method}"
        yield f"# {'':<20}{'value':>14}{'standard error':>18}"
        for name, one in (*self.estimates.items(), ("mean log return", self.mean)):
            yield f"# {name:<20}{one.written(one.value):>14}{one.written(one.error):>18}"
        yield "# the mean log return a year is no setting: the drift stays 0% unless you state one"
        for warning in self.warnings:
            yield f"# warning: {warning}"
