"""What the tests of the circuit breaker share: one before the pool, that watches WETH."""

from __future__ import annotations

from simulator.contracts import artifact
from simulator.transaction import Receipt
from tests.contracts.oracles import poke
from tests.contracts.world import WAD, ZERO, Deployed, World, events

HOUR, DAY = 3_600, 86_400
MOVE, DIVERGENCE, DEPTH, HAIRCUT = WAD // 10, WAD // 50, 1_000_000 * WAD, WAD // 20
CALM, SPEED, DIVERGES, THIN = range(4)
RULES = (HOUR, 2 * HOUR, HAIRCUT, True, True)
FREE_RULES = (WAD, WAD, 0, 0, 0)


def deployed(world: World, rules: tuple[object, ...] = RULES) -> Deployed:
    """A breaker, not yet in force, that watches nothing."""
    return world.deploy("CircuitBreaker", world.owner.address, world.pool.address, world.pool.address, rules)


def watch(breaker: Deployed, symbol: str = "WETH", *, move: int = 0, divergence: int = 0, depth: int = 0) -> None:
    """Watch for these, within an hour and on the pool's venue."""
    world = breaker.world
    venue = world.amm.address if divergence or depth else ZERO
    token = world.tokens[symbol].address
    breaker.send(world.owner, "setWatch", token, (move, HOUR if move else 0, venue, divergence, depth))


def in_force(world: World, rules: tuple[object, ...] = RULES) -> Deployed:
    """A breaker before the pool; WETH moves by a tenth within an hour at most."""
    breaker = deployed(world, rules)
    watch(breaker, move=MOVE)
    world.pool.send(world.owner, "setGuard", breaker.address)
    world.module.send(world.owner, "setRules", FREE_RULES)
    return breaker


def fill_venue(world: World, weth: int = 1_000, usdc: int = 2_000_000) -> None:
    world.give("WETH", world.amm, weth * 10**18)
    world.give("USDC", world.amm, usdc * 10**6)
    world.amm.send(world.owner, "mint", world.owner.address)


def check(breaker: Deployed) -> tuple[int, int, int]:
    """Cause, what was measured, and its limit, for WETH."""
    found: tuple[int, int, int] = breaker.read("check", breaker.world.weth.address)
    return found


def trip(breaker: Deployed) -> int:
    """WETH falls from 2,000 to 1,700 between two pokes; returns the timestamp of the trip."""
    poke(breaker)
    breaker.world.set_price("WETH", 1_700)
    at = poke(breaker)
    assert breaker.read("trippedUntil") == at + HOUR
    return at


def poked(breaker: Deployed) -> Receipt:
    world = breaker.world
    data = artifact("CircuitBreaker").encode("poke", world.weth.address)
    return world.send(world.accounts["passer_by"], breaker.address, data)


def trips(receipt: Receipt) -> list[dict[str, object]]:
    return [dict(event.arguments) for event in events(receipt, "Tripped")]
