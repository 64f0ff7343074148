"""A book that was opened under other margins than those that hold when the run begins."""

from __future__ import annotations

import pytest

from simulator import InputError, Scenario
from simulator.chain import engine_named
from simulator.genesis import genesis
from simulator.market import Market
from simulator.simulation import Simulation
from simulator.units import WAD
from tests.scenarios.world import crash

OPENED = "protocols.main.opened_under={WETH: {loan_to_value: 80%, liquidation_threshold: 83%}}"
TIGHT = ("protocols.main.assets.WETH.loan_to_value=50%", "protocols.main.assets.WETH.liquidation_threshold=60%")


def opened(scenario: Scenario) -> Market:
    chain = engine_named("pyevm", genesis(scenario))
    market = Simulation(scenario, chain).market
    chain.close()
    return market


def test_margins_of_now_hold_for_the_book_of_then() -> None:
    before, after = (opened(crash(OPENED, *tight)).protocols["main"].book for tight in ((), TIGHT))
    assert before.supply_shares == after.supply_shares
    assert before.eligible().sum() == 0
    assert after.eligible().sum() > 0
    assert after.states[0].liquidation_threshold == 60 * WAD // 100
    assert after.health() == pytest.approx(before.health() * 60 / 83)


def test_a_book_beyond_the_margins_of_now_is_refused_without() -> None:
    with pytest.raises(InputError, match="must be below what its collateral lets it borrow"):
        opened(crash(*TIGHT))


@pytest.mark.parametrize(
    ("margins", "rule"),
    [
        ("WETH: {loan_to_value: 84%, liquidation_threshold: 83%}", "above liquidation_threshold"),
        ("WBTC: {loan_to_value: 80%, liquidation_threshold: 83%}", "WBTC is not among its assets"),
    ],
)
def test_what_cannot_have_been_is_refused(margins: str, rule: str) -> None:
    with pytest.raises(InputError, match=rule):
        crash(f"protocols.main.opened_under={{{margins}}}")
