from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from simulator import load
from simulator.errors import ScenarioError
from simulator.protocols.aave_v3 import AaveV3
from simulator.protocols.aave_v3_6 import AaveV36
from simulator.protocols.aave_v3_units import basis_points
from tests.scenarios.world import CRASH

TOKENS = {"WETH": ("0x" + "01" * 20, 18), "USDC": ("0x" + "02" * 20, 6)}
BREAKER = (
    "protocols.main.guards=[{kind: circuit_breaker, pauses: [], haircut: 4.3%, maximum_time: 300s, cooldown: 300s, "
    "interval: 30s, watches: {WETH: {maximum_move: 10%, window: 300s}}}]"
)
WETH = "protocols.main.assets.WETH"


def made(*overrides: str, kind: Any = AaveV3) -> Any:
    settings = load(CRASH, overrides=["allow_toxic=true", *overrides]).protocols["main"]
    return kind("main", settings, TOKENS)


def test_a_value_is_counted_in_basis_points() -> None:
    assert basis_points(Decimal("0.8250"), "somewhere") == 8_250


def test_a_part_of_a_basis_point_is_refused() -> None:
    with pytest.raises(ScenarioError, match=r"somewhere = 82\.505%: Aave counts in whole basis points"):
        basis_points(Decimal("0.82505"), "somewhere")


@pytest.mark.parametrize(
    ("override", "value"),
    [
        (f"{WETH}.liquidation_threshold=83.001%", "liquidation_threshold"),
        (f"{WETH}.liquidation_bonus=5.001%", "liquidation_bonus"),
        (f"{WETH}.loan_to_value=79.999%", "loan_to_value"),
        (f"{WETH}.reserve_factor=15.001%", "reserve_factor"),
        ("protocols.main.liquidation.protocol_share=10.001%", "protocol_share"),
        ("protocols.main.flash_loan_fee=0.055%", "flash_loan_fee"),
        (f"{WETH}.liquidation_bonus=0%", "Aave needs one of collateral"),
        (f"{WETH}.liquidation_bonus=21%", "their product must be at most 100%"),
        ("protocols.main.opened_under={WETH: {loan_to_value: 80%, liquidation_threshold: 97%}}", "opened_under"),
        (BREAKER, "guards"),
        ("protocols.main.margins={kind: tiered, tiers: {WETH: [{haircut: 0%}]}}", "margins: tiered"),
    ],
)
def test_what_aave_cannot_have_is_refused(override: str, value: str) -> None:
    with pytest.raises(ScenarioError, match=value):
        made(override)


def test_a_product_of_exactly_all_is_taken() -> None:
    assert made(f"{WETH}.liquidation_threshold=80%", f"{WETH}.liquidation_bonus=25%").own_rules


@pytest.mark.parametrize(
    ("override", "value"),
    [
        (f"{WETH}.interest.kink=99.5%", "its kink is at most 99%"),
        (f"{WETH}.interest.slope_above=3%", "must not rise slower"),
        (f"{WETH}.interest.slope_above=999%", "at most 1000% a year"),
        (f"{WETH}.interest.base=0.001%", "whole basis points"),
    ],
)
def test_rates_that_v3_6_cannot_have_are_refused(override: str, value: str) -> None:
    made(override)
    with pytest.raises(ScenarioError, match=value):
        made(override, kind=AaveV36)


def test_v3_6_lists_no_token_with_few_decimals() -> None:
    settings = load(CRASH).protocols["main"]
    with pytest.raises(ScenarioError, match="fewer than 6"):
        AaveV36("main", settings, {**TOKENS, "USDC": ("0x" + "02" * 20, 5)})


def test_governance_speaks_basis_points_with_the_debt_in_the_bonus() -> None:
    protocol = made()
    protocol.configurator = "0x" + "03" * 20
    to, data = protocol.margin_call("WETH", protocol.settings.assets["WETH"])
    words = [int.from_bytes(data[4 + 32 * at : 36 + 32 * at], "big") for at in range(1, 4)]
    assert to == protocol.configurator
    assert words == [8_000, 8_300, 10_500]
