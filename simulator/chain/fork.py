"""A chain that begins where somebody else's stands: Anvil's fork, on this machine only, and never kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import AnchoredError, ChainError, EngineDied, SetUpReverted
from .anvil import AnvilChain
from .anvil_answers import revert_data
from .anvil_node import AnvilNode, RpcError
from .anvil_nodes import furnish, options
from .engine import Call, CallResult, Genesis, Head
from .fork_endpoint import Endpoint
from .fork_gate import Gate

__all__ = ["ForkPoint", "ForkedChain", "fork_point"]

_ANVIL_WAITS = 1_800
"""Seconds: longer than the gate may take, so that it is the gate who loses patience, with a reason."""
_ETHER = 10**20
_BALANCE_OF = bytes.fromhex("70a08231")


@dataclass(frozen=True, slots=True)
class ForkPoint:
    """A block of somebody else's chain; `timestamp` in seconds."""

    host: str
    chain_id: int
    block: int
    timestamp: int


def fork_point(endpoint: Endpoint, block: int | None) -> ForkPoint:
    """Look `block` up, the newest if none is named.

    Raises
    ------
    EndpointError : there is no answer, or no such block
    """
    try:
        chain_id = int(endpoint.request("eth_chainId"), 16)
        header = endpoint.request("eth_getBlockByNumber", "latest" if block is None else hex(block), False)
    except RpcError as error:
        raise endpoint.fail(f"must tell its chain and block ({error.text})") from None
    if header is None:
        newest = int(endpoint.request("eth_blockNumber"), 16)
        raise endpoint.fail(f"has no block {block}; its newest is {newest}", "Lower --fork-block, or leave it out")
    return ForkPoint(endpoint.host, chain_id, int(header["number"], 16), int(header["timestamp"], 16))


class ForkedChain(AnvilChain):
    """`AnvilChain` on top of a block of somebody else's; it has our chain id, and nothing goes back.

    The accounts of `genesis` are as on a fresh chain: their keys are public, and anybody may have used them there. Only
    a creator's nonce is left, as its contracts may be there.

    Parameters
    ----------
    endpoint : where the chain is read from
    point : the block that it begins on
    genesis : our accounts, gas limit and base fee; its timestamp is that of the block
    creator : the account that creates contracts
    """

    def __init__(self, endpoint: Endpoint, point: ForkPoint, genesis: Genesis, creator: str) -> None:
        self._gate = Gate(endpoint, blank=genesis.balances.keys() - {creator})
        self.point, self._creator = point, creator
        try:
            self._begin(replace(genesis, timestamp=point.timestamp))
        except BaseException:  # nobody has the object, so nobody else can close what it started
            for started in (getattr(self, "_node", None), self._gate):
                if started is not None:
                    started.close()
            raise

    def _begin(self, genesis: Genesis) -> None:
        point, fee = self.point, genesis.base_fee
        super().__init__(genesis)
        self._head = Head(point.block, point.timestamp, fee, genesis.gas_limit, 0, next_base_fee=fee)
        self.release = str(self.node.request("web3_clientVersion"))

    def dump(self) -> bytes:
        """Never: it would lack what was not read yet."""
        raise ChainError("a fork cannot be dumped")

    def load(self, state: bytes) -> None:
        """Never."""
        raise AnchoredError

    def give(self, token: str, holder: str, amount: int) -> bool:
        """Make `amount` the balance of `holder` by writing into the token's storage; whether the token says so now."""
        try:
            self.node.request("anvil_dealERC20", holder, token, hex(amount))
        except RpcError:
            return False
        (told,) = self.call_many([Call(token, _BALANCE_OF + bytes(12) + bytes.fromhex(holder[2:]))])
        return told.succeeded and int.from_bytes(told.data, "big") == amount

    def call_there(self, calls: Sequence[Call], ours: str) -> list[CallResult]:
        """Reads by a contract of `ours` of what nobody has changed on the fork.

        The endpoint executes them on its own state, with our code: our node would ask it for one slot at a time.
        """
        if not calls:
            return []
        code = self.node.request("eth_getCode", ours, "latest")
        try:
            answers = self._gate.endpoint.calls(calls, self.point.block, {ours: code})
        except RpcError:
            return self.call_many(calls)
        if all(answer.succeeded and answer.data for answer in answers):
            return answers
        return self.call_many(calls)  # it overlooks our code

    def replace_code(self, address: str, model: str) -> None:
        """Let `address` run the code of the contract `model`; its storage stays."""
        self.node.request("anvil_setCode", address, self.node.request("eth_getCode", model, "latest"))
        self._known = {}

    def act_as(self, sender: str, calls: Sequence[tuple[str, bytes]], label: str) -> None:
        """Set-up only: mine calls of an account whose key we do not have.

        Raises
        ------
        SetUpReverted : one failed
        """
        node, gas = self.node, hex(self._head.gas_limit)
        node.request("anvil_setBalance", sender, hex(_ETHER))
        node.request("anvil_impersonateAccount", sender)
        for to, data in calls:
            self._pin(self.genesis.base_fee)
            order = {"from": sender, "to": to, "data": "0x" + data.hex(), "gas": gas}
            price = hex(self.genesis.base_fee)
            sent = node.request("eth_sendTransaction", {**order, "maxFeePerGas": price, "maxPriorityFeePerGas": "0x0"})
            node.request("evm_mine", {"timestamp": self._head.timestamp + 1})
            self._take_over(node.request("eth_getBlockByNumber", "latest", False))
            receipt = node.request("eth_getTransactionReceipt", sent)
            if receipt is None or receipt["status"] != "0x1":
                traces = node.batch([("trace_transaction", sent)]) if receipt else [None]
                raise SetUpReverted(f"{label} as {sender}", revert_data(traces[0]) if receipt else b"")
        node.request("anvil_stopImpersonatingAccount", sender)
        self._pin(self.genesis.base_fee)

    def _take_over(self, header: dict[str, Any]) -> None:
        number, timestamp, base_fee, used = (
            int(header[key], 16) for key in ("number", "timestamp", "baseFeePerGas", "gasUsed")
        )
        self._head = Head(number, timestamp, base_fee, self._head.gas_limit, used, self.genesis.base_fee)
        self._known = {}

    def _open_parent(self) -> Gate:
        self.release = ""
        return self._gate

    def _start(self) -> None:
        node = _ForkNode(self._binary, self.genesis, self._gate, self.point.block)
        self._node, self._nonces, self._known = node, {}, {}
        furnish(node, self.genesis)
        node.request("anvil_setCode", self._creator, "0x")


class _ForkNode(AnvilNode):
    """A node that tells the endpoint's failures from its own."""

    patience = float(_ANVIL_WAITS)

    def __init__(self, binary: Path, genesis: Genesis, gate: Gate, block: int) -> None:
        self._gate = gate
        more = (f"--fork-block-number={block}", f"--timeout={_ANVIL_WAITS * 1000}")
        try:
            super().__init__(binary, (*options(genesis, AnvilChain.memory, gate.uri), *more))
        except EngineDied:
            if gate.failure:
                raise gate.failure from None
            raise

    def _read_oldest(self) -> None:
        try:
            super()._read_oldest()
        except EngineDied:
            if self._gate.failure:
                raise self._gate.failure from None
            raise
        if self._gate.failure:  # else what it could not execute would be missing in the block, and nobody told
            self.close()
            raise self._gate.failure
