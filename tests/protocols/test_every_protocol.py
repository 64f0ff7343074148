"""One suite for every lending protocol: the same book and crash, and what any adapter must hold to the unit.

A new protocol is in it by being in `PROTOCOLS`; what it rounds away from its own view of health stands in `ROUNDING`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simulator import Result, Scenario, run
from simulator.adapters import LendingProtocol
from simulator.agents.liquidator import MARGIN
from simulator.chain import Chain, account, engine_named
from simulator.contracts import artifact
from simulator.genesis import genesis
from simulator.kinds import ProtocolKind
from simulator.protocols import PROTOCOLS
from simulator.simulation import Simulation
from simulator.terms import Liquidation, Target, Terms
from simulator.transaction import Account, Transaction
from simulator.units import WAD
from tests.scenarios.world import crash, read, watched

ROUNDING: Mapping[ProtocolKind, int] = {}
"""1e-18 by which a health factor of the twin may differ from the protocol's own; none where a kind is not named."""
SHORT = ("chain.blocks=22", "protocols.main.positions.count=12", "protocols.main.positions.total_debt=$2M")
TABLES = ("blocks", "transactions", "liquidations", "accounts", "deficits")
GAS = 1_500_000
TOLD = WAD // 10**6
"""By which the health told of a liquidation may be off: not every protocol's event has it."""
COMPARED = ("books", "health", "terms", "taken", "refused")
PROBED = 3
"""Accounts, those that owe most, that are liquidated on trial after a block."""


def scenario(kind: ProtocolKind, *overrides: str) -> Scenario:
    return crash(f"protocols.main.kind={kind}", *overrides)


