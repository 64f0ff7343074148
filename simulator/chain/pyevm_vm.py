"""py-evm under our rules: constant gas limit, free choice of the base fee, no work that nobody reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from eth.abc import (
    AtomicDatabaseAPI,
    BlockHeaderAPI,
    ComputationAPI,
    MessageAPI,
    SignedTransactionAPI,
)
from eth.chains.base import MiningChain
from eth.db.atomic import AtomicDB
from eth.db.backends.memory import MemoryDB
from eth.db.schema import SchemaV1
from eth.typing import AccountDetails
from eth.vm.forks.prague import PragueVM
from eth.vm.forks.prague.computation import PragueComputation
from eth.vm.forks.prague.receipts import PragueTypedReceipt as TypedReceipt
from eth.vm.forks.prague.state import PragueState, PragueTransactionExecutor
from eth.vm.message import Message
from eth_hash.auto import keccak
from eth_typing import Address, BlockNumber, Hash32
from eth_utils import ExtendedDebugLogger, get_extended_debug_logger
from rlp import encode as rlp_encode

from ..transaction import Transaction
from .engine import Genesis
from .pyevm_loop import Computation
from .rules import CHAIN_ID, next_base_fee
from .signing import created_address, sign

__all__ = [
    "Executor",
    "LocalChain",
    "SignedTransaction",
    "TypedReceipt",
    "UndoDatabase",
    "base_fee_of",
    "canonical",
    "new_chain",
]

_DYNAMIC_FEE = 2
_LOGGER = get_extended_debug_logger("undertow.pyevm")


class SignedTransaction:
    """A signed transaction as py-evm's executor reads it; its sender is known, so nothing is recovered."""

    type_id = _DYNAMIC_FEE
    access_list: tuple[()] = ()

    def __init__(self, source: Transaction, chain_id: int) -> None:
        self.source = source
        self.sender = canonical(source.sender.address)
        self.to = canonical(source.to) if source.to else Address(b"")
        self.nonce, self.gas, self.value, self.data = source.nonce, source.gas_limit, source.value, source.data
        self.max_fee_per_gas, self.max_priority_fee_per_gas = source.max_fee, source.priority_fee
        zeros = source.data.count(0)
        # py-evm charges the words of init code itself, when the creation starts
        self.intrinsic_gas = 21_000 + 16 * (len(source.data) - zeros) + 4 * zeros + (0 if source.to else 32_000)
        self.raw = sign(source, chain_id)
        self.hash = Hash32(keccak(self.raw))

    def encode(self) -> bytes:
        """The bytes that the transaction trie holds."""
        return self.raw


class Executor(PragueTransactionExecutor):
    """The library's steps; its own `build_evm_message` prints every transaction into a log that is off."""

    def build_evm_message(self, transaction: SignedTransactionAPI) -> MessageAPI:
        """Take gas and nonce from the sender; the message to execute."""
        if transaction.type_id != _DYNAMIC_FEE:
            return super().build_evm_message(transaction)
        state = self.vm_state
        state.delta_balance(transaction.sender, -transaction.gas * state.get_gas_price(transaction))
        state.increment_nonce(transaction.sender)
        gas = transaction.gas - transaction.intrinsic_gas
        transfer = (gas, transaction.to, transaction.sender, transaction.value)
        if transaction.to == b"":
            address = canonical(created_address("0x" + transaction.sender.hex(), transaction.nonce))
            return Message(*transfer, b"", transaction.data, create_address=address)
        code, delegate = self.get_code_at_address(transaction.to)
        return Message(*transfer, transaction.data, code, is_delegation=delegate is not None)

    def run(self, transaction: SignedTransaction) -> tuple[ComputationAPI, int]:
        """Execute what has been checked already; the computation and the gas used."""
        signed = cast(SignedTransactionAPI, transaction)
        self.vm_state.lock_changes()
        computation = self.build_computation(self.build_evm_message(signed), signed)
        self.finalize_computation(signed, computation)
        self.vm_state.clear_transient_storage()
        gas_used = transaction.gas - computation.get_gas_remaining()
        refund = self.calculate_gas_refund(computation, gas_used)
        return computation, gas_used - refund + computation.data_floor_gas


class _State(PragueState):
    computation_class: type[PragueComputation] = Computation
    transaction_executor_class = Executor

    @property
    def logger(self) -> ExtendedDebugLogger:
        # the library looks it up by name some ten times a transaction
        return _LOGGER


