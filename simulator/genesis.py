"""The chain that a scenario starts from."""

from __future__ import annotations

from .chain.engine import Genesis
from .chain.signing import account
from .protocols import foreseen_pokes
from .roster import Roster
from .scenario import Scenario
from .units import GWEI, WAD

__all__ = ["RICH", "genesis"]

LEAD = 1_800
"""Seconds between the chain's first block and the scenario's start, for the set-up's blocks."""
RICH = 100_000 * WAD
"""Wei of everybody who sends transactions."""


def genesis(scenario: Scenario) -> Genesis:
    """The chain that a scenario starts from."""
    roster = Roster.of(scenario)
    return Genesis(
        gas_limit=scenario.chain.gas_limit,
        base_fee=int(scenario.chain.base_fee * GWEI),
        timestamp=int(scenario.chain.start.timestamp()) - LEAD - _history(scenario),
        coinbase=account("block producer").address,
        balances={one.address: RICH for one in roster.everyone},
    )


def _history(scenario: Scenario) -> int:
    """Seconds over which contracts must be poked before the first block."""
    decimals = {name: asset.decimals for name, asset in scenario.assets.items()}
    venues = {name: (venue.base, venue.quote) for name, venue in scenario.venues.items()}
    pokes = [poke for one in scenario.protocols.values() for poke in foreseen_pokes(one, decimals, venues)]
    return max((poke.earlier * poke.interval for poke in pokes), default=0)
