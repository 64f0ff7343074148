"""One block on the node: posted at once, so that the node works while we sign, and collected later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from eth_hash.auto import keccak

from ..errors import ChainError
from ..transaction import Receipt, Transaction
from .anvil_answers import receipt, revert_data
from .anvil_node import AnvilNode, Request, RpcError
from .rules import CHAIN_ID
from .signing import sign

__all__ = ["Mined", "Offered", "offer", "sending", "signed", "take"]

# The node works on a batch concurrently: from 31 sends on it puts them into its pool in another order.
_SENDS_AT_A_TIME = 24


class Offered(NamedTuple):
    """A block under way: what was sent, by which hashes, and the batches that were posted for it."""

    transactions: Sequence[Transaction]
    timestamp: int
    places: dict[str, int]
    sends: list[int]
    steps: list[int]
    reads: int | None


class Mined(NamedTuple):
    """What became of it: receipts by place among the transactions, header, what the node refused, answers to reads."""

    receipts: dict[int, Receipt]
    header: dict[str, Any]
    refused: list[RpcError]
    answers: list[Any]


def signed(transactions: Sequence[Transaction]) -> Iterator[list[bytes]]:
    """Raw transactions, as many at a time as may be sent at a time."""
    for start in range(0, len(transactions), _SENDS_AT_A_TIME):
        yield [sign(one, CHAIN_ID) for one in transactions[start : start + _SENDS_AT_A_TIME]]


def sending(raw: Sequence[bytes]) -> list[Request]:
    """The batch that sends some raw transactions."""
    return [("eth_sendRawTransaction", "0x" + each.hex()) for each in raw]


def offer(
    node: AnvilNode,
    transactions: Sequence[Transaction],
    timestamp: int,
    base_fee: int | None = None,
    reads: Sequence[Request] = (),
) -> Offered:
    """Let the node mine a block of what it can take of `transactions`, in order.

    `base_fee` (wei) pins the block's; `reads` are made on its state.
    """
    pin = [] if base_fee is None else [node.post([("anvil_setNextBlockBaseFeePerGas", hex(base_fee))])]
    hashes: list[str] = []
    sends: list[int] = []
    for raw in signed(transactions):
        sends.append(node.post(sending(raw)))
        hashes += ["0x" + keccak(each).hex() for each in raw]
    places = {transaction_hash: place for place, transaction_hash in enumerate(hashes)}
    mine = node.post([("evm_mine", {"timestamp": timestamp})])
    read = node.post([("eth_getBlockReceipts", "latest"), ("eth_getBlockByNumber", "latest", False)])
    return Offered(transactions, timestamp, places, sends, [*pin, mine, read], node.post(reads) if reads else None)


def take(node: AnvilNode, offered: Offered) -> Mined:
    """Wait for an offered block.

    Raises
    ------
    ChainError : the node executed it in another order
    EngineDied : the node is gone
    """
    refused = [answer for sent in offered.sends for answer in node.collect(sent) if isinstance(answer, RpcError)]
    answers = [answer for posted in offered.steps for answer in node.collect(posted)]
    for answer in answers:
        if isinstance(answer, RpcError):
            raise answer
    *_, block_receipts, header = answers
    mined = {offered.places[answer["transactionHash"]]: answer for answer in block_receipts}
    if list(mined) != sorted(mined):
        raise ChainError("the node executed the block in another order than it was given")
    if len(mined) + len(refused) < len(offered.transactions):
        node.request("anvil_dropAllTransactions")
    reasons = _reasons(node, offered.transactions, mined)
    receipts = {
        place: receipt(offered.transactions[place], answer, reasons.get(place, b"")) for place, answer in mined.items()
    }
    return Mined(receipts, header, refused, [] if offered.reads is None else node.collect(offered.reads))


def _reasons(node: AnvilNode, transactions: Sequence[Transaction], mined: dict[int, Any]) -> dict[int, bytes]:
    """Revert data by place, of those that failed; those that say that they burn all their gas cannot give any."""
    failed = [
        place
        for place, answer in mined.items()
        if answer["status"] == "0x0" and transactions[place].gas_floor < transactions[place].gas_limit
    ]
    # the node has these traces stored; its debug_traceTransaction executes the whole block up to there again
    traces = node.batch([("trace_transaction", mined[place]["transactionHash"]) for place in failed])
    return {place: revert_data(trace) for place, trace in zip(failed, traces, strict=True)}
