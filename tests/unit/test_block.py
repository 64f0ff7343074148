from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import NamedTuple, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.block import build, worth_offering
from simulator.chain.engine import Chain
from simulator.mempool import Mempool, Waiting
from simulator.transaction import Block, Receipt, Transaction
from tests.unit.stand_ins import transaction


class Sent(NamedTuple):
    limit: int
    floor: int
    used: int


def waiting(sent: Sequence[Sent]) -> list[Waiting]:
    """In order, each of another sender."""
    return [
        Waiting(transaction(f"s{number}", gas_limit=one.limit, gas_floor=one.floor), number, 0, 0)
        for number, one in enumerate(sent)
    ]


def fill(candidates: Sequence[Waiting], sent: Sequence[Sent], gas_limit: int) -> list[int]:
    """Numbers of those mined by a builder that tries each in order."""
    mined, room = [], gas_limit
    for one in candidates:
        limit, _, used = sent[one.serial]
        if limit <= room:
            mined.append(one.serial)
            room -= used
    return mined


def table(limits: Sequence[int], floors: Sequence[int] | None = None) -> list[Sent]:
    return [Sent(limit, floor, limit) for limit, floor in zip(limits, floors or limits, strict=True)]


@pytest.mark.parametrize(
    ("limits", "floors", "offered"),
    [
        ([6_000_000, 5_000_000, 3_000_000, 1_500_000, 21_000], None, [0, 2, 4]),  # all gas used: known exactly
        ([6_000_000, 5_000_000, 3_000_000, 1_500_000, 21_000], [21_000] * 5, [0, 1, 2, 3, 4]),  # it may use little
        ([10_000_000, 21_000], None, [0]),
        ([9_979_000, 21_000, 21_000], None, [0, 1]),
        ([9_979_001, 21_000], None, [0]),  # less than the cheapest transaction is left
        ([10_000_001, 5_000_000], None, [1]),
        ([6_000_000, 4_000_001, 4_000_000], [2_000_000, 4_000_001, 4_000_000], [0, 1, 2]),
        ([], None, []),
    ],
)
def test_what_cannot_fit_is_not_offered(limits: list[int], floors: list[int] | None, offered: list[int]) -> None:
    found = worth_offering(waiting(table(limits, floors)), 10_000_000)
    assert [one.serial for one in found] == offered


@pytest.mark.parametrize(
    ("millions", "fit"), [(10, 26), (12.5, 32), (15, 39), (30, 78), (36, 93), (45, 117), (60, 156)]
)
def test_liquidations_of_384k_gas_fit_as_often_as_the_block_holds_them(millions: float, fit: int) -> None:
    gas_limit = int(millions * 10**6)
    sinks = waiting(table([384_000] * 200))
    assert len(worth_offering(sinks, gas_limit)) == fit == gas_limit // 384_000


@pytest.mark.parametrize(("other", "fit"), [(0, 78), (6_000_000, 62), (29_000_000, 2), (29_616_001, 0)])
def test_other_gas_leaves_less_room_for_liquidations(other: int, fit: int) -> None:
    demand = [other] if other else []
    found = worth_offering(waiting(table([*demand, *[384_000] * 200])), 30_000_000)
    assert len(found) - len(demand) == fit == (30_000_000 - other) // 384_000


@st.composite
def senders(draw: st.DrawFn) -> Sent:
    limit = draw(st.integers(21_000, 60_000) | st.integers(21_000, 400_000) | st.just(21_000))
    floor = draw(st.integers(21_000, limit) | st.sampled_from([21_000, limit]))
    return Sent(limit, floor, draw(st.integers(floor, limit) | st.sampled_from([floor, limit])))


@settings(max_examples=300)
@given(sent=st.lists(senders(), max_size=14), gas_limit=st.integers(21_000, 1_000_000))
def test_a_block_of_what_is_offered_is_the_block_of_everything(sent: list[Sent], gas_limit: int) -> None:
    everything = waiting(sent)
    offered = worth_offering(everything, gas_limit)
    mined = fill(everything, sent, gas_limit)
    assert set(mined) <= {one.serial for one in offered}
    assert fill(offered, sent, gas_limit) == mined


