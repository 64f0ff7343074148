"""What happened in played blocks: so that a suite can tell whether it has seen everything."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import pairwise

from simulator.chain.rules import is_well_formed
from simulator.transaction import Receipt, Transaction
from tests.chain.agreement import Played
from tests.chain.drafts import LEAST_GAS, PEOPLE, Reload, Story, Undone


class Kind(Enum):
    TRANSFER = "value moved to an account without code"
    LOGGED = "call that logs"
    REVERTED_WITH_DATA = "call that reverts with data"
    REVERTED_EMPTY = "call that reverts without data"
    OUT_OF_GAS = "call that runs out of gas"
    BURNT = "call that ends in INVALID"
    CREATED = "contract created"
    CREATION_FAILED = "creation that failed"
    FREE = "taken at no price"
    REPLACED = "left: one before it had its nonce, at other fees, and was taken"
    REPLACING = "taken: one before it had its nonce, at other fees, and was left"
    NONCE_USED = "left: its nonce is from an earlier block"
    NONCE_REPEATED = "left: one before it had its nonce, at the same fees, and was taken"
    NONCE_GAP = "left: its nonce is not its sender's turn yet"
    UNDERFUNDED = "left: its sender cannot pay"
    FEE_CAP_LOW = "left: its fee cap is below the base fee"
    MALFORMED = "left: no block could hold it"
    ABOVE_BLOCK = "left: its gas limit is above a block's"
    DOES_NOT_FIT = "left: the rest of the block is too small"
    FITS_LATER = "did not fit, and taken by a later block"
    EXACTLY_FULL = "block that uses its gas limit to the last unit"
    FULL_BUT_ONE = "block that has one gas too little left for a transfer"
    EMPTY = "block without candidates"
    NOTHING_TAKEN = "block that leaves all its candidates"
    BASE_FEE_ROSE = "base fee above that of the block before"
    BASE_FEE_FELL = "base fee below that of the block before"
    UNDONE = "blocks inside an anchor"
    RELOADED = "dump and load"


_ONLY_WITH_BASE_FEE = {Kind.FEE_CAP_LOW, Kind.BASE_FEE_ROSE, Kind.BASE_FEE_FELL}
_ONLY_IN_AUCTION = {Kind.FREE}


def possible_kinds(base_fee: int) -> list[Kind]:
    """On a chain that starts with `base_fee`."""
    impossible = _ONLY_IN_AUCTION if base_fee else _ONLY_WITH_BASE_FEE
    return [kind for kind in Kind if kind not in impossible]


def kinds_in(story: Story, blocks: list[Played], contracts: dict[str, str]) -> Iterator[Kind]:
    """Every kind as often as it happened."""
    yield from (Kind.UNDONE for step in story if isinstance(step, Undone))
    yield from (Kind.RELOADED for step in story if isinstance(step, Reload))
    unfitting: set[Transaction] = set()
    for played in blocks:
        reasons = _reasons(played)
        yield from _of_block(played)
        yield from reasons.values()
        for receipt in played.block.receipts:
            yield from _of_receipt(receipt, contracts)
            if receipt.transaction in unfitting:
                yield Kind.FITS_LATER
            if _replaces(receipt.transaction, played):
                yield Kind.REPLACING
        unfitting |= {transaction for transaction, reason in reasons.items() if reason is Kind.DOES_NOT_FIT}
    for before, after in pairwise(played.block for played in blocks):
        if after.base_fee != before.base_fee:
            yield Kind.BASE_FEE_ROSE if after.base_fee > before.base_fee else Kind.BASE_FEE_FELL


def _of_block(played: Played) -> Iterator[Kind]:
    block, free = played.block, played.block.gas_limit - played.block.gas_used
    if not played.given:
        yield Kind.EMPTY
    elif not block.receipts:
        yield Kind.NOTHING_TAKEN
    if free == 0:
        yield Kind.EXACTLY_FULL
    if free == LEAST_GAS - 1:
        yield Kind.FULL_BUT_ONE


def _of_receipt(receipt: Receipt, contracts: dict[str, str]) -> Iterator[Kind]:
    transaction = receipt.transaction
    if receipt.effective_gas_price == 0:
        yield Kind.FREE
    if transaction.to is None:
        yield Kind.CREATED if receipt.succeeded else Kind.CREATION_FAILED
    elif receipt.succeeded:
        if receipt.logs:
            yield Kind.LOGGED
        if transaction.to in PEOPLE.values() and transaction.value:
            yield Kind.TRANSFER
    elif receipt.revert_data:
        yield Kind.REVERTED_WITH_DATA
    elif receipt.gas_used < transaction.gas_limit:
        yield Kind.REVERTED_EMPTY
    else:
        yield Kind.BURNT if transaction.to == contracts["sink"] else Kind.OUT_OF_GAS


def _reasons(played: Played) -> dict[Transaction, Kind]:
    """Why each was left; that its sender could not pay is what remains."""
    reasons: dict[Transaction, Kind] = {}
    receipts = {receipt.transaction: receipt for receipt in played.block.receipts}
    taken: dict[tuple[str, int], Transaction] = {}
    turns = dict(played.nonces)
    free = played.block.gas_limit
    for transaction in played.given:
        sender = transaction.sender.address
        if transaction in receipts:
            taken[sender, transaction.nonce] = transaction
            turns[sender] = transaction.nonce + 1
            free -= receipts[transaction].gas_used
        else:
            rival = taken.get((sender, transaction.nonce))
            reasons[transaction] = _reason(transaction, turns[sender], rival, free, played)
    return reasons


def _reason(transaction: Transaction, turn: int, rival: Transaction | None, free: int, played: Played) -> Kind:
    if transaction.gas_limit > played.block.gas_limit:
        return Kind.ABOVE_BLOCK
    if not is_well_formed(transaction):
        return Kind.MALFORMED
    if transaction.max_fee < played.block.base_fee:
        return Kind.FEE_CAP_LOW
    if rival is not None:
        return Kind.NONCE_REPEATED if _fees(rival) == _fees(transaction) else Kind.REPLACED
    if transaction.nonce != turn:
        return Kind.NONCE_GAP if transaction.nonce > turn else Kind.NONCE_USED
    return Kind.DOES_NOT_FIT if transaction.gas_limit > free else Kind.UNDERFUNDED


def _replaces(transaction: Transaction, played: Played) -> bool:
    before = played.given[: played.given.index(transaction)]
    return any(
        each.sender == transaction.sender and each.nonce == transaction.nonce and _fees(each) != _fees(transaction)
        for each in before
    )


def _fees(transaction: Transaction) -> tuple[int, int]:
    return transaction.max_fee, transaction.priority_fee
