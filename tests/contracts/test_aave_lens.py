from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from simulator.chain import account
from simulator.contracts import artifact
from tests.contracts.aave import FOLDER, AaveWorld
from tests.contracts.world import ZERO


@pytest.fixture(scope="module")
def built() -> AaveWorld:
    return AaveWorld()


@pytest.fixture
def world(built: AaveWorld) -> Iterator[AaveWorld]:
    with built.chain.anchor():
        built.refresh()
        yield built


def lens(world: AaveWorld, function: str, *arguments: Any) -> Any:
    return world.read(
        "AaveLens", world.protocol.lens, function, world.protocol.pool, [world.weth, world.usdc], *arguments
    )


def test_a_reserve_is_what_pool_tokens_and_oracle_say(world: AaveWorld) -> None:
    world.chain.build_block([], world.chain.head.timestamp + 86_400)
    for token, view in zip((world.weth, world.usdc), lens(world, "reserves"), strict=True):
        data = world.pool("getReserveData", token)
        a_token, debt_token = data[8], data[10]
        assert view == (
            a_token,
            debt_token,
            data[7],
            data[0][0],
            True,
            world.market.feeds["WETH" if token == world.weth else "USDC"].answer,
            world.pool("getReserveNormalizedIncome", token),
            world.pool("getReserveNormalizedVariableDebt", token),
            data[3],
            world.balance(token, a_token),
            world.read(f"{FOLDER}/AToken", a_token, "scaledTotalSupply"),
            world.read(f"{FOLDER}/VariableDebtToken", debt_token, "scaledTotalSupply"),
            data[12],
            0,
        )


def test_an_account_is_what_pool_and_tokens_say(world: AaveWorld) -> None:
    accounts = [*world.book.accounts, account("lender/main").address, account("nobody").address]
    tokens = [world.pool("getReserveData", token) for token in (world.weth, world.usdc)]
    for holder, view in zip(accounts, lens(world, "accounts", accounts), strict=True):
        supplied = [world.read(f"{FOLDER}/AToken", data[8], "scaledBalanceOf", holder) for data in tokens]
        borrowed = [world.read(f"{FOLDER}/AToken", data[10], "scaledBalanceOf", holder) for data in tokens]
        assert view == (world.pool("getUserConfiguration", holder)[0], tuple(supplied), tuple(borrowed))
    assert [bool(any(view[1])) for view in lens(world, "accounts", accounts)] == [True, True, True, False]


def test_a_price_that_the_oracle_does_not_have_is_told(world: AaveWorld) -> None:
    provider = world.pool("ADDRESSES_PROVIDER")
    oracle = world.read(f"{FOLDER}/PoolAddressesProvider", provider, "getPriceOracle")
    data = artifact(f"{FOLDER}/AaveOracle").encode("setAssetSources", [world.weth], [ZERO])
    world.send(world.owner, oracle, data)
    weth, usdc = lens(world, "reserves")
    assert (weth[4], weth[5]) == (False, 0)
    assert usdc[4]
    assert not world.book.eligible().any()
