"""What a lending pool holds of one asset, with its conversion of shares."""

from __future__ import annotations

from typing import NamedTuple, Protocol

__all__ = ["VIRTUAL_ASSETS", "VIRTUAL_SHARES", "AssetState", "Bracket", "State"]

VIRTUAL_SHARES = 10**6
VIRTUAL_ASSETS = 1


class State(Protocol):
    """What a position book must know of an asset, of whatever protocol; prices and margins 1e18-scaled.

    `unit` is ten to the token's decimals, `price` that of a whole token. Shares are what the protocol counts in.
    """

    @property
    def unit(self) -> int:
        """Token units of a whole token."""
        ...

    @property
    def priced(self) -> bool:
        """Whether the protocol has a price that it accepts."""
        ...

    @property
    def price(self) -> int:
        """Quote units of a whole token."""
        ...

    @property
    def loan_to_value(self) -> int:
        """Share of its value that may be borrowed against it."""
        ...

    @property
    def liquidation_threshold(self) -> int:
        """Share of its value that covers debt; zero: it is no collateral."""
        ...

    @property
    def liquidation_bonus(self) -> int:
        """Premium for liquidators."""
        ...

    @property
    def supply_rate(self) -> float:
        """Token units of a supply share, about."""
        ...

    @property
    def borrow_rate(self) -> float:
        """Token units of a borrow share, about."""
        ...

    @property
    def deficit(self) -> int:
        """Token units of debt that was written off and that nobody has paid yet."""
        ...

    @property
    def borrow_room(self) -> int:
        """Token units that may still be borrowed."""
        ...

    def supply_assets(self, shares: int) -> int:
        """Token units of supply shares, rounded as the protocol does."""
        ...

    def borrow_assets(self, shares: int) -> int:
        """Token units of borrow shares, rounded as the protocol does."""
        ...


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

    @property
    def supply_rate(self) -> float:
        """See `State.supply_rate`."""
        return (self.total_supply_assets + VIRTUAL_ASSETS) / (self.total_supply_shares + VIRTUAL_SHARES)

    @property
    def borrow_rate(self) -> float:
        """See `State.borrow_rate`."""
        return (self.total_borrow_assets + VIRTUAL_ASSETS) / (self.total_borrow_shares + VIRTUAL_SHARES)

    @property
    def borrow_room(self) -> int:
        """See `State.borrow_room`."""
        return min(self.total_supply_assets - self.deficit, self.borrow_cap) - self.total_borrow_assets

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
