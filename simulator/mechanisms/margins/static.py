"""Margins that are the same for every account, at all times."""

from __future__ import annotations

from typing import Literal

from ...contracts import artifact
from ...fields import Model
from ...units import wad
from ..site import Site
from .deployed import DeployedMargins, Margin

__all__ = ["StaticMargins"]


class StaticMargins(Model):
    """The listed asset's margins as they are."""

    kind: Literal["static"] = "static"

    def deploy(self, site: Site) -> DeployedMargins:
        """Create the model."""
        address = site.set_up.deploy("StaticMarginModel", site.owner)
        return DeployedMargins(address, address)

    def set_data(self, asset: str, token: str, margin: Margin) -> bytes:
        """Calldata by which governance sets the margins of an asset at the deployed base."""
        numbers = (margin.loan_to_value, margin.liquidation_threshold, margin.liquidation_bonus)
        return artifact("StaticMarginModel").encode("setMargin", token, tuple(wad(number) for number in numbers))

    def extra_gas(self) -> int:
        """Gas of a liquidation beyond one with static margins."""
        return 0
