"""Aave v3's reserves, in its own integers: indices of 1e27, basis points, prices with eight decimals."""

from __future__ import annotations

from typing import NamedTuple

from ..units import FEED_SCALE, WAD

__all__ = [
    "BASE",
    "BASIS_POINTS",
    "RAY",
    "Reserve",
    "percent_divided",
    "percent_of",
    "ray_product",
    "ray_quotient",
]

RAY = WAD * 10**9
BASIS_POINTS = 10_000
BASE = WAD // FEED_SCALE
"""1e18-scaled quote units of one unit of the base currency in which Aave adds up accounts."""
UNDER, OVER, COMPOUNDED = 50, 100, 10**10
"""Token units, and a part of a debt, by which rounding may move a pool's cash in some thousand operations."""


def ray_product(amount: int, index: int) -> int:
    """`amount` times a ray, rounded to the nearest, a half up."""
    return (amount * index + RAY // 2) // RAY


def ray_quotient(amount: int, index: int) -> int:
    """`amount` through a ray, rounded to the nearest, a half up."""
    return (amount * RAY + index // 2) // index


def percent_of(value: int, share: int) -> int:
    """`share` (basis points) of `value`, rounded to the nearest, a half up."""
    return (value * share + BASIS_POINTS // 2) // BASIS_POINTS


def percent_divided(value: int, share: int) -> int:
    """What `value` is `share` (basis points) of, rounded to the nearest, a half up."""
    return (value * BASIS_POINTS + share // 2) // share


class Reserve(NamedTuple):
    """One listed asset, as `AaveLens` returns it; see `State`. Shares are scaled balances."""

    a_token: str
    debt_token: str
    number: int
    configuration: int
    priced: bool
    base_price: int
    income: int
    debt_index: int
    stored_debt_index: int
    cash: int
    scaled_supply: int
    scaled_debt: int
    scaled_treasury: int
    deficit: int

    def _bits(self, start: int, length: int) -> int:
        return self.configuration >> start & (1 << length) - 1

    @property
    def unit(self) -> int:
        """See `State.unit`."""
        unit: int = 10 ** self._bits(48, 8)
        return unit

    @property
    def price(self) -> int:
        """See `State.price`."""
        return self.base_price * BASE

    @property
    def threshold_points(self) -> int:
        """Liquidation threshold, basis points."""
        return self._bits(16, 16)

    @property
    def loan_points(self) -> int:
        """Loan-to-value, basis points."""
        return self._bits(0, 16)

    @property
    def bonus_points(self) -> int:
        """What a liquidator gets of the debt's worth, bonus included, basis points."""
        return self._bits(32, 16)

    @property
    def reserve_factor_points(self) -> int:
        """What the protocol keeps of the interest, basis points."""
        return self._bits(64, 16)

    @property
    def fee_points(self) -> int:
        """What the protocol keeps of the bonus, basis points."""
        return self._bits(152, 16)

    @property
    def open(self) -> bool:
        """Active and not paused."""
        return bool(self._bits(56, 1)) and not self._bits(60, 1)

    @property
    def loan_to_value(self) -> int:
        """See `State.loan_to_value`."""
        return self.loan_points * WAD // BASIS_POINTS

    @property
    def liquidation_threshold(self) -> int:
        """See `State.liquidation_threshold`."""
        return self.threshold_points * WAD // BASIS_POINTS

    @property
    def liquidation_bonus(self) -> int:
        """See `State.liquidation_bonus`."""
        return max(0, self.bonus_points - BASIS_POINTS) * WAD // BASIS_POINTS

    @property
    def supply_rate(self) -> float:
        """See `State.supply_rate`."""
        return self.income / RAY

    @property
    def borrow_rate(self) -> float:
        """See `State.borrow_rate`."""
        return self.debt_index / RAY

    @property
    def borrow_room(self) -> int:
        """See `State.borrow_room`. A cap of zero is none; where nothing may be borrowed a flag says so."""
        if not self._bits(58, 1):
            return 0
        cap = self._bits(80, 36) * self.unit
        return min(self.cash, cap - self.borrow_assets(self.scaled_debt)) if cap else self.cash

    def supply_assets(self, shares: int) -> int:
        """Assets of a scaled supply, rounded to the nearest."""
        return ray_product(shares, self.income)

    def borrow_assets(self, shares: int) -> int:
        """Assets of a scaled debt, rounded to the nearest."""
        return ray_product(shares, self.debt_index)

    def balance(self) -> tuple[int, int]:
        """Least cash by the pool's books, and how much more it may be; token units.

        Supplies and the treasury's part, less what is owed and written off. What the treasury gets of the interest
        since the pool last looked is in no total yet. Every operation rounds; and where a debt compounds between two
        looks, its supply does not.
        """
        if self.income == self.debt_index == RAY:
            return self.supply_assets(self.scaled_supply), 0
        owed = self.borrow_assets(self.scaled_debt)
        grown = owed - self._replace(debt_index=self.stored_debt_index).borrow_assets(self.scaled_debt)
        claims = self.supply_assets(self.scaled_supply + self.scaled_treasury)
        cash = claims + percent_of(grown, self.reserve_factor_points) - owed - self.deficit
        return cash - UNDER, UNDER + OVER + owed // COMPOUNDED

    def debt_in_base(self, shares: int) -> int:
        """Worth of a scaled debt in base currency, rounded down."""
        return self.base_price * self.borrow_assets(shares) // self.unit

    def covers(self, configuration: int) -> bool:
        """Whether an account of that bit map uses it as collateral."""
        return bool(configuration >> (2 * self.number + 1) & 1)
