"""How a figure is distributed over the runs of both arms, and how it differs run by run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..figures import FIGURES
from .audit_files import ARMS, AuditFiles
from .drawing import axis, bars, canvas, drawn, faint, line, rounded
from .parts import Part, Sentence
from .wording import counted, percent, share, written

__all__ = ["distributions"]

SHOWN = (
    *("bad_debt_usd", "amplification", "late_share", "liquidated_debt_usd"),
    *("suppliers_loss_usd", "keepers_profit_usd", "borrowers_loss_usd"),
)
"""Figures that are drawn; the table has all of them."""
STYLES = {"current": ("blue", "solid"), "proposed": ("orange", "dash")}
STEPS = np.concatenate([np.linspace(0, 0.9, 150), np.linspace(0.9, 1, 200)])
"""Quantiles at which a curve is drawn: limits are about the tail."""
BINS = 40
FEW = 5
"""Runs in the highest bar up to which every whole number is a tick."""
UNITS = {"dollars": "$", "share": "%", "ratio": "ratio", "bps": "bps", "blocks": "blocks", "count": "number"}
Values = NDArray[np.float64]


def distributions(files: AuditFiles) -> Iterable[Part]:
    """For each figure the share of runs beyond each value, by arm, and the paired differences."""
    arms = {arm: files.arm(arm) for arm in ARMS}
    band = percent(files.audit.confidence)
    yield Sentence(f"A band holds its whole curve with {band} confidence (Dvoretzky, Kiefer and Wolfowitz).")
    for column in SHOWN:
        values = {arm: _known(rows, column) for arm, rows in arms.items()}
        if not any(len(one) for one in values.values()):
            continue
        whole = np.concatenate(list(values.values()))
        if whole.min() == whole.max():
            label, only = FIGURES[column].label.capitalize(), written(float(whole[0]), FIGURES[column].kind)
            yield Sentence(f"{label}: {only} in every run of both arms.")
        else:
            yield _beyond(column, values, files.audit.confidence)
            yield from _differences(column, arms)


def _known(rows: pd.DataFrame, column: str) -> Values:
    if column not in rows:
        return np.array([])
    return np.sort(rows[column].dropna().to_numpy(dtype=float))


def _axis(column: str) -> dict[str, Any]:
    figure = FIGURES[column]
    form = {"share": {"tickformat": ".3~%"}}.get(figure.kind, {})
    return axis(f"{figure.label}, {UNITS[figure.kind]}".replace(", bps, bps", ", bps"), **form)


def _beyond(column: str, values: dict[str, Values], confidence: float) -> Part:
    """The survival function of each arm, with the band that holds all of it at once (Dvoretzky, Kiefer, Wolfowitz)."""
    label, kind = FIGURES[column].label, FIGURES[column].kind
    whole = np.concatenate(list(values.values()))
    figure = canvas(_axis(column), axis("share of runs with more", tickformat=".0%", rangemode="tozero"))
    told = []
    for arm, sorted_values in values.items():
        if len(sorted_values):
            _draw_beyond(figure, arm, sorted_values, confidence, whole)
            told.append(_told(arm, sorted_values, kind))
    return drawn(f"{label.capitalize()}: share of runs beyond each value", figure, told)


def _draw_beyond(figure: Any, arm: str, values: Values, confidence: float, whole: Values) -> None:
    colour, dash = STYLES[arm]
    ends = (float(whole.min()), float(whole.max()))
    at = np.unique(np.concatenate([np.quantile(values, STEPS, method="lower"), ends]))
    beyond = 1 - np.searchsorted(values, at, side="right") / len(values)
    reach = float(np.sqrt(np.log(2 / (1 - confidence)) / (2 * len(values))))
    band = {"mode": "lines", "showlegend": False, "hoverinfo": "skip"}
    edges = (np.clip(beyond + reach, 0, 1), np.clip(beyond - reach, 0, 1))
    for edge, fill in zip(edges, ("none", "tonexty"), strict=True):
        style = {"width": 0, "shape": "hv"}
        figure.add_scatter(x=rounded(at), y=rounded(edge), fill=fill, fillcolor=faint(colour), line=style, **band)
    line(figure, arm, at, beyond, colour, dash=dash, shape="hv", width=2)


def _told(arm: str, values: Values, kind: str) -> str:
    median, most = np.quantile(values, [0.5, 0.95])
    texts = [written(float(value), kind) for value in (median, most, values[-1])]
    zero = f", in {share(float((values == 0).mean()))} of them zero" if (values == 0).any() else ""
    what = f"{arm.capitalize()}: {counted(len(values), 'run')}{zero}"
    return f"{what}; median {texts[0]}, 95th percentile {texts[1]}, most {texts[2]}."


def _differences(column: str, arms: dict[str, pd.DataFrame]) -> Iterable[Part]:
    """Histogram of proposed less current over runs of the same number; runs without a difference are counted apart."""
    current, proposed = (_column(arms[arm], column) for arm in ARMS)
    gaps = (proposed - current).dropna()
    label, kind = FIGURES[column].label, FIGURES[column].kind
    moved = gaps[gaps != 0]
    if moved.empty:
        what = "no run has it in both arms" if gaps.empty else f"zero in all {counted(len(gaps), 'run')}"
        yield Sentence(f"Difference of {label}, run by run: {what}.")
        return
    edges = np.linspace(*_span(moved), BINS + 1)
    counts, _ = np.histogram(moved, bins=edges)
    whole: dict[str, Any] = {"dtick": 1} if counts.max() <= FEW else {}
    figure = canvas(
        _axis(column) | {"title": {"text": f"{_axis(column)['title']['text']}: proposed less current"}},
        axis("runs", **whole),
    )
    bars(
        figure,
        "runs",
        (edges[1:] + edges[:-1]) / 2,
        counts,
        "purple",
        width=float(edges[1] - edges[0]),
        showlegend=False,
    )
    figure.update_layout(bargap=0)
    ends = [written(float(value), kind) for value in (gaps.mean(), moved.min(), moved.max())]
    told = [
        f"Of {counted(len(gaps), 'run')} {int((moved > 0).sum()):,} have more with the proposal,",
        f"{int((moved < 0).sum()):,} less, {len(gaps) - len(moved):,} the same (these are not drawn);",
        f"on average the difference is {ends[0]}, at least {ends[1]}, at most {ends[2]}.",
    ]
    yield drawn(f"{label.capitalize()}: difference run by run", figure, told, 280)


def _column(rows: pd.DataFrame, column: str) -> Any:
    return rows[column].astype(float) if column in rows else pd.Series([], dtype=float)


def _span(values: pd.Series[float]) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    return (low, high) if high > low else (low - abs(low) / 20, high + abs(high) / 20)