@given(sent=st.lists(senders(), max_size=14), gas_limit=st.integers(21_000, 1_000_000))
def test_where_all_gas_is_used_nothing_is_offered_in_vain(sent: list[Sent], gas_limit: int) -> None:
    certain = [Sent(one.limit, one.limit, one.limit) for one in sent]
    offered = worth_offering(waiting(certain), gas_limit)
    assert [one.serial for one in offered] == fill(offered, certain, gas_limit)


class Greedy:
    """A chain whose transactions use all of their gas."""

    head = SimpleNamespace(next_base_fee=7, gas_limit=1_000_000)

    def __init__(self) -> None:
        self.given: list[Transaction] = []

    def build_block(self, candidates: Sequence[Transaction], timestamp: int) -> Block:
        self.given = list(candidates)
        room, receipts = self.head.gas_limit, []
        for one in candidates:
            if one.gas_limit <= room:
                room -= one.gas_limit
                receipts.append(Receipt(one, True, one.gas_limit, 7, (), b""))
        left = tuple(one for one in candidates if one not in {receipt.transaction for receipt in receipts})
        return Block(1, timestamp, 7, 1_000_000, 1_000_000 - room, tuple(receipts), left)


def test_a_block_takes_what_fits_and_notes_who_found_no_room() -> None:
    first, large, small, poor = (
        transaction(name, gas_limit=gas, gas_floor=gas, tip=tip, max_fee=cap)
        for name, gas, tip, cap in (
            ("first", 600_000, 9, 100),
            ("large", 500_000, 8, 100),
            ("small", 400_000, 7, 100),
            ("poor", 21_000, 9, 6),
        )
    )
    mempool, chain = Mempool(50, {}), Greedy()
    mempool.add([small, poor, large, first], 0, 0)
    mempool.arrive(0)
    built = build(mempool, cast(Chain, chain), 12)
    assert chain.given == [first, small]
    assert [one.transaction for one in built.mined] == [first, small]
    assert built.block.timestamp == 12
    assert built.left_out == 1  # who cannot pay the base fee is not left out by the block's size
    left = {one.transaction: one.lacked_room for one in mempool.public()}
    assert left == {large: True, poor: False}


def test_an_empty_mempool_builds_an_empty_block() -> None:
    built = build(Mempool(50, {}), cast(Chain, Greedy()), 12)
    assert (built.block.receipts, built.mined, built.left_out) == ((), [], 0)


def test_who_finds_room_in_the_end_no_longer_lacks_it() -> None:
    mempool, chain = Mempool(50, {}), cast(Chain, Greedy())
    mempool.add([transaction("a", gas_limit=900_000, tip=9), transaction("b", gas_limit=900_000, tip=5)], 0, 0)
    mempool.arrive(0)
    assert [one.transaction.sender.name for one in build(mempool, chain, 12).mined] == ["a"]
    (second,) = build(mempool, chain, 24).mined
    assert second.transaction.sender.name == "b"
    assert not second.lacked_room
    assert list(mempool.public()) == []


def test_what_follows_a_skipped_nonce_takes_no_certain_room() -> None:
    pool = Mempool(50, {})
    sent = [
        transaction("a", tip=9, gas_limit=300_000, gas_floor=300_000),
        transaction("b", 0, tip=8, gas_limit=800_000, gas_floor=800_000),
        transaction("b", 1, tip=8, gas_limit=100_000, gas_floor=100_000),
        transaction("c", tip=1, gas_limit=650_000, gas_floor=650_000),
    ]
    pool.add(sent, 0, 0)
    pool.arrive(0)
    assert sent[3] in [one.transaction for one in worth_offering(pool.ordered(0), 1_000_000)]
