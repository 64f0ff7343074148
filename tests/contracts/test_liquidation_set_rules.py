from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.world import AAVE_RULES, WAD, World, events, reverts


def test_the_owner_replaces_the_rules(world: World) -> None:
    rules = (WAD, WAD, 5, 5, WAD)
    receipt = world.module.send(world.owner, "setRules", rules)
    assert world.module.read("rules") == rules
    assert tuple(events(receipt, "RulesSet")[0].arguments.values()) == rules


def test_anybody_else_reverts(world: World, attacker: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        world.module.send(attacker, "setRules", AAVE_RULES)


@pytest.mark.parametrize(
    ("rules", "error", "arguments"),
    [
        ((0, WAD, 0, 0, 0), "CloseFactorOutOfRange", (0,)),
        ((WAD + 1, WAD, 0, 0, 0), "CloseFactorOutOfRange", (WAD + 1,)),
        ((WAD, WAD + 1, 0, 0, 0), "FullCloseHealthFactorTooHigh", (WAD + 1,)),
        ((WAD, WAD, 4, 5, 0), "MinimumValueLeftTooHigh", (5, 4)),
        ((WAD, WAD, 0, 0, WAD + 1), "ProtocolShareTooHigh", (WAD + 1,)),
    ],
)
def test_rules_that_cannot_work_revert(
    world: World, rules: tuple[int, ...], error: str, arguments: tuple[int, ...]
) -> None:
    with reverts(error, *arguments):
        world.module.send(world.owner, "setRules", rules)
