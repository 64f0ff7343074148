"""Candidates for both engines as hypothesis draws them: before accounts, contracts and nonces have numbers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from simulator.chain import Genesis, account
from simulator.chain.rules import least_gas_limit
from simulator.transaction import Account, Transaction
from tests.chain.world import (
    ALICE,
    COINBASE,
    COUNTS,
    COUNTS_AND_RETURNS,
    ENVIRONMENT,
    ETHER,
    GAS_LIMIT,
    GWEI,
    INVALID,
    LOGS_ENVIRONMENT,
    NOBODY,
    PAYS_OUT,
    POOR,
    REVERTS_EMPTY,
    REVERTS_WITH_42,
    RICH,
    STORES,
    creation_code,
    genesis,
    send,
    word,
)

STORES_ON = bytes.fromhex("5b" + "5a5a55" + "600056")
"""Writes into a new slot again and again: burns any gas in few instructions, so Python does not take long."""
PROGRAMS = {
    "counter": COUNTS,
    "store": STORES,
    "wallet": PAYS_OUT,
    "reverts with 42": REVERTS_WITH_42,
    "reverts empty": REVERTS_EMPTY,
    "sink": INVALID,
    "loop": STORES_ON,
    "logs environment": LOGS_ENVIRONMENT,
    "environment": ENVIRONMENT,
    "counter that returns": COUNTS_AND_RETURNS,
}
CREATIONS = {
    "new counter": creation_code(COUNTS),
    "new empty": b"",
    "new that logs": LOGS_ENVIRONMENT,
    "new that reverts with 42": REVERTS_WITH_42,
    "new that burns": INVALID,
    "new that loops": STORES_ON,
    "new with forbidden code": bytes.fromhex("60ef60005360016000f3"),
}
PEOPLE = {
    "nobody": NOBODY,
    "poor": POOR.address,
    "alice": ALICE.address,
    "coinbase": COINBASE,
    "identity precompile": "0x" + "00" * 19 + "04",
}
FILLER = account("filler")
SENDERS = {each.name: each for each in (*RICH, POOR, account("coinbase"))}
LEAST_GAS = 21_000

_GAS_LIMITS = (
    [60_000] * 6 + [150_000] * 3 + [21_000, 21_000, 57_000, 400_000, 979_000, GAS_LIMIT, 20_999, GAS_LIMIT + 1]
)
_FEES = [(100 * GWEI, tip) for tip in (GWEI, 3 * GWEI, 1, 0)] * 4
_FEES += [(3 * GWEI, 3 * GWEI), (GWEI, 1), (GWEI - 1, 0), (880_000_000, 0), (0, 0), (5 * GWEI, 5 * GWEI + 1)]


@dataclass(frozen=True)
class Draft:
    """A candidate. `nonce_step` counts from the nonce that is right if all its sender's drafts before were taken.

    From 21,000 on, `gas_limit` is raised to what the data demands: else most candidates would not be well-formed.
    """

    sender: str
    target: str
    data: bytes = b""
    gas_limit: int = 60_000
    fees: tuple[int, int] = (100 * GWEI, GWEI)
    value: int = 0
    nonce_step: int = 0


@dataclass(frozen=True)
class Filling:
    """Burn what the block has left, but for `spare` gas, in up to `parts` transactions; `late` ones come after."""

    spare: int
    parts: int
    late: tuple[Draft, ...]


@dataclass(frozen=True)
class DraftedBlock:
    drafts: tuple[Draft, ...]
    seconds: int = 12
    filling: Filling | None = None


@dataclass(frozen=True)
class Undone:
    """Blocks inside an anchor."""

    blocks: tuple[DraftedBlock, ...]


@dataclass(frozen=True)
class Reload:
    """Dump the chain and load the dump."""


Step = DraftedBlock | Undone | Reload
Story = tuple[Step, ...]


def drafts() -> st.SearchStrategy[Draft]:
    payees = st.sampled_from([NOBODY, POOR.address, ALICE.address, COINBASE])
    payments = st.builds(
        lambda wei, to: word(wei) + word(int(to, 16)), st.sampled_from([0, 1, GWEI, ETHER // 100]), payees
    )
    return st.builds(
        Draft,
        sender=st.sampled_from([*SENDERS, *(rich.name for rich in RICH)]),
        target=st.sampled_from([*PROGRAMS, *PROGRAMS, *PEOPLE, *CREATIONS]),
        data=st.one_of(st.just(b""), st.binary(max_size=40), st.sampled_from([word(0), word(1)]), payments),
        gas_limit=st.sampled_from(_GAS_LIMITS),
        fees=st.sampled_from(_FEES),
        value=st.sampled_from([0] * 6 + [1, 1, ETHER // 100, ETHER // 100, 2_000 * ETHER]),
        nonce_step=st.sampled_from([0] * 10 + [1, -1, -1, -2]),
    )


def drafted_blocks() -> st.SearchStrategy[DraftedBlock]:
    late = st.lists(drafts(), max_size=3).map(tuple)
    fillings = st.builds(
        Filling, st.sampled_from([0, 0, LEAST_GAS, LEAST_GAS - 1, LEAST_GAS - 1]), st.integers(1, 3), late
    )
    return st.builds(
        DraftedBlock,
        drafts=st.lists(drafts(), max_size=12).map(tuple),
        seconds=st.sampled_from([12, 12, 1, 3_600]),
        filling=st.booleans().flatmap(lambda filled: fillings if filled else st.none()),
    )


def stories() -> st.SearchStrategy[Story]:
    """One to four steps, most of them a block."""
    block = drafted_blocks()
    undone = st.builds(Undone, st.lists(block, min_size=1, max_size=2).map(tuple))
    steps: dict[str, st.SearchStrategy[Step]] = {"block": block, "undone": undone, "reload": st.just(Reload())}
    kinds = st.sampled_from(["block"] * 8 + ["undone"] * 3 + ["reload"])
    return st.lists(kinds.flatmap(steps.__getitem__), min_size=1, max_size=4).map(tuple)


def story_genesis(base_fee: int) -> Genesis:
    """As everywhere, with money for the filler."""
    start = genesis(base_fee)
    return replace(start, balances={**start.balances, FILLER.address: 1_000 * ETHER})


def write(drafts: Iterable[Draft], turns: dict[str, int], contracts: Mapping[str, str]) -> list[Transaction]:
    """`turns` are next nonces by address, and move on."""
    return [_write(draft, SENDERS[draft.sender], turns, contracts) for draft in drafts]


def _write(draft: Draft, sender: Account, turns: dict[str, int], contracts: Mapping[str, str]) -> Transaction:
    turn = turns[sender.address]
    turns[sender.address] = turn + (draft.nonce_step == 0)
    to = None if draft.target in CREATIONS else {**PEOPLE, **contracts}[draft.target]
    data = CREATIONS.get(draft.target, draft.data)
    least = least_gas_limit(to, data) if draft.gas_limit >= LEAST_GAS else 0
    max_fee, priority_fee = draft.fees
    return send(
        sender,
        to,
        data,
        nonce=max(turn + draft.nonce_step, 0),
        gas_limit=max(draft.gas_limit, least),
        max_fee=max_fee,
        priority_fee=priority_fee,
        value=draft.value,
    )


def write_filling(filling: Filling, free: int, nonce: int, sink: str) -> list[Transaction]:
    """Calls of the sink that burn `free` gas but for the spare; none when that is too little for one."""
    burnt = free - filling.spare
    parts = min(filling.parts, burnt // LEAST_GAS)
    if parts <= 0:
        return []
    limits = [burnt // parts] * (parts - 1)
    limits.append(burnt - sum(limits))
    return [send(FILLER, sink, nonce=nonce + at, gas_limit=limit) for at, limit in enumerate(limits)]
