from __future__ import annotations

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from simulator.transaction import Account
from tests.contracts.world import AAVE_RULES, MAX, WAD, World, events

NOTHING = (0, 0, 0)


def test_a_healthy_account_is_not_eligible_and_shows_its_health(indebted: World, borrower: Account) -> None:
    assert indebted.terms(borrower, "USDC", "WETH") == (False, 16_000 * WAD // 14_000, *NOTHING)


def test_an_account_without_debt_or_anything_is_not_eligible(
    lent: World, supplier: Account, passer_by: Account
) -> None:
    assert lent.terms(supplier, "USDC", "WETH") == (False, MAX, *NOTHING)
    assert lent.terms(passer_by, "USDC", "WETH") == (False, MAX, *NOTHING)


def test_a_stale_price_is_not_eligible(indebted: World, borrower: Account) -> None:
    indebted.set_price("WETH", 1_000)
    indebted.warp(10**6)
    assert indebted.terms(borrower, "USDC", "WETH") == (False, 0, *NOTHING)


def test_unknown_assets_and_absent_sides_are_not_eligible(indebted: World, borrower: Account) -> None:
    indebted.set_price("WETH", 1_700)
    health = indebted.health(borrower)
    unknown = indebted.amm.address
    for debt, collateral in (
        (unknown, indebted.weth.address),
        (indebted.usdc.address, unknown),
        (indebted.wbtc.address, indebted.weth.address),
        (indebted.usdc.address, indebted.wbtc.address),
    ):
        terms = indebted.module.read("checkLiquidation", borrower.address, debt, collateral)
        assert terms == (False, health, *NOTHING)


def test_a_pair_that_no_amount_can_close_without_dust_is_not_eligible(lent: World, borrower: Account) -> None:
    # A debt worth exactly the least that must be left, where only half of all debt may be closed
    rules = (WAD // 4, 95 * WAD // 100, 1_000 * WAD, 1_000 * WAD, 0)
    lent.module.send(lent.owner, "setRules", rules)
    lent.supply("WBTC", borrower, 10**7)
    lent.borrow("USDC", borrower, 1_000 * 10**6)
    lent.borrow("WETH", borrower, 5 * 10**17)
    lent.set_price("WBTC", 26_000)
    assert 95 * WAD // 100 < lent.health(borrower) < WAD
    eligible, _, *rest = lent.terms(borrower, "USDC", "WBTC")
    assert (eligible, tuple(rest)) == (False, NOTHING)
    assert lent.terms(borrower, "WETH", "WBTC")[0] is False


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    usdc=st.integers(1, 3_000 * 10**6) | st.integers(1, 15_000 * 10**6),
    btc=st.integers(1, 10**7) | st.integers(0, 5 * 10**7),
    price=st.integers(200, 1_500),
    close_factor=st.sampled_from([WAD // 10, WAD // 2, WAD]),
    debt=st.sampled_from(["USDC", "WBTC"]),
    seized=st.sampled_from(["WETH", "USDC"]),
)
def test_the_most_that_it_reports_is_accepted_as_it_is(
    lent: World, borrower: Account, usdc: int, btc: int, price: int, close_factor: int, debt: str, seized: str
) -> None:
    with lent.chain.anchor():
        lent.module.send(lent.owner, "setRules", (close_factor, *AAVE_RULES[1:]))
        lent.supply("WETH", borrower, 20 * 10**18)
        lent.supply("USDC", borrower, 1_500 * 10**6)
        lent.borrow("USDC", borrower, usdc)
        if btc:
            lent.borrow("WBTC", borrower, btc)
        lent.set_price("WETH", price)
        eligible, health, most, expected, protocol = lent.terms(borrower, debt, seized)
        event(f"eligible: {eligible}")
        assert not eligible or health < WAD
        if not eligible:
            assert most == expected == protocol == 0
            return
        receipt = lent.liquidate(borrower, debt, seized, most, expected)
        done = events(receipt, "Liquidated")[0].arguments
        assert (done["debtAssets"], done["collateralAssets"], done["protocolAssets"]) == (most, expected, protocol)
