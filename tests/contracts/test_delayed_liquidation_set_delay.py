from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.delays import DELAY, delayed
from tests.contracts.oracles import cannot_be_deployed
from tests.contracts.world import AAVE_RULES, WAD, World, events, reverts

LARGE, GRACE, SLICE, INTERVAL, EXPIRY, EMERGENCY = DELAY
WEEK, DAY = 7 * 86_400, 86_400
IMPOSSIBLE = [
    ((LARGE, GRACE, 0, INTERVAL, EXPIRY, EMERGENCY), "SliceOutOfRange", (0,)),
    ((LARGE, GRACE, WAD + 1, INTERVAL, EXPIRY, EMERGENCY), "SliceOutOfRange", (WAD + 1,)),
    ((LARGE, GRACE, SLICE, 0, EXPIRY, EMERGENCY), "IntervalOutOfRange", (0, DAY)),
    ((LARGE, GRACE, SLICE, DAY + 1, 3 * DAY, EMERGENCY), "IntervalOutOfRange", (DAY + 1, DAY)),
    ((LARGE, WEEK + 1, SLICE, INTERVAL, 2 * WEEK, EMERGENCY), "GraceTooLong", (WEEK + 1, WEEK)),
    ((LARGE, GRACE, SLICE, INTERVAL, 4_199, EMERGENCY), "ExpiryTooShort", (4_199, 4_200)),
    ((LARGE, GRACE, SLICE, INTERVAL, EXPIRY, WAD + 1), "EmergencyHealthFactorTooHigh", (WAD + 1,)),
    (
        (LARGE - 5, GRACE, SLICE, INTERVAL, EXPIRY, EMERGENCY),
        "SliceBelowMinimumPosition",
        (2_000 * WAD - 1, 2_000 * WAD),
    ),
]


@pytest.fixture
def market(indebted: World, monkeypatch: pytest.MonkeyPatch) -> World:
    return delayed(indebted, monkeypatch)


def test_the_constructor_sets_rules_and_delay(market: World) -> None:
    assert market.module.read("delay") == DELAY
    assert market.module.read("rules") == AAVE_RULES


@pytest.mark.parametrize("delay", [(2_000 * WAD, WEEK, WAD, DAY, WEEK + DAY, WAD), (LARGE, 0, SLICE, 1, 1, 0)])
def test_the_owner_replaces_the_delay_up_to_the_bounds(market: World, delay: tuple[int, ...]) -> None:
    receipt = market.module.send(market.owner, "setDelay", delay)
    assert market.module.read("delay") == delay
    assert tuple(events(receipt, "DelaySet")[0].arguments.values()) == delay


@pytest.mark.parametrize(("delay", "error", "arguments"), IMPOSSIBLE)
def test_a_delay_that_cannot_work_reverts(
    market: World, delay: tuple[int, ...], error: str, arguments: tuple[int, ...]
) -> None:
    with reverts(error, *arguments):
        market.module.send(market.owner, "setDelay", delay)


def test_nor_can_it_be_deployed_with_one(world: World) -> None:
    delay, error, arguments = IMPOSSIBLE[-1]
    with cannot_be_deployed(error, *arguments):
        world.deploy("DelayedLiquidation", world.owner.address, world.pool.address, AAVE_RULES, delay)


def test_rules_whose_minimum_position_exceeds_a_slice_revert(market: World) -> None:
    close, full, minimum, *rest = AAVE_RULES
    with reverts("SliceBelowMinimumPosition", minimum, minimum + 1):
        market.module.send(market.owner, "setRules", (close, full, minimum + 1, *rest))
    market.module.send(market.owner, "setRules", (close, full, minimum - 1, *rest))
    assert market.module.read("rules")[2] == minimum - 1


def test_anybody_else_reverts(market: World, attacker: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        market.module.send(attacker, "setDelay", DELAY)
