"""What one mined transaction does and reports, on every engine."""

from __future__ import annotations

import pytest

from simulator.chain import Call, Chain
from tests.chain.world import (
    ALICE,
    BOB,
    COINBASE,
    COUNTS,
    ETHER,
    GWEI,
    INVALID,
    LOGS_ENVIRONMENT,
    LOOPS,
    NOBODY,
    PAYS_OUT,
    RETURNS_42,
    REVERTS_EMPTY,
    REVERTS_WITH_42,
    STORES,
    creation_code,
    deploy,
    next_block,
    only_receipt,
    send,
    word,
    words,
)


def test_transfer_moves_value_burns_the_base_fee_and_tips_the_coinbase(chain: Chain) -> None:
    before = chain.balances([ALICE.address, NOBODY, COINBASE])
    receipt = only_receipt(chain, send(ALICE, NOBODY, nonce=0, value=5, gas_limit=21_000, priority_fee=2 * GWEI))
    after = chain.balances([ALICE.address, NOBODY, COINBASE])
    assert (receipt.succeeded, receipt.gas_used, receipt.effective_gas_price) == (True, 21_000, 3 * GWEI)
    assert receipt.fee == 21_000 * 3 * GWEI
    assert [new - old for new, old in zip(after, before, strict=True)] == [-5 - receipt.fee, 5, 21_000 * 2 * GWEI]
    assert chain.nonces([ALICE.address, NOBODY]) == [1, 0]


def test_fee_cap_cuts_the_tip(chain: Chain) -> None:
    receipt = only_receipt(chain, send(ALICE, NOBODY, nonce=0, max_fee=GWEI + 7, priority_fee=GWEI))
    assert receipt.effective_gas_price == GWEI + 7
    assert chain.balances([COINBASE]) == [21_000 * 7]


def test_revert_with_data_is_reported_and_undone(chain: Chain) -> None:
    contract = deploy(chain, REVERTS_WITH_42)
    receipt = only_receipt(chain, send(ALICE, contract, nonce=0))
    assert (receipt.succeeded, receipt.revert_data, receipt.gas_used) == (False, word(42), 21_018)
    assert (receipt.logs, receipt.contract_address) == ((), None)


@pytest.mark.parametrize(
    ("data", "gas_used"),
    [(b"", 21_018), (b"\x01\x01", 21_080), (b"\x00" * 3, 21_030)],
    ids=["last gas", "calldata floor", "both"],
)
def test_revert_that_uses_its_whole_limit_gives_its_data(chain: Chain, data: bytes, gas_used: int) -> None:
    contract = deploy(chain, REVERTS_WITH_42)
    receipt = only_receipt(chain, send(ALICE, contract, data, nonce=0, gas_limit=gas_used))
    assert (receipt.succeeded, receipt.gas_used, receipt.revert_data) == (False, gas_used, word(42))


def test_revert_without_data(chain: Chain) -> None:
    contract = deploy(chain, REVERTS_EMPTY)
    receipt = only_receipt(chain, send(ALICE, contract, nonce=0, value=0))
    assert (receipt.succeeded, receipt.revert_data, receipt.gas_used) == (False, b"", 21_006)


def test_reverts_late_in_a_block_keep_their_own_data(chain: Chain) -> None:
    first, second = deploy(chain, REVERTS_WITH_42), deploy(chain, REVERTS_EMPTY)
    block = next_block(
        chain,
        send(ALICE, second, nonce=0),
        send(BOB, NOBODY, nonce=0),
        send(ALICE, first, nonce=1),
        send(BOB, second, nonce=1),
    )
    assert [receipt.revert_data for receipt in block.receipts] == [b"", b"", word(42), b""]


def test_invalid_burns_the_whole_limit_and_gives_no_data(chain: Chain) -> None:
    contract = deploy(chain, INVALID)
    receipt = only_receipt(chain, send(ALICE, contract, nonce=0, gas_limit=77_777))
    assert (receipt.succeeded, receipt.revert_data, receipt.gas_used) == (False, b"", 77_777)


def test_out_of_gas_burns_the_whole_limit_and_gives_no_data(chain: Chain) -> None:
    contract = deploy(chain, LOOPS)
    receipt = only_receipt(chain, send(ALICE, contract, nonce=0, gas_limit=50_000))
    assert (receipt.succeeded, receipt.revert_data, receipt.gas_used) == (False, b"", 50_000)


def test_creation_names_the_contract(chain: Chain) -> None:
    receipt = only_receipt(chain, send(ALICE, None, creation_code(RETURNS_42), nonce=0))
    assert receipt.succeeded
    assert receipt.contract_address is not None
    assert receipt.contract_address == receipt.contract_address.lower()
    assert chain.call(Call(receipt.contract_address, b"")) == word(42)


def test_creation_that_reverts_names_none_and_gives_its_data(chain: Chain) -> None:
    receipt = only_receipt(chain, send(ALICE, None, REVERTS_WITH_42, nonce=0))
    assert (receipt.succeeded, receipt.contract_address, receipt.revert_data) == (False, None, word(42))


def test_logs_carry_address_topics_and_data(chain: Chain) -> None:
    contract = deploy(chain, COUNTS)
    block = next_block(chain, send(ALICE, contract, nonce=0), send(BOB, contract, nonce=0))
    logs = [log for receipt in block.receipts for log in receipt.logs]
    assert [(log.address, log.topics, words(log.data)) for log in logs] == [
        (contract, (word(0xFF),), [1]),
        (contract, (word(0xFF),), [2]),
    ]


def test_clearing_a_slot_is_refunded(chain: Chain) -> None:
    contract = deploy(chain, STORES)
    write = only_receipt(chain, send(ALICE, contract, word(1), nonce=0))
    clear = only_receipt(chain, send(ALICE, contract, word(0), nonce=1))
    assert write.gas_used == 21_000 + 31 * 4 + 16 + 9 + 22_100
    assert clear.gas_used == 21_000 + 32 * 4 + 9 + 5_000 - 4_800


def test_it_sees_its_own_block(chain: Chain) -> None:
    contract = deploy(chain, LOGS_ENVIRONMENT)
    head = chain.head
    (receipt,) = chain.build_block([send(ALICE, contract, nonce=0)], head.timestamp + 99).receipts
    assert words(receipt.logs[0].data) == [
        head.number + 1,
        head.timestamp + 99,
        head.next_base_fee,
        receipt.effective_gas_price,
        int(COINBASE, 16),
    ]


def test_calldata_has_a_floor_price(chain: Chain) -> None:
    receipt = only_receipt(chain, send(ALICE, NOBODY, b"\x01" * 1_000, nonce=0))
    assert receipt.gas_used == 21_000 + 1_000 * 40


def test_value_sent_by_a_contract_arrives(chain: Chain) -> None:
    contract = deploy(chain, PAYS_OUT)
    only_receipt(chain, send(ALICE, contract, word(ETHER) + word(int(NOBODY, 16)), nonce=0, value=2 * ETHER))
    assert chain.balances([contract, NOBODY]) == [ETHER, ETHER]
