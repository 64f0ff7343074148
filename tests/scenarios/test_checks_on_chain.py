"""Books on paper, borrow limits and checks of a market, held against what the contracts of a built market say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulator import Scenario, load
from simulator.chain import engine_named
from simulator.genesis import genesis
from simulator.immediate import immediate_effect
from simulator.market import Market
from simulator.paper_book import paper_book
from simulator.prices import OutsidePrices
from simulator.static_checks import static_checks
from simulator.units import WAD
from tests.scenarios.world import CRASH, TWO_POOLS, read

TIERS = (
    "protocols.main.margins={kind: tiered, tiers: {WETH: [{up_to: $50k, haircut: 0%}, {up_to: $200k, haircut: 3.7%}, "
    "{haircut: 11%}]}}"
)
CAREFUL = "protocols.main.positions.loan_to_value={mean: 54%, deviation: 6%, maximum: 66%, source: invented for a test}"
SCENARIOS = {"crash": load(CRASH), "two_pools": load(TWO_POOLS), "tiered": load(CRASH, overrides=[TIERS, CAREFUL])}


@contextmanager
def built(scenario: Scenario) -> Iterator[Market]:
    chain = engine_named("anvil", genesis(scenario))
    try:
        made = Market(scenario, OutsidePrices(scenario).control_at(0))
        made.open(chain)
        yield made
    finally:
        chain.close()


@pytest.fixture(scope="module", params=SCENARIOS)
def market(request: pytest.FixtureRequest) -> Iterator[Market]:
    with built(SCENARIOS[request.param]) as made:
        yield made


def test_borrow_limits_are_the_contract_s(market: Market) -> None:
    for protocol in market.protocols.values():
        accounts = protocol.book.accounts
        told = read(market.chain, [("LendingPool", protocol.pool, "position", account) for account in accounts])
        limits = [protocol.book.borrow_limit(number) for number in range(len(accounts))]
        assert limits == [limit for _, limit, _, _ in told]
        assert any(limits)


def test_a_book_on_paper_is_what_opens_but_for_interest_since(market: Market) -> None:
    prices = OutsidePrices(market.scenario).control_at(0)
    for name, protocol in market.protocols.items():
        paper, live = paper_book(market.scenario, name, prices, market.books[name]), protocol.book
        for number in range(len(live.accounts)):
            for expected, value in zip(paper.position(number), live.position(number), strict=True):
                assert value == pytest.approx(expected, rel=1e-6)
        for expected_state, state in zip(paper.states, live.states, strict=True):
            same = ("unit", "price", "loan_to_value", "liquidation_threshold", "supply_cap", "borrow_cap")
            assert [getattr(state, key) for key in same] == [getattr(expected_state, key) for key in same]


def test_a_market_can_be_checked_and_has_no_effect_on_itself(market: Market) -> None:
    found = static_checks(market)
    assert json.dumps(found, allow_nan=False)
    assert {row["protocol"] for row in found["totals"]} == set(market.protocols)
    assert found["depth"]
    assert found["blocks"]
    effect = immediate_effect(market, market)
    assert effect["current"] == effect["proposed"]
    assert effect["current"]["headroom_usd"] > 0
    assert effect["accounts"] == effect["relieved"] == []


def test_a_book_in_token_units_opens_to_the_unit(tmp_path: Path) -> None:
    ann, bob = f"0x{'aB' * 20}", f"0x{'cd' * 20}"
    held, owed = 12_345_678_901_234_567_890, 5_432_109_876
    rows = (f"{ann},weth,{held},0", f"0x{'AB' * 20},usdc,0,{owed}", f"{bob},weth,1,0", f"{bob},usdc,0,7")
    (tmp_path / "book.csv").write_text("\n".join(["user,symbol,held,owed", *rows]))
    book = {
        "kind": "csv",
        "csv": "book.csv",
        "columns": {"account": "user", "asset": "symbol", "supplied": "held", "borrowed": "owed"},
        "amounts": "raw",
        "symbols": {"weth": "WETH", "usdc": "USDC"},
        "beyond_limit": "drop",
    }
    scenario = load(CRASH, overrides=[f"protocols.main.positions={json.dumps(book)}"])
    with built(scenario.model_copy(update={"csv_folders": {"book.csv": str(tmp_path)}})) as market:
        protocol = market.protocols["main"]
        weth, usdc = protocol.book.states
        assert [position.account for position in market.books["main"]] == [ann.lower()]
        assert weth.supply_assets(protocol.book.supply_shares[0][0]) == held
        assert weth.price == 2_000 * WAD
        assert usdc.borrow_assets(protocol.book.borrow_shares[0][1]) == pytest.approx(owed, rel=1e-6)
        assert usdc.borrow_assets(protocol.book.borrow_shares[0][1]) >= owed
