from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.breakers import DEPTH, DIVERGENCE, HOUR, MOVE, RULES, deployed, in_force, trip, watch
from tests.contracts.oracles import cannot_be_deployed
from tests.contracts.world import WAD, ZERO, World, events, reverts

NOTHING = (0, 0, ZERO, 0, 0)


def test_rules_and_watches_are_shown(world: World) -> None:
    breaker = deployed(world)
    assert breaker.read("rules") == RULES
    other = (1, 2, 3, False, True)
    receipt = breaker.send(world.owner, "setRules", other)
    assert tuple(events(receipt, "RulesSet")[0].arguments.values()) == other == breaker.read("rules")
    order = (MOVE, HOUR, world.amm.address, DIVERGENCE, DEPTH)
    receipt = breaker.send(world.owner, "setWatch", world.weth.address, order)
    assert tuple(events(receipt, "WatchSet")[0].arguments.values()) == (world.weth.address, *order)
    assert breaker.read("watch", world.weth.address) == order
    assert (breaker.read("pool"), breaker.read("caller")) == (world.pool.address,) * 2


@pytest.mark.parametrize(("maximum_time", "cooldown"), [(0, 0), (0, 5), (HOUR + 1, HOUR)])
def test_a_pause_of_no_or_more_than_half_of_all_time_is_refused(world: World, maximum_time: int, cooldown: int) -> None:
    rules = (maximum_time, cooldown, *RULES[2:])
    with reverts("PauseTooLong", maximum_time, cooldown):
        deployed(world).send(world.owner, "setRules", rules)
    with cannot_be_deployed("PauseTooLong", maximum_time, cooldown):
        deployed(world, rules)
    deployed(world, (HOUR, HOUR, *RULES[2:]))


def test_a_haircut_above_a_half_is_refused(world: World) -> None:
    with reverts("HaircutTooHigh", WAD // 2 + 1, WAD // 2):
        deployed(world).send(world.owner, "setRules", (*RULES[:2], WAD // 2 + 1, True, True))


def test_new_rules_do_not_prolong_a_trip(world: World) -> None:
    breaker = in_force(world)
    at = trip(breaker)
    breaker.send(world.owner, "setRules", (10 * HOUR, 20 * HOUR, *RULES[2:]))
    assert (breaker.read("trippedUntil"), breaker.read("readyAt")) == (at + HOUR, at + 3 * HOUR)


def test_a_new_watch_takes_a_new_reference(world: World) -> None:
    breaker = in_force(world)
    breaker.send(world.owner, "poke", world.weth.address)
    assert breaker.read("referenceOf", world.weth.address)[0] == 2_000 * WAD
    watch(breaker, move=MOVE)
    assert breaker.read("referenceOf", world.weth.address) == (0, 0)


def test_a_venue_of_other_tokens_or_of_one_that_is_not_listed_is_refused(world: World) -> None:
    breaker = deployed(world)
    with reverts("VenueDoesNotTrade", world.amm.address, world.wbtc.address):
        breaker.send(world.owner, "setWatch", world.wbtc.address, (0, 0, world.amm.address, 1, 0))
    foreign = world.deploy("TestToken", "X", "X", 18, world.owner.address)
    venue = world.deploy("ConstantProductPool", world.weth.address, foreign.address, 0)
    with reverts("AssetNotListed", foreign.address):
        breaker.send(world.owner, "setWatch", world.weth.address, (0, 0, venue.address, 1, 0))


@pytest.mark.parametrize("limits", [(1, 0), (0, 1)])
def test_limits_of_a_venue_need_one(world: World, limits: tuple[int, int]) -> None:
    with reverts("VenueMissing", world.weth.address):
        deployed(world).send(world.owner, "setWatch", world.weth.address, (0, 0, ZERO, *limits))


def test_the_ninth_asset_is_refused(world: World) -> None:
    breaker = deployed(world)
    for number in range(1, 9):
        for _ in range(2):
            breaker.send(world.owner, "setWatch", f"0x{number:040x}", NOTHING)
    with reverts("TooManyWatched", 8):
        breaker.send(world.owner, "setWatch", f"0x{9:040x}", NOTHING)


@pytest.mark.parametrize(
    ("verb", "arguments"), [("setRules", (RULES,)), ("setWatch", (ZERO, NOTHING)), ("release", ())]
)
def test_only_the_owner_governs(world: World, attacker: Account, verb: str, arguments: tuple[object, ...]) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        deployed(world).send(attacker, verb, *arguments)
