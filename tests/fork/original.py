"""An Aave market and its book, made by the project, on a node that remembers: what a fork is tried on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from simulator.chain import AnvilChain
from simulator.fork import LEAD
from simulator.market import genesis
from simulator.scenario import Scenario, load
from simulator.simulation import Simulation

SMALL = (
    *("protocol=aave_v3", "borrowers=null", "chain.blocks=60", "protocols.main.positions.count=40"),
    *("protocols.main.positions.total_debt=$12M", "events.0.at=3", "events.1.at=3"),
)
"""A crash of a few seconds in which dozens of positions are liquidated."""


class RememberingChain(AnvilChain):
    """As somebody else's node: it has the logs of all its blocks."""

    memory = ()

    def wait(self, timestamp: int) -> None:
        """Mine an empty block at `timestamp`; the base fee stays as it was."""
        fee = self.head.next_base_fee
        self.build_block([], timestamp)
        self._pin(fee)


@dataclass
class Original:
    """An ordinary run of a scenario, standing at its world, and its address file."""

    simulation: Simulation
    chain: RememberingChain
    directory: str

    @property
    def uri(self) -> str:
        return self.chain.uri

    def deployment(self, folder: Path, **changes: Any) -> Path:
        """The file; `changes` replace its parts."""
        market = self.simulation.market
        settings = {
            "name": "original",
            "assets": {name: token.address for name, token in market.tokens.items()},
            "protocols": {
                "main": {"kind": "aave_v3", "addresses_provider": self.directory, "first_block": 0},
            },
            "venues": {name: {"address": venue.address} for name, venue in market.venues.items()},
        }
        path = folder / "deployment.yaml"
        path.write_text(yaml.safe_dump(settings | changes))
        return path


def small(*overrides: str) -> Scenario:
    return load("flash_crash", overrides=(*SMALL, *overrides))


@contextmanager
def original(scenario: Scenario) -> Iterator[Original]:
    """The world of `scenario`, and one empty block on top, so that a fork of it begins when the scenario does."""
    chain = RememberingChain(genesis(scenario))
    try:
        simulation = Simulation(scenario, chain)
        chain.wait(int(scenario.chain.start.timestamp()) - LEAD)
        yield Original(simulation, chain, "")
    finally:
        chain.close()
