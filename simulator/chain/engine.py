"""The one protocol that every engine implements."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from ..transaction import Account, Block, Receipt, Transaction

__all__ = ["Call", "CallResult", "Chain", "Genesis", "Head", "Reader"]


@dataclass(frozen=True, slots=True)
class Genesis:
    """What a chain starts from.

    `base_fee` (wei) is that of the first blocks. Zero means a first-price auction: the base fee stays zero, whatever
    blocks use. `balances` maps address to wei. `timestamp` is that of block 0, seconds.
    """

    gas_limit: int
    base_fee: int
    timestamp: int
    coinbase: str
    balances: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Head:
    """The newest block, and the base fee (wei) that the next one will have."""

    number: int
    timestamp: int
    base_fee: int
    gas_limit: int
    gas_used: int
    next_base_fee: int


@dataclass(frozen=True, slots=True)
class Call:
    """A read: executed on the newest block's state, with that block's number and timestamp.

    With `ahead` it sees what a transaction of the next block would, so many seconds later.
    """

    to: str
    data: bytes
    sender: str = "0x" + "00" * 20
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class CallResult:
    """`data` is the return data, or the revert data when not `succeeded`."""

    succeeded: bool
    data: bytes


Reader = Callable[[Sequence[Call]], list[CallResult]]
"""Answers many reads, as `Chain.call_many`."""


class Chain(Protocol):
    """A local EVM. It executes ordered lists; it neither orders nor keeps waiting transactions.

    Attributes
    ----------
    name : of the engine
    release : engine and version; they understand each other's dumps if it is the same
    genesis : what the chain started from
    """

    name: str
    release: str
    genesis: Genesis

    @property
    def head(self) -> Head:
        """The newest block."""
        ...

    def build_block(self, candidates: Sequence[Transaction], timestamp: int) -> Block:
        """Fill one block from `candidates`, in order, and seal it at `timestamp` (seconds, above the head's).

        A candidate is left out, and the next one tried, when its gas limit exceeds what is left of the block, its
        nonce is not its sender's next one, its fee cap is below the base fee, or its sender cannot pay
        gas limit x fee cap + value. Empty blocks are blocks. The base fee follows EIP-1559 from the parent, or stays
        zero (see `Genesis`).
        """
        ...

    def transact(self, transactions: Iterable[Transaction]) -> list[Receipt]:
        """Set-up only: mine all in order, in as many blocks as the gas limit demands, one second apart.

        The base fee of the blocks mined here is pinned to the genesis base fee, and so is that of the block after.

        Raises
        ------
        SetUpReverted : one failed
        """
        ...

    def deploy(self, init_code: bytes, sender: Account, *, label: str = "") -> str:
        """Set-up only: create a contract and return its address (lower-case hex)."""
        ...

    def call(self, call: Call) -> bytes:
        """Return data of one read.

        Raises
        ------
        CallReverted : with the revert data
        """
        ...

    def call_many(self, calls: Sequence[Call]) -> list[CallResult]:
        """Many reads on one state; a revert is a value."""
        ...

    def expect(self, calls: Sequence[Call]) -> None:
        """Say what will be read after every block from now on, and only that: it may come together with the block."""
        ...

    def balances(self, addresses: Sequence[str]) -> list[int]:
        """ETH balances in wei."""
        ...

    def nonces(self, addresses: Sequence[str]) -> list[int]:
        """Next nonces."""
        ...

    def anchor(self) -> AbstractContextManager[None]:
        """Everything that happens inside is undone on leaving."""
        ...

    def dump(self) -> bytes:
        """The whole state and head, for `load` on an engine of the same kind."""
        ...

    def load(self, state: bytes) -> None:
        """Become the chain that was dumped."""
        ...

    def close(self) -> None:
        """Free what the chain holds; a started node is stopped."""
        ...
