"""What a margin model leaves behind when it is deployed."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple, Protocol

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
    """`address` is what the pool reads, `base` what governance sets; `moving`: changes without governance."""

    address: str
    base: str
    moving: bool = False
