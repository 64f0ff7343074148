"""What cannot be run on a fork is refused before anything is started, with value, rule and remedy."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator import Fork, Scenario, run
from simulator.chain.signing import account
from simulator.errors import EndpointError, ScenarioError
from simulator.fork import forked
from tests.fork.endpoints import StubEndpoint, serving
from tests.fork.original import Original, original, small

NOBODY = "0x" + "77" * 20


@pytest.fixture(scope="module")
def market() -> Iterator[Original]:
    with original(small()) as standing:
        yield standing


def refused(market: Original, folder: Path, scenario: Scenario | None = None, **changes: Any) -> str:
    fork = Fork(market.uri, market.deployment(folder, **changes))
    with pytest.raises(ScenarioError) as caught:
        run(scenario or small(), fork=fork)
    return str(caught.value)


def tokens(market: Original, **changes: str) -> dict[str, str]:
    return {asset: market.token(asset) for asset in ("WETH", "USDC")} | changes


def market_at(directory: str) -> dict[str, Any]:
    return {"main": {"kind": "aave_v3", "addresses_provider": directory, "first_block": 0}}


def test_directory_without_code(market: Original, tmp_path: Path) -> None:
    told = refused(market, tmp_path, protocols=market_at(NOBODY))
    assert told.startswith(f"protocols.main.addresses_provider = {NOBODY}: has no code at block")


def test_directory_that_is_something_else(market: Original, tmp_path: Path) -> None:
    told = refused(market, tmp_path, protocols=market_at(market.token("WETH")))
    assert f"contract {market.token('WETH')}: does not answer getPool as a PoolAddressesProvider does" in told


def test_token_without_code(market: Original, tmp_path: Path) -> None:
    told = refused(market, tmp_path, assets=tokens(market, USDC=NOBODY))
    assert told.startswith(f"assets.USDC = {NOBODY}: has no code")


def test_token_that_is_not_listed(market: Original, tmp_path: Path) -> None:
    told = refused(market, tmp_path, assets=tokens(market, USDC=market.pool))
    assert told.startswith(f"assets.USDC = {market.pool}: is not listed in this market")


def test_venue_without_code(market: Original, tmp_path: Path) -> None:
    told = refused(market, tmp_path, venues={"weth_usdc": {"address": NOBODY}})
    assert told.startswith(f"venues.weth_usdc = {NOBODY}: has no code")


def test_venue_that_trades_something_else(market: Original, tmp_path: Path) -> None:
    (venue,) = market.simulation.market.venues.values()
    weth, usdc = market.token("WETH"), market.token("USDC")
    turned = small().replaced({"venues.weth_usdc.base": "USDC", "venues.weth_usdc.quote": "WETH"})
    told = refused(market, tmp_path, turned)
    assert told == f"venues.weth_usdc = {venue.address}: trades {weth} and {usdc}, not {usdc} and {weth}. Name another"


def test_venue_of_a_kind_that_cannot_be_taken_over(market: Original, tmp_path: Path) -> None:
    told = refused(market, tmp_path, small("venue=uniswap_v3"))
    assert "is a uniswap_v3 in the scenario, which cannot be taken over where it is" in told


def test_change_of_parameters(market: Original, tmp_path: Path) -> None:
    change = {"kind": "parameter_change", "at": 5, "protocol": "main", "asset": "WETH", "liquidation_bonus": "6%"}
    scenario = small().replaced({"events": [change]})
    told = refused(market, tmp_path, scenario)
    assert told == "events.0: needs rights that nobody has on a fork. Leave it out"


def test_prices_that_were_recorded(market: Original, tmp_path: Path) -> None:
    recorded = {"model": "candles", "csv": "black_thursday_hourly.csv"}
    told = refused(market, tmp_path, small().replaced({"assets.WETH.price": recorded}))
    rule = "has prices of its own, and a fork begins at the chain's. Choose a model that has a start"
    assert told == f"assets.WETH.price.model = candles: {rule}"


def test_assets_with_one_source_of_prices(market: Original, tmp_path: Path) -> None:
    directory = market.read(market.pool, "aave_v3/Pool", "ADDRESSES_PROVIDER")
    oracle = market.read(directory, "aave_v3/PoolAddressesProvider", "getPriceOracle")
    source = market.read(oracle, "aave_v3/AaveOracle", "getSourceOfAsset", market.token("WETH"))
    with market.chain.anchor():
        sources = ([market.token("USDC")], [source])
        market.act(account("deployer"), oracle, "aave_v3/AaveOracle", "setAssetSources", *sources)
        told = refused(market, tmp_path)
    assert told == f"assets.USDC: has the price of WETH: both are read from {source}. Leave one of them out"


def test_asset_without_a_source_of_prices(market: Original, tmp_path: Path) -> None:
    directory = market.read(market.pool, "aave_v3/Pool", "ADDRESSES_PROVIDER")
    oracle = market.read(directory, "aave_v3/PoolAddressesProvider", "getPriceOracle")
    with market.chain.anchor():
        sources = ([market.token("USDC")], ["0x" + "00" * 20])
        market.act(account("deployer"), oracle, "aave_v3/AaveOracle", "setAssetSources", *sources)
        told = refused(market, tmp_path)
    assert told == "assets.USDC: has no source in the market's oracle. Leave it out"


def test_protocol_of_another_kind(market: Original, tmp_path: Path) -> None:
    told = refused(market, tmp_path, small("protocol=reference"))
    assert told == "protocols.main.kind = reference: is aave_v3 there. Add --set protocol=aave_v3"


def test_block_whose_state_the_endpoint_has_forgotten(market: Original, tmp_path: Path) -> None:
    head = market.chain.head
    forgetful = {"code": -32000, "message": "missing trie node 0x00"}
    known = {"number": hex(head.number), "timestamp": hex(head.timestamp)}
    answers = {"eth_chainId": {"result": "0x1"}, "eth_getBlockByNumber": {"result": known}}
    stub = StubEndpoint(answer=lambda method, _: answers.get(method, {"error": forgetful}))
    with serving(stub) as url, pytest.raises(EndpointError, match=r"must know the state of block .*missing trie node"):
        forked(small(), Fork(url, market.deployment(tmp_path)))
