from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from simulator import Scenario, load
from simulator.adapters import Effects
from simulator.market import Market
from simulator.simulation import Simulation
from tests.scenarios.world import CRASH, SHOCK, TWO_POOLS, asset_states, holdings, read, shares, watched, with_events

FIRST_REPORT = 5
"""Of the set-up's report the view keeps no time, so that one is due at once; by this block it was mined."""
KINDS = ("shares", "totals", "prices", "margins", "reserves", "token balances", "nonces", "feeds")
WITHDRAWAL = "{kind: liquidity_withdrawal, at: 12, venue: weth_usdc, share: 40%}"
CHANGE = "{kind: parameter_change, at: 15, protocol: main, asset: WETH, liquidation_threshold: 81%}"
SCENARIOS = {
    "crash": load(CRASH, overrides=[with_events(SHOCK, WITHDRAWAL, CHANGE)]),
    "two_pools": load(TWO_POOLS),
}


class Comparison:
    """The view that was kept, against the chain, after every block; `different` holds (step, kind, name)."""

    def __init__(self, scenario: Scenario) -> None:
        self.different: list[tuple[int, str, str]] = []
        self.compared: Counter[str] = Counter()
        self.changed: set[str] = set()
        self._last: dict[tuple[str, str], Any] = {}
        watched(scenario, self._note)

    def _note(self, simulation: Simulation, step: int) -> None:
        for kind, name, seen, real in compare(simulation.market):
            if kind == "feeds" and seen[1] == 0 and step < FIRST_REPORT:
                continue
            self.compared[kind] += 1
            if self._last.setdefault((kind, name), real) != real:
                self.changed.add(kind)
            if seen != real:
                self.different.append((step, kind, name))


def compare(market: Market) -> Iterator[tuple[str, str, Any, Any]]:
    """Kind, name, what the view says, what the chain says."""
    yield from _pools(market)
    states = asset_states(market)
    for (name, asset), real in states.items():
        protocol = market.protocols[name]
        kept = protocol.book.states[protocol.assets.index(asset)]
        totals = (
            kept.total_supply_assets,
            kept.total_supply_shares,
            kept.total_borrow_assets,
            kept.total_borrow_shares,
            kept.deficit,
        )
        yield "totals", f"{name}/{asset}", totals, real
    for name, venue in market.venues.items():
        reserves = read(market.chain, [("ConstantProductPool", venue.address, "getReserves")])[0][:2]
        yield "reserves", name, (venue.reserves.base, getattr(venue.reserves, "quote", None)), reserves
    for asset, held in market.balances.items():
        for holder, amount in holdings(market, asset, list(held)).items():
            yield "token balances", f"{asset} of {holder}", held[holder], amount
    for sender, nonce in zip(market.nonces, market.chain.nonces(list(market.nonces)), strict=True):
        yield "nonces", sender, market.nonces[sender], nonce
    rounds = read(market.chain, [("PriceFeed", feed.address, "latestRoundData") for feed in market.feeds.values()])
    for (asset, feed), (_, answer, _, updated_at, _) in zip(market.feeds.items(), rounds, strict=True):
        yield "feeds", asset, (feed.answer, feed.updated_at), (answer, updated_at)


def _pools(market: Market) -> Iterator[tuple[str, str, Any, Any]]:
    for name, protocol in market.protocols.items():
        book, real = protocol.book, shares(market, name, protocol.book.accounts)
        oracle, model = (
            read(market.chain, [("LendingPool", protocol.pool, part)])[0] for part in ("oracle", "marginModel")
        )
        for number, account in enumerate(book.accounts):
            kept = dict(
                zip(book.assets, zip(book.supply_shares[number], book.borrow_shares[number], strict=True), strict=True)
            )
            yield "shares", f"{name}/{account}", kept, {asset: held[account] for asset, held in real.items()}
        for state in book.states:
            price = read(market.chain, [("FeedOracle", oracle, "price", state.address)])[0]
            yield "prices", f"{name}/{state.address}", (state.price, state.price_updated_at), price
            margin, bonus = read(
                market.chain,
                [
                    ("StaticMarginModel", model, "margin", state.address, book.accounts[0]),
                    ("StaticMarginModel", model, "liquidationBonus", state.address),
                ],
            )
            margins = (state.loan_to_value, state.liquidation_threshold, state.liquidation_bonus)
            yield "margins", f"{name}/{state.address}", margins, (*margin, bonus)


@pytest.fixture(scope="module", params=SCENARIOS)
def comparison(request: pytest.FixtureRequest) -> Comparison:
    return Comparison(SCENARIOS[request.param])


@pytest.mark.parametrize("kind", KINDS)
def test_view_is_what_the_chain_holds(kind: str, comparison: Comparison) -> None:
    assert [one for one in comparison.different if one[1] == kind] == []
    assert comparison.compared[kind] > 0


def test_every_kind_of_state_moved(comparison: Comparison) -> None:
    # margins move in one of the scenarios only
    assert comparison.changed >= set(KINDS) - {"margins"}


def test_a_missed_log_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(self: Market, block: object) -> list[Any]:
        return [Effects([], {}) for _ in block.receipts]  # type: ignore[attr-defined]

    monkeypatch.setattr(Market, "refresh", deaf)
    comparison = Comparison(load(TWO_POOLS, overrides=["chain.blocks=12"]))
    assert {kind for _, kind, _ in comparison.different} == set(KINDS) - {"margins"}
