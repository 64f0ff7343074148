"""The same candidates give the same blocks on both engines, whatever is in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.chain import AnvilChain, Chain, PyEvmChain
from simulator.transaction import Block, Transaction
from tests.chain.world import (
    COINBASE,
    COUNTS,
    ENVIRONMENT,
    ETHER,
    GAS_LIMIT,
    GWEI,
    INVALID,
    LOGS_ENVIRONMENT,
    LOOPS,
    NOBODY,
    PAYS_OUT,
    POOR,
    REVERTS_EMPTY,
    REVERTS_WITH_42,
    RICH,
    STORES,
    creation_code,
    deploy,
    genesis,
    next_block,
    send,
    word,
)

PROGRAMS = [COUNTS, STORES, PAYS_OUT, REVERTS_WITH_42, REVERTS_EMPTY, INVALID, LOOPS, LOGS_ENVIRONMENT, ENVIRONMENT]
SENDERS = [*RICH, POOR]
CREATES = [creation_code(COUNTS), REVERTS_WITH_42, INVALID, b"", bytes.fromhex("60ef60005360016000f3")]


@dataclass(frozen=True)
class Draft:
    """A candidate before its nonce is known."""

    sender: int
    target: int
    data: bytes
    gas_limit: int
    max_fee: int
    priority_fee: int
    value: int
    nonce_step: int


def drafts() -> st.SearchStrategy[Draft]:
    payees = st.sampled_from([NOBODY, POOR.address, RICH[0].address])
    payments = st.builds(
        lambda wei, to: word(wei) + word(int(to, 16)), st.sampled_from([0, 1, GWEI, ETHER // 100]), payees
    )
    return st.builds(
        Draft,
        sender=st.integers(0, len(SENDERS) - 1),
        target=st.integers(-3, len(PROGRAMS) - 1),
        data=st.one_of(st.just(b""), st.binary(max_size=40), st.sampled_from([word(0), word(1)]), payments),
        gas_limit=st.sampled_from(
            [
                21_000,
                30_000,
                60_000,
                60_000,
                60_000,
                150_000,
                150_000,
                400_000,
                979_000,
                GAS_LIMIT,
                20_999,
                GAS_LIMIT + 1,
            ]
        ),
        max_fee=st.sampled_from([100 * GWEI, 100 * GWEI, 100 * GWEI, 3 * GWEI, GWEI, GWEI - 1, 880_000_000]),
        priority_fee=st.sampled_from([GWEI, 0, 1, 1, 3 * GWEI]),
        value=st.sampled_from([0, 0, 0, 0, 1, ETHER // 100, 2_000 * ETHER]),
        nonce_step=st.sampled_from([0] * 12 + [1, -1, -2]),
    )


def candidates(block: list[Draft], nonces: dict[str, int], contracts: list[str]) -> list[Transaction]:
    written = []
    for draft in block:
        sender = SENDERS[draft.sender]
        turn = nonces.setdefault(sender.address, 0)
        nonces[sender.address] = turn + (draft.nonce_step == 0)
        to, data = [*contracts, POOR.address, NOBODY, None][draft.target], draft.data
        if to is None:
            data = CREATES[len(data) % len(CREATES)]
        fields = {name: getattr(draft, name) for name in ("gas_limit", "max_fee", "priority_fee", "value")}
        written.append(send(sender, to, data, nonce=max(turn + draft.nonce_step, 0), **fields))
    return written


def facts(block: Block, given: list[Transaction]) -> dict[str, object]:
    return {
        "header": (block.number, block.timestamp, block.base_fee, block.gas_limit, block.gas_used),
        "receipts": [
            (
                given.index(receipt.transaction),
                receipt.succeeded,
                receipt.gas_used,
                receipt.effective_gas_price,
                receipt.logs,
                receipt.revert_data,
                receipt.contract_address,
            )
            for receipt in block.receipts
        ],
        "leftovers": [given.index(transaction) for transaction in block.leftovers],
    }


Pair = tuple[Chain, Chain, list[str]]


@pytest.fixture(scope="module", params=[GWEI, 0], ids=["base fee", "auction"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    both: tuple[Chain, Chain] = (PyEvmChain(genesis(request.param)), AnvilChain(genesis(request.param)))
    deployed = [[deploy(chain, program) for program in PROGRAMS] for chain in both]
    assert deployed[0] == deployed[1]
    yield (*both, deployed[0])
    for chain in both:
        chain.close()


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(blocks=st.lists(st.lists(drafts(), max_size=14), min_size=1, max_size=4))
def test_same_candidates_same_blocks(pair: Pair, blocks: list[list[Draft]]) -> None:
    pyevm, anvil, contracts = pair
    watched = [*(sender.address for sender in SENDERS), COINBASE, NOBODY, *contracts]
    with pyevm.anchor(), anvil.anchor():
        nonces = dict(zip(watched, pyevm.nonces(watched), strict=True))
        waiting: list[Transaction] = []
        for drafted in blocks:
            given = waiting + candidates(drafted, nonces, contracts)
            seen, expected = (next_block(chain, *given) for chain in (anvil, pyevm))
            assert facts(seen, given) == facts(expected, given)
            assert anvil.head == pyevm.head
            assert anvil.balances(watched) == pyevm.balances(watched)
            assert anvil.nonces(watched) == pyevm.nonces(watched)
            waiting = list(expected.leftovers)[:6]
            nonces = dict(zip(watched, pyevm.nonces(watched), strict=True))


def test_set_up_agrees(pair: Pair) -> None:
    pyevm, anvil, contracts = pair
    watched = [*(sender.address for sender in SENDERS), COINBASE, *contracts]
    with pyevm.anchor(), anvil.anchor():
        transactions = [send(RICH[at % 3], contracts[0], nonce=at // 3, gas_limit=90_000) for at in range(40)]
        receipts = [chain.transact(transactions) for chain in (pyevm, anvil)]
        assert [(each.gas_used, each.logs) for each in receipts[0]] == [
            (each.gas_used, each.logs) for each in receipts[1]
        ]
        assert pyevm.head == anvil.head
        assert pyevm.balances(watched) == anvil.balances(watched)
