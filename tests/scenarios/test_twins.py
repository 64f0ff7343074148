from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from simulator import Scenario, load
from simulator.adapters import LendingProtocol
from simulator.market import Market
from simulator.position_book import PositionBook
from simulator.simulation import Simulation
from simulator.terms import Terms
from tests.scenarios.world import CRASH, SHOCK, TWO_POOLS, Read, read, watched, with_events

WAD = 10**18
UNIT = 1e-6
"""Dollars of one unit of USDC, by which the contracts round a debt up."""
HEALTHY = 3
"""Accounts, the nearest to the line, of which the terms are asked though they are healthy."""
OUTAGE = "{kind: oracle_outage, at: 10, blocks: 20, asset: WETH}"
STALE_BITCOIN = "{kind: oracle_outage, at: 1, blocks: 30, asset: WBTC}"
LOWER = "{kind: parameter_change, at: 20, protocol: main, asset: WETH, liquidation_threshold: 80%, loan_to_value: 70%}"
DUST = [
    "protocols.main.positions.total_debt=$80k",
    "protocols.main.positions.size_sigma=0.1",
    "protocols.main.liquidation.minimum_left=$1900",
    "protocols.main.liquidation.minimum_position=$2500",
    "protocols.main.liquidation.full_close_health_factor=50%",
    "liquidators=[]",
]
"""Half of a debt of $3,000 may not be repaid, since too little would be left."""
TIERS = (
    "protocols.main.margins={kind: tiered, tiers: {WETH: [{up_to: $50k, haircut: 0%}, {up_to: $200k, haircut: 3.7%}, "
    "{up_to: $900k, haircut: 9.1%}, {haircut: 17%}]}}"
)
CAREFUL = "protocols.main.positions.loan_to_value={mean: 54%, deviation: 6%, maximum: 66%, source: invented for a test}"
"""So that the largest account may be opened under the last tier."""
BREAKER = (
    "protocols.main.guards=[{kind: circuit_breaker, pauses: [], haircut: 4.3%, maximum_time: 300s, cooldown: 300s, "
    "interval: 30s, watches: {WETH: {maximum_move: 10%, window: 300s}}}]"
)
TIDY = "housekeepers=[{name: tidy, fee: {kind: percentile, percentile: 80%, maximum: 2000 gwei}}]"
SCENARIOS = {
    "tiered": load(CRASH, overrides=[TIERS, CAREFUL, with_events(SHOCK, LOWER)]),
    "dust": load(CRASH, overrides=DUST),
    "crash": load(CRASH, overrides=[with_events(SHOCK, LOWER)]),
    "two_pools": load(TWO_POOLS),
    "stale price": load(CRASH, overrides=["protocols.main.maximum_price_age=120s", with_events(SHOCK, OUTAGE)]),
}
KINDS = ("positions", "eligible", "screen", "terms", "quotes")


