from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import psutil
import pytest

from simulator.chain import Call, account
from simulator.chain.anvil_node import AnvilNode, find_anvil
from simulator.chain.fork import ForkedChain, ForkPoint, fork_point
from simulator.chain.fork_endpoint import READS, Endpoint
from simulator.chain.fork_patience import Patience
from simulator.chain.signing import created_address
from simulator.contracts import artifact
from simulator.errors import AnchoredError, ChainError, EndpointError, SetUpReverted
from tests.chain.world import ALICE, BOB, COUNTS, ENVIRONMENT, ETHER, GWEI, REVERTS_WITH_42, creation_code, send
from tests.chain.world import genesis as small_genesis
from tests.fork.endpoints import SECRET, SLOW, StubEndpoint, always, first, serving

COUNTER, HOLDER, SPOILER = ("0x" + byte * 20 for byte in ("c0", "dd", "ee"))
MAINNET = 1
THEIR_TIME = 1_700_000_000
THEIR_BLOCKS = 5
FORKED = 3
CREATOR = account("deployer")


@pytest.fixture(scope="module")
def theirs() -> Iterator[AnvilNode]:
    """Somebody else's chain; our accounts have left their traces on it."""
    options = ("--no-mining", "--accounts=0", f"--chain-id={MAINNET}", f"--timestamp={THEIR_TIME}", "--no-cors")
    node = AnvilNode(find_anvil(), (*options, "--gas-limit=36000000"))
    node.request("anvil_setCode", COUNTER, "0x" + COUNTS.hex())
    node.request("anvil_setStorageAt", COUNTER, "0x0", f"0x{41:064x}")
    node.request("anvil_setNonce", ALICE.address, "0x9")
    node.request("anvil_setCode", ALICE.address, "0x" + COUNTS.hex())
    node.request("anvil_setNonce", CREATOR.address, "0x5")
    for number in range(THEIR_BLOCKS):
        node.request("evm_mine", {"timestamp": THEIR_TIME + 12 * (number + 1)})
    yield node
    node.close()


@pytest.fixture
def stub(theirs: AnvilNode) -> StubEndpoint:
    return StubEndpoint(theirs.uri)


@pytest.fixture
def endpoint(stub: StubEndpoint) -> Iterator[Endpoint]:
    with serving(stub) as url:
        yield Endpoint(url, Patience(seconds=5.0, tries=2, first_wait=0.0))


@pytest.fixture
def chain(endpoint: Endpoint) -> Iterator[ForkedChain]:
    start = small_genesis()
    balances = {**start.balances, CREATOR.address: 1_000 * ETHER}
    genesis = type(start)(start.gas_limit, start.base_fee, 0, start.coinbase, balances)
    chain = ForkedChain(endpoint, fork_point(endpoint, FORKED), genesis, CREATOR.address)
    yield chain
    chain.close()


def count(chain: ForkedChain) -> int:
    with chain.anchor():
        receipt = chain.transact([send(BOB, COUNTER, nonce=chain.nonces([BOB.address])[0])])[0]
        return int.from_bytes(receipt.logs[0].data, "big")


def test_newest_block_is_taken_where_none_is_named(endpoint: Endpoint) -> None:
    time = THEIR_TIME + 12 * THEIR_BLOCKS
    assert fork_point(endpoint, None) == ForkPoint(endpoint.host, MAINNET, THEIR_BLOCKS, time)


def test_block_to_come_is_refused_with_the_newest(endpoint: Endpoint) -> None:
    with pytest.raises(EndpointError, match="has no block 6; its newest is 5"):
        fork_point(endpoint, 6)


def test_head_is_their_block_with_our_limit_and_fee(chain: ForkedChain) -> None:
    head = chain.head
    assert (head.number, head.timestamp) == (FORKED, THEIR_TIME + 12 * FORKED)
    assert (head.gas_limit, head.next_base_fee) == (1_000_000, GWEI)


