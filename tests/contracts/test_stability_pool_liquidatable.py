from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from simulator.transaction import Account
from tests.contracts.stability import Stability
from tests.contracts.world import WAD, Reverted, World, events

USD, ETH = 10**6, 10**18
NOTHING = (0, 0, 0)
REFUSALS = "NotLiquidatable|NoDebt|NoCollateral|NoDeposits|NothingSeizable|CollateralRatioTooLow"


@pytest.fixture
def pool(indebted: World) -> Stability:
    pool = Stability(indebted, WAD // 200)
    pool.deposit("A", 20_000 * USD)
    return pool


def test_a_healthy_account_and_one_without_anything_show_nothing(
    pool: Stability, borrower: Account, passer_by: Account
) -> None:
    assert pool.liquidatable(borrower) == pool.liquidatable(passer_by) == NOTHING


def test_unknown_collaterals_stale_prices_and_an_empty_pool_show_nothing(pool: Stability, borrower: Account) -> None:
    world = pool.world
    world.set_price("WETH", 1_000)
    assert pool.liquidatable(borrower) == (14_000 * USD, 10 * ETH, 10 * ETH // 200)
    for unknown in (world.usdc.address, world.pool.address, "0x" + "00" * 20):
        assert pool.module.read("liquidatable", borrower.address, unknown) == NOTHING
    assert pool.liquidatable(borrower, "WBTC") == NOTHING
    with world.chain.anchor():
        pool.withdraw("A")
        assert pool.liquidatable(borrower) == NOTHING
    world.warp(10**6)
    assert pool.liquidatable(borrower) == NOTHING


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.generate],  # not shrunk: an example costs half a second
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    usdc=st.integers(4_000 * USD, 12_000 * USD),
    weth=st.just(0) | st.integers(5 * ETH, 9 * ETH),
    wbtc=st.just(0) | st.integers(1, 10**7),
    other=st.just(0) | st.integers(1, 10**7),
    price=st.integers(700, 1_250),
    deposits=st.sampled_from([1, 5_000 * USD, 30_000 * USD]) | st.integers(1, 20_000 * USD),
    minimum=st.sampled_from([0, 0, 0, 8 * WAD // 10]),
)
def test_what_it_shows_is_what_happens(
    pool: Stability,
    attacker: Account,
    usdc: int,
    weth: int,
    wbtc: int,
    other: int,
    price: int,
    deposits: int,
    minimum: int,
) -> None:
    world = pool.world
    with world.chain.anchor():
        pool.withdraw("A")
        pool.deposit("A", deposits)
        pool.module.send(world.owner, "setStabilityRules", (WAD // 200, minimum))
        world.supply("USDC", attacker, 30_000 * USD)  # gone before the crash: it lets any debt be drawn
        for symbol, amount in (("WETH", weth), ("WBTC", wbtc)):
            if amount:
                world.supply(symbol, attacker, amount)
        world.borrow("USDC", attacker, usdc)
        if other:
            world.borrow("WBTC", attacker, other)
        world.margins.send(world.owner, "setMargin", world.usdc.address, (0, 0, 0))
        world.set_price("WETH", price)
        for symbol in ("WETH", "WBTC", "WETH"):
            debt, collateral, compensation = shown = pool.liquidatable(attacker, symbol)
            event(f"liquidatable: {debt > 0}")
            assert (debt > 0) == (collateral > 0)
            if not debt:
                with pytest.raises(Reverted, match=REFUSALS):
                    pool.liquidate(attacker, symbol)
                continue
            (told,) = events(pool.liquidate(attacker, symbol), "Liquidated")
            assert (told.arguments["debtAssets"], told.arguments["collateralAssets"]) == shown[:2]
            assert compensation == collateral // 200
