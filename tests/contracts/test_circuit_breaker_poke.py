from __future__ import annotations

from tests.contracts.breakers import (
    CALM,
    DIVERGES,
    HAIRCUT,
    HOUR,
    MOVE,
    RULES,
    SPEED,
    check,
    deployed,
    in_force,
    poked,
    trip,
    trips,
    watch,
)
from tests.contracts.oracles import poke, price, warp_to
from tests.contracts.world import WAD, Deployed, World, events, reverts


def reference(breaker: Deployed) -> tuple[int, int]:
    found: tuple[int, int] = breaker.read("referenceOf", breaker.world.weth.address)
    return found


def test_a_poke_with_a_reason_trips_and_says_why(world: World) -> None:
    breaker = in_force(world)
    poke(breaker)
    world.set_price("WETH", 1_700)
    receipt = poked(breaker)
    now = world.chain.head.timestamp
    assert trips(receipt) == [
        {"asset": world.weth.address, "cause": SPEED, "measured": 15 * WAD // 100, "limit": MOVE, "until": now + HOUR}
    ]
    assert [breaker.read(name) for name in ("trippedUntil", "readyAt")] == [now + HOUR, now + 3 * HOUR]
    assert (breaker.read("tripped"), breaker.read("haircut")) == (True, HAIRCUT)


def test_a_poke_without_a_reason_says_what_it_read(world: World) -> None:
    breaker = in_force(world)
    receipt = poked(breaker)
    told, updated_at = price(world.oracle)
    expected = {"asset": world.weth.address, "price": told, "updatedAt": updated_at}
    assert events(receipt, "Poked")[0].arguments == expected
    assert trips(receipt) == []
    assert (breaker.read("tripped"), breaker.read("haircut")) == (False, 0)


def test_a_trip_ends_by_itself(world: World) -> None:
    breaker = in_force(world)
    at = trip(breaker)
    warp_to(world, at + HOUR - 1)
    assert breaker.read("tripped") is True
    warp_to(world, at + HOUR)
    assert (breaker.read("tripped"), breaker.read("haircut")) == (False, 0)


def test_pokes_during_trip_and_cooldown_do_not_trip(world: World) -> None:
    breaker = in_force(world)
    watch(breaker, divergence=WAD // 2)  # an empty venue: there is reason for ever
    at = poke(breaker)
    assert breaker.read("trippedUntil") == at + HOUR
    for moment in (at + HOUR - 1, at + HOUR, at + 3 * HOUR - 1):
        poke(breaker, moment)
        assert (check(breaker)[0], breaker.read("trippedUntil")) == (DIVERGES, at + HOUR)
    poke(breaker, at + 3 * HOUR)
    assert breaker.read("trippedUntil") == at + 4 * HOUR


def test_however_often_it_is_poked_it_is_tripped_a_third_of_the_time_at_most(world: World) -> None:
    """An hour of every three: two assets that give reason for ever are poked every ten minutes for half a day."""
    breaker = deployed(world)
    for symbol in ("WETH", "USDC"):
        watch(breaker, symbol, divergence=WAD // 2)
    start, tripped = world.chain.head.timestamp + 600, 0
    for step in range(72):
        warp_to(world, start + 600 * step)
        for token in (world.weth, world.usdc):
            _, data = breaker.act("poke", token.address)
            world.send(world.accounts["attacker"], breaker.address, data)
        tripped += breaker.read("tripped")
    assert tripped == 24


def test_pokes_before_the_window_is_over_keep_the_reference(world: World) -> None:
    breaker = in_force(world)
    taken = poke(breaker)
    world.set_price("WETH", 1_900)
    poke(breaker, taken + HOUR - 1)
    assert reference(breaker) == (2_000 * WAD, taken)
    poke(breaker, taken + HOUR)
    assert reference(breaker) == (1_900 * WAD, taken + HOUR)


def test_a_fall_in_small_steps_trips(world: World) -> None:
    breaker = in_force(world)
    poke(breaker)
    for value in (1_900, 1_810, 1_790):
        world.set_price("WETH", value)
        receipt = poked(breaker)
        assert bool(trips(receipt)) == (value == 1_790)


def test_a_fall_that_nobody_was_there_to_see_does_not_trip(world: World) -> None:
    breaker = in_force(world)
    taken = poke(breaker)
    world.set_price("WETH", 1_000)
    poke(breaker, taken + HOUR + 1)
    assert (breaker.read("tripped"), reference(breaker)) == (False, (1_000 * WAD, taken + HOUR + 1))


def test_a_trip_moves_the_reference_so_that_one_fall_trips_once(world: World) -> None:
    breaker = deployed(world, (60, 60, *RULES[2:]))
    watch(breaker, move=MOVE)
    taken = poke(breaker)
    world.set_price("WETH", 1_700)
    at = poke(breaker)
    assert reference(breaker) == (1_700 * WAD, at)
    poke(breaker, at + 120)
    assert at + 120 < taken + HOUR
    assert (check(breaker)[0], breaker.read("tripped")) == (CALM, False)


def test_the_owner_ends_a_trip_and_its_cooldown_stays(world: World) -> None:
    breaker = in_force(world)
    assert events(breaker.send(world.owner, "release"), "Released") == []
    at = trip(breaker)
    assert len(events(breaker.send(world.owner, "release"), "Released")) == 1
    assert (breaker.read("tripped"), breaker.read("readyAt")) == (False, at + 3 * HOUR)


def test_a_stale_price_reverts_a_poke_and_so_does_what_is_not_watched(world: World) -> None:
    breaker = in_force(world)
    with reverts("NotWatched", world.wbtc.address):
        breaker.send(world.owner, "poke", world.wbtc.address)
    world.warp(10**6)
    with reverts("StalePrice"):
        poke(breaker)
