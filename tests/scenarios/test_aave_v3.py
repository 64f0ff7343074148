from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from simulator import Scenario
from simulator.contracts import artifact, decode_error
from simulator.market import Market
from simulator.protocols.aave_v3 import AaveV3
from simulator.protocols.aave_v3_reserve import Reserve
from simulator.protocols.aave_v3_state import AaveBook
from simulator.set_up import SetUp
from simulator.simulation import Simulation
from simulator.terms import Target
from simulator.transaction import Transaction
from tests.scenarios.aave import FOLDER, aave_crash, account_data, call, main
from tests.scenarios.world import SHOCK, read, watched, with_events

MAX = 2**255
WAD = 10**18
BASE = 10**10
"""1e18-scaled quote units of one unit of Aave's base currency."""
LOWER = "{kind: parameter_change, at: 12, protocol: main, asset: WETH, liquidation_threshold: 81%, loan_to_value: 70%}"
MIXED = "protocols.main.positions.other_collateral={USDC: 29.3%}"
SCENARIOS = {
    "v3.0": aave_crash(with_events(SHOCK, LOWER)),
    "v3.0, two collaterals": aave_crash(MIXED),
    "v3.6": aave_crash(with_events(SHOCK, LOWER), kind="aave_v3_6"),
    "v3.6, two collaterals": aave_crash(MIXED, kind="aave_v3_6"),
}
KINDS = ("positions", "screen", "eligible", "shares", "reserves", "books", "terms", "check")


class Comparison:
    """Twin against contracts after every block; `different` holds (step, kind, name, twin, contract)."""

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
        yield from self._positions(market)
        yield from _shares(market)
        yield from _books(market)
        yield from self._terms(market)

    def _positions(self, market: Market) -> Iterator[tuple[str, str, Any, Any]]:
        book = main(market).book
        eligible, health = book.eligible(), book.health()
        for number, real in enumerate(account_data(market, book.accounts)):
            collateral, debt, _, _, _, factor = real
            name, twin = book.accounts[number], book.position(number)
            yield "positions", name, (twin.collateral_value, twin.debt_value), (collateral * BASE, debt * BASE)
            yield "positions", name, twin.health_factor, factor
            yield "eligible", name, bool(eligible[number]), factor < WAD and collateral > 0
            exact = factor / WAD if debt else np.inf
            yield "screen", name, bool(np.isclose(health[number], exact, rtol=1e-6, atol=0.0)), True
            self.seen["without collateral"] += bool(debt) and not collateral
            self.seen["unhealthy"] += factor < WAD
        assert isinstance(book, AaveBook)

    def _terms(self, market: Market) -> Iterator[tuple[str, str, Any, Any]]:
        """What the pool takes of each unhealthy account, when all is offered, and nothing of the healthy ones."""
        protocol = main(market)
        for number in np.flatnonzero(protocol.book.eligible()).tolist():
            debt, collateral = (protocol.assets[column] for column in protocol.book.largest(number))
            target = Target(protocol.book.accounts[number], debt, collateral, MAX)
            (twin,) = protocol.check([target[:3]])
            yield "check", target.borrower, twin.eligible, True
            yield "terms", target.borrower, twin[2:], liquidated(market, target)
            self.seen["all taken"] += sum(twin[3:]) == protocol.book.pair(number, 1, 0).held


def liquidated(market: Market, target: Target) -> tuple[int, int, int]:
    """Debt, collateral and the protocol's part that a liquidation in the next block really moves; then undone."""
    chain, protocol, owner = market.chain, main(market), market.set_up.deployer
    keeper = market.roster.keepers["patient"][0]
    money = artifact("TestToken").encode("mint", keeper.address, 10**13)
    sent = ((owner, market.tokens["USDC"].address, money), (keeper, *protocol.liquidate_call(target, 0)))
    nonces = chain.nonces([owner.address, keeper.address])
    with chain.anchor():
        transactions = [
            Transaction(sender, to, data, 1_000_000, 10**13, 0, nonce)
            for (sender, to, data), nonce in zip(sent, nonces, strict=True)
        ]
        receipt = chain.build_block(transactions, chain.head.timestamp + 1).receipts[1]
    assert receipt.succeeded, decode_error(receipt.revert_data)
    (one,) = protocol.liquidations(receipt.logs)
    return one.debt, one.collateral, one.protocol_collateral


def _shares(market: Market) -> Iterator[tuple[str, str, Any, Any]]:
    protocol, book = main(market), main(market).book
    for asset, reserve in zip(book.assets, protocol.reserves, strict=True):
        column = book.assets.index(asset)
        for side, token, shares in (
            ("supply", reserve.a_token, book.supply_shares),
            ("debt", reserve.debt_token, book.borrow_shares),
        ):
            real = read(market.chain, [(f"{FOLDER}/AToken", token, "scaledBalanceOf", one) for one in book.accounts])
            for number, scaled in enumerate(real):
                yield "shares", f"{asset} {side} {number}", shares[number][column], scaled


def _books(market: Market) -> Iterator[tuple[str, str, Any, Any]]:
    """What the pool holds is what it owes suppliers and its treasury, less what it is owed, but for rounding."""
    protocol = main(market)
    for one, reserve in zip(protocol.balance_of_books(), protocol.reserves, strict=True):
        token = market.tokens[one.asset].address
        income = call(market, f"{FOLDER}/Pool", protocol.pool, "getReserveNormalizedIncome", token)
        yield "reserves", one.asset, reserve.income, income
        held = call(market, "TestToken", token, "balanceOf", one.holder)
        yield "books", one.asset, 0 <= held - one.amount <= one.rounding, True
        yield "books", one.asset, one.rounding < 1_000, True


