"""Lines with bands as an SVG; the only place that draws."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Line", "Panel", "svg"]

SETTINGS: Any = {
    "svg.hashsalt": "undertow",  # else the names of elements would be drawn at random
    "svg.fonttype": "none",  # text stays text, in whatever font the reader has
    "text.parse_math": False,  # dollars are meant
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": False,
}
MOST_TICKS = 12
Values = Sequence[float | None]


class Line(NamedTuple):
    """Means over the positions, and the bounds of their intervals; None where there is none."""

    label: str
    mean: Values
    low: Values
    high: Values


class Panel(NamedTuple):
    """One plot; `form` shows a number x of its axis."""

    title: str
    form: str
    lines: Sequence[Line]


def svg(panels: Sequence[Panel], positions: Sequence[float], ticks: Sequence[str], axis: str, caption: str) -> str:
    """Panels side by side over the same `positions`, which are marked `ticks`; the same bytes for the same input."""
    # imported here: a command that draws nothing need not wait for it
    import matplotlib
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # not those of the user
        matplotlib.rcParams.update(SETTINGS)
        figure = Figure(figsize=(5.2 * len(panels), 4.2), layout="constrained")
        FigureCanvasSVG(figure)
        plots = figure.subplots(1, len(panels), squeeze=False)[0]
        for plot, panel in zip(plots, panels, strict=True):
            _draw(plot, panel, positions)
            _mark(plot, positions, ticks, axis)
        if len(panels[0].lines) > 1:
            figure.legend(*plots[0].get_legend_handles_labels(), loc="outside lower center", frameon=False)
        figure.suptitle(caption, fontsize=9, x=0.01, horizontalalignment="left")
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        return text.getvalue()


def _draw(plot: Axes, panel: Panel, positions: Sequence[float]) -> None:
    for line in panel.lines:
        mean, low, high = (_gaps(values) for values in line[1:])
        (drawn,) = plot.plot(positions, mean, marker="o", markersize=3, linewidth=1.2, label=line.label)
        plot.fill_between(positions, low, high, color=drawn.get_color(), alpha=0.18, linewidth=0)
    plot.yaxis.set_major_formatter(panel.form)
    plot.set_title(panel.title, loc="left", fontsize=10)


def _mark(plot: Axes, positions: Sequence[float], ticks: Sequence[str], axis: str) -> None:
    every = -(-len(positions) // MOST_TICKS)
    plot.set_xticks(list(positions[::every]), list(ticks[::every]))
    plot.set_xlabel(axis)
    plot.grid(visible=True, alpha=0.25, linewidth=0.5)


def _gaps(values: Values) -> list[float]:
    return [float("nan") if value is None else value for value in values]
