"""What an agent sends and what comes back: plain data that every layer may hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Account", "Block", "Log", "Receipt", "Transaction"]


@dataclass(frozen=True, slots=True)
class Account:
    """An externally owned account with a test key.

    `address` is lower-case hex with 0x, as everywhere in Python code here.
    """

    name: str
    address: str
    private_key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Transaction:
    """A signed-to-be EIP-1559 transaction; compared by identity.

    `max_fee` and `priority_fee` are wei per gas, `value` is wei. `gas_floor` is gas that it certainly uses if it is
    mined (21,000, or all of `gas_limit` for a gas sink): block building uses it to leave out what cannot fit.
    `kind`, `agent` and `note` are for the measurements and never reach the chain.
    """

    sender: Account
    to: str | None
    data: bytes
    gas_limit: int
    max_fee: int
    priority_fee: int
    nonce: int
    value: int = 0
    gas_floor: int = 21_000
    kind: str = "other"
    agent: str = ""
    note: Mapping[str, object] = field(default_factory=dict)

    @property
    def aimed(self) -> bool:
        """Whether it is about liquidating one account of a protocol."""
        return "account" in self.note and "protocol" in self.note

    def effective_priority_fee(self, base_fee: int) -> int:
        """Wei per gas that the block's producer receives at `base_fee`; negative if the fee cap is below it."""
        return min(self.priority_fee, self.max_fee - base_fee)


@dataclass(frozen=True, slots=True)
class Log:
    """An event as the chain stores it."""

    address: str
    topics: tuple[bytes, ...]
    data: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Receipt:
    """A mined transaction. `revert_data` is empty on success and where none was given (out of gas, INVALID)."""

    transaction: Transaction
    succeeded: bool
    gas_used: int
    effective_gas_price: int
    logs: tuple[Log, ...]
    revert_data: bytes
    contract_address: str | None = None

    @property
    def fee(self) -> int:
        """Wei that the sender paid for gas."""
        return self.gas_used * self.effective_gas_price


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """A built block: receipts in order, and the candidates that were left out, in the order they came."""

    number: int
    timestamp: int
    base_fee: int
    gas_limit: int
    gas_used: int
    receipts: tuple[Receipt, ...]
    leftovers: tuple[Transaction, ...]
