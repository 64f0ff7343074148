"""Executes recorded blocks on a node at the least cost that it can be done at: the floor under every figure."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ..errors import ChainError
from ..transaction import Block
from .anvil import AnvilChain
from .anvil_block import sending, signed

__all__ = ["bare_seconds"]


def bare_seconds(chain: AnvilChain, blocks: Sequence[Block]) -> float:
    """Seconds to send and mine the transactions of `blocks`, signed before, with nothing read back.

    Parameters
    ----------
    chain : in the state in which the first of `blocks` was built; of no use afterwards

    Raises
    ------
    ChainError : the last block is not the one that was recorded
    """
    node = chain.node
    whole = [[sending(raw) for raw in signed([receipt.transaction for receipt in block.receipts])] for block in blocks]
    started = time.perf_counter()
    for block, batches in zip(blocks, whole, strict=True):
        posted = [node.post(batch) for batch in batches]
        posted.append(node.post([("evm_mine", {"timestamp": block.timestamp})]))
        for one in posted:
            node.collect(one)
    seconds = time.perf_counter() - started
    header = node.request("eth_getBlockByNumber", "latest", False)
    last = tuple(int(header[key], 16) for key in ("number", "gasUsed", "baseFeePerGas"))
    if last != (blocks[-1].number, blocks[-1].gas_used, blocks[-1].base_fee):
        raise ChainError(f"the replay ended with another block than the run: number, gas, base fee {last}")
    return seconds
