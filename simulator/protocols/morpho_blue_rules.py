"""What Morpho Blue's code fixes: what of a scenario it refuses, what it has in place of it, how it is liquidated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from numpy.typing import NDArray

from ..errors import ScenarioError
from ..mechanisms import Feed, StaticMargins
from ..mechanisms.liquidations.fixed_spread import FixedSpread
from ..mechanisms.liquidations.spread import SpreadMechanism
from ..opening_book import OpeningPosition
from ..position_book import PositionBook
from ..settings import ProtocolSettings
from ..units import WAD, wad
from .morpho_blue_market import incentive

__all__ = ["MorphoLiquidations", "own_rules", "pair_of", "refuse", "refuse_fee"]

MOST_FEE = WAD // 4


class MorphoLiquidations(SpreadMechanism):
    """Morpho's own ``liquidate``: there is no module, no close factor, and anything may be left.

    Parameters
    ----------
    rules : of the scenario; none of them holds here
    """

    def __init__(self, rules: FixedSpread) -> None:
        super().__init__(rules, "")

    def keeps_enough(self, book: PositionBook, number: int, debt: int, collateral: int, amount: int) -> int:
        """All of it."""
        return amount

    def closable(self, health: NDArray[Any], debts: NDArray[Any]) -> NDArray[Any]:
        """All debt."""
        return debts


def refuse(name: str, settings: ProtocolSettings) -> FixedSpread:
    """Complain about what no Morpho Blue market has; returns the rules of liquidation that are left.

    Raises
    ------
    ScenarioError : a section that only the reference pool knows, or margins that would change
    """
    others = {
        "guards": bool(settings.guards),
        "fund": settings.fund is not None,
        "margins": not isinstance(settings.margins, StaticMargins),
        "oracle": not isinstance(settings.oracle, Feed),
        "opened_under": bool(settings.opened_under),
        "liquidation": not isinstance(settings.liquidation, FixedSpread),
    }
    for section, present in others.items():
        if present:
            raise ScenarioError(
                f"protocols.{name}.{section}",
                "is nothing that a Morpho Blue market can have: one feed an asset, margins that never change",
                "Leave it as it is by default, or use kind reference",
            )
    assert isinstance(settings.liquidation, FixedSpread)
    return settings.liquidation


def pair_of(name: str, positions: Sequence[OpeningPosition]) -> tuple[str, str]:
    """Names of the loan and the collateral of a book.

    Raises
    ------
    ScenarioError : there is not exactly one of each
    """
    sides = [
        list(dict.fromkeys(asset for side in held for asset, amount in side.items() if amount))
        for held in ([one.debt for one in positions], [one.collateral for one in positions])
    ]
    if len(sides[0]) != 1 or len(sides[1]) != 1 or sides[0] == sides[1]:
        owed, held = (", ".join(side) or "nothing" for side in sides)
        raise ScenarioError(
            f"protocols.{name}.positions, which owe {owed} and hold {held}",
            "must be one debt asset against one other collateral: a Morpho Blue market is one pair",
            "Give each pair a protocol of its own (positions.only), or use kind reference",
        )
    return sides[0][0], sides[1][0]


def refuse_fee(name: str, asset: str, settings: ProtocolSettings) -> None:
    """Complain about a reserve factor above the most that Morpho takes of interest.

    Raises
    ------
    ScenarioError : it is
    """
    share = settings.assets[asset].reserve_factor
    if wad(share) > MOST_FEE:
        place = f"protocols.{name}.assets.{asset}.reserve_factor {share:%}"
        raise ScenarioError(place, "is above the 25% of interest that Morpho Blue can keep", "Lower it")


def own_rules(settings: ProtocolSettings, loan: str, collateral: str) -> tuple[str, ...]:
    """What holds in place of what the scenario says, in sentences."""
    threshold, asked = (
        float(getattr(settings.assets[collateral], f"liquidation_{one}")) for one in ("threshold", "bonus")
    )
    bonus = incentive(wad(settings.assets[collateral].liquidation_threshold)) / WAD - 1
    return (
        f"The bonus on {collateral} is {bonus:.2%}, which follows from its threshold of {threshold:.2%}; the "
        f"{asked:.2%} of the scenario do not apply. None of it goes to the protocol.",
        "One liquidation may repay everything and may leave anything: there is no close factor and no least position.",
        f"An account may borrow up to the liquidation threshold of {collateral}: there is no lower loan-to-value.",
        "A keeper needs no flash loan: it gets the collateral before it pays, and nothing is charged for that.",
        f"Bad debt is taken from the lenders of {loan} in the liquidation that leaves it.",
        "Feeds' answers have no maximum age; supply and borrow caps do not exist; collateral earns nothing.",
    )
