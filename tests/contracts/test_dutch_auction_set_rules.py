from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.auctions import DUTCH_RULES, HOUR, Dutch, arguments
from tests.contracts.world import MAX, WAD, World, reverts

LONGEST = 30 * 24 * HOUR
NAMES = ("buffer", "cut", "step", "tail", "cusp", "chip", "tip", "minimumLeft")


@pytest.mark.parametrize(
    "rules", [(WAD, 1, 1, 1, 0, 0, 0, 0), (10 * WAD, WAD - 1, LONGEST, LONGEST, WAD - 1, WAD, MAX, MAX)]
)
def test_the_owner_replaces_the_rules(world: World, rules: tuple[int, ...]) -> None:
    house = Dutch(world)
    receipt = house.send("setRules", rules, sender=world.owner)
    assert house.module.read("rules") == rules
    assert tuple(arguments(receipt, "RulesSet").values()) == rules


def test_anybody_else_reverts(world: World, attacker: Account) -> None:
    house = Dutch(world)
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        house.send("setRules", DUTCH_RULES, sender=attacker)


@pytest.mark.parametrize(
    ("change", "error", "expected"),
    [
        ({"buffer": WAD - 1}, "BufferOutOfRange", (WAD - 1,)),
        ({"buffer": 10 * WAD + 1}, "BufferOutOfRange", (10 * WAD + 1,)),
        ({"cut": 0}, "CutOutOfRange", (0,)),
        ({"cut": WAD}, "CutOutOfRange", (WAD,)),
        ({"step": 0}, "StepOutOfRange", (0, 8_400)),
        ({"step": 8_401}, "StepOutOfRange", (8_401, 8_400)),
        ({"tail": LONGEST + 1}, "TailTooLong", (LONGEST + 1,)),
        ({"cusp": WAD}, "CuspTooHigh", (WAD,)),
        ({"chip": WAD + 1}, "ChipTooHigh", (WAD + 1,)),
    ],
)
def test_rules_that_cannot_work_revert(
    world: World, change: dict[str, int], error: str, expected: tuple[int, ...]
) -> None:
    house = Dutch(world)
    rules = dict(zip(NAMES, DUTCH_RULES, strict=True)) | change
    with reverts(error, *expected):
        house.send("setRules", tuple(rules.values()), sender=world.owner)
