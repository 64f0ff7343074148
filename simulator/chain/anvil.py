"""The fast engine: a real Anvil node, started and stopped by us."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, cast

from ..errors import AnchoredError, CallReverted, ChainError
from ..transaction import Account, Block, Receipt, Transaction
from . import anvil_dump
from .anvil_answers import call_result
from .anvil_block import Offered, offer, take
from .anvil_node import AnvilNode, Request, RpcError, find_anvil
from .anvil_nodes import FORGETS, empty_node, fork
from .anvil_plan import first_missed, first_plan, next_plan
from .engine import Call, CallResult, Genesis, Head
from .rules import CALL_GAS, creation, next_base_fee, require_success, set_up_blocks

__all__ = ["AnvilChain"]


class Closable(Protocol):
    """What must be let go of."""

    def close(self) -> object:
        """Let go of it."""
        ...


class AnvilChain:
    """Anvil as a `Chain`.

    Parameters
    ----------
    genesis : what the chain starts from
    binary : the node; found by `find_anvil` if not given
    """

    name = "anvil"
    memory: tuple[str, ...] = FORGETS
    """Options that decide what the node remembers of past blocks."""

    def __init__(self, genesis: Genesis, binary: Path | None = None) -> None:
        self._binary = binary if binary is not None else find_anvil()
        self.genesis = genesis
        self._node: AnvilNode | None = None
        self._parent = self._open_parent()
        self._closed = False
        self._nonces: dict[str, int] = {}
        self._anchors = 0
        self._expected: tuple[Call, ...] = ()
        self._known: dict[Call, CallResult] = {}
        self._head = Head(0, genesis.timestamp, genesis.base_fee, genesis.gas_limit, 0, genesis.base_fee)

    @property
    def head(self) -> Head:
        """The newest block."""
        return self._head

    @property
    def uri(self) -> str:
        """Where the node listens."""
        return self.node.uri

    def build_block(self, candidates: Sequence[Transaction], timestamp: int) -> Block:
        """See `Chain.build_block`.

        Raises
        ------
        ChainError : `timestamp` is not above the head's
        EngineDied : the node is gone
        """
        if timestamp <= self.head.timestamp:
            raise ChainError(f"block time {timestamp} must be above its parent's, {self._head.timestamp}")
        nonces = self._nonces_of(candidates)
        plan = first_plan(candidates, nonces, self._head)
        while True:
            # only a rival can turn out to be missed, and the node keeps snapshots for good
            snapshot = self.node.request("evm_snapshot") if plan.has_rivals else None
            sent = [candidates[index] for index in plan.sent]
            block = take(self.node, offer(self.node, sent, timestamp, reads=self._expected_reads(timestamp)))
            for refusal in block.refused:
                raise refusal
            mined = {plan.sent[place]: receipt for place, receipt in block.receipts.items()}
            missed = first_missed(candidates, nonces, self._head, plan, mined)
            if missed is None:
                accepted = self._accept(candidates, mined, block.header, timestamp)
                self._known = dict(zip(self._expected, map(call_result, block.answers), strict=True))
                return accepted
            self._revert(snapshot)
            plan = next_plan(candidates, nonces, self._head, mined, missed)

    def transact(self, transactions: Iterable[Transaction]) -> list[Receipt]:
        """See `Chain.transact`."""
        timestamp, blocks = self.head.timestamp, []
        under_way: Offered | None = None
        for run in set_up_blocks(transactions, self._head.gas_limit):
            timestamp += 1
            offered = offer(self.node, run, timestamp, self.genesis.base_fee)
            if under_way:
                blocks.append(self._set_up_block(under_way))
            under_way = offered
        if under_way:
            blocks.append(self._set_up_block(under_way))
            self._pin(self.genesis.base_fee)
        for block in blocks:
            require_success(block)
        return [receipt for block in blocks for receipt in block.receipts]

    def _set_up_block(self, offered: Offered) -> Block:
        self._head = replace(self._head, next_base_fee=self.genesis.base_fee)
        mined = take(self.node, offered)
        return self._accept(offered.transactions, mined.receipts, mined.header, offered.timestamp)

    def deploy(self, init_code: bytes, sender: Account, *, label: str = "") -> str:
        """See `Chain.deploy`."""
        head = replace(self.head, next_base_fee=self.genesis.base_fee)
        (receipt,) = self.transact([creation(init_code, sender, self.nonces([sender.address])[0], head, label)])
        return cast(str, receipt.contract_address)

    def call(self, call: Call) -> bytes:
        """See `Chain.call`."""
        (result,) = self.call_many([call])
        if not result.succeeded:
            raise CallReverted(result.data)
        return result.data

    def call_many(self, calls: Sequence[Call]) -> list[CallResult]:
        """See `Chain.call_many`."""
        head = self.head
        unknown = [call for call in calls if call not in self._known]
        answers = self.node.batch([_reading(call, head.number, head.timestamp, head.base_fee) for call in unknown])
        known = self._known | dict(zip(unknown, map(call_result, answers), strict=True))
        return [known[call] for call in calls]

    def expect(self, calls: Sequence[Call]) -> None:
        """See `Chain.expect`."""
        self._expected = tuple(dict.fromkeys(calls))

    def _expected_reads(self, timestamp: int) -> list[Request]:
        """What is expected to be read on the block to come."""
        head = self._head
        return [_reading(call, head.number + 1, timestamp, head.next_base_fee) for call in self._expected]

    def balances(self, addresses: Sequence[str]) -> list[int]:
        """See `Chain.balances`."""
        return self._integers("eth_getBalance", addresses)

    def nonces(self, addresses: Sequence[str]) -> list[int]:
        """See `Chain.nonces`."""
        return self._integers("eth_getTransactionCount", addresses)

    @contextmanager
    def anchor(self) -> Iterator[None]:
        """See `Chain.anchor`."""
        head, node = self.head, self.node
        snapshot = node.request("evm_snapshot")
        self._anchors += 1
        try:
            yield
        finally:
            self._anchors -= 1
            # a node that died has nothing to return to, and must not hide the reason
            if node.close.alive:
                self._head = head
                self._revert(snapshot)

    def dump(self) -> bytes:
        """See `Chain.dump`."""
        state = self.node.request("anvil_dumpState")
        return anvil_dump.pack(state, self.head, self.genesis.base_fee, self.genesis.coinbase)

    def load(self, state: bytes) -> None:
        """See `Chain.load`.

        Raises
        ------
        AnchoredError : inside an anchor
        """
        if self._anchors:
            raise AnchoredError
        node_state, head, base_fee, coinbase, nonces = anvil_dump.unpack(state)
        self.genesis = Genesis(head.gas_limit, base_fee, 0, coinbase, {})
        # a node that has a state already would merge the two
        if self._node is not None:
            self._node.close()
        self._start()
        self.node.request("anvil_loadState", node_state)
        self._nonces = nonces
        self._head = head
        self._pin(head.next_base_fee)

    def close(self) -> None:
        """See `Chain.close`."""
        self._closed = True
        for node in (self._node, self._parent):
            if node is not None:
                node.close()

    @property
    def node(self) -> AnvilNode:
        """The node; it starts when it is needed, as a dump that is loaded first needs a fresh one."""
        if self._closed:
            raise ChainError("the chain is closed")
        if self._node is None:
            self._start()
        assert self._node is not None
        return self._node

    def _open_parent(self) -> Closable:
        """What our node begins as a fork of."""
        self._empty = empty_node(self._binary, self.genesis)
        self.release = str(self._empty.request("web3_clientVersion"))
        return self._empty

    def _start(self) -> None:
        self._node = fork(self._binary, self.genesis, self._empty, self.memory)
        self._nonces = dict.fromkeys(self.genesis.balances, 0)
        self._known = {}

    def _accept(
        self, candidates: Sequence[Transaction], mined: Mapping[int, Receipt], header: dict[str, Any], timestamp: int
    ) -> Block:
        base_fee, gas_used = int(header["baseFeePerGas"], 16), int(header["gasUsed"], 16)
        expected = self._head
        if (base_fee, int(header["timestamp"], 16)) != (expected.next_base_fee, timestamp):
            raise ChainError(f"the node made block {header} on top of {expected}")
        for transaction in (each.transaction for each in mined.values()):
            self._nonces[transaction.sender.address] = transaction.nonce + 1
        limit = expected.gas_limit
        self._known = {}
        self._head = Head(
            number=int(header["number"], 16),
            timestamp=timestamp,
            base_fee=base_fee,
            gas_limit=limit,
            gas_used=gas_used,
            next_base_fee=next_base_fee(base_fee, gas_used, limit),
        )
        return Block(
            number=self._head.number,
            timestamp=timestamp,
            base_fee=base_fee,
            gas_limit=limit,
            gas_used=gas_used,
            receipts=tuple(mined.values()),
            leftovers=tuple(candidate for index, candidate in enumerate(candidates) if index not in mined),
        )

    def _pin(self, base_fee: int) -> None:
        self.node.request("anvil_setNextBlockBaseFeePerGas", hex(base_fee))
        self._head = replace(self._head, next_base_fee=base_fee)

    def _revert(self, snapshot: Any) -> None:
        if self.node.request("evm_revert", snapshot) is not True:
            raise ChainError("the node has lost a snapshot")
        self._nonces.clear()
        self._known = {}
        # the node goes on with the base fee of what was undone
        self._pin(self._head.next_base_fee)

    def _nonces_of(self, candidates: Sequence[Transaction]) -> dict[str, int]:
        """Next nonces of all senders; only our own blocks move them, so each is asked for once at most."""
        senders = list(dict.fromkeys(candidate.sender.address for candidate in candidates))
        unknown = [sender for sender in senders if sender not in self._nonces]
        self._nonces.update(zip(unknown, self.nonces(unknown), strict=True))
        return {sender: self._nonces[sender] for sender in senders}

    def _integers(self, method: str, addresses: Sequence[str]) -> list[int]:
        answers = self.node.batch([(method, address, "latest") for address in addresses])
        for answer in answers:
            if isinstance(answer, RpcError):
                raise answer
        return [int(answer, 16) for answer in answers]


def _reading(call: Call, number: int, timestamp: int, base_fee: int) -> Request:
    """An ``eth_call`` on the newest block."""
    number, timestamp = number + bool(call.ahead), timestamp + call.ahead
    # without it a call sees the next block's base fee after a pin or a return, and on block 0 number 1 and time 0
    overrides = {"number": hex(number), "time": hex(timestamp), "baseFee": hex(base_fee)}
    order = {"from": call.sender, "to": call.to, "input": "0x" + call.data.hex(), "gas": hex(CALL_GAS)}
    return ("eth_call", order, "latest", {}, overrides)
