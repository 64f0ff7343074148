"""The plain ABI types, one word each: what nearly every call, answer and log of a block consists of.

The library checks and builds a decoder for each value; these do neither, and leave everything else to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from eth_abi import decode as abi_decode
from eth_abi import encode as abi_encode

__all__ = ["decode_words", "encode_words"]

_WORD = 32
_READ: dict[str, Callable[[bytes], Any]] = {
    "address": lambda word: "0x" + word[12:].hex(),
    "bool": lambda word: word[-1] == 1,
    "bytes32": bytes,
    "int256": lambda word: int.from_bytes(word, "big", signed=True),
    **{f"uint{bits}": lambda word: int.from_bytes(word, "big") for bits in range(8, 257, 8)},
}
_WRITE: dict[str, Callable[[Any], bytes]] = {
    "address": lambda value: bytes.fromhex(value[2:]).rjust(_WORD, b"\0"),
    "uint256": lambda value: value.to_bytes(_WORD, "big"),
}


def decode_words(types: Sequence[str], data: bytes) -> tuple[Any, ...]:
    """Values of ABI-encoded `data`; addresses as lower-case hex."""
    if len(data) != _WORD * len(types) or not all(kind in _READ for kind in types):
        return tuple(abi_decode(types, data))
    return tuple(_READ[kind](data[at * _WORD : (at + 1) * _WORD]) for at, kind in enumerate(types))


def encode_words(types: Sequence[str], values: Sequence[Any]) -> bytes:
    """ABI encoding of `values`.

    Raises
    ------
    OverflowError, eth_abi's errors : a value does not fit its type
    """
    if len(values) != len(types) or not all(kind in _WRITE for kind in types):
        return abi_encode(types, values)
    return b"".join(_WRITE[kind](value) for kind, value in zip(types, values, strict=True))
