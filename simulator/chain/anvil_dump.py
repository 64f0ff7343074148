"""An Anvil chain as bytes: what the node dumps, without its past transactions."""

from __future__ import annotations

import gzip
import json
from dataclasses import asdict
from typing import Any

from .engine import Head

__all__ = ["pack", "unpack"]

_ANCESTORS = 257
"""The head and the blocks that BLOCKHASH can name."""


def pack(node_state: str, head: Head, set_up_base_fee: int, coinbase: str) -> bytes:
    """`node_state` is the hex text of ``anvil_dumpState``."""
    state: dict[str, Any] = json.loads(gzip.decompress(bytes.fromhex(node_state[2:])))
    blocks = sorted(state["blocks"], key=lambda block: int(block["header"]["number"], 16))
    # the node stores a whole trace for every transaction
    state["blocks"] = [{**block, "transactions": []} for block in blocks[-_ANCESTORS:]]
    state["transactions"] = []
    whole = {"head": asdict(head), "set_up_base_fee": set_up_base_fee, "coinbase": coinbase, "state": state}
    return gzip.compress(json.dumps(whole).encode(), compresslevel=1, mtime=0)


def unpack(dumped: bytes) -> tuple[str, Head, int, str, dict[str, int]]:
    """Hex text for ``anvil_loadState``, head, base fee (wei) of set-up blocks, coinbase, nonces."""
    whole = json.loads(gzip.decompress(dumped))
    node_state = "0x" + gzip.compress(json.dumps(whole["state"]).encode(), compresslevel=1).hex()
    nonces = {address: state["nonce"] for address, state in whole["state"]["accounts"].items()}
    return node_state, Head(**whole["head"]), whole["set_up_base_fee"], whole["coinbase"], nonces
