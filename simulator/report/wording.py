"""Numbers as people read them."""

from __future__ import annotations

import math

__all__ = ["bounded", "counted", "dollars", "percent", "plain", "share", "written"]

SIZES = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
DIGITS = {"ratio": 3, "bps": 1, "blocks": 1, "count": 0}
NONE = "–"
OPEN = "…"
TIED = "\u00a0"
"""A blank that no line is broken at."""


def written(value: float | None, kind: str = "") -> str:
    """A figure of a kind of simulator/figures.py; any other kind is a plain number."""
    if value is None or math.isnan(value):
        return NONE
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value)
    if kind == "dollars":
        text = _dollars(size)
    elif kind == "share":
        text = f"{size:.1%}".replace("%", f"{TIED}%")
    elif kind == "count" and size != int(size):
        text = f"{size:,.1f}"
    elif kind in DIGITS:
        text = f"{size:,.{DIGITS[kind]}f}"
    else:
        text = plain(size)
    return f"−{text}" if value < 0 and any(digit in text for digit in "123456789") else text


def _dollars(size: float) -> str:
    unit, mark = next(((unit, mark) for unit, mark in SIZES if size >= unit), (1, ""))
    scaled = size / unit
    digits = (0 if size >= 100 or not size else 2) if not mark else 0 if scaled >= 100 else 1 if scaled >= 10 else 2
    return f"${scaled:,.{digits}f}{mark}"


def bounded(estimate: float | None, low: float | None, high: float | None, kind: str) -> str:
    """A figure and its interval in brackets: an open end where there is no bound, none where it is exact."""
    text = written(estimate, kind)
    if estimate is None or low == high == estimate:
        return text
    return f"{text} [{', '.join(OPEN if bound is None else written(bound, kind) for bound in (low, high))}]"


def dollars(value: float | None) -> str:
    """$13.3M."""
    return written(value, "dollars")


def share(value: float | None) -> str:
    """34.2 %."""
    return written(value, "share")


def percent(value: float) -> str:
    """95 %."""
    return f"{value:.0%}".replace("%", f"{TIED}%")


def plain(value: float) -> str:
    """Six significant digits."""
    return f"{value:,.0f}" if float(value).is_integer() and abs(value) < 1e15 else f"{value:,.6g}"


def counted(number: int, what: str, many: str = "") -> str:
    """1 block, 2 blocks."""
    return f"{number:,} {what if number == 1 else many or what + 's'}"
