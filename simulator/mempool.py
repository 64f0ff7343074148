"""Waiting transactions: one total order, replacement, expiry."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from .transaction import Transaction

__all__ = ["Dropped", "Mempool", "Waiting"]

REPLACEMENT_PERCENT = 110
"""A replacement must raise fee cap and priority fee by 10 %, as geth demands."""


@dataclass(slots=True, eq=False)
class Waiting:
    """A transaction in the pool. `sent` and `arrived` are steps; `lacked_room` once a block had no room for it."""

    transaction: Transaction
    serial: int
    sent: int
    arrived: int
    lacked_room: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """A transaction that left the pool unmined: replaced, underpriced, expired, did_not_fit or stale."""

    waiting: Waiting
    outcome: str


class Mempool:
    """Public transactions that wait. Order: (−effective priority fee, arrival), each sender's nonces in order.

    Parameters
    ----------
    expiry : blocks after which a transaction is forgotten
    nonces : next nonce of each sender; zero for those not named
    """

    def __init__(self, expiry: int, nonces: Mapping[str, int]) -> None:
        self._expiry = expiry
        self._next_nonce = dict(nonces)
        self._serial = 0
        self._by_sender: dict[str, dict[int, Waiting]] = {}
        self._public: dict[int, Waiting] = {}  # by serial
        self._aimed: dict[int, Waiting] = {}  # of these the ones about one borrower
        self._ageing: deque[Waiting] = deque()  # as they arrived; some have left since
        self._delayed: dict[int, list[Waiting]] = {}

    def add(self, transactions: Iterable[Transaction], step: int, latency: int) -> None:
        """Accept transactions that arrive `latency` blocks after `step`; those of no latency can still make it in."""
        for transaction in transactions:
            self._serial += 1
            waiting = Waiting(transaction, self._serial, step, step + latency)
            self._delayed.setdefault(step + latency, []).append(waiting)

    def arrive(self, step: int) -> list[Dropped]:
        """Let in what arrives at `step` and forget what waited too long."""
        dropped = []
        for waiting in self._delayed.pop(step, []):
            dropped += self._let_in(waiting)
        while self._ageing and step - self._ageing[0].arrived >= self._expiry:
            oldest = self._ageing.popleft()
            if oldest.serial in self._public:
                self._take_out(oldest)
                dropped.append(_unmined(oldest))
        return dropped

    def _let_in(self, waiting: Waiting) -> list[Dropped]:
        new = waiting.transaction
        if new.nonce < self._next_nonce.get(new.sender.address, 0):
            return [Dropped(waiting, "stale")]
        held = self._by_sender.get(new.sender.address, {}).get(new.nonce)
        if held is not None:
            old = held.transaction
            raised = all(
                100 * after >= REPLACEMENT_PERCENT * before
                for after, before in ((new.max_fee, old.max_fee), (new.priority_fee, old.priority_fee))
            )
            if not raised:
                return [Dropped(waiting, "underpriced")]
            self._take_out(held)
        self._by_sender.setdefault(new.sender.address, {})[new.nonce] = waiting
        self._public[waiting.serial] = waiting
        if new.aimed:
            self._aimed[waiting.serial] = waiting
        self._ageing.append(waiting)
        return [Dropped(held, "replaced")] if held is not None else []

    def ordered(self, base_fee: int) -> Iterator[Waiting]:
        """Executable transactions, best first, of those that can pay `base_fee`; gaps in nonces end a sender's turn."""
        firsts = (queue.get(self._next_nonce.get(sender, 0)) for sender, queue in self._by_sender.items())
        # most senders have one transaction: sorting those once is cheaper than a heap of all
        line = sorted(_place(one, base_fee) for one in firsts if one and one.transaction.max_fee >= base_fee)[::-1]
        following: list[_Place] = []
        while line or following:
            ahead = following and (not line or following[0] < line[-1])
            *_, waiting = heapq.heappop(following) if ahead else line.pop()
            yield waiting
            transaction = waiting.transaction
            after = self._by_sender[transaction.sender.address].get(transaction.nonce + 1)
            if after and after.transaction.max_fee >= base_fee:
                heapq.heappush(following, _place(after, base_fee))

    def remove(self, transaction: Transaction) -> Waiting:
        """Take out a mined transaction; its nonce is used up."""
        self._next_nonce[transaction.sender.address] = transaction.nonce + 1
        waiting = self._by_sender[transaction.sender.address][transaction.nonce]
        self._take_out(waiting)
        return waiting

    def skip_to(self, sender: str, nonce: int) -> None:
        """The sender's next nonce is `nonce`: what it sent was mined without passing the pool."""
        self._next_nonce[sender] = nonce

    def _take_out(self, waiting: Waiting) -> None:
        del self._public[waiting.serial]
        self._aimed.pop(waiting.serial, None)
        sender = waiting.transaction.sender.address
        queue = self._by_sender[sender]
        del queue[waiting.transaction.nonce]
        if not queue:
            del self._by_sender[sender]

    def of(self, address: str) -> list[Waiting]:
        """What a sender has waiting, in order of nonce; what it has sent and not yet arrived included."""
        queue = self._by_sender.get(address, {})
        late = [
            waiting
            for arrivals in self._delayed.values()
            for waiting in arrivals
            if waiting.transaction.sender.address == address
        ]
        return sorted([*queue.values(), *late], key=lambda waiting: (waiting.transaction.nonce, waiting.serial))

    def senders(self) -> Collection[str]:
        """Who has something in the pool."""
        return self._by_sender.keys()

    def public(self) -> Collection[Waiting]:
        """Everything that has arrived, in order of arrival, for those who watch the pool."""
        return self._public.values()

    def aimed(self) -> Collection[Waiting]:
        """What has arrived and is about one borrower's account, in order of arrival."""
        return self._aimed.values()

    def left(self) -> list[Dropped]:
        """What a run that ended now would leave behind."""
        waiting = [*self.public(), *(late for arrivals in self._delayed.values() for late in arrivals)]
        return [_unmined(one) for one in sorted(waiting, key=lambda one: one.serial)]

    def drain(self) -> list[Dropped]:
        """Empty the pool at the end of a run."""
        left = self.left()
        self._by_sender, self._public, self._aimed, self._delayed = {}, {}, {}, {}
        self._ageing.clear()
        return left


_Place = tuple[int, int, Waiting]


def _place(waiting: Waiting, base_fee: int) -> _Place:
    """Sort key, and who is sorted."""
    transaction = waiting.transaction
    return -min(transaction.priority_fee, transaction.max_fee - base_fee), waiting.serial, waiting


def _unmined(waiting: Waiting) -> Dropped:
    return Dropped(waiting, "did_not_fit" if waiting.lacked_room else "expired")
