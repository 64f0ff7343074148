from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.auctions import ETH, HOUR, English, arguments
from tests.contracts.world import WAD, World, reverts

LONGEST = 30 * 24 * HOUR


@pytest.mark.parametrize("rules", [(1, 1, 0), (LONGEST, LONGEST, WAD)])
def test_the_owner_replaces_the_rules(world: World, rules: tuple[int, ...]) -> None:
    house = English(world)
    receipt = house.send("setRules", rules, sender=world.owner)
    assert house.module.read("rules") == rules
    assert tuple(arguments(receipt, "RulesSet").values()) == rules


def test_anybody_else_reverts(world: World, attacker: Account) -> None:
    house = English(world)
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        house.send("setRules", (1, 1, 0), sender=attacker)


@pytest.mark.parametrize(
    ("rules", "error", "expected"),
    [
        ((0, 1, 0), "BidLifetimeOutOfRange", (0, 1)),
        ((2, 1, 0), "BidLifetimeOutOfRange", (2, 1)),
        ((1, LONGEST + 1, 0), "AuctionLifetimeTooLong", (LONGEST + 1,)),
        ((1, 1, WAD + 1), "MinimumIncrementTooHigh", (WAD + 1,)),
    ],
)
def test_rules_that_cannot_work_revert(
    world: World, rules: tuple[int, ...], error: str, expected: tuple[int, ...]
) -> None:
    house = English(world)
    with reverts(error, *expected):
        house.send("setRules", rules, sender=world.owner)


def test_times_that_are_set_stay(indebted: World, liquidator: Account) -> None:
    house = English(indebted)
    indebted.set_price("WETH", 1_700)
    house.start()
    end = house.auction()["endsAt"]
    house.send("setRules", (60, 120, 0), sender=indebted.owner)
    assert house.auction()["endsAt"] == end
    house.bid(liquidator, 1)
    assert house.auction()["closesAt"] == indebted.chain.head.timestamp + 60


def test_the_owner_sets_a_lot_size(world: World, attacker: Account) -> None:
    house = English(world)
    receipt = house.send("setLotSize", world.weth.address, 7 * ETH, sender=world.owner)
    assert arguments(receipt, "LotSizeSet") == {"collateralAsset": world.weth.address, "lotSize": 7 * ETH}
    assert house.module.read("lotSize", world.weth.address) == 7 * ETH
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        house.send("setLotSize", world.weth.address, 1, sender=attacker)
