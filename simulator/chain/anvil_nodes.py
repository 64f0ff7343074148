"""The two nodes of a chain: an empty one, and the one that we use, which is a fork of it.

Anvil hashes its whole state for every block: 10 ms with 1,000 positions, 100 ms with 10,000. A fork does not, since it
holds only what differs from where it was forked; what it does not know it asks the empty node for, once.
"""

from __future__ import annotations

from pathlib import Path

from .anvil_node import AnvilNode
from .engine import Genesis
from .rules import CHAIN_ID

__all__ = ["FORGETS", "empty_node", "fork", "furnish", "options"]

_COMMON = (
    "--no-mining",
    "--hardfork=prague",
    "--accounts=0",
    "--no-cors",
    f"--chain-id={CHAIN_ID}",
    "--disable-default-create2-deployer",
)
_OPTIONS = (
    "--order=fifo",
    "--no-request-size-limit",
    "--disable-min-priority-fee",
    "--disable-pool-balance-checks",
    "--disable-console-log",
    "--no-storage-caching",  # nothing of ours on disk
    "--no-rate-limit",
    "--retries=0",
)
FORGETS = ("--prune-history", "--transaction-block-keeper=8")
"""With its history a node takes ever more memory. Eight blocks are enough to ask for the last one's traces."""

# EIP-2935 stores every block's hash here. No other engine starts with it, and each block would ask for a new slot.
_HISTORY_CONTRACT = "0x0000f90827f1c53a10cb7a02335b175320002935"


def empty_node(binary: Path, genesis: Genesis) -> AnvilNode:
    """A node with nothing but block 0."""
    return AnvilNode(binary, _COMMON + _block(genesis))


def fork(binary: Path, genesis: Genesis, empty: AnvilNode, memory: tuple[str, ...]) -> AnvilNode:
    """A node that begins with `genesis`; `memory` are options that decide what it remembers of past blocks."""
    node = AnvilNode(binary, options(genesis, memory, empty.uri))
    furnish(node, genesis)
    return node


def options(genesis: Genesis, memory: tuple[str, ...], uri: str) -> tuple[str, ...]:
    """Of a node that forks from the one at `uri`."""
    return (*_COMMON, *_OPTIONS, *memory, *_block(genesis), f"--fork-url={uri}")


def furnish(node: AnvilNode, genesis: Genesis) -> None:
    """What of `genesis` no option says."""
    node.request("anvil_setCode", _HISTORY_CONTRACT, "0x")
    node.request("anvil_setCoinbase", genesis.coinbase)
    node.batch([("anvil_setBalance", holder, hex(wei)) for holder, wei in genesis.balances.items()])


def _block(genesis: Genesis) -> tuple[str, ...]:
    return (
        f"--gas-limit={genesis.gas_limit}",
        f"--timestamp={genesis.timestamp}",
        f"--block-base-fee-per-gas={genesis.base_fee}",
    )
