"""The figures by which designs are compared: where ``summary.json`` has each, and what it is called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

__all__ = ["FIGURES", "Figure", "figures_of"]


class Figure(NamedTuple):
    """One figure of a run.

    `label` is for tables; `kind` says how to show it: dollars, share, ratio, bps, blocks or count.
    """

    path: tuple[str, ...]
    label: str
    kind: str


FIGURES: Mapping[str, Figure] = {
    "liquidated_debt_usd": Figure(("liquidations", "debt_repaid_usd"), "liquidated debt", "dollars"),
    "late_share": Figure(("late", "share"), "late share", "share"),
    "amplification": Figure(("amplification",), "amplification", "ratio"),
    "induced_share": Figure(("liquidations", "induced_share"), "induced share", "share"),
    "peak_slippage_bps": Figure(("liquidations", "peak_slippage_bps"), "peak slippage, bps", "bps"),
    "bad_debt_usd": Figure(("bad_debt_usd",), "bad debt", "dollars"),
    "borrowers_loss_usd": Figure(("losses", "borrowers_usd"), "borrowers' loss", "dollars"),
    "suppliers_loss_usd": Figure(("losses", "suppliers_usd"), "suppliers' loss", "dollars"),
    "keepers_profit_usd": Figure(("keepers", "profit_usd"), "keepers' profit", "dollars"),
    "proceeds_over_market": Figure(
        ("liquidations", "proceeds_over_market"), "auction proceeds / market value", "ratio"
    ),
    "near_zero_share": Figure(("auctions", "near_zero_share"), "sales at near zero", "share"),
    "uncovered_share": Figure(("auctions", "uncovered_share"), "debt in auctions uncovered", "share"),
    "gas_per_liquidation": Figure(("liquidations", "mean_gas"), "gas of a liquidation", "count"),
    "stalled_blocks": Figure(("gas", "stalled_blocks"), "stalled blocks", "blocks"),
    "blocks_to_clear": Figure(("blocks_to_clear",), "blocks to clear", "blocks"),
}
"""By column of ``compare.csv`` and ``sweep.csv``; docs/results.md defines each."""


def figures_of(summary: Mapping[str, Any]) -> dict[str, float | None]:
    """The figures of one run, by column; None where the run has none."""
    found: dict[str, float | None] = {}
    for column, figure in FIGURES.items():
        value: Any = summary
        for key in figure.path:
            value = None if value is None else value[key]
        found[column] = None if value is None else float(value)
    return found
