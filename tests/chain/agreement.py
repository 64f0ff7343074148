"""Tell one story to two chains, and require the same of both after every block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from simulator.chain import Call, Chain
from simulator.transaction import Block, Receipt, Transaction
from tests.chain.drafts import (
    FILLER,
    PEOPLE,
    PROGRAMS,
    SENDERS,
    DraftedBlock,
    Reload,
    Step,
    Story,
    Undone,
    write,
    write_filling,
)
from tests.chain.world import deploy, word

Facts = dict[str, object]

_WAITING = 6
_PAYERS = [*(sender.address for sender in SENDERS.values()), FILLER.address]


@dataclass(frozen=True)
class Played:
    """A block that both chains built: its candidates and their senders' next nonces before it."""

    given: list[Transaction]
    nonces: dict[str, int]
    block: Block


@dataclass(frozen=True)
class Pair:
    """One chain on each engine with the same programs; `contracts` are their addresses by name."""

    pyevm: Chain
    anvil: Chain
    contracts: dict[str, str]
    base_fee: int


def compare(pyevm: Chain, anvil: Chain, story: Story, contracts: dict[str, str]) -> list[Played]:
    """Play `story` on both and undo it; `contracts` are those of `deploy_programs`.

    Raises
    ------
    AssertionError : the chains differ; names what differs
    """
    both = (pyevm, anvil)
    teller = _Teller(both, contracts, [*_PAYERS, *PEOPLE.values(), *contracts.values()])
    by_loading = any(isinstance(step, Reload) for step in story)
    with ExitStack() as restored:
        for chain in both:
            restored.enter_context(_restored(chain, by_loading))
        teller.require_same_state()
        for step in story:
            teller.tell(step)
    return teller.played


def deploy_programs(pyevm: Chain, anvil: Chain) -> dict[str, str]:
    """Addresses by name; the same on both."""
    deployed, others = ({name: deploy(chain, code) for name, code in PROGRAMS.items()} for chain in (pyevm, anvil))
    require_same(deployed, others)
    return deployed


def require_same(*facts: Mapping[str, object]) -> None:
    """All must be equal, name by name."""
    for one, other in pairwise(facts):
        differing = {name: (value, other[name]) for name, value in one.items() if value != other[name]}
        assert not differing, f"the chains differ: {differing}"


def block_facts(block: Block, given: list[Transaction]) -> Facts:
    """What must agree; transactions are named by their place among the candidates."""
    header = ("number", "timestamp", "base_fee", "gas_limit", "gas_used")
    return {
        **{f"block {name}": getattr(block, name) for name in header},
        "order": [given.index(receipt.transaction) for receipt in block.receipts],
        "receipts": [_receipt_facts(receipt, given) for receipt in block.receipts],
        "leftovers": [given.index(transaction) for transaction in block.leftovers],
    }


def _receipt_facts(receipt: Receipt, given: list[Transaction]) -> Facts:
    names = ("succeeded", "gas_used", "effective_gas_price", "logs", "revert_data", "contract_address")
    return {"at": given.index(receipt.transaction), **{name: getattr(receipt, name) for name in names}}


def _state_facts(chain: Chain, watched: list[str], contracts: dict[str, str]) -> Facts:
    # an endless read takes minutes in Python
    read = [address for name, address in contracts.items() if name != "loop"]
    return {
        "head": chain.head,
        "balances": dict(zip(watched, chain.balances(watched), strict=True)),
        "nonces": dict(zip(watched, chain.nonces(watched), strict=True)),
        "reads": chain.call_many([Call(address, word(1)) for address in read]),
    }


@contextmanager
def _restored(chain: Chain, by_loading: bool) -> Iterator[None]:
    if not by_loading:
        with chain.anchor():
            yield
        return
    # nothing can be loaded inside an anchor
    state = chain.dump()
    try:
        yield
    finally:
        chain.load(state)


@dataclass
class _Teller:
    """Where a story stands. The first chain's nonces and gas used decide what the next candidates are."""

    chains: tuple[Chain, ...]
    contracts: dict[str, str]
    watched: list[str]
    waiting: list[Transaction] = field(default_factory=list)
    played: list[Played] = field(default_factory=list)

    def tell(self, step: Step) -> None:
        match step:
            case DraftedBlock():
                self._play(step)
            case Undone():
                self._play_and_undo(step)
            case Reload():
                for chain in self.chains:
                    chain.load(chain.dump())
                self.require_same_state()

    def require_same_state(self) -> Facts:
        states = [_state_facts(chain, self.watched, self.contracts) for chain in self.chains]
        require_same(*states)
        return states[0]

    def _play(self, drafted: DraftedBlock) -> None:
        first = self.chains[0]
        timestamp = first.head.timestamp + drafted.seconds
        nonces = dict(zip(_PAYERS, first.nonces(_PAYERS), strict=True))
        given = self._candidates(drafted, dict(nonces), timestamp)
        blocks = [chain.build_block(given, timestamp) for chain in self.chains]
        require_same(*(block_facts(block, given) for block in blocks))
        created = (receipt.contract_address for receipt in blocks[0].receipts)
        self.watched.extend(address for address in created if address and address not in self.watched)
        self.require_same_state()
        self.waiting = list(blocks[0].leftovers)[:_WAITING]
        self.played.append(Played(given, nonces, blocks[0]))

    def _candidates(self, drafted: DraftedBlock, turns: dict[str, int], timestamp: int) -> list[Transaction]:
        given = self.waiting + write(drafted.drafts, turns, self.contracts)
        filling = drafted.filling
        if filling is None:
            return given
        first = self.chains[0]
        with first.anchor():
            rehearsed = first.build_block(given, timestamp)
        free = rehearsed.gas_limit - rehearsed.gas_used
        given += write_filling(filling, free, turns[FILLER.address], self.contracts["sink"])
        return given + write(filling.late, turns, self.contracts)

    def _play_and_undo(self, undone: Undone) -> None:
        before, waiting, watched = self.require_same_state(), self.waiting, list(self.watched)
        with ExitStack() as anchors:
            for chain in self.chains:
                anchors.enter_context(chain.anchor())
            for drafted in undone.blocks:
                self._play(drafted)
        # with what was created and is gone, then without
        self.require_same_state()
        self.waiting, self.watched = waiting, watched
        require_same(before, self.require_same_state())
