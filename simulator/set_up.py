"""The transactions that build a world, written down before any of them is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .chain.signing import account, created_address
from .contracts import artifact
from .transaction import Account, Transaction

__all__ = ["SetUp"]

GAS = 900_000
"""Limit of a set-up call whose gas nobody has measured."""
FEE = 10**12


class SetUp:
    """Queues transactions of accounts that have sent none before; addresses of contracts to come are known at once.

    Parameters
    ----------
    gas_limit : of one block; a contract's creation may use all of it

    Attributes
    ----------
    transactions : everything queued, in order, but for what is to be done at a time
    late : (seconds before the scenario starts, transactions), earliest first
    created : address that each creation must give
    nonces : next nonce of each sender
    """

    def __init__(self, gas_limit: int) -> None:
        self.deployer = account("deployer")
        self.transactions: list[Transaction] = []
        self.late: list[tuple[int, list[Transaction]]] = []
        self.created: list[str] = []
        self.nonces: dict[str, int] = {}
        self._gas_limit = gas_limit
        self._shared: dict[tuple[str, tuple[Any, ...]], str] = {}

    def deploy(self, name: str, *arguments: Any, libraries: Mapping[str, str] | None = None) -> str:
        """Queue the creation of a contract, linked to `libraries` (addresses by name); returns its address."""
        code = artifact(name).deployment(*arguments, libraries=libraries)
        nonce = self._queue(self.deployer, None, code, self._gas_limit, name)
        self.created.append(created_address(self.deployer.address, nonce))
        return self.created[-1]

    def once(self, name: str, *arguments: Any) -> str:
        """Address of a contract that several share: created when it is first asked for with these arguments."""
        key = (name, arguments)
        if key not in self._shared:
            self._shared[key] = self.deploy(name, *arguments)
        return self._shared[key]

    def call(self, sender: Account, to: str, data: bytes, gas: int = GAS) -> None:
        """Queue one call."""
        self._queue(sender, to, data, gas, "")

    def _queue(self, sender: Account, to: str | None, data: bytes, gas: int, label: str) -> int:
        nonce = self.nonces.get(sender.address, 0)
        self.nonces[sender.address] = nonce + 1
        kind, note = ("set_up", {}) if to else ("deploy", {"label": label})
        queue = self.late[-1][1] if self.late else self.transactions
        queue.append(Transaction(sender, to, data, gas, FEE, 0, nonce, kind=kind, note=note))
        return nonce

    def wait(self, seconds: int) -> None:
        """What is queued from here on is mined so many seconds before the scenario starts."""
        self.late.append((seconds, []))

    def send(self, sender: Account, to: str, contract: str, function: str, *arguments: Any, gas: int = GAS) -> None:
        """Queue one call by name."""
        self.call(sender, to, artifact(contract).encode(function, *arguments), gas)

    def mint(self, token: str, recipient: str, amount: int) -> None:
        """Queue the creation of test tokens."""
        self.send(self.deployer, token, "TestToken", "mint", recipient, amount, gas=120_000)

    def approve(self, owner: Account, token: str, spender: str) -> None:
        """Queue an unlimited approval."""
        self.send(owner, token, "TestToken", "approve", spender, 2**256 - 1, gas=80_000)
