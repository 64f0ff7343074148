"""Set-up, reads, anchors and dumps, on every engine."""

from __future__ import annotations

import pytest

from simulator.chain import Call, CallResult, Chain, engine_named
from simulator.errors import CallReverted, ChainError, SetUpReverted
from tests.chain.world import (
    ALICE,
    BOB,
    COINBASE,
    COUNTS,
    COUNTS_AND_RETURNS,
    DAVE,
    ENVIRONMENT,
    ETHER,
    GAS_LIMIT,
    GWEI,
    INVALID,
    LOOPS,
    NOBODY,
    POOR,
    RETURNS_42,
    REVERTS_EMPTY,
    REVERTS_WITH_42,
    START,
    deploy,
    environment,
    genesis,
    next_block,
    send,
    word,
    words,
)


def test_genesis_is_block_0(chain: Chain) -> None:
    head = chain.head
    assert (head.number, head.timestamp, head.base_fee, head.gas_limit, head.gas_used) == (0, START, GWEI, GAS_LIMIT, 0)
    assert chain.balances([ALICE.address, NOBODY]) == [1_000 * ETHER, 0]


def test_set_up_mines_in_order_one_second_apart(chain: Chain) -> None:
    counter = deploy(chain, COUNTS)
    transactions = [send(ALICE, counter, nonce=0)]
    transactions += [send(BOB, counter, nonce=nonce, gas_limit=400_000) for nonce in range(5)]
    transactions += [send(ALICE, counter, nonce=1)]
    before = chain.head
    receipts = chain.transact(transactions)
    assert [receipt.transaction for receipt in receipts] == transactions
    assert [words(receipt.logs[0].data) for receipt in receipts] == [[number] for number in range(1, 8)]
    assert (chain.head.number, chain.head.timestamp) == (before.number + 3, before.timestamp + 3)


def test_set_up_of_nothing_mines_nothing(chain: Chain) -> None:
    assert chain.transact([]) == []
    assert chain.head.number == 0


def test_deploy_returns_the_address(chain: Chain) -> None:
    contract = deploy(chain, RETURNS_42)
    assert contract == contract.lower()
    assert chain.call(Call(contract, b"")) == word(42)


def test_set_up_that_reverts_carries_its_data_and_label(chain: Chain) -> None:
    with pytest.raises(SetUpReverted, match="the label") as raised:
        chain.deploy(REVERTS_WITH_42, DAVE, label="the label")
    assert raised.value.data == word(42)


def test_set_up_that_cannot_be_mined_is_refused(chain: Chain) -> None:
    with pytest.raises(SetUpReverted, match="nonce 1 cannot be mined"):
        chain.transact([send(ALICE, NOBODY, nonce=1)])


def test_calls_see_the_head(chain: Chain) -> None:
    contract = deploy(chain, ENVIRONMENT)
    for _ in range(3):
        head = chain.head
        number, time, base_fee, gas_limit, gas, caller = environment(chain, contract)
        assert (number, time, base_fee, gas_limit) == (head.number, head.timestamp, head.base_fee, head.gas_limit)
        assert gas == 2**32 - 21_000 - 4 * 11 - 2
        assert caller == int(ALICE.address, 16)
        next_block(chain)


def test_call_raises_what_reverts(chain: Chain) -> None:
    contract = deploy(chain, REVERTS_WITH_42)
    with pytest.raises(CallReverted) as raised:
        chain.call(Call(contract, b""))
    assert raised.value.data == word(42)


def test_call_many_gives_results_in_order(chain: Chain) -> None:
    programs = [RETURNS_42, REVERTS_WITH_42, REVERTS_EMPTY, INVALID]
    contracts = [deploy(chain, program) for program in programs]
    results = chain.call_many([Call(contract, b"") for contract in [*contracts, NOBODY]])
    assert results == [
        CallResult(True, word(42)),
        CallResult(False, word(42)),
        CallResult(False, b""),
        CallResult(False, b""),
        CallResult(True, b""),
    ]
    assert chain.call_many([]) == []


