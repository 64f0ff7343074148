"""What keepers earned and lost, over time and in the end."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from .drawing import SERIES, axis, bars, canvas, drawn, line
from .parts import Cell, Part, Sentence, Table
from .run_files import RunFiles
from .timeline import Timeline
from .wording import dollars, written

__all__ = ["keepers"]

COLUMNS = ("group", "keepers", "attempts", "landed", "debt repaid", "fees paid", "profit")


def keepers(run: RunFiles) -> Iterable[Part]:
    """Profit by group over time, and in the end."""
    groups = run.summary.keepers.groups
    if not groups:
        yield Sentence("The scenario has no keepers.")
        return
    if run.liquidations.empty or run.blocks.empty:
        yield Sentence("No keeper attempted anything.")
    else:
        yield _over_time(run)
        yield _in_the_end(run)
    rows = [
        [
            Cell(name, name),
            *(Cell(written(value, "count"), value) for value in (one.keepers, one.attempts, one.landed)),
            *(Cell(dollars(value), value) for value in (one.debt_repaid_usd, one.fees_paid_usd, one.profit_usd)),
        ]
        for name, one in groups.items()
    ]
    yield Table("Keepers by group", COLUMNS, rows)


def _group(agents: pd.Series[str]) -> pd.Series[str]:
    """Name of the group of liquidator/GROUP/NUMBER."""
    return agents.str.split("/").str[1].fillna("")


def _earned(run: RunFiles) -> pd.DataFrame:
    """Dollars by group and step: of attempts, less the fees of what else they sent."""
    attempts, sent = run.liquidations, run.transactions
    other = sent[sent["kind"] != "liquidation"]
    parts = [
        pd.DataFrame({"group": _group(attempts["agent"]), "step": attempts["step"], "usd": attempts["profit_usd"]}),
        pd.DataFrame({"group": _group(other["agent"]), "step": other["step"], "usd": -other["fee_usd"]}),
    ]
    both = pd.concat([part for part in parts if len(part)])
    both = both[both["group"].isin(list(run.summary.keepers.groups)) & (both["step"] < len(run.blocks))]
    table = both.pivot_table(index="step", columns="group", values="usd", aggfunc="sum", fill_value=0.0)
    return table.reindex(np.arange(len(run.blocks)), fill_value=0.0).cumsum()


def _over_time(run: RunFiles) -> Part:
    time, earned = Timeline.of(run), _earned(run)
    figure = canvas(axis(time.title), axis("profit so far, $"))
    for number, name in enumerate(run.summary.keepers.groups):
        if name in earned:
            line(figure, name, time.x, earned[name], SERIES[number % len(SERIES)], shape="hv")
    last = ", ".join(f"{name} {dollars(float(earned[name].iloc[-1]))}" for name in earned)
    told = [
        f"By the last block, attempts had brought {last or 'nothing'}, less all fees;",
        "collateral that a keeper kept counts at the outside price of the block in which it was received.",
    ]
    return drawn("Keepers' profit and loss over time", figure, told)


def _in_the_end(run: RunFiles) -> Part:
    groups = run.summary.keepers.groups
    figure = canvas(axis("$"), {"automargin": True, "type": "category", "autorange": "reversed"})
    earned, paid = ([getattr(one, name) for one in groups.values()] for name in ("profit_usd", "fees_paid_usd"))
    bars(figure, "profit", earned, list(groups), "blue", orientation="h")
    bars(figure, "fees paid", paid, list(groups), "orange", orientation="h")
    figure.update_layout(barmode="group", bargap=0.3)
    each = "; ".join(f"{name} {dollars(one.profit_usd)}" for name, one in groups.items())
    told = [
        f"Profit at the last outside price, collateral still held included: {each};",
        f"all keepers together {dollars(run.summary.keepers.profit_usd)}.",
    ]
    return drawn("Keepers' profit and fees in the end", figure, told, 150 + 60 * len(groups))
