"""The cascade: who waited, in what waves it went, what the sales slipped."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from .drawing import axis, bars, canvas, dollar_ticks, drawn, line, marks
from .parts import Part, Sentence
from .run_files import RunFiles
from .timeline import Timeline
from .wording import counted, dollars, share, written

__all__ = ["slippage", "waiting", "waves"]

MOST_SALES = 500
KINDS = (("direct", "blue", "circle"), ("induced", "purple", "diamond"))


def waiting(run: RunFiles) -> Iterable[Part]:
    """Debt of accounts that wait for a liquidation, and of those that have waited too long."""
    summary, blocks = run.summary, run.blocks
    if blocks.empty or not blocks["waiting_debt_usd"].max():
        yield Sentence("At no block's end had anybody been liquidatable since the block before: nobody waited.")
        return
    time = Timeline.of(run)
    figure = canvas(axis(time.title), axis("debt, $", rangemode="tozero"))
    line(figure, "waiting", time.x, blocks["waiting_debt_usd"], "orange", fill="tozeroy")
    line(figure, "late: for more than ten minutes", time.x, blocks["late_debt_usd"], "red", fill="tozeroy")
    worst = blocks.iloc[int(blocks["waiting_debt_usd"].to_numpy().argmax())]
    told = [
        f"At most {dollars(worst['waiting_debt_usd'])} of debt waited, that of",
        f"{counted(int(worst['waiting_accounts']), 'account')} after block {int(worst['step'])};",
        f"at most {dollars(blocks['late_debt_usd'].max())} was late.",
        f"Of all debt that was to be liquidated {share(summary.late.share)} went late or never;",
        f"it took {counted(summary.blocks_to_clear, 'block')} from the first such account to the last.",
    ]
    yield drawn("Debt that waits for a liquidation", figure, told)


def waves(run: RunFiles) -> Iterable[Part]:
    """Debt repaid over time, direct and induced."""
    landed, done = run.landed, run.summary.liquidations
    if landed.empty:
        yield Sentence("There was no liquidation, so no cascade.")
        return
    time = Timeline.of(run)
    figure = canvas(axis(time.title), axis(f"debt repaid in {_each(time)}, $"))
    for label, colour, _ in KINDS:
        mine = landed[landed["induced"] == (label == "induced")]
        summed = time.summed(mine["step"], mine["debt_repaid_usd"])
        bars(figure, label, time.centre(summed.index), summed, colour, width=time.width * time.block_time / time.unit)
    all_kinds = time.summed(landed["step"], landed["debt_repaid_usd"])
    ends = time.centre([all_kinds.index.min() - 3, all_kinds.index.max() + 3])
    figure.update_layout(barmode="stack", bargap=0, xaxis={"range": ends.tolist()})
    told = [
        f"{counted(done.count, 'liquidation')} repaid {dollars(done.debt_repaid_usd)}:",
        f"{done.direct:,} direct, {done.induced:,} induced by the selling itself",
        f"({share(done.induced_share)} of the debt).",
        f"The largest wave repaid {dollars(all_kinds.max())} in {_each(time)},",
        f"{time.centre([all_kinds.idxmax()])[0]:,.1f} {time.title}.",
    ]
    yield drawn("Cascade waves: debt repaid, direct and induced", figure, told)


def _each(time: Timeline) -> str:
    return "a block" if time.width == 1 else time.stretch


def slippage(run: RunFiles) -> Iterable[Part]:
    """Slippage of each sale within a liquidation against what it brought in."""
    sales = run.landed[run.landed["slippage_bps"].notna() & (run.landed["proceeds_usd"].fillna(0) > 0)]
    peak = written(run.summary.liquidations.peak_slippage_bps, "bps")
    if sales.empty:
        more = "" if peak == "–" else f" The worst sale out of a keeper's inventory slipped {peak} bps."
        yield Sentence(f"No liquidation sold its collateral in the same transaction.{more}")
        return
    x = axis("proceeds of the sale, $", **dollar_ticks(sales["proceeds_usd"]))
    figure = canvas(x, axis("slippage, bps", rangemode="tozero"))
    for label, colour, symbol in KINDS:
        mine = _spread(sales[sales["induced"] == (label == "induced")])
        if len(mine):
            marks(figure, label, mine["proceeds_usd"], mine["slippage_bps"], colour, symbol)
    slipped, size = sales["slippage_bps"].astype(float), sales["proceeds_usd"].astype(float)
    slipped_most = written(float(slipped.iloc[int(size.to_numpy().argmax())]), "bps")
    told = [
        f"{counted(len(sales), 'sale')} at once in a liquidation; the median one brought {dollars(size.median())} and",
        f"slipped {written(slipped.median(), 'bps')} bps, the largest brought {dollars(size.max())} and slipped",
        f"{slipped_most} bps. Of all forced sales, those from inventories among them,",
        f"the worst slipped {peak} bps.",
    ]
    if len(sales) > MOST_SALES:
        told.append(f"The chart shows about {MOST_SALES} of them, evenly by size.")
    yield drawn("Slippage of forced sales against their size", figure, told)


def _spread(sales: pd.DataFrame) -> pd.DataFrame:
    """At most MOST_SALES of them, evenly over the order of their sizes."""
    ordered = sales.sort_values(["proceeds_usd", "step"], kind="stable")
    if len(ordered) <= MOST_SALES:
        return ordered
    return ordered.iloc[np.linspace(0, len(ordered) - 1, MOST_SALES).round().astype(int)]
