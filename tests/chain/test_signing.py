from __future__ import annotations

import pytest
from eth_account import Account as EthAccount

from simulator.chain import account
from simulator.chain.signing import sign
from simulator.transaction import Transaction
from tests.chain.world import ALICE, NOBODY, send


def test_keys_are_derived_from_names() -> None:
    assert ALICE.private_key.hex() == "c90fc54a8bc3a6392811c7f8be5257d28b70edb496f873e3c93cb4e11863df01"
    assert account("alice") == ALICE
    assert account("bob").address != ALICE.address


def test_address_belongs_to_the_key() -> None:
    assert EthAccount.from_key(ALICE.private_key).address.lower() == ALICE.address


@pytest.mark.parametrize(
    "transaction",
    [
        send(ALICE, NOBODY, nonce=0),
        send(ALICE, NOBODY, b"\x00", nonce=1, value=1),
        send(ALICE, NOBODY, b"\x7f", nonce=127, value=0x80),
        send(ALICE, NOBODY, b"\x80", nonce=128, gas_limit=30_000_000, max_fee=0, priority_fee=0),
        send(ALICE, None, b"\xff" * 55, nonce=256, value=10**30),
        send(ALICE, None, b"\xff" * 56, nonce=2**32),
        send(ALICE, NOBODY, b"\x01" * 70_000, nonce=3),
    ],
)
def test_bytes_are_those_of_a_wallet(transaction: Transaction) -> None:
    fields = {
        "type": 2,
        "chainId": 31_337,
        "nonce": transaction.nonce,
        "maxPriorityFeePerGas": transaction.priority_fee,
        "maxFeePerGas": transaction.max_fee,
        "gas": transaction.gas_limit,
        "to": transaction.to if transaction.to else b"",
        "value": transaction.value,
        "data": transaction.data,
    }
    expected = EthAccount.sign_transaction(fields, ALICE.private_key).raw_transaction
    assert sign(transaction, 31_337) == bytes(expected)
