"""What of an asset of our own pool changes with every block, and what the pool then holds of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..chain.engine import CallResult
from ..contracts import artifact
from ..position_book import AssetState, State
from ..terms import Holding

__all__ = ["holdings", "moved"]

TOTALS = ("total_supply_assets", "total_supply_shares", "total_borrow_assets", "total_borrow_shares", "deficit")


def moved(state: State, totals: CallResult, quoted: CallResult, margin: CallResult | None) -> AssetState:
    """`state` with what moves every block as read from the chain."""
    assert isinstance(state, AssetState)
    numbers = artifact("LendingPool").decode("assetState", totals.data)
    changes: dict[str, Any] = dict(zip(TOTALS, numbers, strict=False))
    price, updated_at = artifact("IPriceOracle").decode("price", quoted.data) if quoted.succeeded else (0, 0)
    changes |= {"priced": quoted.succeeded, "price": price, "price_updated_at": updated_at}
    if margin is not None:
        loan_to_value, threshold = artifact("IMarginModel").decode("margin", margin.data)
        changes |= {"loan_to_value": loan_to_value, "liquidation_threshold": threshold}
    return state._replace(**changes)


def holdings(pool: str, assets: Sequence[str], states: Sequence[State]) -> list[Holding]:
    """What `pool` has of each asset by its own books, to the unit."""
    totals = [state for state in states if isinstance(state, AssetState)]
    return [
        Holding(asset, pool, one.total_supply_assets - one.total_borrow_assets - one.deficit)
        for asset, one in zip(assets, totals, strict=True)
    ]
