"""The markets of an audit before any price moves: each is built once, and looked at."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..events import GasSpike
from ..immediate import immediate_effect
from ..market import Market
from ..simulation import Simulation
from ..stages import Stages
from ..static_checks import static_checks
from .arms import CURRENT, PROPOSED, Arm

__all__ = ["Now", "effect_now"]


class Now(NamedTuple):
    """The immediate effect, the static checks of both markets, and the engine's release."""

    immediate: dict[str, Any]
    static: dict[str, Any]
    release: str


def effect_now(current: Arm, proposed: Arm, engine: str) -> Now:
    """Build both markets and look at them.

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
    return Now(immediate_effect(markets[CURRENT], markets[PROPOSED]), checks, markets[CURRENT].chain.release)


def _built(arm: Arm, stages: Stages) -> Market:
    """With the gas spikes of every stress: what fits a block depends on them."""
    spikes = [event for scenario in arm.scenarios.values() for event in scenario.events if isinstance(event, GasSpike)]
    events = tuple(dict.fromkeys((*arm.market.events, *spikes)))
    simulation = Simulation(arm.market.model_copy(update={"events": events}))
    with stages.open(simulation):
        return simulation.market
