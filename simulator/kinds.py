"""Lending protocols and venues by the names that a scenario gives them."""

from __future__ import annotations

from typing import Literal

__all__ = ["ProtocolKind", "VenueKind"]

ProtocolKind = Literal["reference", "aave_v3", "aave_v3_6", "morpho_blue"]
VenueKind = Literal["constant_product", "split", "uniswap_v2", "uniswap_v3"]
