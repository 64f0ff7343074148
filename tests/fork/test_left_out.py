"""Who is not in a fork's book, and how many are said to be left out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator import Fork, deployment_aave
from simulator.chain.fork_endpoint import Endpoint
from simulator.chain.signing import account
from simulator.deployment import AaveMarket, FoundProtocol
from simulator.deployment_aave import find_aave
from simulator.deployment_place import Place
from simulator.errors import ScenarioError
from simulator.fork import forked
from tests.fork.original import Original, original, small

POOL, CONFIGURATOR = "aave_v3/Pool", "aave_v3/PoolConfigurator"
DEPLOYER = account("deployer")
REPAID, IN_MODE, AT_FIXED_RATE, PLAIN = (account(f"position/main/{number}") for number in (3, 5, 8, 9))
VARIABLE, CATEGORY = 2, 1
EVERYTHING = 2**256 - 1


@pytest.fixture(scope="module")
def market() -> Iterator[Original]:
    """One account has repaid, one is in an efficiency mode, one owes at a fixed rate."""
    with original(small()) as standing:
        usdc, protocol = standing.token("USDC"), standing.simulation.market.protocols["main"]
        configurator = protocol.configurator  # type: ignore[attr-defined]
        standing.act(DEPLOYER, usdc, "TestToken", "mint", REPAID.address, 10**15)
        standing.act(REPAID, usdc, "TestToken", "approve", standing.pool, EVERYTHING)
        standing.act(REPAID, standing.pool, POOL, "repay", usdc, EVERYTHING, VARIABLE, REPAID.address)
        mode = (CATEGORY, 9_000, 9_300, 10_100, "0x" + "00" * 20, "mode")
        standing.act(DEPLOYER, configurator, CONFIGURATOR, "setEModeCategory", *mode)
        standing.act(DEPLOYER, configurator, CONFIGURATOR, "setAssetEModeCategory", usdc, CATEGORY)
        standing.act(IN_MODE, standing.pool, POOL, "setUserEMode", CATEGORY)
        standing.act(DEPLOYER, configurator, CONFIGURATOR, "setReserveStableRateBorrowing", usdc, True)
        standing.act(AT_FIXED_RATE, standing.pool, POOL, "swapBorrowRateMode", usdc, VARIABLE)
        yield standing


@pytest.fixture(scope="module")
def place(market: Original) -> Place:
    return Place(Endpoint(market.uri), market.chain.head.number)


def find(
    market: Original, place: Place, assets: tuple[str, ...] = ("WETH", "USDC"), **changes: object
) -> FoundProtocol:
    directory = market.read(market.pool, POOL, "ADDRESSES_PROVIDER")
    settings = {"kind": "aave_v3", "addresses_provider": directory, "first_block": 0} | changes
    tokens = {asset: market.token(asset) for asset in assets}
    return find_aave(place, "main", AaveMarket.model_validate(settings), tokens)


def test_accounts_without_a_picture_are_counted_and_left_out(market: Original, place: Place) -> None:
    found = find(market, place)
    assert found.left_out == {"in an efficiency mode": 1, "owes at a fixed rate": 1, "owes nothing now": 1}
    names = [one.account for one in found.positions]
    assert len(names) == 37
    assert PLAIN.address in names
    assert not {REPAID.address, IN_MODE.address, AT_FIXED_RATE.address} & set(names)


def test_small_debts_are_left_out_where_that_is_asked_for(market: Original, place: Place) -> None:
    everybody = find(market, place).positions
    debts = sorted(one.debt["USDC"] for one in everybody)
    least = debts[10] // 10**6  # dollars: one of them lies between
    found = find(market, place, minimum_debt=f"${least}")
    kept = [one.debt["USDC"] for one in found.positions]
    assert sorted(kept) == [debt for debt in debts if debt >= least * 10**6]
    assert found.left_out["owes less than the least"] >= 10


def test_accounts_with_other_assets_are_left_out(market: Original, place: Place) -> None:
    found = find(market, place, assets=("USDC",))
    assert found.positions == ()
    assert found.left_out["has other assets"] == 38


def test_accounts_in_isolation_are_left_out(market: Original, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Aave refuses a debt ceiling for an asset that somebody supplies: the loan-to-value stands for it here."""
    assert deployment_aave.CEILING_BITS == (212, 40)
    monkeypatch.setattr(deployment_aave, "CEILING_BITS", (0, 16))
    found = find(market, place)
    assert found.positions == ()
    assert found.left_out["in isolation mode"] == 38


def test_asset_that_nobody_borrows_has_no_borrowers(market: Original, place: Place) -> None:
    found = find(market, place, assets=("WETH",))
    assert (found.positions, found.left_out) == ((), {})


def test_borrowers_from_before_the_first_block_are_not_seen(market: Original, place: Place) -> None:
    found = find(market, place, first_block=place.block + 1)
    assert (found.positions, found.left_out) == ((), {})


def test_earlier_block_shows_what_was_then(market: Original) -> None:
    before = market.chain.head.number - 9
    found = find(market, Place(Endpoint(market.uri), before))
    assert found.left_out == {}
    assert len(found.positions) == 40


def test_market_without_anybody_is_refused(market: Original, tmp_path: Path) -> None:
    directory = market.read(market.pool, POOL, "ADDRESSES_PROVIDER")
    late = {"kind": "aave_v3", "addresses_provider": directory, "first_block": 10**6}
    path = market.deployment(tmp_path, protocols={"main": late})
    with pytest.raises(ScenarioError, match="has nobody"):
        forked(small(), Fork(market.uri, path))
