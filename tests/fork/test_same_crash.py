"""The crash on a fork is the crash of the original, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from simulator import Fork, Result, Scenario, run
from simulator.chain.fork_endpoint import READS
from simulator.chain.signing import account
from simulator.fork import LEAD, forked
from simulator.protocols.aave_v3_state import AaveBook
from simulator.simulation import Simulation
from tests.fork.endpoints import SECRET, StubEndpoint, serving
from tests.fork.original import Original, original, small

ROWS = ("blocks", "transactions", "liquidations")


KINDS = ("aave_v3", "aave_v3_6", "aave_v3 on uniswap_v2")


@pytest.fixture(scope="module", params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def scenario(kind: str) -> Scenario:
    protocol, _, venue = kind.partition(" on ")
    return small(f"protocol={protocol}", f"venue={venue or 'constant_product'}")


@pytest.fixture(scope="module")
def crashed(scenario: Scenario) -> Result:
    """The ordinary run, on a chain of its own."""
    return run(scenario, engine="anvil")


@pytest.fixture(scope="module")
def market(scenario: Scenario) -> Iterator[Original]:
    with original(scenario) as standing:
        yield standing


@pytest.fixture(scope="module", params=["there", "deploy"])
def on_fork(
    request: pytest.FixtureRequest, scenario: Scenario, market: Original, tmp_path_factory: pytest.TempPathFactory
) -> Result:
    """The same scenario on a fork, trading where the original trades, or at a venue that the simulator puts there."""
    changes = {"venues": {"weth_usdc": "deploy"}} if request.param == "deploy" else {}
    path = market.deployment(tmp_path_factory.mktemp(request.param), **changes)
    if changes:
        market.like_ours(path)
    return run(scenario, fork=Fork(market.uri, path))


@pytest.mark.parametrize("rows", ROWS)
def test_rows_are_the_originals(rows: str, crashed: Result, on_fork: Result) -> None:
    pd.testing.assert_frame_equal(getattr(on_fork, rows), getattr(crashed, rows), check_exact=True)


def test_accounts_end_as_the_originals_and_are_named_by_address(crashed: Result, on_fork: Result) -> None:
    ends = ["address", "collateral_asset", "debt_asset", *(name for name in crashed.accounts if name.endswith("_end"))]
    pd.testing.assert_frame_equal(on_fork.accounts[ends], crashed.accounts[ends], check_exact=True)
    assert on_fork.accounts["account"].tolist() == on_fork.accounts["address"].tolist()


def test_accounts_begin_with_the_interest_of_a_later_set_up(crashed: Result, on_fork: Result) -> None:
    """The fork's last set-up block is some 20 minutes later than the original's, and interest is below 6 % a year."""
    grown = on_fork.accounts["debt_usd"] / crashed.accounts["debt_usd"] - 1
    assert ((grown > 0) & (grown < 0.06 * LEAD * 2 / 31_536_000)).all()
    assert on_fork.accounts["collateral_usd"].equals(crashed.accounts["collateral_usd"])


def test_summary_is_the_originals_and_says_where(crashed: Result, on_fork: Result, market: Original) -> None:
    told = dict(on_fork.summary)
    fork = told.pop("fork")
    assert told == dict(crashed.summary)
    assert (fork["host"], fork["chain_id"]) == (market.uri.removeprefix("http://"), 31_337)
    assert (fork["block"], fork["deployment"]) == (market.chain.head.number, "original")
    assert fork["protocols"]["main"]["accounts"] == 40
    assert fork["protocols"]["main"]["pool"] == market.pool


def test_the_crash_is_one(crashed: Result) -> None:
    landed = crashed.liquidations[crashed.liquidations["outcome"] == "landed"]
    assert len(landed) > 30
    assert landed["induced"].any()
    assert set(landed["agent"]) >= {"liquidator/swift/0", "liquidator/follower/0"}


def test_positions_found_are_those_opened_to_the_wei(scenario: Scenario, market: Original, tmp_path: Path) -> None:
    ground = forked(scenario, Fork(market.uri, market.deployment(tmp_path)))
    found, opened = ground.ground.protocols["main"].positions, market.simulation.market.books["main"]
    assert [one.account for one in found] == [account(one.name).address for one in opened]
    assert [one.collateral for one in found] == [one.collateral for one in opened]  # nobody borrows it: no interest
    assert [set(one.debt) for one in found] == [set(one.debt) for one in opened]
    for asset in ("WETH", "USDC"):
        reserve = market.read(market.pool, "aave_v3/Pool", "getReserveData", market.token(asset))
        for position in found:
            for token, amounts in ((reserve[8], position.collateral), (reserve[10], position.debt)):
                assert amounts.get(asset, 0) == market.read(token, "TestToken", "balanceOf", position.account)


def test_book_on_the_fork_is_the_originals_to_the_wei(scenario: Scenario, market: Original, tmp_path: Path) -> None:
    ground = forked(scenario, Fork(market.uri, market.deployment(tmp_path)))
    chain = ground.chain()
    try:
        book = Simulation(ground.scenario, chain, ground.market).market.protocols["main"].book
    finally:
        chain.close()
    theirs = market.simulation.market.protocols["main"].book
    assert isinstance(book, AaveBook)
    assert isinstance(theirs, AaveBook)
    assert book.accounts == theirs.accounts
    assert book.supply_shares == theirs.supply_shares
    assert book.borrow_shares == theirs.borrow_shares
    assert book.configurations == theirs.configurations
    assert sum(map(sum, book.borrow_shares)) > 0


def test_only_reads_arrive_from_both_clients(scenario: Scenario, market: Original, tmp_path: Path) -> None:
    stub = StubEndpoint(market.uri)
    head = market.chain.node.request("eth_getBlockByNumber", "latest", False)["hash"]
    with serving(stub) as url:
        result = run(scenario.replaced({"chain.blocks": 20}), fork=Fork(url, market.deployment(tmp_path)))
        result.write(tmp_path / "out")
    assert stub.methods() <= READS
    assert {"eth_getLogs", "eth_call"} <= stub.methods()  # ours
    assert {"eth_getStorageAt"} <= stub.methods()  # the node's
    assert market.chain.node.request("eth_getBlockByNumber", "latest", False)["hash"] == head
    written = [path.read_text() for path in (tmp_path / "out").iterdir()]
    assert len(written) >= 8
    assert not [text for text in written if SECRET in text]
