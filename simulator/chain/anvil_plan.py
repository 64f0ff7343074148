"""Which candidates to send to the node, so that its block is the one that `Chain.build_block` describes.

The node takes one transaction per sender and nonce into its pool, and one that waits for a nonce as soon as that nonce
comes, wherever it stood in the list. So only those are sent whose nonce is right if all before them are mined. A rival,
left behind because a candidate before it has its nonce, is tried in a second block when that one was not mined.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from ..transaction import Receipt, Transaction
from .engine import Head
from .rules import is_well_formed

__all__ = ["Plan", "first_missed", "first_plan", "next_plan"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Places in the list that are sent, whether any was kept back as a rival, and up to where all was tried before."""

    sent: list[int]
    has_rivals: bool
    settled: int


def first_plan(candidates: Sequence[Transaction], nonces: Mapping[str, int], head: Head) -> Plan:
    """All whose turn it may be; `nonces` are the senders' next ones."""
    return _plan(candidates, nonces, head, {}, settled=0)


def next_plan(
    candidates: Sequence[Transaction], nonces: Mapping[str, int], head: Head, mined: Container[int], missed: int
) -> Plan:
    """As it went up to place `missed`, then this one, then all whose turn it may be after it."""
    decided = {index: index in mined for index in range(missed)}
    return _plan(candidates, nonces, head, decided | {missed: True}, settled=missed + 1)


def first_missed(
    candidates: Sequence[Transaction],
    nonces: Mapping[str, int],
    head: Head,
    plan: Plan,
    mined: Mapping[int, Receipt],
) -> int | None:
    """The first place that was kept back although it was its turn and there was room; usually none."""
    if not plan.has_rivals:
        return None
    sent = set(plan.sent)
    moved: dict[str, int] = {}
    free = head.gas_limit
    for index, candidate in enumerate(candidates):
        sender = candidate.sender.address
        if index in mined:
            moved[sender] = candidate.nonce + 1
            free -= mined[index].gas_used
        elif (
            index >= plan.settled
            and index not in sent
            and candidate.nonce == moved.get(sender, nonces[sender])
            and candidate.gas_limit <= free
            and _may_be_mined(candidate, head)
        ):
            return index
    return None


def _plan(
    candidates: Sequence[Transaction],
    nonces: Mapping[str, int],
    head: Head,
    decided: Mapping[int, bool],
    settled: int,
) -> Plan:
    sent: list[int] = []
    has_rivals = False
    moved: dict[str, int] = {}
    for index, candidate in enumerate(candidates):
        sender = candidate.sender.address
        turn = moved.get(sender, nonces[sender])
        if not decided.get(index, True) or not _may_be_mined(candidate, head):
            continue
        if candidate.nonce == turn:
            sent.append(index)
            moved[sender] = turn + 1
        elif nonces[sender] <= candidate.nonce < turn:
            has_rivals = True
    return Plan(sent, has_rivals, settled)


def _may_be_mined(candidate: Transaction, head: Head) -> bool:
    return (
        candidate.max_fee >= head.next_base_fee and candidate.gas_limit <= head.gas_limit and is_well_formed(candidate)
    )
