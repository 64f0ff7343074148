from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.test_pool_seize import seizure
from tests.contracts.world import MAX, ZERO, Deployed, World, events, reverts


@pytest.fixture
def listed(indebted: World) -> tuple[Deployed, list[Deployed]]:
    """A list of three guards that stands before the pool."""
    guards = indebted.deploy("GuardList", indebted.owner.address, indebted.pool.address)
    members = [indebted.deploy("ScriptedGuard", indebted.pool.address) for _ in range(3)]
    guards.send(indebted.owner, "setGuards", [member.address for member in members])
    indebted.pool.send(indebted.owner, "setGuard", guards.address)
    return guards, members


def seizable(world: World) -> int:
    most: int = world.pool.read("seizable", world.usdc.address, world.weth.address)
    return most


def test_seizable_is_the_least_of_all(indebted: World, listed: tuple[Deployed, list[Deployed]]) -> None:
    for member, most in zip(listed[1], (30, 10, 20), strict=True):
        member.send(indebted.owner, "direct", False, most)
    assert seizable(indebted) == 10


def test_a_list_without_members_refuses_nothing(
    indebted: World, listed: tuple[Deployed, list[Deployed]], borrower: Account
) -> None:
    for member in listed[1]:
        member.send(indebted.owner, "direct", True, 0)
    listed[0].send(indebted.owner, "setGuards", [])
    assert seizable(indebted) == MAX
    indebted.borrow("USDC", borrower, 1)


@pytest.mark.parametrize("refusing", range(3))
def test_what_one_refuses_is_refused(
    indebted: World,
    listed: tuple[Deployed, list[Deployed]],
    borrower: Account,
    liquidator: Account,
    refusing: int,
) -> None:
    listed[1][refusing].send(indebted.owner, "direct", True, MAX)
    with reverts("Refused"):
        indebted.borrow("USDC", borrower, 1)
    indebted.pool.send(indebted.owner, "setLiquidationModule", liquidator.address)
    with reverts("Refused"):
        indebted.pool.send(liquidator, "seize", seizure(indebted, borrower, 1, 1, 0, liquidator))


def test_every_member_sees_what_the_pool_announces_in_order(
    world: World, listed: tuple[Deployed, list[Deployed]], borrower: Account, liquidator: Account
) -> None:
    world.pool.send(world.owner, "setLiquidationModule", liquidator.address)
    world.give("USDC", liquidator, 10**6)
    order = seizure(world, borrower, 10**6, 10**15, 10**12, liquidator)
    receipt = world.pool.send(liquidator, "seize", order)
    seen = [event.address for event in events(receipt, "SeizureSeen")]
    assert seen == [member.address for member in listed[1]]
    assert [member.read("lastSeizure") for member in listed[1]] == [order] * 3
    receipt = world.borrow("USDC", borrower, 5)
    seen = [(event.address, event.arguments["assets"]) for event in events(receipt, "BorrowSeen")]
    assert seen == [(member.address, 5) for member in listed[1]]


def test_only_the_pool_announces(world: World, listed: tuple[Deployed, list[Deployed]], attacker: Account) -> None:
    order = seizure(world, attacker, 1, 1, 0, attacker)
    for verb, arguments in (("onSeize", (order,)), ("onBorrow", (world.usdc.address, attacker.address, 1))):
        with reverts("NotPool", attacker.address, world.pool.address):
            listed[0].send(attacker, verb, *arguments)


def test_members_are_shown_in_order(world: World) -> None:
    guards = world.deploy("GuardList", world.owner.address, world.pool.address)
    members = tuple(world.deploy("ScriptedGuard", world.pool.address).address for _ in range(8))
    receipt = guards.send(world.owner, "setGuards", list(members))
    assert len(events(receipt, "GuardsSet")) == 1
    assert guards.read("guards") == members
    guards.send(world.owner, "setGuards", list(members[:2]))
    assert guards.read("guards") == members[:2]
    with reverts("TooManyGuards", 9, 8):
        guards.send(world.owner, "setGuards", [*members, members[0]])


def test_what_is_no_contract_and_who_is_not_the_owner_are_refused(world: World, attacker: Account) -> None:
    guards = world.deploy("GuardList", world.owner.address, world.pool.address)
    for address in (ZERO, attacker.address):
        with reverts("NotAContract", address):
            guards.send(world.owner, "setGuards", [address])
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        guards.send(attacker, "setGuards", [])
