"""What only Morpho Blue has: its bonus, its pair, what it refuses, bad debt that lenders bear at once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from simulator import Result, Scenario, load, run
from simulator.errors import ScenarioError
from simulator.market import Market
from simulator.prices import OutsidePrices
from simulator.protocols.morpho_blue_market import CollateralState, LoanState, MorphoBook, incentive
from simulator.protocols.morpho_blue_terms import Amounts, amounts, terms
from simulator.simulation import Simulation
from simulator.terms import Terms
from simulator.units import WAD
from tests.scenarios.world import CRASH, TWO_POOLS, crash, read, watched, with_events

KIND = "protocols.main.kind=morpho_blue"
CHANGE = "{kind: parameter_change, at: 3, protocol: main, asset: WETH, liquidation_threshold: 80%}"
PRICE = 1_700 * 10**24
"""USDC units for 1e36 units of WETH at $1,700."""


def planned(scenario: Scenario) -> Market:
    return Market(scenario, OutsidePrices(scenario).control_at(0))


# The twin


@pytest.mark.parametrize(
    ("percent", "factor"),
    [
        (0, 1_150_000_000_000_000_000),
        (50, 1_150_000_000_000_000_000),
        (625, 1_126_760_563_380_281_690),
        (770, 1_074_113_856_068_743_286),
        (825, 1_055_408_970_976_253_298),
        (860, 1_043_841_336_116_910_229),
        (945, 1_016_776_817_488_561_260),
        (980, 1_006_036_217_303_822_937),
    ],
)
def test_incentive_is_that_of_the_contract(percent: int, factor: int) -> None:
    assert incentive(percent * WAD // 1_000) == factor


def book(collateral: int, shares: int, price: int = PRICE, lltv: int = 80 * WAD // 100) -> MorphoBook:
    """One account in a market that has lent 600,000 of 1,000,000 USDC, at 1.2 a million shares."""
    made = MorphoBook(["0x01"], ("WETH", "USDC"), "WETH")
    made.set_account("0x01", 0, shares, collateral)
    loan = LoanState(10**6, WAD, 10**12, 10**18, 600_000 * 10**6 + 1, 500_000 * 10**12)
    made.take(loan, CollateralState(WAD, price * 10**12 // WAD, lltv), price)
    return made


def test_a_debt_below_one_unit_of_collateral_has_no_terms() -> None:
    """1.2 USDC owed against one unit worth $1.30; 80 % of that do not cover it."""
    found = book(1, 10**12, price=13 * 10**41)
    assert found.position(0).health_factor < WAD
    assert terms(found, 0) == Terms(False, found.position(0).health_factor, 0, 0, 0)


def test_a_listed_asset_that_is_in_no_market_has_no_price() -> None:
    listed = load(CRASH).protocols["main"].assets["WETH"].model_dump(mode="json")
    steady = "{model: constant, start: $60000}"
    feed = load(CRASH).assets["WETH"].feed.model_dump_json()
    other = f"assets.WBTC={{decimals: 8, price: {steady}, feed: {feed}}}"
    ended = run(crash(KIND, other, f"protocols.main.assets.WBTC={listed}", "chain.blocks=2", "events=[]"))
    assert "price_main_WBTC" not in ended.blocks
    assert ended.summary["prices"]["WBTC"]["overstatement_peak"] is None


def test_debt_is_rounded_up_and_collateral_down() -> None:
    made = book(10 * WAD + 1, 10_000 * 10**12)
    assert made.amounts(0) == (13_600 * 10**6, 12_000 * 10**6 + 1)
    assert made.position(0).health_factor == 13_600 * 10**6 * WAD // (12_000 * 10**6 + 1)
    assert made.borrow_limit(0) == 13_600 * WAD


def test_account_that_owes_all_that_it_may_is_healthy() -> None:
    made = book(10 * WAD, 10_000 * 10**12, price=15_000_000_002 * 10**17)
    assert made.amounts(0) == (12_000 * 10**6 + 1, 12_000 * 10**6 + 1)
    assert made.position(0).health_factor == WAD
    assert not terms(made, 0).eligible
    assert not made.eligible()[0]


def test_account_that_owes_one_unit_more_is_not() -> None:
    made = book(10 * WAD, 10_000 * 10**12, price=15_000_000_001 * 10**17)
    assert made.amounts(0) == (12_000 * 10**6, 12_000 * 10**6 + 1)
    assert made.position(0).health_factor == WAD - 83_333_334
    assert terms(made, 0).eligible
    assert made.eligible()[0]


def test_health_is_exact_where_values_are_not() -> None:
    """A loan token of 18 decimals at $0.3: a unit is less than a unit of value."""
    made = MorphoBook(["0x01"], ("A", "B"), "A")
    made.set_account("0x01", 0, 101 * 10**6, 100)
    made.take(
        LoanState(WAD, 3 * WAD // 10, 10**9, 10**15, 10**6 - 1, 10**12 - 10**6),
        CollateralState(WAD, WAD, WAD // 2),
        2 * 10**36,
    )
    assert made.amounts(0) == (100, 101)
    assert made.position(0)[1:] == (30, 31)
    assert made.position(0).health_factor == 100 * WAD // 101


def test_all_debt_is_repaid_where_the_collateral_covers_it() -> None:
    made = book(8 * WAD, 10_000 * 10**12)
    seized = 12_000 * 10**6 * incentive(80 * WAD // 100) // WAD * 10**36 // PRICE
    found = amounts(made, 0, 2**256)
    assert found == Amounts(12_000 * 10**6 + 1, 10_000 * 10**12, seized, False)
    assert terms(made, 0) == Terms(True, made.position(0).health_factor, found.repaid, seized, 0)
    assert amounts(made, 0, found.repaid) == amounts(made, 0, found.repaid + found.repaid // 10_000 + 1) == found


def test_all_collateral_is_taken_where_it_covers_less() -> None:
    made = book(6 * WAD, 10_000 * 10**12)
    found = amounts(made, 0, 2**256)
    assert (found.seized, found.takes_all) == (6 * WAD, True)
    quoted = -(-10_200 * 10**6 * WAD // incentive(80 * WAD // 100))
    assert quoted <= found.repaid <= quoted + 1
    assert found.shares < 10_000 * 10**12


def test_part_of_the_debt_is_named_in_shares() -> None:
    made = book(8 * WAD, 10_000 * 10**12)
    found = amounts(made, 0, 6_000 * 10**6)
    assert found.shares == 6_000 * 10**6 * (500_000 * 10**12 + 10**6) // (600_000 * 10**6 + 2)
    assert found.repaid == 6_000 * 10**6
    assert not found.takes_all


@pytest.mark.parametrize(("collateral", "shares"), [(0, 10**15), (10 * WAD, 0)], ids=["no collateral", "no debt"])
def test_nothing_can_be_taken_from_who_has_nothing(collateral: int, shares: int) -> None:
    assert terms(book(collateral, shares), 0)[2:] == (0, 0, 0)
    assert not terms(book(collateral, shares), 0).eligible


# What of a scenario it takes


@pytest.mark.parametrize(
    ("section", "value"),
    [
        ("oracle", "{kind: delayed, hop: 1h, source: {kind: feed}}"),
        ("margins", "{kind: tiered, tiers: {WETH: [{up_to: $1M, haircut: 0%}, {haircut: 5%}]}}"),
        ("guards", "[{kind: depth_speed_limit, venues: [weth_usdc], share: 5%}]"),
        (
            "liquidation",
            "{kind: dynamic_penalty, slope: 50%, minimum_discount: 1%, maximum_discount: 10%, "
            "close_factor: 50%, full_close_health_factor: 95%, "
            "minimum_position: $2000, minimum_left: $1000, protocol_share: 10%}",
        ),
        ("fund", "{venue: weth_usdc, interval: 60s, fee: {kind: fixed, price: 1 gwei}}"),
        ("opened_under", "{WETH: {loan_to_value: 81%, liquidation_threshold: 84%}}"),
    ],
)
def test_section_that_no_market_has_is_refused(section: str, value: str) -> None:
    with pytest.raises(ScenarioError, match=rf"protocols\.main\.{section}: is nothing that a Morpho Blue market"):
        planned(crash(KIND, f"protocols.main.{section}={value}"))


def test_change_of_margins_is_refused_before_the_first_block() -> None:
    with pytest.raises(ScenarioError, match="change of the margins of WETH: is nothing that governance"):
        planned(crash(KIND, with_events(CHANGE)))


def test_book_of_several_pairs_is_refused() -> None:
    with pytest.raises(
        ScenarioError, match=r"protocols\.north\.positions, which owe .*USDC.* and hold .*WBTC.*: must be one debt"
    ):
        planned(load(TWO_POOLS, overrides=["protocols.north.kind=morpho_blue", "liquidators=[]"]))


def test_reserve_factor_above_the_most_that_morpho_keeps_is_refused() -> None:
    planned(crash(KIND, "protocols.main.assets.USDC.reserve_factor=25%"))
    with pytest.raises(ScenarioError, match=r"reserve_factor 26%: is above the 25% of interest"):
        planned(crash(KIND, "protocols.main.assets.USDC.reserve_factor=26%"))


def test_own_rules_tell_the_bonus() -> None:
    (protocol,) = planned(crash(KIND)).protocols.values()
    assert protocol.own_rules[0].startswith("The bonus on WETH is 5.37%, which follows from its threshold of 83.00%")
    assert protocol.protocol_share == 0


def test_assets_are_the_pair_though_more_are_listed() -> None:
    wbtc = (
        "assets.WBTC={decimals: 8, price: {model: constant, start: $30000}, feed: {heartbeat: 1d, "
        "deviation_threshold: 1%, fee: {kind: fixed, price: 1 gwei}}}"
    )
    listed = (
        "protocols.main.assets.WBTC={loan_to_value: 70%, liquidation_threshold: 75%, liquidation_bonus: 6%, "
        "reserve_factor: 10%, supply_cap: $1B, borrow_cap: $1B, "
        "interest: {base: 0%, kink: 80%, slope_below: 4%, slope_above: 80%}}"
    )
    (protocol,) = planned(crash(KIND, wbtc, listed)).protocols.values()
    assert protocol.assets == ("WETH", "USDC")


# Runs


@cache
def flash_crash() -> tuple[Simulation, Result]:
    return watched(load("flash_crash", overrides=["protocol=morpho_blue"]), lambda *_: None)


def test_flash_crash_cascades_and_tells_the_gas_of_each_liquidation() -> None:
    _, result = flash_crash()
    landed = result.liquidations[result.liquidations["outcome"] == "landed"]
    assert result.summary["amplification"] > 1
    assert len(landed) > 100
    flash = landed["agent"].str.contains("swift")
    assert landed[flash]["gas_used"].between(190_000, 280_000).all()
    assert landed[~flash]["gas_used"].between(90_000, 160_000).all()
    assert result.summary["own_rules"]["main"][0].startswith("The bonus on WETH is 5.54%")


def test_lenders_lose_in_the_block_what_was_written_off() -> None:
    simulation, result = flash_crash()
    (protocol,) = simulation.market.protocols.values()
    assert protocol.losses.recorded == protocol.losses.socialised > 0
    assert set(result.blocks["deficit_usd"]) == {0.0}
    assert result.summary["socialised_usd"] == pytest.approx(result.summary["losses"]["suppliers_usd"])


def test_flash_crash_is_the_same_on_both_engines(tmp_path: Path) -> None:
    settings = ["protocol=morpho_blue", "chain.blocks=36", "protocols.main.positions.count=25"]
    few = load("flash_crash", overrides=[*settings, "background.load=20%"])
    anvil, pyevm = run(few, engine="anvil"), run(few, engine="pyevm")
    assert anvil.summary["liquidations"]["count"] > 0
    assert anvil.liquidations.to_csv() == pyevm.liquidations.to_csv()
    assert anvil.blocks.to_csv() == pyevm.blocks.to_csv()


def test_totals_and_price_are_the_contract_s_after_every_block() -> None:
    different = []

    def compare(simulation: Simulation, step: int) -> None:
        (protocol,) = simulation.market.protocols.values()
        loan = protocol.book.states[1]
        assert isinstance(loan, LoanState)
        plan = protocol._plan  # type: ignore[attr-defined]
        told = read(simulation.chain, [("MorphoLens", plan.lens, "marketView", plan.morpho, plan.params)])[0]
        kept = (
            *(loan.total_supply_assets, loan.total_supply_shares, loan.total_borrow_assets, loan.total_borrow_shares),
            protocol.book.states[0].price * 10**24 // loan.price,
        )
        if kept != told:
            different.append((step, kept, told))

    watched(crash(KIND), compare)
    assert different == []


def test_attentive_borrowers_defend_themselves() -> None:
    _, result = watched(crash(KIND), lambda *_: None)
    sent = result.transactions[result.transactions["kind"] == "borrower"]
    assert (sent["outcome"] == "landed").sum() > 3
    assert (sent["outcome"] == "reverted").sum() == 0


def test_a_keeper_whose_money_covers_a_part_repays_that_part() -> None:
    ended = run(crash(KIND, "liquidators.patient.capital.amount=$3k", "liquidators.patient.minimum_profit=$0"))
    tried = ended.liquidations[ended.liquidations["liquidator"].str.contains("patient")]
    landed = tried[tried["outcome"] == "landed"]
    assert (landed["debt_repaid_usd"] > 2_990).any()
    assert not tried["error"].fillna("").str.contains("transferFrom").any()
