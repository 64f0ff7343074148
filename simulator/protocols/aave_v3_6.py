"""Aave v3.6, compiled from its published sources, behind the adapter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import ScenarioError
from ..settings import InterestSettings, ProtocolSettings
from .aave_v3 import SHARED_RULES, AaveV3, Version
from .aave_v3_6_state import Book36, Reserve36
from .aave_v3_6_terms import Liquidations36
from .aave_v3_deployment import LABELS, NOBODY, Market, named
from .aave_v3_reserve import BASIS_POINTS
from .aave_v3_units import basis_points

__all__ = ["AaveV36"]

WORD = 32
"""Bytes of a number in ABI encoding."""
FEWEST_DECIMALS = 6
MOST_KINK, MOST_RATE = 9_900, 100_000
"""Basis points: of utilisation, and of interest a year at full use."""


class Market36(Market):
    """One market of v3.6 while it is built: one rate strategy for all assets, no stable debt."""

    folder = "aave_v3_6"
    pool_code, configurator_code = "PoolInstance", "PoolConfiguratorInstance"
    libraries = ("BorrowLogic", "ConfiguratorLogic", "LiquidationLogic", "PoolLogic", "SupplyLogic")
    premium_function = "updateFlashloanPremium"

    def _of_pool(self) -> tuple[str, ...]:
        return self._provider, self._create("DefaultReserveInterestRateStrategyV2", self._provider)

    def _token_codes(self) -> list[str]:
        supplied = self._create("ATokenInstance", self.pool, NOBODY, self._treasury)
        return [supplied, self._create("VariableDebtTokenInstance", self.pool, NOBODY)]

    def _listing(self, asset: str, token: str, decimals: int, interest: InterestSettings) -> tuple[Any, ...]:
        rates = b"".join(points.to_bytes(WORD, "big") for points in rate_points(asset, interest))
        return (*self._tokens, token, *named(asset, LABELS[:2]), b"", rates)


def rate_points(place: str, interest: InterestSettings) -> tuple[int, int, int, int]:
    """Kink, base rate and slopes in basis points.

    Raises
    ------
    ScenarioError : the rate strategy would refuse them
    """
    names = ("kink", "base", "slope_below", "slope_above")
    points = [basis_points(getattr(interest, name), f"{place}.interest.{name}") for name in names]
    kink, base, below, above = points
    for value, most, what in (
        (kink, MOST_KINK, "its kink is at most 99%"),
        (below, above, "the rate must not rise slower above its kink than below"),
        (base + below + above, MOST_RATE, "the rate at full use is at most 1000% a year"),
    ):
        if value > most:
            raise ScenarioError(f"{place}.interest, {value / BASIS_POINTS:.2%}", f"Aave v3.6: {what}", "Lower it")
    return kink, base, below, above


class AaveV36(AaveV3):
    """One deployed market; see `AaveV3`."""

    version = Version(Market36, Reserve36, Book36, Liquidations36)
    own_rules: Sequence[str] = (
        "one liquidation repays up to half of all that an account owes, all of one debt at a health factor of 0.95 or "
        "less or where the debt or the collateral is below $2,000",
        "at least $1,000 of debt and of collateral is left, or nothing of one of them",
        "debt that no collateral is left for is written off",
        *SHARED_RULES,
    )

    def __init__(self, name: str, settings: ProtocolSettings, tokens: Mapping[str, tuple[str, int]]) -> None:
        super().__init__(name, settings, tokens)
        for asset, listed in settings.assets.items():
            rate_points(f"protocols.{name}.assets.{asset}", listed.interest)
            if tokens[asset][1] < FEWEST_DECIMALS:
                value = f"assets.{asset}.decimals = {tokens[asset][1]}"
                raise ScenarioError(value, "Aave v3.6 lists no token with fewer than 6", "Raise it")

    def flash_fee(self, amount: int) -> int:
        """Premium of a flash loan of `amount`, rounded up."""
        return -(-amount * self._premium // BASIS_POINTS)
