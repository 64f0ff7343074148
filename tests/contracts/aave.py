"""Aave v3.0 with two borrowers on an in-process chain: WETH (18 decimals) held, USDC (6 decimals) owed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from simulator import load
from simulator.chain import Call, PyEvmChain, account
from simulator.contracts import artifact, decode_error, decode_log
from simulator.genesis import genesis
from simulator.position_book import PositionBook
from simulator.protocols.aave_v3 import AaveV3
from simulator.simulation import Simulation
from simulator.terms import Terms
from simulator.transaction import Account, Receipt, Transaction
from simulator.units import FEED_SCALE
from tests.contracts.world import Reverted
from tests.scenarios.world import CRASH

FOLDER = "aave_v3"
TWO = ("protocols.main.positions.count=2", "protocols.main.positions.total_debt=$300k")
GAS = 2_000_000


class AaveWorld:
    """A market as a scenario opens it; `keeper` has an own inventory, `flash_keeper` a contract at `contract`."""

    def __init__(self, *overrides: str, kind: str = "aave_v3") -> None:
        scenario = load(CRASH, overrides=[f"protocols.main.kind={kind}", *TWO, *overrides])
        self.chain = PyEvmChain(genesis(scenario))
        self.market = Simulation(scenario, self.chain).market
        protocol = self.market.protocols["main"]
        assert isinstance(protocol, AaveV3)
        self.protocol = protocol
        self.owner = self.market.set_up.deployer
        self.keeper = self.market.roster.keepers["patient"][0]
        self.flash_keeper = self.market.roster.keepers["swift"][0]
        self.contract = self.market.keepers[self.flash_keeper.name]
        self.weth, self.usdc = (self.market.tokens[asset].address for asset in ("WETH", "USDC"))

    @property
    def book(self) -> PositionBook:
        return self.protocol.book

    def send(self, sender: Account, to: str, data: bytes, after: int = 1) -> Receipt:
        """Mine one transaction `after` seconds; raises `Reverted`."""
        (nonce,) = self.chain.nonces([sender.address])
        transaction = Transaction(sender, to, data, GAS, 10**12, 0, nonce)
        block = self.chain.build_block([transaction], self.chain.head.timestamp + after)
        (receipt,) = block.receipts
        self.protocol.follow(receipt.logs)
        if not receipt.succeeded:
            raise Reverted(decode_error(receipt.revert_data))
        return receipt

    def read(self, contract: str, to: str, function: str, *arguments: Any) -> Any:
        known = artifact(contract)
        return known.decode(function, self.chain.call(Call(to, known.encode(function, *arguments))))

    def pool(self, function: str, *arguments: Any) -> Any:
        return self.read(f"{FOLDER}/Pool", self.protocol.pool, function, *arguments)

    def balance(self, token: str, holder: str) -> int:
        held: int = self.read("TestToken", token, "balanceOf", holder)
        return held

    def give(self, token: str, someone: str, amount: int) -> None:
        self.send(self.owner, token, artifact("TestToken").encode("mint", someone, amount))

    def refresh(self) -> None:
        """Read everything again, after the chain was turned back."""
        self.protocol.read_all(self.chain.call_many)

    def set_health(self, number: int, health: float) -> None:
        """Report the price of WETH at which account `number` is at about that health factor."""
        low, high = 0.0, 10 * self.book.prices()[0]
        for _ in range(60):
            middle = (low + high) / 2
            reached = self.book.health_at(np.array([middle, self.book.prices()[1]]))[number]
            low, high = (low, middle) if reached > health else (middle, high)
        report = artifact("PriceFeed").encode("report", int(low * FEED_SCALE))
        self.send(account("reporter/WETH"), self.market.feeds["WETH"].address, report)

    def terms(self, number: int) -> Terms:
        """Of USDC against WETH, as a liquidation in the next block finds them."""
        return self.protocol.check([(self.book.accounts[number], "USDC", "WETH")])[0]


def named(receipt: Receipt, name: str) -> Sequence[dict[str, Any]]:
    """Arguments of the events of that name."""
    decoded = (decode_log(log) for log in receipt.logs)
    return [event.arguments for event in decoded if event is not None and event.name == name]
