from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.transaction import Account
from tests.contracts.morpho import INCENTIVE, LLTV, PRICE_SCALE, MorphoWorld, indebted
from tests.contracts.world import MAX, WAD, World, ceil_div, events, reverts

RATES = (WAD // 10, WAD // 2, WAD // 10, WAD)


@pytest.fixture
def market(world: World) -> Iterator[MorphoWorld]:
    """Interest runs at over 10 % a year, a fifth of it goes to the treasury."""
    return indebted(world, rates=RATES, fee=WAD // 5)


def test_totals_are_those_that_morpho_stores_when_it_accrues(market: MorphoWorld) -> None:
    before = market.market()
    market.world.warp(10**6)
    told = market.market()
    with market.world.chain.anchor():
        market.world.warp(1)
        later = market.market()
    market.act(market.world.owner, "accrueInterest")
    stored = tuple(market.market())
    assert before[0] < told[0] < stored[0]
    assert before[1] < told[1] < stored[1]
    assert stored == later
    assert stored[0] - before[0] == stored[2] - before[2]
    assert stored[3] == before[3]


def test_price_is_the_oracle_s(market: MorphoWorld) -> None:
    assert market.market()[4] == market.oracle.read("price") == 2_000 * 10**24


def test_positions_are_morpho_s(market: MorphoWorld, supplier: Account, borrower: Account, attacker: Account) -> None:
    found = market.ask("positions", [one.address for one in (supplier, borrower, attacker)])
    assert found == ((10**18, 0, 0), (0, 14 * 10**15, 10 * WAD), (0, 0, 0))


def test_health_is_in_morpho_s_integers(market: MorphoWorld, borrower: Account, attacker: Account) -> None:
    market.world.warp(10**7)
    totals = market.market()
    debt = ceil_div(14 * 10**15 * (totals[2] + 1), totals[3] + 10**6)
    most = 10 * WAD * totals[4] // PRICE_SCALE * LLTV // WAD
    found = market.ask("health", [borrower.address, attacker.address])
    assert debt > 14_000 * 10**6
    assert found == ((10 * WAD, most, debt, most * WAD // debt), (0, 0, 0, MAX))


def test_account_at_exactly_one_is_healthy_and_below_it_is_not(world: World, borrower: Account) -> None:
    market = indebted(world)
    world.set_price("WETH", 1_750)
    assert market.ask("checkLiquidation", borrower.address) == (False, WAD, 0, 0)
    with reverts("Error", "position is healthy"):
        market.liquidate(world.accounts["liquidator"], borrower, shares=1)
    world.feeds["WETH"].send(world.accounts["reporter"], "report", 1_750 * 10**8 - 1)
    assert market.ask("checkLiquidation", borrower.address)[0]
    market.liquidate(world.accounts["liquidator"], borrower, shares=1)


@pytest.mark.parametrize(
    "price", [1_700, 1_490, 1_489, 1_300], ids=["covered", "just covered", "just not", "far below"]
)
def test_terms_are_what_a_liquidation_takes(
    market: MorphoWorld, borrower: Account, liquidator: Account, price: int
) -> None:
    world = market.world
    world.set_price("WETH", price)
    world.give("USDC", liquidator, 10**12)
    limited = price * 10 * WAD // INCENTIVE < 14_000
    sides = {"seized": 10 * WAD} if limited else {"shares": market.position(borrower)[1]}
    with world.chain.anchor():
        receipt = market.liquidate(liquidator, borrower, **sides)
    world.warp(2)
    taken = events(receipt, "Liquidate")[0].arguments
    eligible, health, repaid, seized = market.ask("checkLiquidation", borrower.address)
    assert eligible
    assert health < WAD
    assert (repaid, seized) == (taken["repaidAssets"], taken["seizedAssets"])
    assert (taken["badDebtAssets"] > 0) == limited


def test_account_without_debt_is_not_liquidatable(market: MorphoWorld, attacker: Account) -> None:
    assert market.ask("checkLiquidation", attacker.address) == (False, MAX, 0, 0)