class _Vm(PragueVM):
    _state_class = _State

    @classmethod
    def validate_gas(cls, header: BlockHeaderAPI, parent_header: BlockHeaderAPI) -> None:
        """Nothing: a first-price auction and the pinned fee of set-up blocks break the library's rule on purpose."""


class LocalChain(MiningChain):
    """A chain whose gas limit is constant and whose next base fee may be pinned."""

    vm_configuration = ((BlockNumber(0), _Vm),)
    chain_id = CHAIN_ID
    pins: dict[Hash32, int]

    def __init__(self, base_db: AtomicDatabaseAPI, header: Any = None) -> None:
        self.pins = {}
        super().__init__(base_db, header)

    def base_fee_after(self, parent: BlockHeaderAPI) -> int:
        """Base fee (wei) of the block on top of `parent`."""
        if parent.hash in self.pins:
            return self.pins[parent.hash]
        return next_base_fee(base_fee_of(parent), parent.gas_used, parent.gas_limit)

    def pin(self, parent: BlockHeaderAPI, base_fee: int) -> None:
        """Set the base fee (wei) of the block on top of `parent`."""
        self.pins[parent.hash] = base_fee
        self.header = self.create_header_from_parent(parent)

    def create_header_from_parent(self, parent_header: BlockHeaderAPI, **fields: Any) -> BlockHeaderAPI:
        """The header of a block to come; time and coinbase are still the library's."""
        fields["gas_limit"] = parent_header.gas_limit
        header = super().create_header_from_parent(parent_header, **fields)
        return header.copy(base_fee_per_gas=self.base_fee_after(parent_header))

    def append(
        self, header: BlockHeaderAPI, transactions: Sequence[SignedTransaction], nodes: Iterable[Mapping[Hash32, bytes]]
    ) -> None:
        """Store a finished block as the newest one; `nodes` are those of its transaction and receipt tries."""
        database = self.chaindb.db
        for trie in nodes:
            for node_hash, node in trie.items():
                database[node_hash] = node
        for index, transaction in enumerate(transactions):
            key = SchemaV1.make_transaction_hash_to_block_lookup_key(transaction.hash)
            database[key] = rlp_encode([header.block_number, index])
        self.chaindb.persist_header(header)
        self.header = self.create_header_from_parent(header)

    def get_transaction_builder(self) -> Any:
        """Asked for by eth-tester."""
        return self.get_vm().get_transaction_builder()


class UndoDatabase(MemoryDB):
    """Keys and values in memory, of which everything written since a mark can be undone."""

    def __init__(self) -> None:
        super().__init__({})
        self._marks: list[dict[bytes, bytes | None]] = []

    def __setitem__(self, key: bytes, value: bytes) -> None:
        if self._marks:
            self._marks[-1].setdefault(key, self.kv_store.get(key))
        self.kv_store[key] = value

    def __delitem__(self, key: bytes) -> None:
        if self._marks:
            self._marks[-1].setdefault(key, self.kv_store.get(key))
        del self.kv_store[key]

    def replace(self, contents: dict[bytes, bytes]) -> None:
        """Hold `contents` and nothing else."""
        for key in set(self.kv_store) - set(contents):
            del self[key]
        for key, value in contents.items():
            self[key] = value

    def mark(self) -> None:
        """Begin to remember."""
        self._marks.append({})

    def undo(self) -> None:
        """Put back what was there at the newest mark, and forget it."""
        for key, value in self._marks.pop().items():
            if value is None:
                self.kv_store.pop(key, None)
            else:
                self.kv_store[key] = value


def new_chain(database: UndoDatabase, genesis: Genesis) -> LocalChain:
    """A chain with only its block 0; block 1 has the same base fee."""
    parameters: dict[str, Any] = {
        "coinbase": canonical(genesis.coinbase),
        "gas_limit": genesis.gas_limit,
        "timestamp": genesis.timestamp,
        "difficulty": 0,
        "base_fee_per_gas": genesis.base_fee,
    }
    accounts: dict[Address, AccountDetails] = {
        canonical(holder): {"balance": wei, "nonce": 0, "code": b"", "storage": {}}
        for holder, wei in genesis.balances.items()
    }
    chain = cast(LocalChain, LocalChain.from_genesis(AtomicDB(database), parameters, accounts))
    chain.pin(chain.get_canonical_head(), genesis.base_fee)
    return chain


def canonical(address: str) -> Address:
    """The 20 bytes of a hex address."""
    return Address(bytes.fromhex(address[2:]))


def base_fee_of(header: BlockHeaderAPI) -> int:
    """Base fee (wei) of a block; the library's type allows for blocks before London."""
    return cast(int, header.base_fee_per_gas)
