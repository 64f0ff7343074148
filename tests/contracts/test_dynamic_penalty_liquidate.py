from __future__ import annotations

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from simulator.transaction import Account
from tests.contracts.liquidation_modules import held, install, owed
from tests.contracts.world import AAVE_RULES, MAX, WAD, World, ceil_div, events, reverts

PERCENT = WAD // 100
PENALTY = (WAD, 0, 15 * PERCENT, WAD // 2)


@pytest.fixture
def market(indebted: World, monkeypatch: pytest.MonkeyPatch) -> World:
    install(indebted, monkeypatch, "DynamicPenaltyLiquidation", PENALTY)
    return indebted


def test_a_health_of_exactly_one_is_not_liquidatable(market: World, borrower: Account) -> None:
    market.set_price("WETH", 1_750)
    with reverts("NotLiquidatable", borrower.address, WAD):
        market.liquidate(borrower, "USDC", "WETH", 10**9)


@pytest.mark.parametrize(("price", "missing"), [(1_715, 2), (1_680, 4), (1_575, 10), (1_400, 20)])
def test_the_deeper_below_one_the_more_collateral_for_the_same_debt(
    market: World, borrower: Account, price: int, missing: int
) -> None:
    market.set_price("WETH", price)
    health = market.health(borrower)
    assert health == (100 - missing) * PERCENT
    repay = 1_000 * 10**6
    receipt = market.liquidate(borrower, "USDC", "WETH", repay)
    discount = min(missing, 15)
    bonus = WAD * 100 // (100 - discount) - WAD
    taken = repay * 10**12 * (WAD + bonus) // (price * WAD)
    protocol = (taken - ceil_div(taken * WAD, WAD + bonus)) // 10
    done = events(receipt, "Liquidated")[0].arguments
    assert (done["collateralAssets"], done["protocolAssets"]) == (taken - protocol, protocol)
    assert done["healthFactor"] == health


def test_volatility_raises_what_the_liquidator_gets_and_its_failure_stops_nothing(
    market: World, borrower: Account
) -> None:
    source = market.deploy("ToldVolatility")
    source.send(market.owner, "tell", market.weth.address, 60 * PERCENT)
    market.set_price("WETH", 1_680)  # discount 4 %, or 5.2 % with volatility
    plain = market.terms(borrower, "USDC", "WETH")
    market.module.send(market.owner, "setVolatilitySource", source.address)
    scaled = market.terms(borrower, "USDC", "WETH")
    assert plain[2] == scaled[2] == 7_000 * 10**6
    for terms, discount in ((plain, 40), (scaled, 52)):
        taken = 7_000 * 10**18 * 1_000 // (1_680 * (1_000 - discount))
        assert 0 <= taken - terms[3] - terms[4] < 100
    market.module.send(market.owner, "setVolatilitySource", market.puppet.address)
    assert market.terms(borrower, "USDC", "WETH") == plain
    market.liquidate(borrower, "USDC", "WETH", MAX, plain[3])
    assert owed(market, borrower) == 7_000 * 10**6


def test_the_close_factor_stays_the_projects(market: World, borrower: Account) -> None:
    market.set_price("WETH", 1_700)  # 0.971: half
    assert market.terms(borrower, "USDC", "WETH")[2] == 7_000 * 10**6
    market.set_price("WETH", 1_650)  # 0.943: all
    assert market.terms(borrower, "USDC", "WETH")[2] == 14_000 * 10**6


def test_when_the_collateral_does_not_cover_the_bonus_all_of_it_goes_for_less_debt(
    market: World, borrower: Account
) -> None:
    market.set_price("WETH", 1_400)  # discount 15 %: 14,000 of collateral pay 11,900 of debt
    receipt = market.liquidate(borrower, "USDC", "WETH", MAX)
    assert held(market, borrower) == 0
    # The bonus is rounded down, and the debt that clears the collateral up
    assert events(receipt, "Liquidated")[0].arguments["debtAssets"] == 11_900 * 10**6 + 1
    assert events(receipt, "DeficitRecorded")[0].arguments["assets"] == 2_100 * 10**6 - 1


@pytest.mark.parametrize(("price", "rises"), [(1_575, True), (1_560, False)])
def test_liquidation_raises_health_down_to_the_root_of_the_threshold(
    market: World, borrower: Account, price: int, rises: bool
) -> None:
    """Slope one and a threshold of 0.8: the turn is at a health of 0.894, here a price of 1,565."""
    market.set_price("WETH", price)
    before = market.health(borrower)
    market.liquidate(borrower, "USDC", "WETH", 5_000 * 10**6)
    assert (market.health(borrower) > before) is rises


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    usdc=st.integers(1, 15_000 * 10**6),
    btc=st.integers(0, 5 * 10**7),
    price=st.integers(200, 1_500),
    volatility=st.integers(0, 3 * WAD),
    debt=st.sampled_from(["USDC", "WBTC"]),
    seized=st.sampled_from(["WETH", "USDC"]),
)
def test_the_most_that_it_reports_is_accepted_as_it_is(
    market: World, passer_by: Account, usdc: int, btc: int, price: int, volatility: int, debt: str, seized: str
) -> None:
    with market.chain.anchor():
        source = market.deploy("ToldVolatility")
        source.send(market.owner, "tell", market.tokens[seized].address, volatility)
        market.module.send(market.owner, "setVolatilitySource", source.address)
        market.module.send(market.owner, "setRules", AAVE_RULES)
        market.supply("WETH", passer_by, 20 * 10**18)
        market.supply("USDC", passer_by, 1_500 * 10**6)
        market.borrow("USDC", passer_by, usdc)
        if btc:
            market.borrow("WBTC", passer_by, btc)
        market.set_price("WETH", price)
        eligible, health, most, expected, protocol = market.terms(passer_by, debt, seized)
        event(f"eligible: {eligible}")
        assert not eligible or health < WAD
        if eligible:
            receipt = market.liquidate(passer_by, debt, seized, most, expected)
            done = events(receipt, "Liquidated")[0].arguments
            assert (done["debtAssets"], done["collateralAssets"], done["protocolAssets"]) == (most, expected, protocol)
