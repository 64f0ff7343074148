"""Human units ↔ integers and floats; the only file that knows 10**18."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction as Exact
from functools import cache
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer

__all__ = [
    "FEED_SCALE",
    "GWEI",
    "WAD",
    "Duration",
    "Fraction",
    "Gwei",
    "Money",
    "to_units",
    "wad",
]

WAD = 10**18
GWEI = 10**9
FEED_SCALE = 10**8
"""Price feeds carry eight decimals, as Chainlink's USD feeds do."""

_NUMBER = r"([+-]?[0-9][0-9_,]*(?:\.[0-9]+)?)"
_SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}
_MAGNITUDE = {"": 1, "k": 10**3, "M": 10**6, "B": 10**9}


def _plain(value: Decimal) -> str:
    """Shortest decimal text, without an exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _reader(pattern: str, unit: str, convert: Callable[[Decimal, str], Decimal]) -> Callable[[Any], Decimal]:
    """Parser of text in `pattern`; a bare number is refused, since its unit would be a guess."""
    shape = re.compile(pattern)

    def read(value: Any) -> Decimal:
        if isinstance(value, Decimal):  # parsed before: a model is being copied
            return value
        match = shape.fullmatch(value.strip()) if isinstance(value, str) else None
        if match is None:
            raise ValueError(f"needs a unit; write it {unit}")
        number = Decimal(match[1].replace("_", "").replace(",", ""))
        return convert(number, match[2] if shape.groups > 1 else "")

    return read


_fraction = _reader(_NUMBER + r"\s*%", "with a percent sign, for example '0.5%'", lambda number, _: number / 100)
_duration = _reader(
    _NUMBER + r"\s*(s|min|h|d)", "with s, min, h or d, for example '3600s'", lambda number, u: number * _SECONDS[u]
)
_gwei = _reader(_NUMBER + r"\s*gwei", "in gwei, for example '40 gwei'", lambda number, _: number)
_money = _reader(
    r"\$\s*" + _NUMBER + r"\s*([kMB]?)", "in dollars, for example '$25M'", lambda number, m: number * _MAGNITUDE[m]
)

Fraction = Annotated[Decimal, BeforeValidator(_fraction), PlainSerializer(lambda value: f"{_plain(value * 100)}%")]
"""A share, written ``"0.5%"``, held as 0.005."""
Duration = Annotated[Decimal, BeforeValidator(_duration), PlainSerializer(lambda value: f"{_plain(value)}s")]
"""Seconds, written ``"3600s"``, ``"10min"``, ``"1h"``, ``"1d"``."""
Gwei = Annotated[Decimal, BeforeValidator(_gwei), PlainSerializer(lambda value: f"{_plain(value)} gwei")]
"""A gas price in gwei, written ``"40 gwei"``."""
Money = Annotated[Decimal, BeforeValidator(_money), PlainSerializer(lambda value: f"${_plain(value)}")]
"""Quote units (US dollars), written ``"$25M"``."""


@cache
def wad(value: Decimal | int) -> int:
    """`value` scaled by 1e18, rounded down."""
    return int(Exact(value) * WAD)


def to_units(tokens: Decimal | int, decimals: int) -> int:
    """Whole tokens → token units, rounded down."""
    return int(Exact(tokens) * 10**decimals)
