"""A deployed contract as tests use it: functions by name, decoded events, reverts by the name of their error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, Protocol

from ..contracts import Artifact, Event, decode_error, decode_log
from ..errors import InputError, UndertowError
from ..transaction import Account, Log, Receipt

__all__ = ["Contract", "Function", "Host", "Mined", "Reverted", "decoded", "plain"]


class Reverted(UndertowError):
    """A transaction or a call reverted.

    Attributes
    ----------
    reason : the decoded error, for example ``TooHealthy(1200000000000000000)``; empty where none was given
    error : its name alone
    receipt : of the transaction, where it was one
    """

    def __init__(self, what: str, data: bytes) -> None:
        self.reason = decode_error(data)
        self.error = self.reason.partition("(")[0]
        super().__init__(f"{what} reverted: {self.reason or 'no reason given (out of gas, say)'}")


class Mined:
    """A transaction that went through.

    Attributes
    ----------
    gas_used : of it
    logs : decoded events, in order; those that no contract known here declares are left out
    """

    def __init__(self, receipt: Receipt) -> None:
        self.gas_used = receipt.gas_used
        self.logs = decoded(receipt.logs)

    def events(self, name: str) -> list[Event]:
        """Events of that name, from whichever contract."""
        return [event for event in self.logs if event.name == name]


class Host(Protocol):
    """Where contracts are: reads them, mines for them."""

    def read(self, what: str, to: str, data: bytes, sender: str) -> bytes:
        """Return data of a call; raises Reverted."""
        ...

    def mine(self, what: str, sender: Account, to: str, data: bytes, value: int, gas: int | None) -> Mined:
        """Mine a transaction in a block of its own; raises Reverted."""
        ...

    def happened(self, address: str) -> Iterable[Log]:
        """Logs of a contract, oldest first."""
        ...


class Contract:
    """A contract at an address; its functions are its attributes, as with Ape.

    ``vault.totalAssets()`` reads; ``vault.deposit(10, sender=alice)`` mines a transaction in a block of its own;
    ``vault.deposit.call(10, sender=alice)`` returns what that would return, and changes nothing. Accounts and contracts
    may be given for addresses.

    Parameters
    ----------
    host : where it is
    artifact : its ABI
    address : lower-case hex
    """

    def __init__(self, host: Host, artifact: Artifact, address: str) -> None:
        self.host, self.abi, self.name, self.address = host, artifact.abi, artifact.name, address

    def __getattr__(self, name: str) -> Function:
        if name.startswith("__"):  # copy and pickle look for what is not there
            raise AttributeError(name)
        entries = [entry for entry in self.abi if entry["type"] == "function" and entry["name"] == name]
        if not entries:
            known = ", ".join(sorted({entry["name"] for entry in self.abi if entry["type"] == "function"}))
            raise AttributeError(f"{self.name} has no function {name}; it has {known}")
        return Function(self, name, entries)

    def __repr__(self) -> str:
        return f"<{self.name} {self.address}>"

    def events(self, name: str) -> list[Event]:
        """Its events of that name since it was deployed, oldest first."""
        return [event for event in decoded(self.host.happened(self.address)) if event.name == name]


class Function:
    """One function of a contract, with its overloads."""

    def __init__(self, contract: Contract, name: str, entries: Sequence[dict[str, Any]]) -> None:
        self.contract, self.name, self._entries = contract, name, entries

    def __call__(self, *arguments: Any, sender: Account | None = None, value: int = 0, gas: int | None = None) -> Any:
        """Read a view's value, or mine a transaction from `sender`, with `value` wei.

        Raises
        ------
        Reverted : with the decoded error
        InputError : a transaction without a sender
        """
        __tracebackhide__ = True
        chosen = self._chosen(arguments)
        if chosen.abi[0]["stateMutability"] in ("view", "pure"):
            return self.call(*arguments, sender=sender)
        if sender is None:
            raise InputError(str(self), "changes state and needs a sender", f"Write {self.name}(..., sender=alice)")
        data = chosen.encode(self.name, *plain(arguments))
        return self.contract.host.mine(str(self), sender, self.contract.address, data, value, gas)

    def call(self, *arguments: Any, sender: Account | None = None) -> Any:
        """What it would return now; nothing changes.

        Raises
        ------
        Reverted : with the decoded error
        """
        __tracebackhide__ = True
        chosen, caller = self._chosen(arguments), sender.address if sender else "0x" + "00" * 20
        data = chosen.encode(self.name, *plain(arguments))
        answer = self.contract.host.read(str(self), self.contract.address, data, caller)
        return chosen.decode(self.name, answer)

    def encode(self, *arguments: Any) -> bytes:
        """Calldata."""
        return self._chosen(arguments).encode(self.name, *plain(arguments))

    def __repr__(self) -> str:
        return f"{self.contract.name}.{self.name}"

    def _chosen(self, arguments: Sequence[Any]) -> Artifact:
        """The overload that takes such arguments."""
        fitting = [entry for entry in self._entries if len(entry["inputs"]) == len(arguments)]
        if not fitting:
            counts = " or ".join(str(len(entry["inputs"])) for entry in self._entries)
            raise TypeError(f"{self} takes {counts} arguments, not {len(arguments)}")
        for entry in fitting:
            chosen = Artifact(self.contract.name, [entry], b"")
            with suppress(Exception):  # whatever an encoder makes of what is not of its type
                chosen.encode(self.name, *plain(arguments))
                return chosen
        types = (f"({', '.join(one['type'] for one in entry['inputs'])})" for entry in fitting)
        raise TypeError(f"{self} takes {' or '.join(types)}, not {plain(arguments)!r}")


def plain(value: Any) -> Any:
    """Accounts and contracts as their addresses, wherever they stand."""
    if isinstance(value, list | tuple):
        return tuple(plain(one) for one in value)
    return getattr(value, "address", value)


def decoded(logs: Iterable[Log]) -> list[Event]:
    """Events that a known contract declares."""
    return [event for log in logs if (event := decode_log(log)) is not None]
