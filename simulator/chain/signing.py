"""Test accounts, and EIP-1559 transactions as signed bytes."""

from __future__ import annotations

from functools import cache, lru_cache

from coincurve import PrivateKey
from eth_hash.auto import keccak

from ..transaction import Account, Transaction

__all__ = ["account", "created_address", "derived_address", "sign"]

_TYPE = b"\x02"
_NO_ACCESS_LIST = b"\xc0"


@cache
def account(name: str) -> Account:
    """The test account of a name; its key is keccak256 of ``undertow/`` + `name`, so it is the same everywhere."""
    private_key = keccak(b"undertow/" + name.encode())
    public_key = _key(private_key).public_key.format(compressed=False)
    return Account(name=name, address="0x" + keccak(public_key[1:])[-20:].hex(), private_key=private_key)


def created_address(sender: str, nonce: int) -> str:
    """Address of the contract that `sender` creates with its transaction of that nonce."""
    return "0x" + keccak(_list(_string(bytes.fromhex(sender[2:])) + _integer(nonce)))[-20:].hex()


def derived_address(creator: str, salted: bytes, init_code: bytes) -> str:
    """Address of the contract that the contract `creator` creates by CREATE2, with the hash of `salted` as salt."""
    return "0x" + keccak(b"\xff" + bytes.fromhex(creator[2:]) + keccak(salted) + keccak(init_code))[-20:].hex()


def sign(transaction: Transaction, chain_id: int) -> bytes:
    """The raw transaction, as a node takes it: type byte and RLP payload, signed by its sender."""
    to = bytes.fromhex(transaction.to[2:]) if transaction.to else b""
    fields = b"".join(
        (
            _integer(chain_id),
            _integer(transaction.nonce),
            _integer(transaction.priority_fee),
            _integer(transaction.max_fee),
            _integer(transaction.gas_limit),
            _string(to),
            _integer(transaction.value),
            _string(transaction.data),
            _NO_ACCESS_LIST,
        )
    )
    digest = keccak(_TYPE + _list(fields))
    signature = _key(transaction.sender.private_key).sign_recoverable(digest, hasher=None)
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    return _TYPE + _list(fields + _integer(signature[64]) + _integer(r) + _integer(s))


@lru_cache(maxsize=65_536)
def _key(private_key: bytes) -> PrivateKey:
    # deriving the public key costs as much as signing
    return PrivateKey(private_key)


def _integer(value: int) -> bytes:
    return _string(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _string(data: bytes) -> bytes:
    if len(data) == 1 and data[0] < 0x80:
        return data
    return _length(len(data), 0x80) + data


def _list(payload: bytes) -> bytes:
    return _length(len(payload), 0xC0) + payload


def _length(size: int, offset: int) -> bytes:
    if size < 56:
        return bytes((offset + size,))
    encoded = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((offset + 55 + len(encoded),)) + encoded
