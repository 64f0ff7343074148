"""The markets of an audit before any price moves: each is built once, and looked at."""

from __future__ import annotations

from typing import Any

from ..immediate import immediate_effect
from ..market import Market
from ..simulation import Simulation
from ..stages import Stages
from ..static_checks import static_checks
from .arms import CURRENT, PROPOSED, Arm

__all__ = ["effect_now"]


def effect_now(current: Arm, proposed: Arm, engine: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The immediate effect, and the static checks of both.

    Raises
    ------
    InputError, ChainError : a market cannot be built
    """
    stages = Stages(engine)
    try:
        markets = {arm.name: _built(arm, stages) for arm in (current, proposed)}
    finally:
        stages.close()
    checks = {name: static_checks(market) for name, market in markets.items()}
    return immediate_effect(markets[CURRENT], markets[PROPOSED]), checks


def _built(arm: Arm, stages: Stages) -> Market:
    simulation = Simulation(arm.market)
    with stages.open(simulation):
        return simulation.market
