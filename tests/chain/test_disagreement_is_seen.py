"""`compare` fails when one engine is disturbed, and says where: else its silence would mean nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, cast

import pytest

from simulator.chain import AnvilChain, Chain, Head, PyEvmChain
from simulator.transaction import Block, Receipt, Transaction
from tests.chain.agreement import Pair, compare, deploy_programs
from tests.chain.drafts import Draft, DraftedBlock, story_genesis
from tests.chain.world import ALICE, COINBASE, GWEI, NOBODY

COUNTED, REVERTED, CREATED = 0, 2, 3
STORY = (
    DraftedBlock(
        (
            Draft("alice", "counter"),
            Draft("bob", "counter"),
            Draft("carol", "reverts with 42"),
            Draft("dave", "new counter", gas_limit=150_000),
            Draft("bob", "nobody", value=1),
            Draft("carol", "nobody", nonce_step=1),
            Draft("alice", "nobody", nonce_step=-1),
        )
    ),
)
"""Two calls whose order matters, every kind of receipt, two leftovers."""


class Disturbed:
    """A chain some of whose answers are changed; everything else is the chain's own."""

    def __init__(self, chain: Chain) -> None:
        self._chain = chain

    def __getattr__(self, name: str) -> Any:
        return getattr(self._chain, name)


class ChangedBlocks(Disturbed):
    def __init__(self, chain: Chain, change: Callable[[Block], Block]) -> None:
        super().__init__(chain)
        self._change = change

    def build_block(self, candidates: Sequence[Transaction], timestamp: int) -> Block:
        return self._change(self._chain.build_block(candidates, timestamp))


class Swapped(Disturbed):
    """Executes the first two in swapped order."""

    def build_block(self, candidates: Sequence[Transaction], timestamp: int) -> Block:
        first, second, *others = candidates
        return self._chain.build_block([second, first, *others], timestamp)


class SecretlySwapped(Swapped):
    """And tells them in the order in which they were given."""

    def build_block(self, candidates: Sequence[Transaction], timestamp: int) -> Block:
        block = super().build_block(candidates, timestamp)
        receipts = sorted(block.receipts, key=lambda receipt: candidates.index(receipt.transaction))
        return replace(block, receipts=tuple(receipts))


class ChangedState(Disturbed):
    """One wei, one nonce or one wei of the next base fee off."""

    def __init__(self, chain: Chain, what: str, where: str = "") -> None:
        super().__init__(chain)
        self._what, self._where = what, where

    @property
    def head(self) -> Head:
        head = self._chain.head
        return replace(head, next_base_fee=head.next_base_fee + 1) if self._what == "head" else head

    def balances(self, addresses: Sequence[str]) -> list[int]:
        return self._off("balances", addresses)

    def nonces(self, addresses: Sequence[str]) -> list[int]:
        return self._off("nonces", addresses)

    def _off(self, what: str, addresses: Sequence[str]) -> list[int]:
        values = getattr(self._chain, what)(addresses)
        off = self._where if self._what == what else None
        return [value + (address == off) for value, address in zip(values, addresses, strict=True)]


def header(**steps: int) -> Callable[[Block], Block]:
    return lambda block: replace(block, **{name: getattr(block, name) + step for name, step in steps.items()})


def receipt(at: int, change: Callable[[Receipt], dict[str, Any]]) -> Callable[[Block], Block]:
    def changed(block: Block) -> Block:
        receipts = list(block.receipts)
        receipts[at] = replace(receipts[at], **change(receipts[at]))
        return replace(block, receipts=tuple(receipts))

    return changed


