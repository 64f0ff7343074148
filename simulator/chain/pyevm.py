"""The embedded engine: py-evm in this process; no node, no port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, cast

from eth.abc import BlockHeaderAPI, ComputationAPI, SignedTransactionAPI, StateAPI
from eth.db.trie import make_trie_root_and_nodes
from eth.rlp.logs import Log as RlpLog
from eth.rlp.receipts import Receipt as RlpReceipt
from eth.vm.message import Message
from eth_typing import Hash32

from ..errors import AnchoredError, CallReverted, ChainError
from ..transaction import Account, Block, Log, Receipt, Transaction
from .engine import Call, CallResult, Genesis, Head
from .pyevm_dump import pack, unpack
from .pyevm_vm import Executor, SignedTransaction, TypedReceipt, UndoDatabase, base_fee_of, canonical, new_chain
from .rules import CALL_GAS, creation, intrinsic_gas, is_well_formed, require_success, set_up_blocks

__all__ = ["PyEvmChain"]


class PyEvmChain:
    """py-evm as a `Chain`.

    Parameters
    ----------
    genesis : what the chain starts from
    """

    name = "pyevm"
    release = f"py-evm {version('py-evm')} Prague"

    def __init__(self, genesis: Genesis) -> None:
        self.genesis = genesis
        self._coinbase = canonical(genesis.coinbase)
        self._database = UndoDatabase()
        self.chain = new_chain(self._database, genesis)
        self._parent: BlockHeaderAPI = self.chain.get_canonical_head()
        self._reader: StateAPI | None = None
        self._anchors = 0

    @property
    def head(self) -> Head:
        """The newest block."""
        parent = self._newest()
        return Head(
            number=parent.block_number,
            timestamp=parent.timestamp,
            base_fee=base_fee_of(parent),
            gas_limit=parent.gas_limit,
            gas_used=parent.gas_used,
            next_base_fee=self.chain.base_fee_after(parent),
        )

    def build_block(self, candidates: Sequence[Transaction], timestamp: int) -> Block:
        """See `Chain.build_block`.

        Raises
        ------
        ChainError : `timestamp` is not above the head's
        """
        parent = self._newest()
        if timestamp <= parent.timestamp:
            raise ChainError(f"block time {timestamp} must be above its parent's, {parent.timestamp}")
        header = self.chain.create_header_from_parent(parent, timestamp=timestamp, coinbase=self._coinbase)
        state = self.chain.get_vm(header).state
        executor = cast(Executor, state.get_transaction_executor())
        mined: list[tuple[SignedTransaction, Receipt]] = []
        leftovers: list[Transaction] = []
        free, base_fee = header.gas_limit, base_fee_of(header)
        for candidate in candidates:
            if not _can_be_mined(candidate, free, base_fee, state):
                leftovers.append(candidate)
                continue
            signed = SignedTransaction(candidate, self.chain.chain_id)
            computation, gas_used = executor.run(signed)
            mined.append((signed, _receipt(candidate, computation, gas_used, base_fee)))
            free -= gas_used
        sealed = self._seal(header, state, mined)
        return Block(
            number=sealed.block_number,
            timestamp=timestamp,
            base_fee=base_fee,
            gas_limit=sealed.gas_limit,
            gas_used=sealed.gas_used,
            receipts=tuple(receipt for _, receipt in mined),
            leftovers=tuple(leftovers),
        )

    def transact(self, transactions: Iterable[Transaction]) -> list[Receipt]:
        """See `Chain.transact`."""
        receipts: list[Receipt] = []
        for run in set_up_blocks(transactions, self.head.gas_limit):
            self._pin()
            block = self.build_block(run, self.head.timestamp + 1)
            self._pin()
            require_success(block)
            receipts.extend(block.receipts)
        return receipts

    def deploy(self, init_code: bytes, sender: Account, *, label: str = "") -> str:
        """See `Chain.deploy`."""
        self._pin()
        (receipt,) = self.transact([creation(init_code, sender, self.nonces([sender.address])[0], self.head, label)])
        return cast(str, receipt.contract_address)

    def call(self, call: Call) -> bytes:
        """See `Chain.call`."""
        result = self._read(call)
        if not result.succeeded:
            raise CallReverted(result.data)
        return result.data

    def call_many(self, calls: Sequence[Call]) -> list[CallResult]:
        """See `Chain.call_many`."""
        return [self._read(call) for call in calls]

    def expect(self, calls: Sequence[Call]) -> None:
        """See `Chain.expect`; here nothing is far away."""

    def balances(self, addresses: Sequence[str]) -> list[int]:
        """See `Chain.balances`."""
        state = self._state()
        return [state.get_balance(canonical(address)) for address in addresses]

    def nonces(self, addresses: Sequence[str]) -> list[int]:
        """See `Chain.nonces`."""
        state = self._state()
        return [state.get_nonce(canonical(address)) for address in addresses]

    @contextmanager
    def anchor(self) -> Iterator[None]:
        """See `Chain.anchor`."""
        parent, pins = self._newest(), dict(self.chain.pins)
        self._database.mark()
        self._anchors += 1
        try:
            yield
        finally:
            self._anchors -= 1
            self._database.undo()
            self._stand_on(parent, pins)

    def dump(self) -> bytes:
        """See `Chain.dump`."""
        parent = self._newest()
        return pack(self._database.kv_store, parent, self.chain.base_fee_after(parent), self.genesis.base_fee)

    def load(self, state: bytes) -> None:
        """See `Chain.load`.

        Raises
        ------
        AnchoredError : inside an anchor
        """
        if self._anchors:
            raise AnchoredError
        contents, set_up_base_fee, next_base_fee = unpack(state)
        self._database.replace(contents)
        parent = self.chain.get_canonical_head()
        self._coinbase = parent.coinbase
        coinbase = "0x" + parent.coinbase.hex()
        self.genesis = Genesis(parent.gas_limit, set_up_base_fee, parent.timestamp, coinbase, {})
        self._stand_on(parent, {parent.hash: next_base_fee})

    def close(self) -> None:
        """See `Chain.close`; there is nothing to stop."""
        self._reader = None

    def _newest(self) -> BlockHeaderAPI:
        # somebody else may have mined: `ape console` on the chain that we were attached to
        if self.chain.header.parent_hash != self._parent.hash:
            self._parent, self._reader = self.chain.get_canonical_head(), None
        return self._parent

    def _stand_on(self, parent: BlockHeaderAPI, pins: dict[Hash32, int]) -> None:
        self.chain.pins = pins
        self.chain.header = self.chain.create_header_from_parent(parent)
        self._parent, self._reader = parent, None

    def _pin(self) -> None:
        self.chain.pin(self._newest(), self.genesis.base_fee)

    def _state(self) -> StateAPI:
        parent = self._newest()
        if self._reader is None:
            self._reader = self.chain.get_vm(parent).state
        return self._reader

    def _read(self, call: Call) -> CallResult:
        state = self._state()
        sender, to = canonical(call.sender), canonical(call.to)
        snapshot = state.snapshot()
        state.mark_address_warm(sender)
        state.mark_address_warm(to)
        context = state.get_transaction_context_class()(gas_price=0, origin=sender)
        gas = CALL_GAS - intrinsic_gas(call.to, call.data)
        message = Message(gas, to, sender, 0, call.data, state.get_code(to))
        with _ahead(state, call.ahead):
            computation = state.computation_class.apply_message(state, message, context)
        state.revert(snapshot)
        state.clear_transient_storage()
        return CallResult(not computation.is_error, _output(computation))

    def _seal(
        self, header: BlockHeaderAPI, state: StateAPI, mined: list[tuple[SignedTransaction, Receipt]]
    ) -> BlockHeaderAPI:
        """Make it a block as the library would import it, without executing it a second time."""
        # a library that imports this block touches the coinbase, which puts it into the state
        state.delta_balance(self._coinbase, 0)
        state.persist()
        transactions = tuple(signed for signed, _ in mined)
        receipts = _typed_receipts([receipt for _, receipt in mined])
        bloom = 0
        for receipt in receipts:
            bloom |= receipt.bloom
        transaction_root, transaction_nodes = make_trie_root_and_nodes(
            cast(Sequence[SignedTransactionAPI], transactions)
        )
        receipt_root, receipt_nodes = make_trie_root_and_nodes(receipts)
        sealed = header.copy(
            state_root=state.state_root,
            transaction_root=transaction_root,
            receipt_root=receipt_root,
            bloom=bloom,
            gas_used=sum(receipt.gas_used for _, receipt in mined),
        )
        self.chain.append(sealed, transactions, (transaction_nodes, receipt_nodes))
        self._parent, self._reader = sealed, None
        return sealed


def _can_be_mined(candidate: Transaction, free: int, base_fee: int, state: StateAPI) -> bool:
    if candidate.gas_limit > free or candidate.max_fee < base_fee:
        return False
    sender = canonical(candidate.sender.address)
    return (
        state.get_nonce(sender) == candidate.nonce
        and state.get_balance(sender) >= candidate.gas_limit * candidate.max_fee + candidate.value
        and is_well_formed(candidate)
    )


@contextmanager
def _ahead(state: StateAPI, seconds: int) -> Iterator[None]:
    """Let `state` see the next block's number, so many seconds later; nothing changes for zero."""
    context: Any = state.execution_context
    number, timestamp = context.block_number, context.timestamp
    context._block_number, context._timestamp = number + bool(seconds), timestamp + seconds
    try:
        yield
    finally:
        context._block_number, context._timestamp = number, timestamp