def test_calls_leave_no_trace(chain: Chain) -> None:
    counter = deploy(chain, COUNTS_AND_RETURNS)
    assert chain.call_many([Call(counter, b"")] * 3) == [CallResult(True, word(1))] * 3
    next_block(chain, send(ALICE, counter, nonce=0))
    assert chain.call(Call(counter, b"")) == word(2)


def test_calls_see_the_newest_state(chain: Chain) -> None:
    contract = deploy(chain, ENVIRONMENT)
    before = environment(chain, contract)
    next_block(chain)
    after = environment(chain, contract)
    assert (after[0], after[1]) == (before[0] + 1, before[1] + 12)


def test_a_read_ahead_sees_the_next_block(chain: Chain) -> None:
    contract = deploy(chain, ENVIRONMENT)
    next_block(chain)
    now = environment(chain, contract)
    soon = words(chain.call(Call(contract, b"", sender=ALICE.address, ahead=7)))
    assert soon == [now[0] + 1, now[1] + 7, *now[2:]]
    assert environment(chain, contract) == now


def test_anchor_undoes_everything(chain: Chain) -> None:
    counter = deploy(chain, COUNTS)
    next_block(chain, send(ALICE, counter, nonce=0))
    head = chain.head
    balances = chain.balances([ALICE.address, COINBASE, NOBODY])
    with chain.anchor():
        next_block(chain, send(ALICE, counter, nonce=1), send(BOB, NOBODY, nonce=0, value=3))
        with chain.anchor():
            next_block(chain, send(ALICE, counter, nonce=2))
            deploy(chain, RETURNS_42)
        assert chain.nonces([ALICE.address]) == [2]
        assert chain.balances([NOBODY]) == [3]
    assert chain.head == head
    assert chain.balances([ALICE.address, COINBASE, NOBODY]) == balances
    block = next_block(chain, send(ALICE, counter, nonce=1))
    assert block.base_fee == head.next_base_fee
    assert words(block.receipts[0].logs[0].data) == [2]


def test_calls_see_the_head_after_an_anchor_and_a_load(chain: Chain) -> None:
    contract = deploy(chain, ENVIRONMENT)
    next_block(chain)
    before = environment(chain, contract)
    with chain.anchor():
        next_block(chain)
        next_block(chain)
    assert environment(chain, contract) == before
    chain.load(chain.dump())
    assert environment(chain, contract) == before


def test_anchor_undoes_after_an_exception(chain: Chain) -> None:
    def fail_inside() -> None:
        with chain.anchor():
            next_block(chain)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_inside()
    assert chain.head.number == 0


def test_anchor_keeps_the_pinned_base_fee(chain: Chain) -> None:
    next_block(chain)
    deploy(chain, RETURNS_42)
    with chain.anchor():
        next_block(chain)
        next_block(chain)
    assert chain.head.next_base_fee == GWEI
    assert next_block(chain).base_fee == GWEI


def test_nonces_are_read_again_after_an_anchor(chain: Chain) -> None:
    with chain.anchor():
        next_block(chain, send(ALICE, NOBODY, nonce=0))
    assert len(next_block(chain, send(ALICE, NOBODY, nonce=0, value=1)).receipts) == 1


