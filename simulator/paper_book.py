"""The position book of a scenario before there is a chain: what the first block would read, to the unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from .mechanisms.margins.tiered import TieredMargins
from .opening_book import OpeningPosition
from .position_book import VIRTUAL_SHARES, AssetState, PositionBook
from .scenario import Scenario
from .settings import ListedAsset
from .units import FEED_SCALE, WAD, to_units, wad

__all__ = ["paper_book"]


def paper_book(
    scenario: Scenario, protocol: str, prices: Mapping[str, int], positions: Sequence[OpeningPosition]
) -> PositionBook:
    """Book of `protocol` at `prices` (eight decimals) and at the margins as listed, which time has not moved yet.

    Its accounts are those of `positions`, by their names in the file.
    """
    settings = scenario.protocols[protocol]
    book = PositionBook([one.account for one in positions], tuple(settings.assets))
    if isinstance(settings.margins, TieredMargins):
        book.brackets = settings.margins.brackets()
    states = []
    for asset, listed in settings.assets.items():
        state = _state(listed, prices[asset], scenario.assets[asset].decimals, _totals(positions, asset))
        first = book.brackets[asset][0].left if asset in book.brackets else WAD  # the lens tells the first tier's
        margins = (state.loan_to_value * first // WAD, state.liquidation_threshold * first // WAD)
        states.append(state._replace(loan_to_value=margins[0], liquidation_threshold=margins[1]))
    book.states = tuple(states)
    for one in positions:
        sides = (one.collateral, one.debt)
        supply, borrow = ([side.get(asset, 0) * VIRTUAL_SHARES for asset in book.assets] for side in sides)
        book.set_shares(one.account, supply, borrow)
    return book


def _totals(positions: Sequence[OpeningPosition], asset: str) -> tuple[int, int]:
    return sum(one.collateral.get(asset, 0) for one in positions), sum(one.debt.get(asset, 0) for one in positions)


def _state(listed: ListedAsset, price: int, decimals: int, totals: tuple[int, int]) -> AssetState:
    """The asset without interest, in which one token unit is `VIRTUAL_SHARES` shares."""

    def tokens(dollars: Decimal) -> int:
        return to_units(dollars * FEED_SCALE / price, decimals)

    supplied, borrowed = totals[0] + tokens(listed.supplied), totals[1]
    return AssetState(
        address="",
        unit=10**decimals,
        priced=True,
        price=price * (WAD // FEED_SCALE),
        price_updated_at=0,
        total_supply_assets=supplied,
        total_supply_shares=supplied * VIRTUAL_SHARES,
        total_borrow_assets=borrowed,
        total_borrow_shares=borrowed * VIRTUAL_SHARES,
        deficit=0,
        loan_to_value=wad(listed.loan_to_value),
        liquidation_threshold=wad(listed.liquidation_threshold),
        liquidation_bonus=wad(listed.liquidation_bonus),
        supply_cap=tokens(listed.supply_cap),
        borrow_cap=tokens(listed.borrow_cap),
    )
