"""The base fee of every next block, on every engine."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from simulator.chain import Chain, engine_named
from tests.chain.world import ALICE, GAS_LIMIT, GWEI, INVALID, NOBODY, creation_code, genesis, next_block, send


def fill(chain: Chain, sink: str, nonce: int, gas: int = GAS_LIMIT) -> None:
    assert next_block(chain, send(ALICE, sink, nonce=nonce, gas_limit=gas)).gas_used == gas


@pytest.fixture
def tiny(engine: str) -> Iterator[Chain]:
    chain = engine_named(engine, genesis(base_fee=7))
    yield chain
    chain.close()


def sink_on(chain: Chain) -> str:
    return chain.deploy(creation_code(INVALID), ALICE)


def test_the_first_block_has_the_genesis_base_fee(chain: Chain) -> None:
    assert (chain.head.base_fee, chain.head.next_base_fee) == (GWEI, GWEI)
    assert next_block(chain).base_fee == GWEI


def test_full_blocks_raise_it_by_an_eighth(chain: Chain) -> None:
    sink = sink_on(chain)
    seen = []
    for nonce in range(1, 6):
        fill(chain, sink, nonce)
        seen.append(chain.head.next_base_fee)
    assert seen == [1125000000, 1265625000, 1423828125, 1601806640, 1802032470]
    assert next_block(chain).base_fee == seen[-1]


def test_empty_blocks_lower_it_by_an_eighth(chain: Chain) -> None:
    seen = []
    for _ in range(5):
        next_block(chain)
        seen.append(chain.head.next_base_fee)
    assert seen == [875000000, 765625000, 669921875, 586181641, 512908936]
    assert next_block(chain).base_fee == seen[-1]


def test_half_full_blocks_leave_it(chain: Chain) -> None:
    fill(chain, sink_on(chain), 1, GAS_LIMIT // 2)
    assert chain.head.next_base_fee == GWEI
    assert next_block(chain).base_fee == GWEI


def test_it_rises_by_one_at_least(tiny: Chain) -> None:
    fill(tiny, sink_on(tiny), 1)
    assert tiny.head.next_base_fee == 8
    assert next_block(tiny).base_fee == 8


def test_zero_stays_zero(auction: Chain) -> None:
    sink = sink_on(auction)
    for nonce in count(1):
        fill(auction, sink, nonce)
        assert (auction.head.base_fee, auction.head.next_base_fee) == (0, 0)
        if nonce == 3:
            break
    next_block(auction)
    free = send(ALICE, NOBODY, nonce=4, max_fee=0, priority_fee=0)
    (receipt,) = next_block(auction, free).receipts
    assert receipt.effective_gas_price == 0


def test_in_an_auction_the_whole_price_is_the_tip(auction: Chain) -> None:
    (receipt,) = next_block(auction, send(ALICE, NOBODY, nonce=0, max_fee=9, priority_fee=4)).receipts
    assert receipt.effective_gas_price == 4
    assert auction.balances([genesis().coinbase]) == [21_000 * 4]


def test_set_up_leaves_the_genesis_base_fee(chain: Chain) -> None:
    for _ in range(3):
        next_block(chain)
    assert chain.head.next_base_fee != GWEI
    sink_on(chain)
    assert (chain.head.base_fee, chain.head.next_base_fee) == (GWEI, GWEI)
    assert next_block(chain).base_fee == GWEI
    assert next_block(chain).base_fee == 875000000