def test_a_loaded_chain_goes_on_as_the_dumped_one(chain: Chain, engine: str) -> None:
    counter, sink = deploy(chain, COUNTS), deploy(chain, INVALID)
    next_block(chain, send(ALICE, counter, nonce=0))
    next_block(chain, send(BOB, sink, nonce=0, gas_limit=GAS_LIMIT))
    state = chain.dump()
    twin = engine_named(engine, genesis(base_fee=5, gas_limit=40_000_000))
    next_block(twin, send(ALICE, POOR.address, nonce=0, value=ETHER))
    twin.load(state)
    assert twin.head == chain.head
    for one in (twin, chain):
        assert one.balances([ALICE.address, COINBASE, POOR.address])[2] == 0
        assert one.nonces([ALICE.address, BOB.address, DAVE.address]) == [1, 1, 2]
    assert twin.balances([ALICE.address, BOB.address, COINBASE]) == chain.balances(
        [ALICE.address, BOB.address, COINBASE]
    )
    for nonce in (1, 2):
        blocks = [next_block(one, send(ALICE, counter, nonce=nonce)) for one in (chain, twin)]
        facts = [
            (block.number, block.base_fee, block.gas_used, block.receipts[0].gas_used, block.receipts[0].logs)
            for block in blocks
        ]
        assert facts[0] == facts[1]
        assert words(blocks[1].receipts[0].logs[0].data) == [nonce + 1]
        assert twin.head == chain.head
    assert twin.balances([ALICE.address, COINBASE]) == chain.balances([ALICE.address, COINBASE])
    assert deploy(twin, RETURNS_42) == deploy(chain, RETURNS_42)
    assert twin.head == chain.head
    twin.close()


def test_a_dump_keeps_the_pinned_base_fee(chain: Chain) -> None:
    next_block(chain)
    deploy(chain, RETURNS_42)
    state = chain.dump()
    next_block(chain)
    chain.load(state)
    assert chain.head.next_base_fee == GWEI
    assert next_block(chain).base_fee == GWEI


def test_loading_inside_an_anchor_is_refused(chain: Chain) -> None:
    state = chain.dump()
    with chain.anchor(), pytest.raises(ChainError, match="inside an anchor"):
        chain.load(state)


def test_closing_twice_is_harmless(chain: Chain) -> None:
    chain.close()
    chain.close()


def test_endless_reads_end(chain: Chain, engine: str) -> None:
    if engine == "pyevm":
        pytest.skip("takes minutes in Python")
    (result,) = chain.call_many([Call(deploy(chain, LOOPS), b"")])
    assert result == CallResult(False, b"")


def test_what_is_expected_is_read_on_the_newest_state(chain: Chain) -> None:
    counter = deploy(chain, COUNTS_AND_RETURNS)
    read = Call(counter, b"")
    chain.expect([read, Call(deploy(chain, ENVIRONMENT), b"", sender=ALICE.address)])
    values = [chain.call(read)]
    next_block(chain, send(ALICE, counter, nonce=0), send(BOB, counter, nonce=0))
    values.append(chain.call(read))
    with chain.anchor():
        next_block(chain, send(ALICE, counter, nonce=1))
        values.append(chain.call(read))
    values.append(chain.call(read))
    chain.transact([send(ALICE, counter, nonce=1)])
    values.append(chain.call(read))
    dumped = chain.dump()
    next_block(chain, send(ALICE, counter, nonce=2))
    values.append(chain.call(read))
    chain.load(dumped)
    values.append(chain.call(read))
    assert [words(value)[0] for value in values] == [1, 3, 4, 3, 4, 5, 4]


def test_expected_reads_see_the_block_that_they_came_with(chain: Chain) -> None:
    contract = deploy(chain, ENVIRONMENT)
    expected, other = (Call(contract, b"", sender=sender.address) for sender in (ALICE, BOB))
    chain.expect([expected])
    for _ in range(2):
        block = next_block(chain)
        seen, compared = (words(chain.call(call)) for call in (expected, other))
        assert seen[:4] == compared[:4] == [block.number, block.timestamp, block.base_fee, block.gas_limit]


def test_no_engine_has_the_history_contract(chain: Chain) -> None:
    history = Call("0x0000f90827f1c53a10cb7a02335b175320002935", word(1))
    for _ in range(3):
        next_block(chain)
    assert chain.call(history) == b""
    chain.load(chain.dump())
    next_block(chain)
    assert chain.call(history) == b""
