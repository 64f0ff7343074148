"""What a margin model leaves behind when it is deployed."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple, Protocol

from ...position_book import Bracket

__all__ = ["DeployedMargins", "Margin"]


class Margin(Protocol):
    """Margins of one asset as fractions."""

    @property
    def loan_to_value(self) -> Decimal:
        """Share of the value that may be borrowed against."""
        ...

    @property
    def liquidation_threshold(self) -> Decimal:
        """Share of the value that covers debt."""
        ...

    @property
    def liquidation_bonus(self) -> Decimal:
        """Premium for liquidators."""
        ...


class DeployedMargins(NamedTuple):
    """`address` is what the pool reads, `base` what governance sets.

    `moving`: they change without governance. `brackets`, by asset: they fall with an account's size.
    """

    address: str
    base: str
    moving: bool = False
    brackets: Mapping[str, tuple[Bracket, ...]] = MappingProxyType({})
