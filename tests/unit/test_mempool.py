from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.mempool import Dropped, Mempool
from simulator.transaction import Transaction
from tests.unit.stand_ins import transaction


def pool(*waiting: Transaction, expiry: int = 50, nonces: dict[str, int] | None = None) -> Mempool:
    """A mempool in which `waiting` arrived at step 0."""
    made = Mempool(expiry, nonces or {})
    made.add(waiting, 0, 0)
    made.arrive(0)
    return made


def order(mempool: Mempool, base_fee: int = 0) -> list[Transaction]:
    return [waiting.transaction for waiting in mempool.ordered(base_fee)]


def outcomes(dropped: Iterable[Dropped]) -> list[tuple[str, Transaction]]:
    return [(one.outcome, one.waiting.transaction) for one in dropped]


# Order


@pytest.mark.parametrize(
    ("bids", "base_fee", "expected"),
    [
        ([(9, 1), (9, 3), (9, 2)], 0, [1, 2, 0]),
        ([(9, 2), (9, 2), (9, 2)], 0, [0, 1, 2]),  # equal: who came first
        ([(9, 2), (8, 5), (20, 2)], 7, [0, 2, 1]),  # the cap of the second leaves it 1
        ([(9, 0), (7, 7), (8, 8)], 7, [2, 0, 1]),
        ([(6, 6), (9, 1), (7, 0)], 7, [1, 2]),  # a cap under the base fee waits
        ([], 0, []),
    ],
)
def test_best_effective_tip_first_then_arrival(bids: list[tuple[int, int]], base_fee: int, expected: list[int]) -> None:
    sent = [transaction(f"s{n}", max_fee=cap, tip=tip) for n, (cap, tip) in enumerate(bids)]
    assert order(pool(*sent), base_fee) == [sent[number] for number in expected]


def test_one_sender_s_nonces_stay_in_order_whatever_they_bid() -> None:
    first, second, third = (transaction(nonce=nonce, tip=tip) for nonce, tip in enumerate((1, 9, 5)))
    other = transaction("bob", tip=3)
    assert order(pool(third, second, first, other)) == [other, first, second, third]


def test_a_dear_follower_comes_at_once_after_its_cheap_predecessor() -> None:
    cheap, dear = transaction(tip=5), transaction(nonce=1, tip=100)
    between = transaction("bob", tip=4)
    assert order(pool(between, dear, cheap)) == [cheap, dear, between]


def test_a_gap_in_nonces_ends_a_sender_s_turn() -> None:
    first, third = transaction(nonce=0), transaction(nonce=2)
    assert order(pool(first, third)) == [first]


def test_a_predecessor_that_cannot_pay_holds_up_its_followers() -> None:
    poor, rich = transaction(nonce=0, max_fee=5), transaction(nonce=1, max_fee=500)
    mempool = pool(poor, rich)
    assert order(mempool, base_fee=6) == []
    assert order(mempool, base_fee=5) == [poor, rich]


def test_the_order_may_be_asked_for_again() -> None:
    mempool = pool(transaction("alice"), transaction("bob", tip=7))
    assert order(mempool) == order(mempool)


bids = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), max_size=12)


@given(
    sent=st.permutations(range(8)),
    tips=st.lists(st.integers(0, 10**6), min_size=8, max_size=8, unique=True),
    base_fee=st.integers(0, 100),
)
def test_senders_with_different_tips_are_ordered_alike_however_they_came(
    sent: list[int], tips: list[int], base_fee: int
) -> None:
    offers = [transaction(f"s{number}", tip=tip, max_fee=10**9) for number, tip in enumerate(tips)]
    found = order(pool(*(offers[number] for number in sent)), base_fee)
    assert found == sorted(offers, key=lambda one: -one.priority_fee)


@given(bids=bids, base_fee=st.integers(0, 30))
def test_the_order_is_total_and_holds_exactly_those_who_can_pay(bids: list[tuple[int, int]], base_fee: int) -> None:
    sent = [transaction(f"s{number}", max_fee=cap, tip=tip) for number, (cap, tip) in enumerate(bids)]
    able = [(-min(tip, cap - base_fee), number) for number, (cap, tip) in enumerate(bids) if cap >= base_fee]
    assert order(pool(*sent), base_fee) == [sent[number] for _, number in sorted(able)]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 4), st.integers(0, 9)), max_size=15))
def test_every_sender_s_nonces_rise_one_by_one(sent: list[tuple[str, int, int]]) -> None:
    mempool = pool(*(transaction(who, nonce, tip) for who, nonce, tip in sent))
    found = order(mempool)
    assert len(set(found)) == len(found)
    for who in "abc":
        nonces = [one.nonce for one in found if one.sender.name == who]
        assert nonces == list(range(nonces[0], nonces[0] + len(nonces))) if nonces else True


# Replacement


@pytest.mark.parametrize(
    ("cap", "tip", "replaces"),
    [
        (110, 22, True),
        (109, 22, False),
        (110, 21, False),  # 5 % on the tip
        (500, 20, False),
        (100, 500, False),
        (110, 500, True),
        (100, 20, False),
    ],
)
def test_a_replacement_must_raise_both_fees_by_ten_percent(cap: int, tip: int, replaces: bool) -> None:
    old = transaction(max_fee=100, tip=20)
    new = transaction(max_fee=cap, tip=tip)
    mempool = pool(old)
    mempool.add([new], 1, 0)
    dropped = outcomes(mempool.arrive(1))
    assert dropped == ([("replaced", old)] if replaces else [("underpriced", new)])
    assert order(mempool) == [new if replaces else old]


