"""The books before and after: how much debt each price of a collateral would make liquidatable."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .drawing import PALETTE, axis, canvas, drawn, rounded
from .parts import Part, Sentence
from .run_files import RunFiles
from .wording import counted, dollars, percent, plain, share

__all__ = ["book"]

BUCKETS = 40
NAMES = {"automargin": True, "type": "category", "showgrid": False}
FALLS = (0.1, 0.3, 0.5)
"""Falls of a price for which the text says how much debt would be liquidatable."""


def book(run: RunFiles) -> Iterable[Part]:
    """A heat map for each collateral that somebody borrowed against."""
    accounts = run.accounts[run.accounts["debt_usd"].fillna(0) > 0]
    if accounts.empty:
        yield Sentence("No account owed anything at the start.")
    for asset, mine in accounts.groupby("collateral_asset", sort=True):
        if mine[["liquidation_price", "liquidation_price_end"]].notna().any(axis=None):
            yield _heat_map(run, str(asset), mine)
        else:
            yield Sentence(f"No price of {asset} alone would make anybody liquidatable who holds mostly that.")


def _heat_map(run: RunFiles, asset: str, accounts: pd.DataFrame) -> Part:
    start = run.summary.prices[asset].start
    edges = np.linspace(0.0, start * 1.1, BUCKETS + 1)
    rows: dict[str, NDArray[np.float64]] = {}
    several = accounts["protocol"].nunique() > 1
    for protocol, mine in accounts.groupby("protocol", sort=True):
        for name, end in (("before", ""), ("after", "_end")):
            label = f"{protocol}, {name}" if several else name
            rows[label] = _debt_by_price(mine, edges, end)
    # the first row belongs on top
    labels = list(rows)[::-1]
    cells = [[value or None for value in rounded(rows[label])] for label in labels]
    figure = canvas(axis(f"liquidation price, $ per {asset}", tickformat="$,.6~r", showgrid=False), NAMES)
    blue = [int(PALETTE["blue"][0][place : place + 2], 16) for place in (1, 3, 5)]
    scale = [[level, "rgba({},{},{},{})".format(*blue, opacity)] for level, opacity in ((0, 0.12), (1, 1))]
    bar = {"title": {"text": "debt, $"}, "tickformat": "$~s", "thickness": 12, "outlinewidth": 0}
    middles = rounded((edges[1:] + edges[:-1]) / 2)
    told = " · ".join(("%{y}", "%{x:$,.4~r}", "%{z:$.3s} of debt<extra></extra>"))
    figure.add_heatmap(x=middles, y=labels, z=cells, colorscale=scale, colorbar=bar, hovertemplate=told, ygap=4)
    _mark_prices(figure, run, asset)
    height = 190 + 44 * len(labels)
    return drawn(
        f"{asset}: liquidation prices of the book before and after", figure, _told(run, asset, accounts), height
    )


def _mark_prices(figure: Any, run: RunFiles, asset: str) -> None:
    """Where the price began, and the lowest that it came to outside."""
    price = run.summary.prices[asset]
    ends = ((price.start, "start", "grey", "left"), (price.outside_low, "lowest", "red", "right"))
    for value, text, colour, anchor in ends:
        if value is not None:
            style = {"color": PALETTE[colour][0], "width": 1.5, "dash": "dot"}
            note = {
                "text": text,
                "showarrow": False,
                "x": value,
                "y": 1,
                "yref": "paper",
                "yanchor": "bottom",
                "xanchor": anchor,
            }
            figure.add_shape(type="line", x0=value, x1=value, y0=0, y1=1, yref="paper", line=style)
            figure.add_annotation(**note)
    figure.update_layout(margin={"t": 26})


def _debt_by_price(accounts: pd.DataFrame, edges: NDArray[np.float64], end: str) -> NDArray[np.float64]:
    """Dollars of debt in each bucket; what lies above the last edge counts as being in the last."""
    prices = accounts[f"liquidation_price{end}"].astype(float)
    debts = accounts[f"debt_usd{end}"].astype(float)
    known = prices.notna()
    summed, _ = np.histogram(prices[known].clip(upper=edges[-1]), bins=edges, weights=debts[known])
    return summed


def _told(run: RunFiles, asset: str, accounts: pd.DataFrame) -> list[str]:
    price = run.summary.prices[asset]
    told = []
    for name, end in (("Before", ""), ("After", "_end")):
        prices, debts = accounts[f"liquidation_price{end}"], accounts[f"debt_usd{end}"]
        reached = [float(debts[prices >= price.start * (1 - fall)].sum()) for fall in FALLS]
        parts = ", ".join(f"{dollars(debt)} by {percent(fall)}" for fall, debt in zip(FALLS, reached, strict=True))
        owing = int((debts > 0).sum())
        told.append(f"{name}: {counted(owing, 'account')} owe{'s' if owing == 1 else ''} {dollars(debts.sum())};")
        told.append(f"a fall of {asset} from ${plain(price.start)} would make liquidatable {parts}.")
    if price.outside_low is not None:
        told.append(f"The lowest outside price was ${plain(price.outside_low)},")
        told.append(f"{share(1 - price.outside_low / price.start)} below the start.")
    return told
