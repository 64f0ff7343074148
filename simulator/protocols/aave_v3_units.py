"""What a scenario sets, in Aave v3's own units, and what of a scenario Aave cannot have."""

from __future__ import annotations

from decimal import Decimal

from ..errors import ScenarioError
from ..mechanisms import Feed, StaticMargins
from ..mechanisms.liquidations.fixed_spread import FixedSpread
from ..settings import ListedAsset, OpeningMargins, ProtocolSettings
from ..units import wad
from .aave_v3_reserve import BASIS_POINTS

__all__ = ["accepted", "basis_points", "margin_points", "ray"]


def basis_points(value: Decimal, place: str) -> int:
    """`value` in basis points.

    Raises
    ------
    ScenarioError : it is no whole number of them
    """
    points = value * BASIS_POINTS
    if points != int(points):
        raise ScenarioError(f"{place} = {value:%}", "Aave counts in whole basis points", "Round it to 0.01%")
    return int(points)


def ray(value: Decimal) -> int:
    """`value` scaled by 1e27."""
    return wad(value) * 10**9


def margin_points(place: str, margins: ListedAsset | OpeningMargins, bonus: Decimal) -> tuple[int, int, int]:
    """Loan-to-value, threshold and bonus as the configurator takes them, the debt itself in the bonus; basis points.

    Raises
    ------
    ScenarioError : the configurator would refuse them
    """
    loan = basis_points(margins.loan_to_value, f"{place}.loan_to_value")
    threshold = basis_points(margins.liquidation_threshold, f"{place}.liquidation_threshold")
    premium = basis_points(bonus, f"{place}.liquidation_bonus")
    if not threshold:
        return 0, 0, 0
    if not premium:
        raise ScenarioError(f"{place}.liquidation_bonus = {bonus:%}", "Aave needs one of collateral", "Raise it")
    product = threshold * (BASIS_POINTS + premium)
    if (product + BASIS_POINTS // 2) // BASIS_POINTS > BASIS_POINTS:
        raise ScenarioError(
            f"{place}.liquidation_threshold {margins.liquidation_threshold:%} with liquidation_bonus {bonus:%}",
            "Aave takes no threshold that leaves too little for the bonus: their product must be at most 100%",
            "Lower one of them",
        )
    return loan, threshold, BASIS_POINTS + premium


def accepted(name: str, settings: ProtocolSettings) -> FixedSpread:
    """The rules of liquidation, if Aave can be what `settings` say.

    Raises
    ------
    ScenarioError : a part that Aave does not have, or a value in no unit of Aave's
    """
    place, rules = f"protocols.{name}", settings.liquidation
    for part, chosen, has in (
        ("oracle", settings.oracle.kind, isinstance(settings.oracle, Feed)),
        ("margins", settings.margins.kind, isinstance(settings.margins, StaticMargins)),
        ("liquidation", rules.kind, isinstance(rules, FixedSpread)),
        ("guards", f"{len(settings.guards)} of them", not settings.guards),
        ("fund", "given", settings.fund is None),
    ):
        if not has:
            raise ScenarioError(f"{place}.{part}: {chosen}", "Aave v3 has no such part", "Leave it out")
    assert isinstance(rules, FixedSpread)
    basis_points(rules.protocol_share, f"{place}.liquidation.protocol_share")
    basis_points(settings.flash_loan_fee, f"{place}.flash_loan_fee")
    for asset, listed in settings.assets.items():
        spot = f"{place}.assets.{asset}"
        basis_points(listed.reserve_factor, f"{spot}.reserve_factor")
        margin_points(spot, listed, listed.liquidation_bonus)
    for asset, opening in settings.opened_under.items():
        margin_points(f"{place}.opened_under.{asset}", opening, settings.assets[asset].liquidation_bonus)
    return rules
