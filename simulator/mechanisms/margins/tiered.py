"""Margins that fall with the size of a position, bracket by bracket: perpetual venues' margin tiers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ...contracts import artifact
from ...fields import Below1, Model, Name, Positive, Reference
from ...position_book import Bracket
from ...units import WAD, wad
from ..site import Site
from .deployed import DeployedMargins, Margin

__all__ = ["TieredMargins"]

NO_END = 2**256 - 1


class Tier(Model):
    """Up to what value of an account's collateral, and the share by which both margins are lower there."""

    up_to: Positive | None = None  # the last one has no end
    haircut: Below1


class TieredMargins(Model):
    """The listed asset's margins in the first tier, less a haircut in each further one."""

    kind: Literal["tiered"]
    tiers: dict[Name, Annotated[tuple[Tier, ...], Field(min_length=1, max_length=6)]]

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for asset, tiers in self.tiers.items():
            ends = [tier.up_to for tier in tiers]
            rising = [end for end in ends[:-1] if end is not None]
            if ends[-1] is not None or len(rising) < len(ends) - 1 or rising != sorted(set(rising)):
                raise ValueError(f"tiers of {asset} must end at rising values, the last without up_to; sort them")
            haircuts = [tier.haircut for tier in tiers]
            if haircuts != sorted(haircuts):
                raise ValueError(f"haircuts of {asset} must not fall with size; sort them")
            if haircuts[0]:
                raise ValueError(f"the first tier of {asset} has the listed margins; lower those, and begin with 0%")
        return self

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        for asset in self.tiers:
            yield Reference("tiers", "assets", asset)

    def deploy(self, site: Site) -> DeployedMargins:
        """Create the model."""
        address = site.set_up.deploy("TieredMarginModel", site.owner, site.pool)
        return DeployedMargins(address, address, brackets=self.brackets())

    def brackets(self) -> dict[str, tuple[Bracket, ...]]:
        """The tiers as a position book counts them, by asset."""
        return {asset: tuple(self._bracket(tier) for tier in tiers) for asset, tiers in self.tiers.items()}

    @staticmethod
    def _bracket(tier: Tier) -> Bracket:
        return Bracket(NO_END if tier.up_to is None else wad(tier.up_to), WAD - wad(tier.haircut))

    def set_data(self, asset: str, token: str, margin: Margin) -> bytes:
        """Calldata by which governance sets the margins of an asset at the deployed base."""
        loan_to_value, threshold = wad(margin.loan_to_value), wad(margin.liquidation_threshold)
        brackets = [self._bracket(tier) for tier in self.tiers.get(asset, ())] or [Bracket(NO_END, WAD)]
        tiers = [(end, loan_to_value * left // WAD, threshold * left // WAD) for end, left in brackets]
        return artifact("TieredMarginModel").encode("setTiers", token, tiers, wad(margin.liquidation_bonus))

    def extra_gas(self) -> int:
        """Gas of a liquidation beyond one with static margins."""
        return 100_000
