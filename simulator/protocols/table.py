"""Lending protocols by the name that a scenario gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..adapters import LendingProtocol
from ..kinds import ProtocolKind
from ..settings import ProtocolSettings
from .aave_v3 import AaveV3
from .aave_v3_6 import AaveV36
from .morpho_blue import MorphoBlueProtocol
from .reference import ReferenceProtocol

__all__ = ["PROTOCOLS"]

Plan = Callable[[str, ProtocolSettings, Mapping[str, tuple[str, int]]], LendingProtocol]

PROTOCOLS: Mapping[ProtocolKind, Plan] = {
    "reference": ReferenceProtocol,
    "aave_v3": AaveV3,
    "aave_v3_6": AaveV36,
    "morpho_blue": MorphoBlueProtocol,
}
