"""One Morpho Blue market: its two assets and its accounts, in the contract's integers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from ..position_book import Position, PositionBook, State
from ..units import WAD

__all__ = ["PRICE_SCALE", "CollateralState", "LoanState", "MorphoBook", "MorphoPosition", "incentive"]

PRICE_SCALE = 10**36
VIRTUAL_SHARES, VIRTUAL_ASSETS = 10**6, 1
CURSOR = 3 * WAD // 10
MAXIMUM_INCENTIVE = 115 * WAD // 100


def incentive(lltv: int) -> int:
    """Value of collateral for each unit of debt repaid (1e18-scaled) in a market of that `lltv` (1e18-scaled)."""
    return min(MAXIMUM_INCENTIVE, WAD * WAD // (WAD - CURSOR * (WAD - lltv) // WAD))


@dataclass(frozen=True, slots=True)
class CollateralState:
    """The collateral: it lies there in token units and earns nothing. `lltv` is the market's."""

    unit: int
    price: int
    lltv: int

    priced: ClassVar[bool] = True
    supply_rate: ClassVar[float] = 1.0
    borrow_rate: ClassVar[float] = 0.0
    deficit: ClassVar[int] = 0
    borrow_room: ClassVar[int] = 0

    @property
    def loan_to_value(self) -> int:
        """The market's: there is one limit, for borrowing and for liquidation."""
        return self.lltv

    @property
    def liquidation_threshold(self) -> int:
        """The market's."""
        return self.lltv

    @property
    def liquidation_bonus(self) -> int:
        """What the contract makes of the threshold."""
        return incentive(self.lltv) - WAD

    def supply_assets(self, shares: int) -> int:
        """Collateral has no shares."""
        return shares

    def borrow_assets(self, shares: int) -> int:
        """Nobody borrows it."""
        return 0


@dataclass(frozen=True, slots=True)
class LoanState:
    """What is lent, with interest up to the newest block."""

    unit: int
    price: int
    total_supply_assets: int
    total_supply_shares: int
    total_borrow_assets: int
    total_borrow_shares: int

    priced: ClassVar[bool] = True
    loan_to_value: ClassVar[int] = 0
    liquidation_threshold: ClassVar[int] = 0
    liquidation_bonus: ClassVar[int] = 0
    deficit: ClassVar[int] = 0  # bad debt is taken from the lenders at once

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
        """What lenders have not lent yet; there is no cap."""
        return self.total_supply_assets - self.total_borrow_assets

    def supply_assets(self, shares: int) -> int:
        """Assets of supply shares, rounded down."""
        return shares * (self.total_supply_assets + VIRTUAL_ASSETS) // (self.total_supply_shares + VIRTUAL_SHARES)

    def borrow_assets(self, shares: int) -> int:
        """Assets of borrow shares, rounded up."""
        return -(-shares * (self.total_borrow_assets + VIRTUAL_ASSETS) // (self.total_borrow_shares + VIRTUAL_SHARES))

    def borrow_assets_down(self, shares: int) -> int:
        """Assets of borrow shares, rounded down: what a liquidation counts."""
        return shares * (self.total_borrow_assets + VIRTUAL_ASSETS) // (self.total_borrow_shares + VIRTUAL_SHARES)

    def borrow_shares_down(self, assets: int) -> int:
        """Borrow shares of assets, rounded down."""
        return assets * (self.total_borrow_shares + VIRTUAL_SHARES) // (self.total_borrow_assets + VIRTUAL_ASSETS)

    def borrow_shares_up(self, assets: int) -> int:
        """Borrow shares of assets, rounded up."""
        return -(-assets * (self.total_borrow_shares + VIRTUAL_SHARES) // (self.total_borrow_assets + VIRTUAL_ASSETS))


class MorphoPosition(Position):
    """Values of an account; its health is that of the contract's amounts, of which the values are rounded."""

    exact: int

    @property
    def health_factor(self) -> int:
        """What it may owe over what it owes, 1e18-scaled, rounded down; below one exactly where it is liquidatable."""
        return self.exact


class MorphoBook(PositionBook):
    """Accounts of one market: collateral in the one column, borrow shares in the other.

    Parameters
    ----------
    accounts : addresses
    assets : names of loan and collateral, in either order
    collateral : which of them that is

    Attributes
    ----------
    scaled_price : the oracle's answer: loan units for 1e36 collateral units
    """

    def __init__(self, accounts: Sequence[str], assets: Sequence[str], collateral: str) -> None:
        super().__init__(accounts, assets)
        self.collateral = self.assets.index(collateral)
        self.loan = 1 - self.collateral
        self.scaled_price = 0
        self.market: tuple[LoanState, CollateralState] | None = None

    def set_account(self, account: str, supply_shares: int, borrow_shares: int, collateral: int) -> None:
        """Take over an account as Morpho has it."""
        supply, borrow = [collateral] * 2, [0] * 2
        supply[self.loan], borrow[self.loan] = supply_shares, borrow_shares
        self.set_shares(account, supply, borrow)

    def take(self, loan: LoanState, collateral: CollateralState, scaled_price: int) -> None:
        """Take over the state of the market as of a block."""
        states: list[State] = [collateral, collateral]
        states[self.loan] = loan
        self.market, self.scaled_price = (loan, collateral), scaled_price
        self.states = tuple(states)

    def amounts(self, number: int) -> tuple[int, int]:
        """What account `number` may owe before it can be liquidated, and what it owes; loan token units."""
        assert self.market is not None
        loan, collateral = self.market
        quoted = self.supply_shares[number][self.collateral] * self.scaled_price // PRICE_SCALE
        return quoted * collateral.lltv // WAD, loan.borrow_assets(self.borrow_shares[number][self.loan])

    def position(self, number: int) -> MorphoPosition:
        """Values of account `number`, rounded; its health is exact."""
        assert self.market is not None
        loan, _ = self.market
        most, owed = self.amounts(number)
        held = self.supply_shares[number][self.collateral] * self.scaled_price // PRICE_SCALE
        values = [held * loan.price // loan.unit, most * loan.price // loan.unit, -(-owed * loan.price // loan.unit)]
        position = MorphoPosition(*values)
        position.exact = most * WAD // owed if owed else 2**256 - 1
        return position

    def borrow_limit(self, number: int) -> int:
        """What account `number` may owe in all: there is one limit, for borrowing and for liquidation."""
        return self.position(number).threshold_value