def _output(computation: ComputationAPI) -> bytes:
    """What was returned or given with a revert; nothing when all gas burnt."""
    return b"" if computation.should_burn_gas else bytes(computation.output)


def _receipt(candidate: Transaction, computation: ComputationAPI, gas_used: int, base_fee: int) -> Receipt:
    failed = computation.is_error
    created = candidate.to is None and not failed
    return Receipt(
        transaction=candidate,
        succeeded=not failed,
        gas_used=gas_used,
        effective_gas_price=base_fee + candidate.effective_priority_fee(base_fee),
        logs=tuple(
            Log("0x" + address.hex(), tuple(topic.to_bytes(32, "big") for topic in topics), bytes(data))
            for address, topics, data in computation.get_log_entries()
        ),
        revert_data=_output(computation) if failed else b"",
        contract_address="0x" + computation.msg.storage_address.hex() if created else None,
    )


def _typed_receipts(receipts: list[Receipt]) -> tuple[TypedReceipt, ...]:
    typed = []
    used = 0
    for receipt in receipts:
        used += receipt.gas_used
        logs = [
            RlpLog(canonical(log.address), tuple(int.from_bytes(topic, "big") for topic in log.topics), log.data)
            for log in receipt.logs
        ]
        typed.append(TypedReceipt(2, RlpReceipt(b"\x01" if receipt.succeeded else b"", used, logs)))
    return tuple(typed)
