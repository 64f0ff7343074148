"""The same candidates give the same blocks on both engines, whatever is in them.

200 stories are compared, the same ones in every run; with ``UNDERTOW_EXAMPLES=5000`` that many, others in every run.
"""

from __future__ import annotations

import os
from collections import Counter

from hypothesis import HealthCheck, given, settings

from simulator.chain import engine_named
from tests.chain.agreement import Pair, compare, require_same
from tests.chain.drafts import Story, stories
from tests.chain.kinds import Kind, kinds_in, possible_kinds
from tests.chain.world import ALICE, BOB, CAROL, COINBASE, INVALID, RICH, deploy, genesis, next_block, send

DEEP = "UNDERTOW_EXAMPLES" in os.environ
WORLDS = 2
STORIES = int(os.environ.get("UNDERTOW_EXAMPLES", "200")) // WORLDS
SEEN_AT_LEAST = STORIES // 50

told = settings(
    max_examples=STORIES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    derandomize=not DEEP,
    print_blob=DEEP,
)


def test_same_candidates_same_blocks(pair: Pair) -> None:
    seen: Counter[Kind] = Counter()

    @told
    @given(story=stories())
    def agree(story: Story) -> None:
        played = compare(pair.pyevm, pair.anvil, story, pair.contracts)
        seen.update(kinds_in(story, played, pair.contracts))

    agree()
    seldom = {kind.value: seen[kind] for kind in possible_kinds(pair.base_fee) if seen[kind] < SEEN_AT_LEAST}
    assert not seldom, f"in {STORIES} stories"


def test_set_up_agrees(pair: Pair) -> None:
    watched = [*(sender.address for sender in RICH), COINBASE, *pair.contracts.values()]
    counter = pair.contracts["counter"]
    transactions = [send(RICH[at % 3], counter, nonce=at // 3, gas_limit=90_000) for at in range(40)]
    facts = []
    for chain in (pair.pyevm, pair.anvil):
        with chain.anchor():
            receipts = chain.transact(transactions)
            facts.append(
                {
                    "receipts": [(each.gas_used, each.effective_gas_price, each.logs) for each in receipts],
                    "head": chain.head,
                    "balances": chain.balances(watched),
                    "nonces": chain.nonces(watched),
                }
            )
    require_same(*facts)


def test_one_transaction_may_use_all_of_a_large_block(engine: str) -> None:
    """There is no cap on a transaction's gas but the block's: that of 2**24 comes after Prague."""
    limit = 30_000_000
    chain = engine_named(engine, genesis(gas_limit=limit))
    sink = deploy(chain, INVALID)
    over, whole, late = (
        send(who, sink, nonce=0, gas_limit=gas) for who, gas in ((ALICE, limit + 1), (BOB, limit), (CAROL, 21_000))
    )
    block = next_block(chain, over, whole, late)
    chain.close()
    assert [receipt.transaction for receipt in block.receipts] == [whole]
    assert (block.gas_used, block.leftovers) == (limit, (over, late))