BLOCKS: dict[str, tuple[str, Callable[[Block], Block]]] = {
    "number": ("block number", header(number=1)),
    "time": ("block timestamp", header(timestamp=1)),
    "base fee": ("block base_fee", header(base_fee=1)),
    "gas limit": ("block gas_limit", header(gas_limit=-1)),
    "gas used": ("block gas_used", header(gas_used=1)),
    "a receipt's status": ("receipts", receipt(COUNTED, lambda _: {"succeeded": False})),
    "a receipt's gas": ("receipts", receipt(COUNTED, lambda seen: {"gas_used": seen.gas_used + 1})),
    "a receipt's price": ("receipts", receipt(-1, lambda seen: {"effective_gas_price": seen.effective_gas_price - 1})),
    "no log": ("receipts", receipt(COUNTED, lambda _: {"logs": ()})),
    "a log's topic": ("receipts", receipt(COUNTED, lambda seen: {"logs": (replace(seen.logs[0], topics=()),)})),
    "a log's data": ("receipts", receipt(COUNTED, lambda seen: {"logs": (replace(seen.logs[0], data=b""),)})),
    "a log's address": ("receipts", receipt(COUNTED, lambda seen: {"logs": (replace(seen.logs[0], address=NOBODY),)})),
    "revert data": ("receipts", receipt(REVERTED, lambda _: {"revert_data": b""})),
    "created address": ("receipts", receipt(CREATED, lambda _: {"contract_address": NOBODY})),
    "no created address": ("receipts", receipt(CREATED, lambda _: {"contract_address": None})),
    "order of receipts": ("order", lambda block: replace(block, receipts=block.receipts[::-1])),
    "a receipt is missing": ("order", lambda block: replace(block, receipts=block.receipts[:-1])),
    "order of leftovers": ("leftovers", lambda block: replace(block, leftovers=block.leftovers[::-1])),
    "a leftover is missing": ("leftovers", lambda block: replace(block, leftovers=block.leftovers[1:])),
}

STATES = {
    "next base fee": ("head", ""),
    "a sender's balance": ("balances", ALICE.address),
    "a recipient's balance": ("balances", NOBODY),
    "the coinbase's balance": ("balances", COINBASE),
    "a nonce": ("nonces", ALICE.address),
}


def require_difference(pair: Pair, disturbed: Disturbed, where: str) -> None:
    with pytest.raises(AssertionError, match=f"the chains differ: .*'{where}'"):
        compare(pair.pyevm, cast(Chain, disturbed), STORY, pair.contracts)


def test_undisturbed_engines_agree(pair: Pair) -> None:
    (played,) = compare(pair.pyevm, cast(Chain, Disturbed(pair.anvil)), STORY, pair.contracts)
    first, second, reverted, created, paid = played.block.receipts
    assert first.logs[0].data != second.logs[0].data
    assert reverted.revert_data
    assert created.contract_address
    assert paid.succeeded
    assert len(played.block.leftovers) == 2


@pytest.mark.parametrize("disturbance", BLOCKS)
def test_a_changed_block_is_seen(pair: Pair, disturbance: str) -> None:
    where, change = BLOCKS[disturbance]
    require_difference(pair, ChangedBlocks(pair.anvil, change), where)


@pytest.mark.parametrize("disturbance", STATES)
def test_a_changed_state_is_seen(pair: Pair, disturbance: str) -> None:
    what, where = STATES[disturbance]
    require_difference(pair, ChangedState(pair.anvil, what, where), what)


def test_two_in_swapped_order_are_seen(pair: Pair) -> None:
    require_difference(pair, Swapped(pair.anvil), "order")
    require_difference(pair, SecretlySwapped(pair.anvil), "receipts")


def test_the_other_engine_may_be_the_disturbed_one(pair: Pair) -> None:
    for disturbed in (Swapped(pair.pyevm), ChangedBlocks(pair.pyevm, header(base_fee=1))):
        with pytest.raises(AssertionError, match="the chains differ"):
            compare(cast(Chain, disturbed), pair.anvil, STORY, pair.contracts)


@pytest.mark.parametrize("step", [-1, 1])
def test_an_engine_whose_base_fee_is_one_wei_off_is_seen(step: int) -> None:
    pyevm, anvil = PyEvmChain(story_genesis(GWEI + step)), AnvilChain(story_genesis(GWEI))
    try:
        contracts = deploy_programs(pyevm, anvil)
        with pytest.raises(AssertionError, match="the chains differ"):
            compare(pyevm, anvil, STORY, contracts)
    finally:
        anvil.close()
