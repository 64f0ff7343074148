"""A py-evm chain as bytes: the newest state, the last 256 headers, and nothing older."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import rlp
from eth.abc import BlockHeaderAPI
from eth.constants import BLANK_ROOT_HASH, MAX_PREV_HEADER_DEPTH
from eth.db.schema import SchemaV1
from eth_hash.auto import keccak
from eth_typing import BlockNumber

__all__ = ["pack", "unpack"]

_NO_CODE = keccak(b"")
_PARENT_HASH = 0
_LEAF_FLAG = 0x20


def pack(contents: Mapping[bytes, bytes], head: BlockHeaderAPI, next_base_fee: int, set_up_base_fee: int) -> bytes:
    """Everything that the chain needs to go on from `head`."""
    pairs: dict[bytes, bytes] = {}
    _add_headers(contents, head, pairs)
    for _, leaf in _leaves(contents, head.state_root, pairs):
        _, _, storage_root, code_hash = rlp.decode(leaf)
        if code_hash != _NO_CODE:
            pairs[code_hash] = contents[code_hash]
        for _ in _leaves(contents, storage_root, pairs):
            pass
    flat = [part for pair in pairs.items() for part in pair]
    packed: bytes = rlp.encode([next_base_fee, set_up_base_fee, flat])
    return zlib.compress(packed, 1)


def unpack(state: bytes) -> tuple[dict[bytes, bytes], int, int]:
    """Database contents, base fee (wei) of set-up blocks, and that of the next block."""
    next_base_fee, set_up_base_fee, flat = rlp.decode(zlib.decompress(state))
    contents = dict(zip(flat[::2], flat[1::2], strict=True))
    return contents, int.from_bytes(set_up_base_fee, "big"), int.from_bytes(next_base_fee, "big")


def _add_headers(contents: Mapping[bytes, bytes], head: BlockHeaderAPI, pairs: dict[bytes, bytes]) -> None:
    """The ancestors that BLOCKHASH can name, and the library's look-ups for them."""
    block_hash, number = head.hash, head.block_number
    pairs[SchemaV1.make_canonical_head_hash_lookup_key()] = head.hash
    for key in (SchemaV1.make_header_chain_gaps_lookup_key(), SchemaV1.make_chain_gaps_lookup_key()):
        if key in contents:
            pairs[key] = contents[key]
    for _ in range(MAX_PREV_HEADER_DEPTH + 1):
        if block_hash not in contents:
            break
        pairs[block_hash] = contents[block_hash]
        for key in (
            SchemaV1.make_block_number_to_hash_lookup_key(number),
            SchemaV1.make_block_hash_to_score_lookup_key(block_hash),
        ):
            pairs[key] = contents[key]
        block_hash, number = rlp.decode(contents[block_hash])[_PARENT_HASH], BlockNumber(number - 1)


def _leaves(contents: Mapping[bytes, bytes], root: bytes, pairs: dict[bytes, bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Walk a trie, keep its nodes in `pairs`, yield hash and value of every leaf."""
    if root == BLANK_ROOT_HASH or root in pairs:
        return
    waiting: list[Any] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, bytes):
            if node in pairs:
                continue
            pairs[node] = contents[node]
            node = rlp.decode(contents[node])
        if len(node) == 2 and node[0][0] & _LEAF_FLAG:
            yield node[0], node[1]
        else:
            children = node[1:] if len(node) == 2 else node[:16]
            waiting.extend(child for child in children if child)
