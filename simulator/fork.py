"""From an endpoint, a block and an address file to a scenario on that ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from .chain import Chain, Genesis, account
from .chain.fork import ForkedChain, ForkPoint, fork_point
from .chain.fork_endpoint import Endpoint
from .deployment import Deployment, FoundProtocol, load_deployment
from .deployment_aave import find_aave
from .deployment_place import Place
from .deployment_venues import find_venue
from .errors import ScenarioError
from .events import ParameterChange
from .fork_market import ForkedMarket, Ground
from .genesis import RICH
from .roster import Roster
from .scenario import Scenario
from .units import FEED_SCALE, GWEI

__all__ = ["Fork", "Forked", "forked"]

LEAD = 600
"""Seconds between the fork's block and the scenario's first one, for the set-up's blocks."""


@dataclass(frozen=True)
class Fork:
    """Somebody else's chain and a deployment on it.

    `url` of an RPC endpoint, from which is only read; `deployment` an address file; `block` the newest if not named.
    """

    url: str
    deployment: Path
    block: int | None = None


@dataclass(frozen=True)
class Forked:
    """A scenario with the prices and the time of a fork, and what it stands on.

    Attributes
    ----------
    notes : what a summary says of it; the endpoint by its host only
    """

    scenario: Scenario
    endpoint: Endpoint
    point: ForkPoint
    ground: Ground
    notes: Mapping[str, Any]

    def chain(self) -> Chain:
        """Start the fork."""
        chosen = self.scenario.chain
        everyone = {one.address: RICH for one in Roster.of(self.scenario).everyone}
        genesis = Genesis(
            gas_limit=chosen.gas_limit,
            base_fee=int(chosen.base_fee * GWEI),
            timestamp=self.point.timestamp,
            coinbase=account("block producer").address,
            balances=everyone,
        )
        return ForkedChain(self.endpoint, self.point, genesis, account("deployer").address)

    def market(self, scenario: Scenario, prices: Mapping[str, int]) -> ForkedMarket:
        """Plan the market on it."""
        return ForkedMarket(scenario, prices, self.ground)


def forked(scenario: Scenario, fork: Fork) -> Forked:
    """Find what a scenario runs on, and give it the fork's prices, decimals and time.

    Raises
    ------
    InputError : the address file does not fit the scenario or the chain
    EndpointError : the endpoint does not answer, or not that
    """
    deployment = load_deployment(fork.deployment)
    deployment.check(scenario)
    _refuse_governance(scenario)
    endpoint = Endpoint(fork.url)
    point = fork_point(endpoint, fork.block)
    place = Place(endpoint, point.block)
    found = {
        name: find_aave(place, name, deployment.protocols[name], {one: deployment.assets[one] for one in listed.assets})
        for name, listed in scenario.protocols.items()
    }
    for name, there in found.items():
        _refuse_empty(name, there)
    nonce = int(endpoint.request("eth_getTransactionCount", account("deployer").address, hex(point.block)), 16)
    ground = Ground(deployment, found, _venues(place, scenario, deployment), nonce)
    return Forked(_at(scenario, point, ground), endpoint, point, ground, _notes(point, ground))


def _venues(place: Place, scenario: Scenario, deployment: Deployment) -> dict[str, Mapping[str, Any]]:
    """What was found of the venues that are there."""
    found = {}
    for name, settings in scenario.venues.items():
        there = deployment.venues[name]
        if there != "deploy":
            pair = (deployment.assets[settings.base], deployment.assets[settings.quote])
            found[name] = find_venue(place, name, settings.kind, there.address, pair)
    return found


def _refuse_governance(scenario: Scenario) -> None:
    for number, event in enumerate(scenario.events):
        if isinstance(event, ParameterChange):
            raise ScenarioError(f"events.{number}", "needs rights that nobody has on a fork", "Leave it out")


def _refuse_empty(name: str, found: FoundProtocol) -> None:
    if not found.positions:
        told = ", ".join(f"{count} {reason}" for reason, count in found.left_out.items()) or "nobody ever borrowed"
        remedy = "Name its other assets in the scenario, an earlier first_block, or another block"
        raise ScenarioError(f"protocols.{name}", f"has nobody whose position the scenario could hold ({told})", remedy)


def _at(scenario: Scenario, point: ForkPoint, ground: Ground) -> Scenario:
    """The scenario with what the fork says; owners of positions do not act there."""
    settings: dict[str, Any] = {
        "chain.start": datetime.fromtimestamp(point.timestamp + LEAD, UTC).isoformat(),
        "borrowers": None,
    }
    for found in ground.protocols.values():
        for asset, price in found.prices.items():
            if not hasattr(scenario.assets[asset].price, "start"):
                model = scenario.assets[asset].price.model
                rule = "has prices of its own, and a fork begins at the chain's"
                raise ScenarioError(f"assets.{asset}.price.model = {model}", rule, "Choose a model that has a start")
            settings[f"assets.{asset}.price.start"] = f"${Decimal(price) / FEED_SCALE:f}"
            settings[f"assets.{asset}.decimals"] = found.decimals[asset]
    return scenario.replaced(settings)


def _notes(point: ForkPoint, ground: Ground) -> dict[str, Any]:
    return {
        "host": point.host,
        "chain_id": point.chain_id,
        "block": point.block,
        "timestamp": point.timestamp,
        "deployment": ground.deployment.name,
        "protocols": {
            name: {
                **found.contracts,
                "accounts": len(found.positions),
                "left_out": dict(found.left_out),
                "prices": {asset: price / FEED_SCALE for asset, price in found.prices.items()},
            }
            for name, found in ground.protocols.items()
        },
    }