def test_first_block_has_our_limit_and_fee_and_the_next_number(chain: ForkedChain) -> None:
    at = chain.deploy(creation_code(ENVIRONMENT), CREATOR)
    block = chain.build_block([], THEIR_TIME + 1_000)
    data = chain.call(Call(at, b""))
    seen = [int.from_bytes(data[start : start + 32], "big") for start in range(0, 128, 32)]
    assert seen == [FORKED + 2, THEIR_TIME + 1_000, GWEI, 1_000_000]
    assert (block.number, block.base_fee, block.gas_limit) == (FORKED + 2, GWEI, 1_000_000)


def test_chain_id_is_ours(chain: ForkedChain) -> None:
    assert int(chain.node.request("eth_chainId"), 16) == 31_337


def test_their_state_is_seen_and_ours_built_on_it(chain: ForkedChain) -> None:
    assert count(chain) == 42
    chain.transact([send(BOB, COUNTER, nonce=0)])
    assert count(chain) == 43


def test_our_accounts_are_as_on_a_fresh_chain(chain: ForkedChain) -> None:
    assert chain.nonces([ALICE.address, BOB.address]) == [0, 0]
    assert chain.balances([ALICE.address]) == [1_000 * ETHER]
    assert chain.node.request("eth_getCode", ALICE.address, "latest") == "0x"
    block = chain.build_block([send(ALICE, COUNTER, nonce=0)], THEIR_TIME + 1_000)
    assert block.receipts[0].succeeded


def test_creator_goes_on_where_it_was(chain: ForkedChain) -> None:
    assert chain.deploy(creation_code(COUNTS), CREATOR) == created_address(CREATOR.address, 5)


def test_anchor_undoes(chain: ForkedChain) -> None:
    with chain.anchor():
        chain.transact([send(BOB, COUNTER, nonce=0)])
    assert chain.head.number == FORKED
    assert count(chain) == 42


def test_it_cannot_be_kept(chain: ForkedChain) -> None:
    with pytest.raises(ChainError, match="cannot be dumped"):
        chain.dump()
    with pytest.raises(AnchoredError):
        chain.load(b"")


def test_token_is_given_and_the_balance_says_so(chain: ForkedChain) -> None:
    code = artifact("TestToken").deployment("Gift", "GIFT", 6, CREATOR.address)
    chain.genesis = type(chain.genesis)(10_000_000, GWEI, 0, chain.genesis.coinbase, {})
    token = _deployed(chain, code)
    assert chain.give(token, HOLDER, 1_234)
    assert chain.give(token, HOLDER, 1_000)
    answer = chain.call(Call(token, artifact("TestToken").encode("balanceOf", HOLDER)))
    assert int.from_bytes(answer, "big") == 1_000


def _deployed(chain: ForkedChain, code: bytes) -> str:
    """A contract too large for the small blocks of this chain."""
    at = "0x" + "70" * 20
    runtime = chain.node.request("eth_call", {"data": "0x" + code.hex()}, "latest")
    chain.node.request("anvil_setCode", at, runtime)
    return at


def test_what_is_no_token_cannot_be_given(chain: ForkedChain) -> None:
    assert not chain.give(COUNTER, HOLDER, 5)
    assert not chain.give(HOLDER, HOLDER, 5)


def test_code_is_replaced_and_storage_stays(chain: ForkedChain) -> None:
    model = chain.deploy(creation_code(ENVIRONMENT), CREATOR)
    slot = chain.node.request("eth_getStorageAt", COUNTER, "0x0", "latest")
    chain.replace_code(COUNTER, model)
    assert len(chain.call(Call(COUNTER, b""))) == 192
    assert chain.node.request("eth_getStorageAt", COUNTER, "0x0", "latest") == slot == f"0x{41:064x}"


def test_somebody_without_a_key_acts(chain: ForkedChain) -> None:
    chain.act_as(HOLDER, [(COUNTER, b""), (COUNTER, b"")], "count")
    assert count(chain) == 44
    assert (chain.head.number, chain.head.next_base_fee) == (FORKED + 2, GWEI)


def test_what_somebody_cannot_do_is_a_failed_set_up(chain: ForkedChain) -> None:
    spoiler = chain.deploy(creation_code(REVERTS_WITH_42), CREATOR)
    with pytest.raises(SetUpReverted, match=f"spoil as {HOLDER}") as caught:
        chain.act_as(HOLDER, [(spoiler, b"")], "spoil")
    assert int.from_bytes(caught.value.data, "big") == 42


