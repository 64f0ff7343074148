from __future__ import annotations

from collections import Counter
from math import isqrt

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from simulator.contracts import Event, decode_log
from simulator.transaction import Transaction
from tests.contracts.world import MAX, WAD, World, ceil_div

HOUR = 3_600
BORROWERS = ("borrower", "attacker", "passer_by")
ROUND = st.tuples(st.sampled_from(["liquidate", "liquidate", "liquidate", "swap", "poke"]), st.integers(0, 999))
BLOCK = st.tuples(st.lists(ROUND, min_size=1, max_size=6), st.integers(1, HOUR), st.integers(700, 1_300))


class Guarded:
    """A pool behind a list of a breaker and a speed limit; three borrowers owe USDC against WETH. Reads logs only."""

    def __init__(self, world: World) -> None:
        self.world, self.price = world, 2_000
        self.until = self.ready = 0
        self.done: Counter[str] = Counter()
        supplier = world.accounts["supplier"]
        world.supply("USDC", supplier, 1_000_000 * 10**6)
        for number, name in enumerate(BORROWERS):
            world.supply("WETH", world.accounts[name], 20 * 10**18)
            world.borrow("USDC", world.accounts[name], (26_000 + 1_500 * number) * 10**6)
        world.give("WETH", world.amm, 500 * 10**18)
        world.give("USDC", world.amm, 1_000_000 * 10**6)
        world.amm.send(world.owner, "mint", world.owner.address)
        world.module.send(world.owner, "setRules", (WAD, WAD, 0, 0, 0))
        self._deploy_guards()
        for symbol in ("USDC", "WETH"):
            for name in ("liquidator", "supplier"):
                world.give(symbol, world.accounts[name], 10**30)

    def _deploy_guards(self) -> None:
        world = self.world
        places = world.owner.address, world.pool.address
        guards = world.deploy("GuardList", *places)
        rules = (HOUR, 2 * HOUR, 0, True, True)
        self.breaker = world.deploy("CircuitBreaker", *places, guards.address, rules)
        watch = (WAD // 5, HOUR, world.amm.address, WAD // 4, 0)
        self.breaker.send(world.owner, "setWatch", world.weth.address, watch)
        limit = world.deploy("DepthSpeedLimit", *places, guards.address, WAD // 5)
        limit.send(world.owner, "setVenue", world.usdc.address, world.weth.address, world.amm.address)
        guards.send(world.owner, "setGuards", [self.breaker.address, limit.address])
        world.pool.send(world.owner, "setGuard", guards.address)

    def mine(self, rounds: list[tuple[str, int]], elapsed: int, part: int) -> None:
        """Move the price to that many thousandths and mine a block of these transactions, seconds later."""
        self.price = min(max(self.price * part // 1_000, 500), 3_000)
        self.world.set_price("WETH", self.price)
        reserve = self.world.amm.read("getReserves")[1]
        chain = self.world.chain
        nonces = {name: chain.nonces([self.world.accounts[name].address])[0] for name in ("liquidator", "supplier")}
        block = [self._transaction(verb, size, nonces) for verb, size in rounds]
        mined = chain.build_block(block, chain.head.timestamp + elapsed)
        for (verb, _), receipt in zip(rounds, mined.receipts, strict=True):
            self.done[verb if receipt.succeeded else f"{verb} refused"] += 1
        logs = [event for receipt in mined.receipts for log in receipt.logs if (event := decode_log(log))]
        self._check(logs, chain.head.timestamp, reserve)

    def _transaction(self, verb: str, size: int, nonces: dict[str, int]) -> Transaction:
        world = self.world
        weth, usdc = world.weth.address, world.usdc.address
        sender = world.accounts["liquidator" if verb == "liquidate" else "supplier"]
        if verb == "liquidate":
            borrower = world.accounts[BORROWERS[size % 3]].address
            to, data = world.module.act("liquidate", borrower, usdc, weth, 10**7 * (1 + size), 0)
        elif verb == "poke":
            to, data = self.breaker.act("poke", weth)
        else:
            sold, amount = (weth, size * 10**17) if size % 2 else (usdc, size * 2 * 10**8)
            order = world.amm.address, sold, amount + 10**12, 0, sender.address, MAX
            to, data = world.router.act("swapExactInput", *order)
        nonces[sender.name] += 1
        return Transaction(sender, to, data, 2_000_000, 0, 0, nonces[sender.name] - 1)

    def _check(self, logs: list[Event], now: int, reserve: int) -> None:
        repaid, limit = 0, None
        for event in logs:
            if event.name == "Synced":
                reserve = event.arguments["reserve1"]
            elif event.name == "Tripped":
                assert now >= self.ready  # (65)
                self.until, self.ready = now + HOUR, now + 3 * HOUR
                assert event.arguments["until"] == self.until  # (65)
            elif event.name == "Seized":
                assert now >= self.until  # (65)
                if limit is None:
                    left = ceil_div(WAD * WAD, isqrt((WAD + 5 * WAD // 100) * WAD))
                    limit = reserve * (WAD - left) // WAD // 5
                repaid += event.arguments["debtAssets"]
                assert repaid <= limit  # (64)
                self.done["at the limit"] += repaid == limit


def test_no_block_repays_more_than_the_limit_and_none_while_tripped(built: World) -> None:
    done: Counter[str] = Counter()

    @settings(
        max_examples=6,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(blocks=st.lists(BLOCK, min_size=5, max_size=15))
    def walks(blocks: list[tuple[list[tuple[str, int]], int, int]]) -> None:
        with built.chain.anchor():
            guarded = Guarded(built)
            for rounds, elapsed, part in blocks:
                guarded.mine(rounds, elapsed, part)
            done.update(guarded.done)
            done["tripped"] += guarded.until > 0

    walks()
    assert min(done[name] for name in ("liquidate", "liquidate refused", "swap", "poke", "at the limit", "tripped")) > 0


@pytest.mark.parametrize("sizes", [[1, 4, 5, 2], [998, 998], [997, 1]])
def test_a_crowd_of_liquidations_in_one_block_stops_at_the_limit(built: World, sizes: list[int]) -> None:
    with built.chain.anchor():
        guarded = Guarded(built)
        guarded.mine([("poke", 0)], 60, 850)
        guarded.mine([("liquidate", size) for size in sizes], 12, 990)
        assert guarded.done["liquidate"] > 0
        assert guarded.done["at the limit"] == (1 if max(sizes) > 500 else 0)
