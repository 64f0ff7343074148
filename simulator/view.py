"""What a real bot can know after the last block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain as joined
from itertools import count

from .adapters import LendingProtocol, Venue
from .contracts import artifact
from .mempool import Mempool, Waiting

__all__ = ["FeeMarket", "FeedState", "MarketView", "Token"]


@dataclass(frozen=True, slots=True)
class Token:
    """An ERC-20 token of the scenario."""

    name: str
    address: str
    decimals: int


@dataclass(frozen=True, slots=True)
class FeedState:
    """A feed's contract and last round: answer with eight decimals, timestamp in seconds."""

    address: str
    answer: int
    updated_at: int

    def report_call(self, answer: int) -> tuple[str, bytes]:
        """Target and calldata of a report."""
        return self.address, artifact("PriceFeed").encode("report", answer)


class FeeMarket:
    """What gas costs now: (priority fee in wei, gas) of the last block and of what waits.

    Parameters
    ----------
    paid : priority fee and gas used of each transaction in the last block
    offered : priority fee at the next base fee and gas limit of each waiting transaction
    gas_limit : gas of one block
    """

    def __init__(self, paid: Sequence[tuple[int, int]], offered: Sequence[tuple[int, int]], gas_limit: int) -> None:
        self._bids = (paid, offered)
        self._gas_limit = gas_limit

    @cached_property
    def _best_block(self) -> list[tuple[int, int]]:
        """The best-paying block's worth, cheapest first; room that nobody wants is free."""
        room, chosen = self._gas_limit, []
        for fee, gas in sorted(joined(*self._bids), reverse=True):
            taken = min(gas, room)
            chosen.append((max(fee, 0), taken))
            room -= taken
            if not room:
                break
        return [(0, room), *reversed(chosen)]

    def percentile(self, share: float) -> int:
        """Priority fee (wei) that beats this share of the gas of the best-paying block."""
        wanted, seen = share * self._gas_limit, 0
        for fee, gas in self._best_block:
            seen += gas
            if seen >= wanted:
                return fee
        return self._best_block[-1][0]


@dataclass
class MarketView:
    """State after the last block, as an indexer would keep it. Amounts are token units, fees wei.

    Attributes
    ----------
    step, timestamp : the block now being prepared
    base_fee : of that block
    balances : by token name and address, for the accounts of agents
    """

    step: int
    timestamp: int
    base_fee: int
    gas_limit: int
    block_time: int
    native: str
    tokens: Mapping[str, Token]
    feeds: Mapping[str, FeedState]
    venues: Mapping[str, Venue]
    protocols: Mapping[str, LendingProtocol]
    balances: Mapping[str, Mapping[str, int]]
    nonces: Mapping[str, int]
    mempool: Mempool
    fees: FeeMarket

    @cached_property
    def attempts(self) -> Mapping[str, int]:
        """Best priority fee among the liquidations that wait in public, by borrower."""
        best: dict[str, int] = {}
        for waiting in self.mempool.public():
            one = waiting.transaction
            if one.kind == "liquidation":
                borrower = str(one.note["account"])
                best[borrower] = max(best.get(borrower, 0), one.effective_priority_fee(self.base_fee))
        return best

    @cached_property
    def bids(self) -> Mapping[str, tuple[int, int]]:
        """Best of the bids that wait in public, by auction: amount, and minus the lot asked for."""
        best: dict[str, tuple[int, int]] = {}
        for note in (waiting.transaction.note for waiting in self.mempool.public()):
            if "bids_for" in note:
                auction, made = str(note["bids_for"]), (int(str(note["commits"])), -int(str(note["lot"])))
                best[auction] = max(best.get(auction, made), made)
        return best

    @cached_property
    def chores_under_way(self) -> frozenset[str]:
        """Keys of the chores that somebody visibly does."""
        waiting = (one.transaction.note for one in self.mempool.public())
        return frozenset(str(note["key"]) for note in waiting if "key" in note)

    def pending(self, address: str) -> list[Waiting]:
        """What a sender has under way."""
        return self.mempool.of(address)

    def free_nonces(self, address: str) -> Iterator[int]:
        """Nonces for new transactions of a sender: those that nothing under way uses, a gap first."""
        taken = {waiting.transaction.nonce for waiting in self.mempool.of(address)}
        return (nonce for nonce in count(self.nonces[address]) if nonce not in taken)

    def value(self, asset: str, amount: int, price: Mapping[str, int]) -> float:
        """Dollars of token units at outside prices (eight decimals)."""
        return float(amount / 10 ** self.tokens[asset].decimals * price[asset] / 1e8)
