"""The rules that all liquidation at the oracle's price plus a bonus shares: Aave v3's."""

from __future__ import annotations

from typing import Annotated, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from ...fields import Amount, Model, Share
from ...units import Fraction, wad

__all__ = ["SpreadRules"]


class SpreadRules(Model):
    """How much one liquidation may repay, and what of the bonus goes to the protocol."""

    close_factor: Annotated[Fraction, Field(gt=0, le=1)]
    full_close_health_factor: Share
    minimum_position: Amount
    minimum_left: Amount
    protocol_share: Share

    @model_validator(mode="after")
    def _leaves_less_than_a_position(self) -> Self:
        if self.minimum_left > self.minimum_position:
            raise ValueError(
                f"minimum_left ${self.minimum_left} is above minimum_position ${self.minimum_position}: "
                "some positions could be closed neither in part nor in full; lower it"
            )
        return self

    def numbers(self) -> tuple[int, ...]:
        """As the contract's constructor takes them."""
        chosen = (
            self.close_factor,
            self.full_close_health_factor,
            self.minimum_position,
            self.minimum_left,
            self.protocol_share,
        )
        return tuple(wad(value) for value in chosen)

    def closable(self, health: NDArray[np.float64], debts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Dollars of debt that one liquidation may repay by the close factor."""
        whole = (health <= float(self.full_close_health_factor)) | (debts < float(self.minimum_position))
        share: NDArray[np.float64] = np.where(whole, debts, debts * float(self.close_factor))
        return share