def test_ten_percent_of_an_odd_number_is_not_rounded_in_favour() -> None:
    mempool = pool(transaction(max_fee=101, tip=1))
    too_little = transaction(max_fee=111, tip=2)  # 111.1 is asked
    mempool.add([too_little], 1, 0)
    assert outcomes(mempool.arrive(1)) == [("underpriced", too_little)]


def test_a_replacement_waits_behind_those_who_were_there_before_it() -> None:
    mempool = pool(transaction("alice", tip=10), transaction("bob", tip=20))
    again = transaction("alice", tip=20, max_fee=10**15)
    mempool.add([again], 1, 0)
    mempool.arrive(1)
    assert [one.sender.name for one in order(mempool)] == ["bob", "alice"]


# Leaving


def test_what_waited_for_too_long_expires() -> None:
    mempool = Mempool(3, {})
    sent = transaction()
    mempool.add([sent], 0, 2)
    assert [outcomes(mempool.arrive(step)) for step in range(6)] == [[], [], [], [], [], [("expired", sent)]]
    assert order(mempool) == []


def test_what_found_no_room_leaves_as_did_not_fit() -> None:
    mempool = Mempool(1, {})
    sent = transaction()
    mempool.add([sent], 0, 0)
    mempool.arrive(0)
    next(mempool.ordered(0)).lacked_room = True
    assert outcomes(mempool.arrive(1)) == [("did_not_fit", sent)]


def test_a_nonce_already_used_is_stale() -> None:
    first, again = transaction(nonce=4), transaction(nonce=4, tip=10**12)
    mempool = pool(first, nonces={"0xalice": 4})
    assert mempool.remove(first).transaction is first
    mempool.add([again], 1, 0)
    assert outcomes(mempool.arrive(1)) == [("stale", again)]
    older = transaction(nonce=3)
    mempool.add([older], 2, 0)
    assert outcomes(mempool.arrive(2)) == [("stale", older)]


def test_a_nonce_below_the_first_one_is_stale() -> None:
    mempool = Mempool(50, {"0xalice": 4})
    mempool.add([transaction(nonce=3), transaction(nonce=4)], 0, 0)
    assert [outcome for outcome, _ in outcomes(mempool.arrive(0))] == ["stale"]
    assert [one.nonce for one in order(mempool)] == [4]


def test_draining_empties_the_pool_in_order_of_sending() -> None:
    late, here, full = transaction("alice"), transaction("bob"), transaction("carol")
    mempool = Mempool(50, {})
    mempool.add([late], 0, 9)
    mempool.add([here, full], 0, 0)
    mempool.arrive(0)
    list(mempool.public())[1].lacked_room = True
    assert outcomes(mempool.drain()) == [("expired", late), ("expired", here), ("did_not_fit", full)]
    assert mempool.drain() == []
    assert order(mempool) == []


# Arrival


@pytest.mark.parametrize("latency", [0, 1, 3])
def test_a_transaction_arrives_after_its_latency(latency: int) -> None:
    mempool = Mempool(50, {})
    mempool.add([transaction()], 5, latency)
    seen = []
    for step in range(5, 10):
        mempool.arrive(step)
        seen.append(len(order(mempool)))
    assert seen == [0] * latency + [1] * (5 - latency)


def test_what_has_not_arrived_is_its_sender_s_but_not_public() -> None:
    mempool = pool(transaction(nonce=0), transaction(nonce=1))
    mempool.add([transaction(nonce=2), transaction("bob")], 0, 4)
    assert [waiting.transaction.nonce for waiting in mempool.of("0xalice")] == [0, 1, 2]
    assert [waiting.transaction.nonce for waiting in mempool.public()] == [0, 1]
    assert mempool.of("0xnobody") == []


def test_a_base_fee_above_the_cap_keeps_it_waiting() -> None:
    mempool = pool(sent := transaction(max_fee=50, tip=1))
    assert order(mempool, base_fee=51) == []
    assert [waiting.transaction for waiting in mempool.public()] == [sent]
    assert order(mempool, base_fee=50) == [sent]


def test_behind_a_nonce_gap_nothing_is_executable() -> None:
    pool = Mempool(2, {})
    pool.add([transaction(nonce=0)], 0, 0)
    pool.arrive(0)
    pool.add([transaction(nonce=1)], 1, 0)
    pool.arrive(1)
    (expired,) = pool.arrive(2)
    assert expired.waiting.transaction.nonce == 0
    assert list(pool.ordered(0)) == []


# About one borrower


def test_transactions_about_a_borrower_are_kept_apart_as_long_as_they_wait() -> None:
    note = {"protocol": "main", "account": "0xowner"}
    first, better = (
        transaction("keeper", note=note),
        transaction("keeper", tip=2 * 10**9, max_fee=2_000 * 10**9, note=note),
    )
    mempool = pool(first, transaction("alice"), transaction("bob", note={"account": "0xbob"}))
    assert [one.transaction for one in mempool.aimed()] == [first]
    mempool.add([better], 1, 0)
    mempool.arrive(1)
    assert [one.transaction for one in mempool.aimed()] == [better]
    mempool.remove(better)
    assert list(mempool.aimed()) == []


def test_an_emptied_pool_holds_nothing_about_anybody() -> None:
    mempool = pool(transaction("keeper", note={"protocol": "main", "account": "0xowner"}))
    mempool.drain()
    assert list(mempool.aimed()) == []
