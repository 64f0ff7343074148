"""An Aave market and its book, made by the project, on a node that remembers: what a fork is tried on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import Fork
from simulator.chain import AnvilChain, Call, account
from simulator.contracts import artifact
from simulator.fork import LEAD, forked
from simulator.genesis import genesis
from simulator.scenario import Scenario, load
from simulator.set_up import GAS
from simulator.simulation import Simulation
from simulator.transaction import Account, Transaction

DEPLOYER = account("deployer").address
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
    """An ordinary market of a scenario, ready for its crash, and where it is."""

    simulation: Simulation
    chain: RememberingChain

    @property
    def uri(self) -> str:
        return self.chain.uri

    @property
    def pool(self) -> str:
        return self.simulation.market.protocols["main"].pool

    def token(self, asset: str) -> str:
        return self.simulation.market.tokens[asset].address

    def read(self, to: str, contract: str, function: str, *arguments: Any) -> Any:
        kind = artifact(contract)
        return kind.decode(function, self.chain.call(Call(to, kind.encode(function, *arguments))))

    def act(self, sender: Account, to: str, contract: str, function: str, *arguments: Any) -> None:
        """Mine one call, one second later."""
        data, (nonce,) = artifact(contract).encode(function, *arguments), self.chain.nonces([sender.address])
        self.chain.transact([Transaction(sender, to, data, 2 * GAS, 10**12, 0, nonce)])

    def deployment(self, folder: Path, **changes: Any) -> Path:
        """Its address file; `changes` replace parts."""
        market, kind = self.simulation.market, self.simulation.scenario.protocols["main"].kind
        directory = self.read(self.pool, "aave_v3/Pool", "ADDRESSES_PROVIDER")
        settings = {
            "name": "original",
            "assets": {name: token.address for name, token in market.tokens.items()},
            "protocols": {"main": {"kind": kind, "addresses_provider": directory, "first_block": 0}},
            "venues": {name: {"address": venue.address} for name, venue in market.venues.items()},
        }
        path = folder / "deployment.yaml"
        path.write_text(yaml.safe_dump(settings | changes))
        return path

    def like_ours(self, path: Path) -> None:
        """Move the deployer on until a venue that a fork puts there has as many zero bytes in its address as ours.

        Keepers name the venue in their calldata, and a byte of zero costs less gas there than another.
        """
        (name, ours), *_ = self.simulation.market.venues.items()
        while True:
            ground = forked(self.simulation.scenario, Fork(self.uri, path))
            prices = dict.fromkeys(ground.scenario.assets, 10**8)
            planned = ground.market(ground.scenario, prices).venues[name].address
            if _zero_bytes(planned) == _zero_bytes(ours.address):
                return
            nonce = self.chain.nonces([DEPLOYER])[0]
            self.chain.node.request("anvil_setNonce", DEPLOYER, hex(nonce + 1))


def _zero_bytes(address: str) -> int:
    return bytes.fromhex(address[2:]).count(0)


def small(*overrides: str) -> Scenario:
    return load("flash_crash", overrides=(*SMALL, *overrides))


@contextmanager
def original(scenario: Scenario) -> Iterator[Original]:
    """The world of `scenario`, and one empty block on top, so that a fork of it begins when the scenario does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("UNDERTOW_WORLDS", "")  # a world that is loaded has no logs
        chain = RememberingChain(genesis(scenario))
        try:
            simulation = Simulation(scenario, chain)
            chain.wait(int(scenario.chain.start.timestamp()) - LEAD)
            yield Original(simulation, chain)
        finally:
            chain.close()
