"""Executes recorded blocks again with nothing round the chain: what a run is compared with."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ..errors import ChainError
from ..transaction import Block
from .anvil import AnvilChain
from .anvil_block import sending, signed
from .engine import Chain

__all__ = ["replay"]


def replay(chain: Chain, blocks: Sequence[Block]) -> float:
    """Seconds that the transactions of `blocks` take again, with the same boundaries; use the chain no more after it.

    A node gets them signed already, in JSON-RPC batches, and is asked for nothing but to mine; py-evm executes them.

    Parameters
    ----------
    chain : in the state in which the first of `blocks` was built

    Raises
    ------
    ChainError : the last block is not the one that was recorded
    """
    seconds, last = _on_a_node(chain, blocks) if isinstance(chain, AnvilChain) else _in_process(chain, blocks)
    recorded = (blocks[-1].number, blocks[-1].gas_used, blocks[-1].base_fee)
    if last != recorded:
        raise ChainError(f"the replay ended with block, gas, base fee {last}, the run with {recorded}")
    return seconds


def _in_process(chain: Chain, blocks: Sequence[Block]) -> tuple[float, tuple[int, int, int]]:
    transactions = [[receipt.transaction for receipt in block.receipts] for block in blocks]
    started = time.perf_counter()
    for block, included in zip(blocks, transactions, strict=True):
        chain.build_block(included, block.timestamp)
    seconds = time.perf_counter() - started
    return seconds, (chain.head.number, chain.head.gas_used, chain.head.base_fee)


def _on_a_node(chain: AnvilChain, blocks: Sequence[Block]) -> tuple[float, tuple[int, int, int]]:
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
    number, gas_used, base_fee = (int(header[key], 16) for key in ("number", "gasUsed", "baseFeePerGas"))
    return seconds, (number, gas_used, base_fee)