@pytest.fixture(scope="module", params=SCENARIOS)
def comparison(request: pytest.FixtureRequest) -> Comparison:
    return Comparison(SCENARIOS[request.param])


@pytest.mark.parametrize("kind", KINDS)
def test_twin_is_the_contract(kind: str, comparison: Comparison) -> None:
    assert [one for one in comparison.different if one[1] == kind][:3] == []
    assert comparison.compared[kind] > 0


def test_the_crash_asks_more_than_the_healthy(comparison: Comparison) -> None:
    assert comparison.seen["unhealthy"] > 100
    assert comparison.compared["terms"] > 50
    assert comparison.compared["positions"] - comparison.seen["unhealthy"] > 100


def test_one_unit_of_rounding_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = Reserve.debt_in_base
    monkeypatch.setattr(Reserve, "debt_in_base", lambda self, shares: exact(self, shares) - 1)
    comparison = Comparison(aave_crash("chain.blocks=2", "events=[]"))
    assert {kind for _, kind, *_ in comparison.different} == {"positions"}


def test_a_change_of_margins_is_on_the_chain_in_basis_points() -> None:
    """Opened under others, armed before the first block, changed in block 3."""
    opened = "protocols.main.opened_under={WETH: {loan_to_value: 80%, liquidation_threshold: 85%}}"
    late = LOWER.replace("at: 12", "at: 3")
    found: list[tuple[int, ...]] = []

    def note(simulation: Simulation, step: int) -> None:
        market = simulation.market
        weth = main(market).reserves[0]
        found.append((weth.loan_points, weth.threshold_points, weth.bonus_points))
        bits = call(market, f"{FOLDER}/Pool", main(market).pool, "getConfiguration", market.tokens["WETH"].address)[0]
        assert (bits & 0xFFFF, bits >> 16 & 0xFFFF, bits >> 32 & 0xFFFF) == found[-1]

    watched(aave_crash(opened, "chain.blocks=5", with_events(late)), note)
    assert found == [(8_000, 8_300, 10_500)] * 4 + [(7_000, 8_100, 10_500)] * 2


@pytest.mark.parametrize("kind", ["aave_v3", "aave_v3_6"])
def test_bad_debt_stays_in_v3_0_and_is_written_off_in_v3_6(kind: str) -> None:
    told: list[float] = []

    def note(simulation: Simulation, step: int) -> None:
        told.append(sum(one.deficit * BASE * one.base_price / one.unit for one in main(simulation.market).reserves))

    simulation, result = watched(aave_crash(kind=kind), note)
    protocol = main(simulation.market)
    recorded = protocol.losses.recorded
    assert recorded == pytest.approx(told[-1] / WAD, rel=1e-4)
    assert (recorded > 0) == (kind == "aave_v3_6") == bool(protocol.deficits)
    assert sum(one.dollars for one in protocol.deficits) == pytest.approx(recorded)
    written = result.liquidations["written_off_usd"].sum()
    assert written == pytest.approx(recorded, rel=1e-2)
    bare = (protocol.book.debt_values() > 0) & (protocol.book.collateral_values() == 0)
    assert bare.any() == (kind == "aave_v3")
    assert not (bare & protocol.book.eligible()).any()


@pytest.mark.parametrize("kind", ["aave_v3", "aave_v3_6"])
def test_both_engines_give_the_same_rows(kind: str) -> None:
    small = ("chain.blocks=16", "protocols.main.positions.count=8", "protocols.main.positions.total_debt=$600k")
    scenario = aave_crash(*small, kind=kind)
    anvil, pyevm = (watched(scenario, lambda *_: None, engine)[1] for engine in ("anvil", "pyevm"))
    for table in ("blocks", "transactions", "liquidations", "accounts"):
        assert getattr(anvil, table).to_csv() == getattr(pyevm, table).to_csv()
    assert (anvil.liquidations["outcome"] == "landed").any()


def test_a_market_that_is_there_already_is_adopted() -> None:
    """By its addresses and accounts alone: the same book, to the unit, and the same after more blocks."""
    adopted: list[AaveV3] = []

    def note(simulation: Simulation, step: int) -> None:
        market, own = simulation.market, main(simulation.market)
        if step == -1:
            tokens = {asset: (market.tokens[asset].address, market.tokens[asset].decimals) for asset in own.assets}
            other = AaveV3("main", own.settings, tokens)
            other.adopt(SetUp(1), own.pool.upper().replace("0X", "0x"), own.configurator, own.book.accounts)
            other.chain, other.lens = own.chain, own.lens
            other.read_all(own.chain.call_many)
            adopted.append(other)
        elif step == 20:
            adopted[0].follow([log for receipt in blocks for log in receipt.logs])
        if step in (-1, 20):
            assert adopted[0].book.states == own.book.states
            assert adopted[0].book.supply_shares == own.book.supply_shares
            assert adopted[0].book.borrow_shares == own.book.borrow_shares
            assert adopted[0].flash_fee(10**12) == own.flash_fee(10**12) == 5 * 10**8

    blocks: list[Any] = []
    follow = Market.refresh

    def kept(self: Market, block: Any) -> Any:
        blocks.extend(block.receipts)
        return follow(self, block)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Market, "refresh", kept)
        watched(aave_crash("chain.blocks=22"), note)
