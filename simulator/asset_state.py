"""What a lending pool holds of one asset, with its conversion of shares."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["VIRTUAL_ASSETS", "VIRTUAL_SHARES", "AssetState", "Bracket"]

VIRTUAL_SHARES = 10**6
VIRTUAL_ASSETS = 1


class AssetState(NamedTuple):
    """One asset of a pool, as the lens returns it: token units, 1e18-scaled price and margins."""

    address: str
    unit: int
    priced: bool
    price: int
    price_updated_at: int
    total_supply_assets: int
    total_supply_shares: int
    total_borrow_assets: int
    total_borrow_shares: int
    deficit: int
    loan_to_value: int
    liquidation_threshold: int
    liquidation_bonus: int
    supply_cap: int
    borrow_cap: int

    def supply_assets(self, shares: int) -> int:
        """Assets of supply shares, rounded down."""
        return shares * (self.total_supply_assets + VIRTUAL_ASSETS) // (self.total_supply_shares + VIRTUAL_SHARES)

    def borrow_assets(self, shares: int) -> int:
        """Assets of borrow shares, rounded up, and never more than is lent in all."""
        owed = -(-shares * (self.total_borrow_assets + VIRTUAL_ASSETS) // (self.total_borrow_shares + VIRTUAL_SHARES))
        return min(owed, self.total_borrow_assets)


class Bracket(NamedTuple):
    """Part of a collateral's value, up to `up_to` (1e18-scaled), and what is left of its margins there (1e18)."""

    up_to: int
    left: int
