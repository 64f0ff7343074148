"""Which candidates a block takes, in which order, and which it leaves, on every engine."""

from __future__ import annotations

import pytest

from simulator.chain import Chain, engine_named
from simulator.errors import ChainError
from simulator.transaction import Block, Transaction
from tests.chain.world import (
    ALICE,
    BOB,
    CAROL,
    DAVE,
    ETHER,
    GAS_LIMIT,
    GWEI,
    INVALID,
    NOBODY,
    PAYS_OUT,
    POOR,
    RICH,
    START,
    deploy,
    genesis,
    next_block,
    send,
    word,
)


def taken(block: Block) -> list[Transaction]:
    return [receipt.transaction for receipt in block.receipts]


def test_empty_block_is_a_block(chain: Chain) -> None:
    block = chain.build_block([], START + 12)
    assert (block.number, block.timestamp, block.gas_used, block.gas_limit) == (1, START + 12, 0, GAS_LIMIT)
    assert (block.receipts, block.leftovers) == ((), ())
    assert (chain.head.number, chain.head.timestamp) == (1, START + 12)


@pytest.mark.parametrize("late", [0, -1])
def test_time_must_move_on(chain: Chain, late: int) -> None:
    with pytest.raises(ChainError, match="above its parent's"):
        chain.build_block([], START + late)


