"""Figures in one manner: colours that survive colour blindness and the dark, axes with units, few points."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .parts import Chart
from .wording import dollars

if TYPE_CHECKING:
    import plotly.graph_objects as go

__all__ = [
    "DARK",
    "PALETTE",
    "SERIES",
    "axis",
    "bars",
    "canvas",
    "dollar_ticks",
    "drawn",
    "faint",
    "line",
    "marks",
    "rounded",
    "thin",
]

PALETTE = {
    "blue": ("#0b6bb0", "#57a9e6"),
    "orange": ("#c76a00", "#f0a03c"),
    "green": ("#0a7d5c", "#3cc79b"),
    "purple": ("#a14a86", "#d890c2"),
    "sky": ("#2a93c9", "#8fd0f5"),
    "red": ("#bf3a1e", "#ff8566"),
    "olive": ("#7a7a00", "#cfc94a"),
    "grey": ("#6b7280", "#9aa3ad"),
}
"""Okabe and Ito's eight hues, darkened for a light page and lightened for a dark one."""
SERIES = ("blue", "orange", "green", "purple", "sky", "red", "olive", "grey")
"""The order in which lines without a meaning of their own take colours."""
FAINT = 0.16
MOST_POINTS = 500
SIGNIFICANT = 6
NARROW = 10
"""Below this ratio of the largest to the smallest an axis need not be logarithmic."""


def _rgba(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


def faint(name: str) -> str:
    """Colour of a band or an area."""
    return _rgba(PALETTE[name][0], FAINT)


DARK = dict(PALETTE.values()) | {_rgba(light, FAINT): _rgba(dark, FAINT * 1.6) for light, dark in PALETTE.values()}
"""What the page puts in the place of each colour in the dark."""


def rounded(values: Any) -> list[float | None]:
    """Six significant digits are more than a screen shows; None where there is no number."""
    numbers = np.asarray(values, dtype=float)
    return [float(f"{value:.{SIGNIFICANT}g}") if np.isfinite(value) else None for value in numbers.tolist()]


def thin(x: Any, y: Any, most: int = MOST_POINTS) -> tuple[list[float | None], list[float | None]]:
    """At most about `most` points of a line, each stretch's lowest and highest among them."""
    xs, ys = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if len(xs) > most:
        kept = {0, len(xs) - 1}
        for part in np.array_split(np.arange(len(xs)), most // 2):
            known = part[np.isfinite(ys[part])]
            kept |= {int(known[ys[known].argmin()]), int(known[ys[known].argmax()])} if len(known) else {int(part[0])}
        chosen = sorted(kept)
        xs, ys = xs[chosen], ys[chosen]
    return rounded(xs), rounded(ys)


def axis(title: str, **more: Any) -> dict[str, Any]:
    """An axis with its unit in the title; dollars are marked as such."""
    money = {"tickformat": "$~s"} if title.endswith("$") else {}
    return {"title": {"text": title, "standoff": 8}, "automargin": True, "zeroline": False, **money, **more}


def dollar_ticks(values: Any) -> dict[str, Any]:
    """A logarithmic axis over positive `values` with ticks at 1, 2 and 5, fewer when wide; a plain one when narrow."""
    known = [value for value in np.asarray(values, dtype=float).tolist() if value > 0]
    if max(known) < NARROW * min(known):
        return {}
    low, high = (int(np.floor(np.log10(value))) for value in (min(known), max(known)))
    steps = (1, 2, 5) if high - low < 2 else (1,)
    places = [step * 10.0**power for power in range(low, high + 2, 1 + (high - low) // 6) for step in steps]
    return {"type": "log", "tickvals": places, "ticktext": [re.sub(r"\.0+", "", dollars(place)) for place in places]}


def canvas(x: Mapping[str, Any], y: Mapping[str, Any], lower: Mapping[str, Any] | None = None) -> go.Figure:
    """An empty figure; with `lower`, a second axis below the first one that shares its x."""
    # imported here: a command that draws nothing need not wait for it
    import plotly.graph_objects as go

    figure = go.Figure()
    shared = {"template": None, "hovermode": "x unified" if lower is not None else "closest", "dragmode": False}
    figure.update_layout(xaxis=dict(x), yaxis=dict(y), showlegend=False, margin={"t": 8, "r": 12, "b": 44, "l": 56})
    figure.update_layout(**shared, paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)")
    if lower is not None:
        figure.update_layout(yaxis={"domain": [0.42, 1]}, yaxis2={**lower, "domain": [0, 0.32]}, xaxis={"anchor": "y2"})
    return figure


def line(figure: go.Figure, name: str, x: Any, y: Any, colour: str, **more: Any) -> None:
    """A thinned line; `dash` and `fill` as plotly's, `shape` "hv" for what holds until it changes."""
    xs, ys = thin(x, y)
    dash, shape = more.pop("dash", "solid"), more.pop("shape", "linear")
    style = {"color": PALETTE[colour][0], "width": more.pop("width", 1.6), "dash": dash, "shape": shape}
    if more.get("fill"):
        more["fillcolor"] = faint(colour)
    figure.add_scatter(x=xs, y=ys, name=name, mode="lines", line=style, **more)


def bars(figure: go.Figure, name: str, x: Any, y: Any, colour: str, **more: Any) -> None:
    """Bars; stacked where the layout says so. Names among x or y are left as they are."""
    sides = {side: list(values) if _names(values) else rounded(values) for side, values in (("x", x), ("y", y))}
    marker = {"color": PALETTE[colour][0], "opacity": more.pop("opacity", 1), "line": {"width": 0}}
    figure.add_bar(**sides, name=name, marker=marker, **more)


def _names(values: Any) -> bool:
    return any(isinstance(value, str) for value in values)


def marks(figure: go.Figure, name: str, x: Any, y: Any, colour: str, symbol: str, size: Any = 7, **more: Any) -> None:
    """Points without a line."""
    marker = {"color": PALETTE[colour][0], "symbol": symbol, "size": size, "opacity": 0.75, "line": {"width": 0}}
    figure.add_scatter(x=rounded(x), y=rounded(y), name=name, mode="markers", marker=marker, **more)


def drawn(title: str, figure: go.Figure, told: str | Sequence[str], height: int = 340) -> Chart:
    """The chart of a finished figure."""
    text = told if isinstance(told, str) else " ".join(told)
    return Chart(title, figure.to_plotly_json(), text, height)