class Comparison:
    """Twins against contracts after every block; `different` holds (step, kind, name, twin, contract)."""

    def __init__(self, scenario: Scenario) -> None:
        self.different: list[tuple[Any, ...]] = []
        self.compared: Counter[str] = Counter()
        self.seen: Counter[str] = Counter()
        watched(scenario, self._note)

    def _note(self, simulation: Simulation, step: int) -> None:
        for kind, name, twin, real in self._compare(simulation.market):
            self.compared[kind] += 1
            if twin != real:
                self.different.append((step, kind, name, twin, real))

    def _compare(self, market: Market) -> Iterator[tuple[str, str, Any, Any]]:
        for protocol in market.protocols.values():
            yield from self._positions(market, protocol)
        yield from quotes(market)

    def _positions(self, market: Market, protocol: LendingProtocol) -> Iterator[tuple[str, str, Any, Any]]:
        book, lens = protocol.book, getattr(protocol, "lens", "")
        real = read(market.chain, [("PoolLens", lens, "positions", protocol.pool, list(book.accounts))])[0]
        eligible, health = book.eligible(), book.health()
        near = []
        for number, (priced, collateral, threshold, debt, factor) in enumerate(real):
            name = f"{protocol.name}/{book.accounts[number]}"
            self.seen["priced" if priced else "unpriced"] += 1
            yield "eligible", name, bool(eligible[number]), bool(priced and factor < WAD)
            near.append((not (priced and factor < WAD), factor, number))
            if not priced:
                continue
            twin = book.position(number)
            full = max(state.liquidation_threshold for state in book.states)
            self.seen["tightened"] += full < 80 * WAD // 100
            self.seen["lowered by size"] += bool(debt and collateral * full // WAD - threshold > 10)
            yield "positions", name, (*twin, twin.health_factor), (collateral, threshold, debt, factor)
            exact = factor / WAD if debt else np.inf
            slack = 1e-9 + UNIT / (debt / WAD) if debt else 0.0
            yield "screen", name, bool(np.isclose(health[number], exact, rtol=slack, atol=0.0)), True
        unhealthy = [number for healthy, _, number in sorted(near) if not healthy]
        healthy = [number for healthy, _, number in sorted(near) if healthy][:HEALTHY]
        self.seen["unhealthy"] += len(unhealthy)
        yield from terms(market, protocol, [*unhealthy, *healthy], self.seen)


def terms(
    market: Market, protocol: LendingProtocol, numbers: list[int], seen: Counter[str]
) -> Iterator[tuple[str, str, Any, Any]]:
    """Every debt against every collateral of these accounts."""
    wanted = [(n, debt, collateral) for n in numbers for debt in protocol.assets for collateral in protocol.assets]
    reads: list[Read] = [
        (
            "FixedSpreadLiquidation",
            protocol.mechanism.address,
            "checkLiquidation",
            protocol.book.accounts[number],
            market.tokens[debt].address,
            market.tokens[collateral].address,
        )
        for number, debt, collateral in wanted
    ]
    for (number, debt, collateral), real in zip(wanted, read(market.chain, reads), strict=True):
        seen["eligible terms"] += bool(real[0])
        name = f"{protocol.name}/{protocol.book.accounts[number]} {debt}/{collateral}"
        yield "terms", name, protocol.terms(number, debt, collateral), Terms(*real)


def quotes(market: Market) -> Iterator[tuple[str, str, Any, Any]]:
    """Inputs from dust to several times the reserves, in both directions."""
    for name, venue in market.venues.items():
        settings = market.scenario.venues[name]
        amounts = [1, 997, 10**6, *(venue.reserves.base * part // 1_000 for part in (1, 77, 999, 5_001))]
        for sells_base, asset in ((True, settings.base), (False, settings.quote)):
            token = market.tokens[asset].address
            reads: list[Read] = [
                ("ConstantProductPool", venue.address, "quoteExactInput", token, amount) for amount in amounts
            ]
            for amount, real in zip(amounts, read(market.chain, reads), strict=True):
                yield "quotes", f"{name} {amount} {asset}", venue.reserves.quote_exact_input(sells_base, amount), real


@pytest.fixture(scope="module", params=SCENARIOS)
def comparison(request: pytest.FixtureRequest) -> Comparison:
    return Comparison(SCENARIOS[request.param])


@pytest.mark.parametrize("kind", KINDS)
def test_twin_is_the_contract(kind: str, comparison: Comparison) -> None:
    assert [one for one in comparison.different if one[1] == kind][:3] == []
    assert comparison.compared[kind] > 0


def test_crash_asks_more_than_the_healthy(comparison: Comparison) -> None:
    assert comparison.seen["unhealthy"] > 20
    assert comparison.seen["eligible terms"] > 20


def test_a_stale_price_was_met() -> None:
    comparison = Comparison(SCENARIOS["stale price"])
    assert comparison.seen["unpriced"] > 100
    assert comparison.seen["priced"] > 100


def test_large_accounts_were_in_higher_brackets() -> None:
    comparison = Comparison(SCENARIOS["tiered"])
    assert comparison.seen["lowered by size"] > 200
    assert comparison.compared["positions"] - comparison.seen["lowered by size"] > 200


def test_a_breakers_haircut_is_taken_off_every_bracket() -> None:
    """To a few units: the contract takes it off the account's mean margin, the twin off each tier's."""
    comparison = Comparison(load(CRASH, overrides=[TIERS, CAREFUL, BREAKER, TIDY]))
    assert comparison.seen["lowered by size"] > comparison.seen["tightened"] > 100
    apart = [
        abs(one - other)
        for _, kind, _, twin, real in comparison.different
        if kind == "positions"
        for one, other in zip(twin, real, strict=True)
    ]
    assert max(apart, default=0) < 10**7  # of 10**18 a dollar
    assert {kind for _, kind, *_ in comparison.different} <= {"positions", "terms"}


def test_one_wei_of_rounding_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = PositionBook.position
    monkeypatch.setattr(
        PositionBook,
        "position",
        lambda self, number: exact(self, number)._replace(debt_value=exact(self, number).debt_value - 1),
    )
    comparison = Comparison(load(CRASH, overrides=["chain.blocks=2", "events=[]"]))
    assert {kind for _, kind, *_ in comparison.different} == {"positions"}


def test_a_price_that_one_account_lacks_stops_no_liquidation_of_another() -> None:
    """The pool asks for the prices of what an account holds and owes, and for no others."""
    shock = "{kind: price_shock, at: 4, over: 6, asset: WETH, change: -40%, source: stated}"
    settings = ["assets.WBTC.feed.heartbeat=24s", "protocols.north.maximum_price_age=60s", "chain.blocks=14"]
    comparison = Comparison(load(TWO_POOLS, overrides=[*settings, with_events(shock, STALE_BITCOIN)]))
    assert comparison.seen["unpriced"] > 20
    assert comparison.seen["eligible terms"] > 20
    assert comparison.different[:3] == []
