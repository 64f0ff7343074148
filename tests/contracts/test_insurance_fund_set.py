from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.transaction import Account
from tests.contracts.funds import FundWorld
from tests.contracts.world import WAD, ZERO, World, events, reverts


@pytest.fixture(scope="module")
def funded() -> FundWorld:
    return FundWorld()


@pytest.fixture
def world(funded: FundWorld) -> Iterator[FundWorld]:
    with funded.chain.anchor():
        yield funded


def test_the_pool_is_set_once(world: FundWorld) -> None:
    assert world.fund.read("pool") == world.pool.address
    with reverts("PoolAlreadySet", world.pool.address):
        world.fund.send(world.owner, "setPool", world.pool.address)


def test_a_pool_that_pays_another_treasury_is_refused(world: FundWorld) -> None:
    other = world.deploy("InsuranceFund", world.owner.address)
    with reverts("NotItsTreasury", world.pool.address, world.fund.address):
        other.send(world.owner, "setPool", world.pool.address)


def test_without_a_pool_nothing_can_be_asked_of_it(world: FundWorld) -> None:
    fund, token = world.deploy("InsuranceFund", world.owner.address), world.usdc.address
    fund.send(world.owner, "setSocialisation", True, 0)
    for verb in ("cover", "socialise"):
        with reverts("PoolNotSet"):
            fund.send(world.owner, verb, token)
    with reverts("PoolNotSet"):
        fund.send(world.owner, "sell", world.weth.address, token, world.amm.address, 1, 0)
    with reverts("PoolNotSet"):
        fund.read("capital", token)


def test_setters_show_what_they_set(world: FundWorld, passer_by: Account) -> None:
    receipt = world.fund.send(world.owner, "setManager", passer_by.address, WAD)
    assert events(receipt, "ManagerSet")[0].arguments == {"manager": passer_by.address, "maximumDiscount": WAD}
    assert (world.fund.read("manager"), world.fund.read("maximumDiscount")) == (passer_by.address, WAD)
    receipt = world.fund.send(world.owner, "setSocialisation", True, 77)
    assert events(receipt, "SocialisationSet")[0].arguments == {"enabled": True, "patience": 77}
    assert (world.fund.read("socialisationEnabled"), world.fund.read("patience")) == (True, 77)


def test_a_discount_above_one_reverts(world: FundWorld) -> None:
    with reverts("DiscountTooHigh", WAD + 1):
        world.fund.send(world.owner, "setManager", ZERO, WAD + 1)


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [("setPool", (ZERO,)), ("setManager", (ZERO, 0)), ("setSocialisation", (True, 0))],
)
def test_only_the_owner_sets(world: World, attacker: Account, verb: str, arguments: tuple[object, ...]) -> None:
    assert isinstance(world, FundWorld)
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        world.fund.send(attacker, verb, *arguments)
