"""Prices, with what was liquidated; gas, and what it cost."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from .drawing import axis, bars, canvas, drawn, line, marks
from .parts import Part, Sentence
from .run_files import RunFiles
from .timeline import Timeline
from .wording import counted, dollars, plain, share

__all__ = ["gas", "prices"]

STILL = 0.005
"""An asset whose prices all stay within this share of the start gets a sentence."""
COLOURS = {
    **{"background": "grey", "liquidation": "red", "arbitrage": "green", "oracle": "orange", "borrower": "sky"},
    **{"sale": "purple", "bid": "blue", "auction": "olive"},
}
PALE = {"poke": "orange", "backstop": "blue", "deposit": "green", "event": "purple"}
"""Rare kinds, in a paler tone of a colour."""


def prices(run: RunFiles) -> Iterable[Part]:
    """Outside, oracle and pool price of each asset that moved, with its liquidations."""
    for asset, price in run.summary.prices.items():
        columns = _columns(run, asset)
        known = run.blocks[[name for name, *_ in columns if name in run.blocks]].astype(float)
        if known.empty:
            yield Sentence(f"{asset}: no block, no price.")
        elif float((known / price.start - 1).abs().max().max()) < STILL:
            yield Sentence(f"{asset} stayed within {share(STILL)} of ${plain(price.start)} everywhere.")
        else:
            yield _price_chart(run, asset, columns)


Column = tuple[str, str, str, str]
"""Name in blocks.csv, label, colour, dash."""


def _columns(run: RunFiles, asset: str) -> list[Column]:
    venues = [name for name, venue in run.scenario.venues.items() if venue.base == asset]
    protocols = [name for name, one in run.scenario.protocols.items() if asset in one.assets]
    pools = zip(venues, ("green", "sky", "olive", "grey") * len(venues), strict=False)
    priced = zip(protocols, ("orange", "purple", "red", "grey") * len(protocols), strict=False)
    return [
        (f"control_{asset}", "control: nobody trades", "grey", "dot"),
        (f"outside_{asset}", "outside", "blue", "solid"),
        *((f"price_{name}_{asset}", f"oracle of {name}", colour, "solid") for name, colour in priced),
        *((f"pool_{name}", f"pool {name}", colour, "dash") for name, colour in pools),
    ]


def _price_chart(run: RunFiles, asset: str, columns: list[Column]) -> Part:
    time = Timeline.of(run)
    figure = canvas(axis(time.title), axis(f"price of {asset}, $", tickformat="$,.6~r"))
    for column, label, colour, dash in columns:
        if column in run.blocks:
            shape = "hv" if column.startswith("price_") else "linear"
            line(figure, label, time.x, run.blocks[column], colour, dash=dash, shape=shape)
    landed = run.landed[run.landed["collateral_asset"] == asset]
    for induced, label, colour, symbol in ((False, "direct", "red", "circle"), (True, "induced", "purple", "diamond")):
        _mark_liquidations(figure, time, run, landed[landed["induced"] == induced], asset, (label, colour, symbol))
    price = run.summary.prices[asset]
    told = [f"{asset} began at ${plain(price.start)}; lowest:"]
    names = [(column, name.partition(":")[0]) for column, name, *_ in columns if column in run.blocks]
    told.append(", ".join(f"{name} {_low(run, column)}" for column, name in names) + ".")
    what = f"{counted(len(landed), 'liquidation')} of {asset}, {int(landed['induced'].sum()):,} of them induced"
    more = f"{what}; the larger a mark, the more debt was repaid."
    told.append(more if len(landed) else f"There was no liquidation of {asset}.")
    return drawn(f"{asset}: prices and liquidations", figure, told, 380)


def _low(run: RunFiles, column: str) -> str:
    low = run.blocks[column].min()
    return "none" if pd.isna(low) else f"${plain(low)}"


def _mark_liquidations(
    figure: Any, time: Timeline, run: RunFiles, landed: pd.DataFrame, asset: str, style: tuple[str, str, str]
) -> None:
    """One mark for each stretch of time in which somebody was liquidated, on the outside price."""
    label, colour, symbol = style
    if landed.empty:
        return
    debt = time.summed(landed["step"], landed["debt_repaid_usd"])
    debt = debt[debt > 0]
    at = time.last(run.blocks[f"outside_{asset}"])[debt.index]
    size = 5 + 13 * np.sqrt(debt / max(float(debt.max()), 1.0))
    text = [f"{dollars(value)} repaid" for value in debt]
    marks(figure, f"liquidations, {label}", time.centre(debt.index), at, colour, symbol, size.tolist(), text=text)


def gas(run: RunFiles) -> Iterable[Part]:
    """Gas of a block by kind against the limit, and the base fee below."""
    if run.blocks.empty:
        yield Sentence("No block was built, so no gas was used.")
        return
    time, limit = Timeline.of(run), int(run.scenario.chain.gas_limit)
    fee = axis("base fee, gwei", rangemode="tozero")
    figure = canvas(axis(time.title), axis("gas, million", rangemode="tozero"), fee)
    columns = [str(name) for name in run.blocks if str(name).startswith("gas_")]
    kinds = {name.removeprefix("gas_"): run.blocks[name] for name in columns}
    kinds = {kind: used for kind, used in kinds.items() if kind != "used" and used.sum()}
    for kind, used in sorted(kinds.items(), key=lambda one: -float(one[1].sum())):
        mean, opacity = time.mean(used) / 1e6, 0.5 if kind in PALE else 1
        bars(figure, kind, time.centre(mean.index), mean, {**PALE, **COLOURS}.get(kind, "grey"), opacity=opacity)
    ends = [float(time.x[0]), float(time.x[-1])]
    line(figure, "block gas limit", ends, [limit / 1e6] * 2, "grey", dash="dash")
    line(figure, "base fee", time.x, run.blocks["base_fee_gwei"], "blue", yaxis="y2")
    figure.update_layout(barmode="stack", bargap=0)
    yield drawn("Gas by kind against the block gas limit, and the base fee", figure, _gas_told(run, kinds, time), 440)


def _gas_told(run: RunFiles, kinds: dict[str, Any], time: Timeline) -> list[str]:
    limit, used, figures = int(run.scenario.chain.gas_limit), run.blocks["gas_used"], run.summary.gas
    total = float(used.sum()) or 1.0
    largest = sorted(kinds.items(), key=lambda one: -float(one[1].sum()))[:3]
    parts = ", ".join(f"{kind} {share(float(gas.sum()) / total)}" for kind, gas in largest)
    return [
        f"Blocks used {share(float(used.mean()) / limit)} of the limit of {limit / 1e6:,.1f}M on average: {parts}.",
        f"The base fee peaked at {plain(round(figures.peak_base_fee_gwei, 1))} gwei;",
        f"{counted(figures.full_blocks, 'block')} had no room for everybody who would pay,",
        f"{counted(figures.stalled_blocks, 'block')} liquidated nobody though somebody was eligible.",
        "A bar is one block." if time.width == 1 else f"A bar is the mean of {counted(time.width, 'block')}.",
    ]
