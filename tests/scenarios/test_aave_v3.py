from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from simulator import Scenario
from simulator.contracts import artifact, decode_error
from simulator.market import Market
from simulator.protocols.aave_v3_state import AaveBook, percent_of
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
    "crash": aave_crash(with_events(SHOCK, LOWER)),
    "two collaterals": aave_crash(MIXED),
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
    """What the pool holds and is owed is what it owes suppliers and its treasury, but for rounding.

    The treasury's part of the interest since the pool last looked is nowhere yet.
    """
    protocol = main(market)
    for asset, reserve in zip(protocol.assets, protocol.reserves, strict=True):
        token = market.tokens[asset].address
        income = call(market, f"{FOLDER}/Pool", protocol.pool, "getReserveNormalizedIncome", token)
        yield "reserves", asset, reserve.income, income
        stored = call(market, f"{FOLDER}/Pool", protocol.pool, "getReserveData", token)[3]
        owed = reserve.borrow_assets(reserve.scaled_debt)
        grown = owed - reserve._replace(debt_index=stored).borrow_assets(reserve.scaled_debt)
        claims = reserve.supply_assets(reserve.scaled_supply + reserve.scaled_treasury)
        due = claims + percent_of(grown, reserve.reserve_factor_points)
        yield "books", asset, abs(reserve.cash + owed - due) <= SLACK, True


SLACK = 50


@pytest.fixture(scope="module", params=SCENARIOS)
def comparison(request: pytest.FixtureRequest) -> Comparison:
    return Comparison(SCENARIOS[request.param])


@pytest.mark.parametrize("kind", KINDS)
def test_twin_is_the_contract(kind: str, comparison: Comparison) -> None:
    assert [one for one in comparison.different if one[1] == kind][:3] == []
    assert comparison.compared[kind] > 0
