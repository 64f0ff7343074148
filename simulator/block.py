"""Fills a block from the mempool and lets the chain execute it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .chain.engine import Chain
from .mempool import Mempool, Waiting
from .transaction import Block

__all__ = ["Built", "build", "worth_offering"]

INTRINSIC_GAS = 21_000


@dataclass(frozen=True, slots=True)
class Built:
    """A block, the pool entries of its receipts in their order, and how many that could pay found no room."""

    block: Block
    mined: list[Waiting]
    left_out: int


def worth_offering(ordered: Iterable[Waiting], gas_limit: int) -> list[Waiting]:
    """The best transactions, without those that cannot fit whatever the others use.

    A transaction uses between its `gas_floor` and its gas limit, so the room left is known as an interval. What
    exceeds even the upper end is left out: it could not have been mined.
    """
    offered = []
    doubtful: set[str] = set()  # senders of whose transactions one may be left out, and so all after it
    least = most = gas_limit
    for waiting in ordered:
        wanted, floor = waiting.transaction.gas_limit, waiting.transaction.gas_floor
        sender = waiting.transaction.sender.address
        if wanted > most:
            doubtful.add(sender)
            continue
        offered.append(waiting)
        if sender in doubtful:
            least = max(least - wanted, 0)
        elif wanted <= least:  # certainly mined
            least, most = least - wanted, most - floor
        else:  # mined, or left out because less than `wanted` remained
            least, most = 0, max(most - floor, min(most, wanted - 1))
            doubtful.add(sender)
        if most < INTRINSIC_GAS:
            break
    return offered


def build(mempool: Mempool, chain: Chain, timestamp: int) -> Built:
    """Build the next block from what the mempool offers."""
    head = chain.head
    payable = list(mempool.ordered(head.next_base_fee))
    offered = worth_offering(payable, head.gas_limit)
    block = chain.build_block([waiting.transaction for waiting in offered], timestamp)
    for waiting in payable:
        waiting.lacked_room = True
    mined = [mempool.remove(receipt.transaction) for receipt in block.receipts]
    for waiting in mined:
        waiting.lacked_room = False
    return Built(block, mined, len(payable) - len(mined))
