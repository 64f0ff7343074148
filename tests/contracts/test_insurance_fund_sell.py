from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.transaction import Account
from tests.contracts.funds import FundWorld
from tests.contracts.world import MAX, WAD, events, reverts

EARNED = 10**18


@pytest.fixture(scope="module")
def funded() -> FundWorld:
    """The fund has 1 WETH; a venue of 1,000 WETH and 2,000,000 USDC; the passer-by manages, and may lose 1 %."""
    world = FundWorld()
    world.donate("WETH", EARNED)
    world.give("WETH", world.amm, 1_000 * 10**18)
    world.give("USDC", world.amm, 2_000_000 * 10**6)
    world.amm.send(world.owner, "mint", world.owner.address)
    world.fund.send(world.owner, "setManager", world.accounts["passer_by"].address, WAD // 100)
    return world


@pytest.fixture
def world(funded: FundWorld) -> Iterator[FundWorld]:
    with funded.chain.anchor():
        yield funded


def order(world: FundWorld, assets: int = EARNED, minimum: int = 0) -> tuple[object, ...]:
    return world.weth.address, world.usdc.address, world.amm.address, assets, minimum


def quote(world: FundWorld, assets: int = EARNED) -> int:
    quoted: int = world.amm.read("quoteExactInput", world.weth.address, assets)
    return quoted


def test_proceeds_of_a_sale_are_supplied(world: FundWorld, passer_by: Account) -> None:
    half = EARNED // 2
    expected = quote(world, half)
    receipt = world.fund.send(passer_by, "sell", *order(world, half))
    assert events(receipt, "Sold")[0].arguments == {
        "collateralAsset": world.weth.address,
        "debtAsset": world.usdc.address,
        "venue": world.amm.address,
        "collateralAssets": half,
        "debtAssets": expected,
    }
    assert (world.capital("WETH"), world.capital()) == (EARNED - half, expected)
    assert world.balance("USDC", world.fund) == world.balance("WETH", world.fund) == 0


def test_everything_can_be_sold_also_as_token1(world: FundWorld, passer_by: Account) -> None:
    world.fund.send(passer_by, "sell", *order(world, MAX))
    bought = world.capital()
    assert (world.capital("WETH"), world.amm.read("token1")) == (0, world.usdc.address)
    back = world.amm.read("quoteExactInput", world.usdc.address, bought)
    world.fund.send(passer_by, "sell", world.usdc.address, world.weth.address, world.amm.address, MAX, back)
    assert (world.capital("WETH"), world.capital()) == (back, 0)


def test_one_unit_below_the_minimum_asked_for_reverts(world: FundWorld, passer_by: Account) -> None:
    expected = quote(world)
    with reverts("ProceedsBelowMinimum", expected, expected + 1):
        world.fund.send(passer_by, "sell", *order(world, EARNED, expected + 1))
    world.fund.send(passer_by, "sell", *order(world, EARNED, expected))


def test_the_owners_discount_on_the_oracles_price_bounds_a_sale(world: FundWorld, passer_by: Account) -> None:
    expected = quote(world)  # 0.4 % below 2,000
    world.set_price("WETH", 2_100)
    with reverts("ProceedsBelowMinimum", expected, 2_079 * 10**6):
        world.fund.send(passer_by, "sell", *order(world))
    world.set_price("WETH", 2_010)
    world.fund.send(passer_by, "sell", *order(world))
    assert expected >= 2_010 * 10**6 * 99 // 100


def test_a_stale_price_stops_sales(world: FundWorld, passer_by: Account) -> None:
    world.warp(10**6)
    with reverts("StalePrice"):
        world.fund.send(passer_by, "sell", *order(world))


def test_anyone_but_the_manager_is_refused(world: FundWorld, attacker: Account, passer_by: Account) -> None:
    for caller in (attacker, world.owner):
        with reverts("NotManager", caller.address, passer_by.address):
            world.fund.send(caller, "sell", *order(world))


def test_a_venue_of_other_tokens_is_refused(world: FundWorld, passer_by: Account) -> None:
    weth, usdc, wbtc = (token.address for token in world.tokens.values())
    other = world.deploy("ConstantProductPool", wbtc, usdc, 3_000).address
    with reverts("VenueDoesNotTrade", other, weth, usdc):
        world.fund.send(passer_by, "sell", weth, usdc, other, 1, 0)
    with reverts("VenueDoesNotTrade", world.amm.address, weth, wbtc):
        world.fund.send(passer_by, "sell", weth, wbtc, world.amm.address, 1, 0)
    with reverts("SameAsset", weth):
        world.fund.send(passer_by, "sell", weth, weth, world.amm.address, 1, 0)


def test_more_than_it_has_reverts(world: FundWorld, passer_by: Account) -> None:
    with reverts("InsufficientSupply"):
        world.fund.send(passer_by, "sell", *order(world, EARNED + 10**15))


def test_what_lay_idle_in_the_fund_is_no_proceeds(world: FundWorld, passer_by: Account) -> None:
    world.give("USDC", world.fund, 5_000 * 10**6)
    expected = quote(world)
    world.fund.send(passer_by, "sell", *order(world))
    assert (world.capital(), world.balance("USDC", world.fund)) == (expected, 5_000 * 10**6)