def test_only_reads_arrive_and_their_chain_stands_where_it_was(
    chain: ForkedChain, stub: StubEndpoint, theirs: AnvilNode
) -> None:
    chain.transact([send(BOB, COUNTER, nonce=0)])
    chain.give(COUNTER, HOLDER, 5)
    chain.act_as(HOLDER, [(COUNTER, b"")], "count")
    chain.build_block([send(ALICE, COUNTER, nonce=0)], THEIR_TIME + 1_000)
    assert stub.methods() <= READS
    assert {"eth_getStorageAt", "eth_getBlockByNumber"} <= stub.methods()
    assert int(theirs.request("eth_blockNumber"), 16) == THEIR_BLOCKS
    assert int(theirs.request("eth_getStorageAt", COUNTER, "0x0", "latest"), 16) == 41


def test_address_is_in_no_list_of_processes(chain: ForkedChain, endpoint: Endpoint) -> None:
    arguments = psutil.Process(chain.node.process_id).cmdline()
    assert f"--fork-block-number={FORKED}" in arguments
    assert not [one for one in arguments if SECRET in one or endpoint.host in one]


def test_endpoint_that_fails_while_a_block_is_made_is_named(chain: ForkedChain, stub: StubEndpoint) -> None:
    stub.trouble = always("500")
    with pytest.raises(EndpointError, match=r"gave no usable answer to .* \(HTTP 500\)"):
        chain.build_block([send(BOB, SPOILER, nonce=0)], THEIR_TIME + 1_000)


def test_endpoint_that_fails_while_it_is_read_is_named(chain: ForkedChain, stub: StubEndpoint) -> None:
    stub.trouble = always("garbage")
    with pytest.raises(EndpointError, match="without JSON"):
        chain.call(Call(SPOILER, b""))


def test_endpoint_that_fails_at_the_start_is_named(endpoint: Endpoint, stub: StubEndpoint) -> None:
    point = fork_point(endpoint, FORKED)
    stub.trouble = always("500")
    before = running()
    with pytest.raises(EndpointError, match="HTTP 500"):
        ForkedChain(endpoint, point, small_genesis(), CREATOR.address)
    assert running() == before


def running() -> tuple[int, int]:
    """Servers in this process, and processes that it started."""
    serving = [one for one in threading.enumerate() if "serve_forever" in one.name]
    return len(serving), len(psutil.Process().children())


def test_endpoint_that_is_slower_than_a_node_starts_is_waited_for(
    endpoint: Endpoint, stub: StubEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = fork_point(endpoint, FORKED)
    monkeypatch.setattr("simulator.chain.anvil_node._START_SECONDS", SLOW / 2)
    stub.trouble = first(5, "slow")
    chain = ForkedChain(endpoint, point, small_genesis(), CREATOR.address)
    assert chain.head.number == FORKED
    chain.close()


def test_endpoint_that_forgets_while_a_block_is_made_is_named(chain: ForkedChain, stub: StubEndpoint) -> None:
    refusal = {"jsonrpc": "2.0", "id": 0, "error": {"code": -32000, "message": "missing trie node"}}
    stub.trouble = always(json.dumps(refusal))
    with pytest.raises(EndpointError, match=r"until the end, and refused .* \(missing trie node\)"):
        chain.build_block([send(BOB, SPOILER, nonce=0)], THEIR_TIME + 1_000)


def test_endpoint_that_fails_for_a_while_is_waited_for(endpoint: Endpoint, stub: StubEndpoint) -> None:
    seen: dict[str, int] = {}

    def once_each(_: int, methods: list[str]) -> str:
        seen[methods[0]] = seen.get(methods[0], 0) + 1
        return "503" if seen[methods[0]] == 1 else ""

    point = fork_point(endpoint, FORKED)
    stub.trouble = once_each
    chain = ForkedChain(endpoint, point, small_genesis(), CREATOR.address)
    assert count(chain) == 42
    chain.close()
    assert min(seen.values()) >= 2