def test_order_is_that_of_the_candidates_whatever_they_pay(chain: Chain) -> None:
    fees = [3, 50, 1, 20, 9]
    candidates = [
        send(who, NOBODY, nonce=at // 4, max_fee=10 * GWEI + fee, priority_fee=fee, gas_limit=21_000)
        for at, (who, fee) in enumerate(zip((*RICH, ALICE), fees, strict=True))
    ]
    assert taken(next_block(chain, *candidates)) == candidates


def test_long_lists_keep_their_order(engine: str) -> None:
    chain = engine_named(engine, genesis(gas_limit=8_000_000))
    pattern = [RICH[(at * at + at // 3) % 4] for at in range(400)]
    candidates = [send(who, NOBODY, nonce=pattern[:at].count(who), gas_limit=21_000) for at, who in enumerate(pattern)]
    block = next_block(chain, *candidates)
    chain.close()
    assert taken(block) == candidates[:380]
    assert list(block.leftovers) == candidates[380:]


def test_one_that_does_not_fit_is_left_and_the_next_is_tried(chain: Chain) -> None:
    sink = deploy(chain, INVALID)
    limits = [600_000, 500_000, 300_000, 150_000, 21_000]
    senders = [ALICE, BOB, CAROL, DAVE, ALICE]
    nonces = [0, 0, 0, 1, 1]
    candidates = [
        send(who, sink if limit > 21_000 else NOBODY, nonce=nonce, gas_limit=limit)
        for who, limit, nonce in zip(senders, limits, nonces, strict=True)
    ]
    block = next_block(chain, *candidates)
    assert taken(block) == [candidates[0], candidates[2], candidates[4]]
    assert list(block.leftovers) == [candidates[1], candidates[3]]
    assert block.gas_used == 921_000


def test_room_is_counted_by_gas_used_not_by_limits(chain: Chain) -> None:
    candidates = [send(who, NOBODY, nonce=0, gas_limit=GAS_LIMIT - 3 * 21_000) for who in RICH]
    assert taken(next_block(chain, *candidates)) == candidates


@pytest.mark.parametrize(("spare", "fits"), [(0, True), (1, False)])
def test_a_block_may_be_exactly_full(chain: Chain, spare: int, fits: bool) -> None:
    sink = deploy(chain, INVALID)
    filler = send(ALICE, sink, nonce=0, gas_limit=GAS_LIMIT - 21_000 + spare)
    last = send(BOB, NOBODY, nonce=0, gas_limit=21_000)
    block = next_block(chain, filler, last)
    assert taken(block) == [filler, last][: 1 + fits]
    assert block.gas_used == (GAS_LIMIT if fits else GAS_LIMIT - 21_000 + spare)


def test_more_than_a_block_never_fits(chain: Chain) -> None:
    sink = deploy(chain, INVALID)
    full, over = send(ALICE, sink, nonce=0, gas_limit=GAS_LIMIT), send(BOB, sink, nonce=0, gas_limit=GAS_LIMIT + 1)
    assert list(next_block(chain, over).leftovers) == [over]
    assert taken(next_block(chain, over, full)) == [full]


def test_nonce_gap_is_left_until_its_turn(chain: Chain) -> None:
    second, first = send(ALICE, NOBODY, nonce=1), send(ALICE, NOBODY, nonce=0)
    block = next_block(chain, second, first)
    assert (taken(block), list(block.leftovers)) == ([first], [second])
    assert taken(next_block(chain, second)) == [second]


def test_used_nonce_is_left(chain: Chain) -> None:
    next_block(chain, send(ALICE, NOBODY, nonce=0))
    again = send(ALICE, NOBODY, nonce=0, value=1)
    assert list(next_block(chain, again).leftovers) == [again]


def test_nonces_run_on_within_a_block(chain: Chain) -> None:
    candidates = [send(ALICE, NOBODY, nonce=nonce) for nonce in range(5)]
    assert taken(next_block(chain, *candidates)) == candidates


def test_of_two_with_one_nonce_the_first_wins(chain: Chain) -> None:
    cheap = send(ALICE, NOBODY, nonce=0, priority_fee=1)
    dear = send(ALICE, NOBODY, nonce=0, priority_fee=50 * GWEI)
    block = next_block(chain, cheap, dear)
    assert (taken(block), list(block.leftovers)) == ([cheap], [dear])


def test_of_two_with_one_nonce_the_second_wins_when_the_first_does_not_fit(chain: Chain) -> None:
    sink = deploy(chain, INVALID)
    filler = send(BOB, sink, nonce=0, gas_limit=900_000)
    big, small = send(ALICE, sink, nonce=0, gas_limit=200_000), send(ALICE, NOBODY, nonce=0, gas_limit=21_000)
    after, other = send(ALICE, NOBODY, nonce=1, gas_limit=21_000), send(CAROL, NOBODY, nonce=0, gas_limit=21_000)
    block = next_block(chain, filler, big, after, small, other, after)
    assert taken(block) == [filler, small, other, after]
    assert list(block.leftovers) == [big, after]


def test_of_three_with_one_nonce_the_first_that_can_be_paid_wins(chain: Chain) -> None:
    next_block(chain, send(ALICE, POOR.address, nonce=0, value=ETHER))
    payments = [send(POOR, NOBODY, nonce=0, value=wei) for wei in (3 * ETHER, 2 * ETHER, 1)]
    block = next_block(chain, *payments)
    assert (taken(block), list(block.leftovers)) == (payments[2:], payments[:2])
    assert list(next_block(chain, *payments).leftovers) == payments


def test_after_one_that_is_left_its_senders_later_nonces_are_left(chain: Chain) -> None:
    sink = deploy(chain, INVALID)
    filler = send(BOB, sink, nonce=0, gas_limit=900_000)
    big, after = send(ALICE, sink, nonce=0, gas_limit=200_000), send(ALICE, NOBODY, nonce=1, gas_limit=21_000)
    assert taken(next_block(chain, filler, big, after)) == [filler]


def test_fee_cap_below_the_base_fee_is_left(chain: Chain) -> None:
    below = send(ALICE, NOBODY, nonce=0, max_fee=GWEI - 1, priority_fee=0)
    exact = send(BOB, NOBODY, nonce=0, max_fee=GWEI, priority_fee=0)
    block = next_block(chain, below, exact)
    assert (taken(block), list(block.leftovers)) == ([exact], [below])


def test_sender_must_afford_limit_times_cap_plus_value(chain: Chain) -> None:
    need = 100_000 * 100 * GWEI + 7
    next_block(chain, send(ALICE, POOR.address, nonce=0, value=need - 1))
    payment = send(POOR, NOBODY, nonce=0, value=7)
    assert list(next_block(chain, payment).leftovers) == [payment]
    next_block(chain, send(ALICE, POOR.address, nonce=1, value=1))
    assert taken(next_block(chain, payment)) == [payment]


def test_money_from_earlier_in_the_block_counts(chain: Chain) -> None:
    wallet = deploy(chain, PAYS_OUT)
    gift = send(ALICE, wallet, word(ETHER) + word(int(POOR.address, 16)), nonce=0, value=ETHER)
    before, after = send(POOR, NOBODY, nonce=0), send(POOR, NOBODY, nonce=0, value=1)
    block = next_block(chain, before, gift, after)
    assert (taken(block), list(block.leftovers)) == ([gift, after], [before])


@pytest.mark.parametrize(
    "impossible",
    [
        send(ALICE, NOBODY, nonce=0, gas_limit=20_999),
        send(ALICE, NOBODY, b"\x01", nonce=0, gas_limit=21_039),
        send(ALICE, None, b"\x00", nonce=0, gas_limit=53_005),
        send(ALICE, None, b"\x00" * 49_153, nonce=0, gas_limit=900_000),
        send(ALICE, NOBODY, nonce=0, max_fee=5 * GWEI, priority_fee=5 * GWEI + 1),
    ],
    ids=["intrinsic gas", "calldata floor", "creation gas", "init code size", "tip above cap"],
)
def test_what_no_block_could_hold_is_left(chain: Chain, impossible: Transaction) -> None:
    assert list(next_block(chain, impossible).leftovers) == [impossible]


@pytest.mark.parametrize(
    "possible",
    [
        send(ALICE, NOBODY, b"\x01", nonce=0, gas_limit=21_040),
        send(ALICE, None, b"\x00", nonce=0, gas_limit=53_006),
        send(ALICE, None, b"\x00" * 49_152, nonce=0, gas_limit=900_000),
        send(ALICE, NOBODY, nonce=0, max_fee=5 * GWEI, priority_fee=5 * GWEI),
    ],
    ids=["calldata floor", "creation gas", "init code size", "tip equals cap"],
)
def test_what_a_block_can_just_hold_is_taken(chain: Chain, possible: Transaction) -> None:
    assert taken(next_block(chain, possible)) == [possible]


def test_nothing_is_kept_for_a_later_block(chain: Chain) -> None:
    sink = deploy(chain, INVALID)
    next_block(
        chain,
        send(ALICE, sink, nonce=0, gas_limit=900_000),
        send(BOB, sink, nonce=0, gas_limit=200_000),
        send(CAROL, NOBODY, nonce=3),
        send(POOR, NOBODY, nonce=0),
    )
    block = next_block(chain)
    assert (block.receipts, block.gas_used) == ((), 0)
    assert chain.nonces([BOB.address, CAROL.address]) == [0, 0]
