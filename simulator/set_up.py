"""Sends set-up transactions in batches and keeps their nonces."""

from __future__ import annotations

from typing import Any

from .chain.engine import Chain
from .chain.signing import account
from .contracts import artifact
from .transaction import Account, Transaction

__all__ = ["SetUp"]

GAS = 900_000
"""Limit of one set-up call; the heaviest, a borrow against many collaterals, uses about a third."""
FEE = 10**12


class SetUp:
    """Queues calls; `flush` mines them in order and raises if one reverts."""

    def __init__(self, chain: Chain) -> None:
        self.chain = chain
        self.deployer = account("deployer")
        self._nonces: dict[str, int] = {}
        self._queue: list[Transaction] = []

    def deploy(self, name: str, *arguments: Any) -> str:
        """Mine what is queued, then create a contract; returns its address."""
        self.flush()
        return self.chain.deploy(artifact(name).deployment(*arguments), self.deployer, label=name)

    def call(self, sender: Account, to: str, data: bytes, gas: int = GAS) -> None:
        """Queue one call."""
        if sender.address not in self._nonces:
            self._nonces[sender.address] = self.chain.nonces([sender.address])[0]
        nonce = self._nonces[sender.address]
        self._nonces[sender.address] = nonce + 1
        self._queue.append(Transaction(sender, to, data, gas, FEE, 0, nonce, kind="set_up"))

    def send(self, sender: Account, to: str, contract: str, function: str, *arguments: Any, gas: int = GAS) -> None:
        """Queue one call by name."""
        self.call(sender, to, artifact(contract).encode(function, *arguments), gas)

    def mint(self, token: str, recipient: str, amount: int) -> None:
        """Queue the creation of test tokens."""
        self.send(self.deployer, token, "TestToken", "mint", recipient, amount, gas=120_000)

    def approve(self, owner: Account, token: str, spender: str) -> None:
        """Queue an unlimited approval."""
        self.send(owner, token, "TestToken", "approve", spender, 2**256 - 1, gas=80_000)

    def flush(self) -> None:
        """Mine the queue."""
        if self._queue:
            self.chain.transact(self._queue)
            self._queue = []
            self._nonces = {}