class Trial:
    """A crash, of which everything that any protocol must keep is noted after every block."""

    def __init__(self, kind: ProtocolKind) -> None:
        self.kind = kind
        self.wrong: dict[str, list[Any]] = {name: [] for name in COMPARED}
        self.seen: Counter[str] = Counter()
        self.simulation, self.result = watched(scenario(kind), self._note)

    def _note(self, simulation: Simulation, step: int) -> None:
        market = simulation.market
        (protocol,) = market.protocols.values()
        self._weigh(simulation, protocol, step)
        with market.chain.anchor():
            self._ask(protocol, step)
        protocol.follow([])
        for number in self._worst(protocol):
            self._try(simulation, protocol, number, step)
        self._reach(simulation, protocol, step)

    def _weigh(self, simulation: Simulation, protocol: LendingProtocol, step: int) -> None:
        """Tokens where the protocol keeps them against its books."""
        for one in protocol.balance_of_books():
            self.seen["books"] += 1
            token = simulation.market.tokens[one.asset].address
            (held,) = read(simulation.chain, [("TestToken", token, "balanceOf", one.holder)])
            if not 0 <= held - one.amount <= one.rounding:
                self.wrong["books"].append((step, one, held))

    def _ask(self, protocol: LendingProtocol, step: int) -> None:
        """What the contracts say of the next block, against what the twin says when it is there."""
        wanted = [(who, *self._pair(protocol, number)) for number, who in enumerate(protocol.book.accounts)]
        told = protocol.check(wanted)
        protocol.chain.build_block([], protocol.chain.head.timestamp + 1)
        protocol.follow([])
        for number, (real, (who, debt, collateral)) in enumerate(zip(told, wanted, strict=True)):
            twin, health = protocol.terms(number, debt, collateral), protocol.book.position(number).health_factor
            self.seen["health"] += 1
            self.seen["eligible"] += real.eligible
            if abs(health - real.health_factor) > ROUNDING.get(self.kind, 0):
                self.wrong["health"].append((step, who, health, real))
            if twin._replace(health_factor=0) != real._replace(health_factor=0):
                self.wrong["terms"].append((step, who, twin, real))

    @staticmethod
    def _pair(protocol: LendingProtocol, number: int) -> tuple[str, str]:
        debt, collateral = protocol.book.largest(number)
        return protocol.assets[debt], protocol.assets[collateral]

    @staticmethod
    def _worst(protocol: LendingProtocol) -> list[int]:
        """Accounts that the next block could liquidate, those that owe most first."""
        owed, eligible = protocol.book.debt_values(), protocol.book.eligible()
        return [int(number) for number in (-owed).argsort(kind="stable") if eligible[number]][:PROBED]

    def _try(self, simulation: Simulation, protocol: LendingProtocol, number: int, step: int) -> None:
        """Offer what keepers offer for all that the contract's terms allow, a little more: it must take just that."""
        who, (debt, collateral) = protocol.book.accounts[number], self._pair(protocol, number)
        (terms,) = protocol.check([(who, debt, collateral)])
        target = Target(who, debt, collateral, terms.maximum_debt + terms.maximum_debt // MARGIN + 1)
        taken = liquidated(simulation, protocol, target)
        self.seen["tried"] += 1
        told = taken and (taken.debt, taken.collateral, taken.protocol_collateral)
        if told != terms[2:] or taken is None or abs(taken.health_factor - terms.health_factor) > TOLD:
            self.wrong["taken"].append((step, who, terms, taken))

    def _reach(self, simulation: Simulation, protocol: LendingProtocol, step: int) -> None:
        """Try the account that owes something and is nearest to the line from above: the contract must refuse."""
        health = protocol.book.health()
        number = int(np.where(np.isfinite(health) & ~protocol.book.eligible(), health, np.inf).argmin())
        debt, collateral = self._pair(protocol, number)
        owed = protocol.book.states[protocol.assets.index(debt)].borrow_assets(
            protocol.book.borrow_shares[number][protocol.assets.index(debt)]
        )
        target = Target(protocol.book.accounts[number], debt, collateral, owed // 4)
        if liquidated(simulation, protocol, target) is not None:
            self.wrong["refused"].append((step, target, health[number]))
        self.seen["refused"] += 1


def liquidated(simulation: Simulation, protocol: LendingProtocol, target: Target) -> Liquidation | None:
    """What the logs tell if the deployer liquidates in the next block, undone; None where the contract refuses."""
    chain, deployer = simulation.chain, account("deployer")
    token, test_token = simulation.market.tokens[target.debt].address, artifact("TestToken")
    calls = [
        (token, test_token.encode("mint", deployer.address, 2 * target.amount)),
        (token, test_token.encode("approve", protocol.mechanism.address, 2**256 - 1)),
        protocol.liquidate_call(target, 0),
    ]
    with chain.anchor():
        block = chain.build_block(sent(chain, deployer, calls), chain.head.timestamp + 1)
    protocol.follow([])
    *prepared, last = block.receipts
    assert [one.succeeded for one in prepared] == [True, True]
    if not last.succeeded:
        return None
    (done,) = protocol.liquidations(last.logs)
    return done


def sent(chain: Chain, sender: Account, calls: list[tuple[str, bytes]]) -> list[Transaction]:
    (nonce,) = chain.nonces([sender.address])
    fee = 2 * chain.head.next_base_fee
    return [Transaction(sender, to, data, GAS, fee, 0, nonce + at) for at, (to, data) in enumerate(calls)]


@cache
def trial(kind: ProtocolKind) -> Trial:
    return Trial(kind)


every = pytest.mark.parametrize("kind", sorted(PROTOCOLS))


@every
def test_the_same_book_goes_in(kind: ProtocolKind) -> None:
    (protocol,) = trial(kind).simulation.market.protocols.values()
    (positions,) = trial(kind).simulation.market.books.values()
    assert positions == next(iter(trial("reference").simulation.market.books.values()))
    assert list(protocol.book.accounts) == [account(one.name).address for one in positions]


@every
def test_books_balance_after_every_block(kind: ProtocolKind) -> None:
    assert trial(kind).wrong["books"] == []
    assert trial(kind).seen["books"] == 2 * 51


@every
def test_health_of_every_account_is_the_twin_s(kind: ProtocolKind) -> None:
    assert trial(kind).wrong["health"] == []
    assert trial(kind).seen["health"] == 25 * 51


@every
def test_terms_of_every_account_are_the_twin_s(kind: ProtocolKind) -> None:
    assert trial(kind).wrong["terms"] == []
    assert trial(kind).seen["eligible"] > 40


@every
def test_terms_are_what_a_liquidation_takes(kind: ProtocolKind) -> None:
    assert trial(kind).wrong["taken"] == []
    assert trial(kind).seen["tried"] > 20


@every
def test_healthy_account_nearest_to_the_line_is_refused(kind: ProtocolKind) -> None:
    assert trial(kind).wrong["refused"] == []
    assert trial(kind).seen["refused"] == 51


@every
def test_the_price_cascades_and_keepers_tell_the_gas(kind: ProtocolKind) -> None:
    result = trial(kind).result
    landed = result.liquidations[result.liquidations["outcome"] == "landed"]
    assert len(landed) > 10
    assert result.summary["amplification"] > 1
    assert landed["gas_used"].between(80_000, 900_000).all()
    assert (landed["health_factor"] < 1).all()


@every
def test_keepers_expect_about_the_gas_that_a_liquidation_takes(kind: ProtocolKind) -> None:
    """Limits are set from it: nobody runs out of gas, nobody asks for a multiple."""
    sent = trial(kind).result.transactions
    mined = sent[(sent["kind"] == "liquidation") & (sent["outcome"] == "landed")]
    assert len(mined) > 10
    assert (mined["gas_used"] < mined["gas_limit"]).all()
    assert (mined["gas_limit"] < 4 * mined["gas_used"]).all()


@every
def test_deficits_are_accounted_for(kind: ProtocolKind) -> None:
    """Bad debt is what was written off and what accounts without collateral still owe; each appears once."""
    (protocol,) = trial(kind).simulation.market.protocols.values()
    result, lost = trial(kind).result, sum(one.dollars for one in protocol.deficits)
    summary, left = result.summary, float(protocol.book.shortfalls().sum())
    assert lost + left > 0
    assert protocol.losses.recorded == pytest.approx(lost, rel=1e-12)
    assert summary["bad_debt_usd"] == pytest.approx(lost + left, rel=1e-12)
    assert result.liquidations["written_off_usd"].sum() == pytest.approx(lost, rel=1e-9)
    assert result.deficits["bad_debt_usd"].sum() == pytest.approx(lost + left, rel=1e-9)
    suppliers = summary["losses"]["suppliers_usd"]
    assert suppliers + protocol.losses.covered == pytest.approx(lost + left, rel=1e-9)


@every
def test_a_dump_loaded_elsewhere_reads_as_the_same_book(kind: ProtocolKind) -> None:
    chosen = scenario(kind, *SHORT)
    dumps: list[bytes] = []

    def keep(simulation: Simulation, step: int) -> None:
        if step == chosen.chain.blocks - 1:
            dumps.append(simulation.chain.dump())

    simulation, _ = watched(chosen, keep)
    (protocol,) = simulation.market.protocols.values()
    before = (protocol.book.states, protocol.book.supply_shares, protocol.book.borrow_shares)
    chain = engine_named("anvil", genesis(chosen))
    try:
        chain.load(dumps[0])
        protocol.chain = chain
        protocol.book.states = ()
        protocol.book.supply_shares = [[] for _ in protocol.book.accounts]
        protocol.read_all(chain.call_many)
    finally:
        chain.close()
    assert (protocol.book.states, protocol.book.supply_shares, protocol.book.borrow_shares) == before


@every
def test_a_kept_world_gives_the_same_rows(kind: ProtocolKind, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNDERTOW_WORLDS", str(tmp_path))
    first = run(scenario(kind, *SHORT), engine="anvil")
    (world,) = tmp_path.iterdir()
    kept = world.stat().st_ino
    again = run(scenario(kind, *SHORT), engine="anvil")
    assert [one.stat().st_ino for one in tmp_path.iterdir()] == [kept]
    assert rows(again) == rows(first)


@every
def test_every_engine_gives_the_same_rows(kind: ProtocolKind) -> None:
    anvil, pyevm = (run(scenario(kind, *SHORT), engine=engine) for engine in ("anvil", "pyevm"))
    assert anvil.summary["liquidations"]["count"] > 0
    assert rows(pyevm) == rows(anvil)


def rows(result: Result) -> dict[str, str]:
    return {name: getattr(result, name).to_csv(index=False) for name in TABLES}


@every
def test_a_unit_that_is_missing_is_found(kind: ProtocolKind, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each comparison of the suite sees one unit, but for the one that compares no figures."""
    made, plan = Trial.__new__(Trial), PROTOCOLS[kind]
    made.kind, made.wrong, made.seen = kind, {name: [] for name in COMPARED}, Counter()
    chosen = scenario(kind, "chain.blocks=10")
    off = type("Off", (plan,), {"balance_of_books": _one_more(plan), "check": _one_less(plan)})  # type: ignore[arg-type]
    monkeypatch.setattr("simulator.market.PROTOCOLS", {**PROTOCOLS, kind: off})
    watched(chosen, made._note)
    assert [name for name, found in made.wrong.items() if not found] == ["refused"]


def _one_more(plan: Any) -> Any:
    return lambda self: [one._replace(amount=one.amount + 1) for one in plan.balance_of_books(self)]


def _one_less(plan: Any) -> Any:
    def check(self: Any, wanted: Any) -> list[Terms]:
        return [
            one._replace(health_factor=one.health_factor + WAD // 10**3, collateral=one.collateral + 1)
            for one in plan.check(self, wanted)
        ]

    return check
