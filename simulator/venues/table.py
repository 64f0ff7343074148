"""Venues by the name that a scenario gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..adapters import Venue
from ..kinds import VenueKind
from ..settings import VenueSettings
from .constant_product import ConstantProduct
from .split import Split
from .uniswap_v2 import UniswapV2
from .uniswap_v3 import UniswapV3

__all__ = ["VENUES"]

VENUES: Mapping[VenueKind, Callable[[str, str, str, VenueSettings], Venue]] = {
    "constant_product": ConstantProduct,
    "split": Split,
    "uniswap_v2": UniswapV2,
    "uniswap_v3": UniswapV3,
}
