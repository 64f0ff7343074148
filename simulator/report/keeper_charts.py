"""What keepers earned and lost, over time and in the end."""

from __future__ import annotations

from collections.abc import Iterable

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
    if run.liquidations.empty or not all(f"profit_{name}" in run.blocks for name in groups):
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


def _over_time(run: RunFiles) -> Part:
    time, groups = Timeline.of(run), run.summary.keepers.groups
    figure = canvas(axis(time.title), axis("profit so far, $", zeroline=True))
    told = []
    for number, name in enumerate(groups):
        earned = run.blocks[f"profit_{name}"].astype(float)
        line(figure, name, time.x, earned, SERIES[number % len(SERIES)], shape="hv")
        lowest, highest = dollars(earned.min()), dollars(earned.max())
        told.append(f"{name}: between {lowest} and {highest}, {dollars(earned.iloc[-1])} after the last block.")
    told.append("Tokens that a keeper holds count at the outside price of each block; fees are taken off.")
    return drawn("Keepers' profit and loss over time", figure, told)


def _in_the_end(run: RunFiles) -> Part:
    groups = run.summary.keepers.groups
    figure = canvas(axis("$", zeroline=True), {"automargin": True, "type": "category", "autorange": "reversed"})
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
