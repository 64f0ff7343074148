from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator.agent_settings import FlashLoan, ProfitShareFee
from simulator.errors import ScenarioError
from simulator.scenario import SCENARIOS, Scenario, load, names, parse
from tests.unit.tiny import ABSENT, listed, scenario, settings


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.yaml"
    path.write_text(yaml.safe_dump(settings()), encoding="utf-8")
    return path


# Reading


def test_a_file_is_read_into_exact_values(file: Path) -> None:
    read = load(file)
    assert read.chain.base_fee == 20
    assert read.chain.block_time == 12
    assert read.protocols["main"].assets["WETH"].liquidation_threshold == Decimal("0.825")
    assert read.protocols["main"].assets["USDC"].supplied == 2_000_000
    assert read.liquidators[0].capital == FlashLoan(kind="flash_loan")
    assert isinstance(read.liquidators[0].fee, ProfitShareFee)
    assert read.folder == str(file.parent)


@pytest.mark.parametrize("name", names())
def test_a_shipped_scenario_loads_under_its_file_name(name: str) -> None:
    assert load(name).name == name


def test_shipped_scenarios_are_the_yaml_files_of_the_folder() -> None:
    assert "flash_crash" in names()
    assert names() == sorted(path.stem for path in SCENARIOS.iterdir() if path.suffix == ".yaml")


def test_a_seed_replaces_that_of_the_file(file: Path) -> None:
    assert load(file).seed == 7
    assert load(file, seed=0).seed == 0


def test_a_scenario_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        scenario().seed = 8  # type: ignore[misc]


# Writing


EXTRAS: dict[str, Any] = {
    "background": {
        "load": "60%",
        "transaction_gas": 1_500_000,
        "fee": {"kind": "log_normal", "p30": "24.5 gwei", "p90": "60 gwei"},
    },
    "borrowers": {
        "attentive": "30%",
        "health_low": 1.05,
        "health_high": 1.3,
        "target_gain": 0.15,
        "wallet_collateral": "10%",
        "wallet_debt": "5%",
        "fee": {"kind": "fixed", "price": "1 gwei"},
        "latency": 1,
    },
    "outside.depth": "infinite",
    "assets.WETH.price": {
        "model": "candles",
        "table": [
            ["2024-08-05T00:00:00Z", 2000.1, 2100, 1900, 1950],
            ["2024-08-05T01:00:00Z", 1950, 1960, 1800, 1900],
        ],
    },
    "events": [
        {"kind": "gas_spike", "at": 1, "blocks": 5, "load_factor": 2.5},
        {"kind": "oracle_outage", "at": 2, "blocks": 3, "asset": "WETH"},
        {"kind": "keeper_outage", "at": 2, "blocks": 3, "liquidators": ["swift"]},
        {"kind": "parameter_change", "at": 9, "protocol": "main", "asset": "WETH", "loan_to_value": "70%"},
    ],
}


@pytest.mark.parametrize("changes", [{}, EXTRAS], ids=["tiny", "every kind"])
def test_what_is_written_reads_back_as_an_equal_scenario(tmp_path: Path, changes: dict[str, Any]) -> None:
    before = parse({**settings(changes), "folder": str(tmp_path)})
    (tmp_path / "again.yaml").write_text(before.to_yaml(), encoding="utf-8")
    after = load(tmp_path / "again.yaml")
    assert after == before
    assert after.to_yaml() == before.to_yaml()


@pytest.mark.parametrize("name", names())
def test_a_shipped_scenario_reads_back_as_it_was(tmp_path: Path, name: str) -> None:
    before = load(name)
    (tmp_path / "again.yaml").write_text(before.to_yaml(), encoding="utf-8")
    assert load(tmp_path / "again.yaml").model_copy(update={"folder": before.folder}) == before


def test_the_folder_of_a_machine_is_not_written() -> None:
    assert "folder" not in yaml.safe_load(scenario().to_yaml())


def test_csv_files_are_named_once_each() -> None:
    chosen = scenario(
        {
            "assets.WETH.price": {"model": "candles", "csv": "data/day.csv"},
            "protocols.main.positions": {"kind": "csv", "csv": "book.csv"},
            "background": {**EXTRAS["background"], "fee": {"kind": "recorded", "csv": "data/day.csv"}},
        }
    )
    assert chosen.files() == ["data/day.csv", "book.csv"]
    assert chosen.path("data/day.csv") == SCENARIOS / "data/day.csv"
    assert scenario().files() == []


# --set


@pytest.mark.parametrize(
    ("override", "place", "value"),
    [
        ("outside.depth=infinite", "outside.depth", "infinite"),
        ("seed=12", "seed", 12),
        ("chain.base_fee=0 gwei", "chain.base_fee", 0),
        ("liquidators.swift.count=3", "liquidators.0.count", 3),
        ("liquidators.0.count=4", "liquidators.0.count", 4),
        ("arbitrageurs.trader.fee.price=7 gwei", "arbitrageurs.0.fee.price", 7),
        ("events.0.change=-20%", "events.0.change", Decimal("-0.2")),
        ("allow_toxic=true", "allow_toxic", True),
        ("chain.expiry=9", "chain.expiry", 9),  # not in the file: it has a default
        ("events=[]", "events", ()),
        ("notes=a = b", "notes", "a = b"),
    ],
)
def test_an_override_replaces_one_setting(file: Path, override: str, place: str, value: Any) -> None:
    found: Any = load(file, overrides=[override])
    for part in place.split("."):
        found = found[int(part)] if part.isdigit() else getattr(found, part)
    assert found == value


def test_protocol_and_venue_stand_for_the_kind_of_each(file: Path) -> None:
    found = load(file, overrides=["protocol=reference", "venue=constant_product"])
    assert {one.kind for one in found.protocols.values()} == {"reference"}
    for section in ("protocol", "venue"):
        with pytest.raises(ScenarioError, match=rf"{section}s\.\w+\.kind = 'unheard_of': "):
            load(file, overrides=[f"{section}=unheard_of"])


def test_a_file_names_the_kind_of_all_its_protocols_at_its_top(file: Path) -> None:
    text = file.read_text() + "\nprotocol: unheard_of\n"
    file.write_text(text)
    with pytest.raises(ScenarioError, match=r"protocols\.\w+\.kind = 'unheard_of'"):
        load(file)
    assert {one.kind for one in load(file, overrides=["protocol=reference"]).protocols.values()} == {"reference"}


def test_a_whole_list_entry_is_replaced_by_number_or_name(file: Path) -> None:
    event = "{kind: gas_spike, at: 1, blocks: 2}"
    assert [one.kind for one in load(file, overrides=[f"events.1={event}"]).events] == ["price_shock", "gas_spike"]
    trader = (
        "{name: other, venue: pair, capital: $1, latency: 0, minimum_profit: $0, fee: {kind: fixed, price: 1 gwei}}"
    )
    assert [one.name for one in load(file, overrides=[f"arbitrageurs.trader={trader}"]).arbitrageurs] == ["other"]


def test_overrides_apply_in_order_and_the_seed_last(file: Path) -> None:
    read = load(file, seed=3, overrides=["seed=1", "liquidators.swift.name=slow", "liquidators.slow.count=9"])
    assert (read.seed, read.liquidators[0].name, read.liquidators[0].count) == (3, "slow", 9)


@pytest.mark.parametrize(
    ("override", "rule"),
    [
        ("outside.depth", "must read key.path=value"),
        ("liquidators.nobody.count=3", "no setting called nobody"),
        ("liquidators.7.count=3", "no setting called 7"),
        ("liquidators.7={}", "no setting called 7"),
        ("outsides.depth=infinite", "no setting called outsides"),
    ],
)
def test_an_override_without_a_place_is_refused(file: Path, override: str, rule: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        load(file, overrides=[override])
    assert refused.value.value == f"--set {override}"
    assert refused.value.rule == rule
    assert refused.value.remedy


# Refusals


def refusal(changes: dict[str, Any]) -> ScenarioError:
    with pytest.raises(ScenarioError) as refused:
        scenario(changes)
    return refused.value


MAIN = "protocols.main"
WETH = f"{MAIN}.assets.WETH"
BETA = f"{MAIN}.positions.loan_to_value"


@pytest.mark.parametrize(
    ("changes", "value", "rule"),
    [
        pytest.param({"chain.blocktime": "12s"}, "chain.blocktime", "unknown key", id="misspelt key"),
        pytest.param({"colour": "red"}, "colour", "unknown key", id="unknown key at the top"),
        pytest.param({"chain.blocks": ABSENT}, "chain.blocks", "Field required", id="missing key"),
        pytest.param({"chain.blocks": 0}, "chain.blocks = 0", "greater than or equal to 1", id="no blocks"),
        pytest.param({"chain.block_time": "12"}, "chain.block_time = '12'", "'3600s'", id="no unit"),
        pytest.param({"chain.block_time": 12}, "chain.block_time = 12", "'3600s'", id="bare number"),
        pytest.param({"chain.base_fee": "$20"}, "chain.base_fee = '$20'", "'40 gwei'", id="wrong unit"),
        pytest.param({f"{WETH}.loan_to_value": "0.75"}, "loan_to_value = '0.75'", "'0.5%'", id="share without %"),
        pytest.param({"outside.depth": "20M"}, "outside.depth", "'$25M'", id="dollars without $"),
        pytest.param(
            {f"{WETH}.loan_to_value": "90%"}, "assets.WETH", "loan_to_value 90% is above", id="LTV above threshold"
        ),
        pytest.param(
            {f"{WETH}.liquidation_threshold": "100%"}, "liquidation_threshold = '100%'", "less than 1", id="threshold 1"
        ),
        pytest.param(
            {f"{WETH}.liquidation_bonus": "22%"},
            "scenario",
            f"{WETH}: liquidation_threshold x (1 + liquidation_bonus) = 1.0065",
            id="toxic",
        ),
        pytest.param(
            {f"{WETH}.liquidation_threshold": "80%", f"{WETH}.liquidation_bonus": "25%"},
            "scenario",
            "= 1.0000 is 1 or more",
            id="toxic on the line",
        ),
        pytest.param({"chain.native": "ETH"}, "scenario", "chain.native: ETH is not among assets", id="native"),
        pytest.param({"venues.pair.base": "WBTC"}, "scenario", "WBTC is not among assets", id="venue without a price"),
        pytest.param(
            {f"{MAIN}.assets.WBTC": settings()["protocols"]["main"]["assets"]["WETH"]},
            "scenario",
            f"{MAIN}.assets: WBTC is not among assets (WETH, USDC); give the asset a price",
            id="listed without a price",
        ),
        pytest.param(
            {f"{MAIN}.positions.total_debt": "$2000001"},
            "scenario",
            "total_debt $2000001 is more than the pool can lend ($2000000 of USDC supplied)",
            id="more debt than lendable",
        ),
        pytest.param(
            {"arbitrageurs.0.name": "swift"}, "scenario", "agent name swift is used twice", id="two agents of one name"
        ),
        pytest.param(
            {"events.1.venue": "pool"},
            "scenario",
            "events[1].venue: pool is not among venues (pair)",
            id="event of an unknown venue",
        ),
        pytest.param({"events.0.asset": "ETH"}, "scenario", "events[0].asset: ETH", id="shock of an unknown asset"),
        pytest.param(
            {"events": [{"kind": "keeper_outage", "at": 1, "blocks": 1, "liquidators": ["trader"]}]},
            "scenario",
            "trader is not among liquidators (swift)",
            id="outage of somebody else",
        ),
        pytest.param({"events.0.kind": "meteorite"}, "events.0", "price_shock", id="unknown event"),
        pytest.param({"events.0.change": "-100%"}, "change = '-100%'", "greater than -1", id="price to zero"),
        pytest.param({"liquidators.0.protocols": ["side"]}, "scenario", "side is not among protocols", id="protocol"),
        pytest.param({"liquidators.0.venue": "pool"}, "scenario", "pool is not among venues", id="keeper's venue"),
        pytest.param({"arbitrageurs.0.venue": "pool"}, "scenario", "pool is not among venues", id="trader's venue"),
        pytest.param(
            {f"{BETA}.deviation": "36%"}, "loan_to_value", "no beta distribution has this mean", id="too wide"
        ),
        pytest.param(
            {f"{BETA}.mean": "74%"}, "loan_to_value", "no beta distribution has this mean", id="mean at the maximum"
        ),
        pytest.param(
            {"assets.WETH.price": {"model": "candles"}}, "assets.WETH.price.candles", "either csv or table", id="source"
        ),
        pytest.param(
            {"assets.WETH.price": {"model": "candles", "csv": "../../secret.csv"}}, "csv", "pattern", id="csv outside"
        ),
        pytest.param(
            {"borrowers": {**EXTRAS["borrowers"], "health_low": 1.4}},
            "borrowers",
            "health_low 1.4 is above health_high 1.3; swap them",
            id="bounds of health swapped",
        ),
        pytest.param({"name": "no spaces"}, "name = 'no spaces'", "pattern", id="name"),
        pytest.param({"seed": -1}, "seed = -1", "greater than or equal to 0", id="negative seed"),
    ],
)
def test_what_does_not_hold_is_refused_with_value_rule_and_remedy(
    changes: dict[str, Any], value: str, rule: str
) -> None:
    refused = refusal(changes)
    assert value in refused.value
    assert rule in refused.rule
    assert refused.remedy
    assert str(refused) == f"{refused.value}: {refused.rule}. {refused.remedy}"
    assert refused.exit_code == 2


FIXED = {"kind": "fixed", "price": "1 gwei"}
FURTHER = {"heartbeat": "3600s", "deviation_threshold": "0.5%", "fee": FIXED}
WBTC = {"decimals": 8, "price": {"model": "constant", "start": "$60000"}, "feed": FURTHER}
ELSEWHERE = {"assets.WBTC": WBTC, "venues.other": {"base": "WBTC", "quote": "USDC", "liquidity": "$1M", "fee": "0.3%"}}
"""An asset that the protocol does not list, and its venue."""
SAME = {**ELSEWHERE, f"{MAIN}.assets.WBTC": listed("$0", "70%") | {"loan_to_value": "60%"}}
"""The same, but listed; the venue does not trade WETH."""
FUND = {"venue": "pair", "interval": "5min", "fee": FIXED}
SPEED_LIMIT = {"kind": "depth_speed_limit", "share": "50%", "venues": ["pair"]}
BREAKER = {
    "kind": "circuit_breaker",
    "pauses": ["liquidation"],
    "maximum_time": "3min",
    "cooldown": "30min",
    "interval": "12s",
    "watches": {"WETH": {"venue": "pair", "maximum_divergence": "5%"}},
}
AVERAGE = {
    "kind": "pool_average",
    "window": "30min",
    "interval": "5min",
    "venues": ["pair"],
    "source": {"kind": "feed"},
}
ENGLISH = {
    "kind": "english_auction",
    "bid_lifetime": "10min",
    "auction_lifetime": "6h",
    "minimum_increment": "3%",
    "lots": {"WETH": 50},
}
OFFSET = {"kind": "stability_pool", "debt": "USDC", "gas_compensation": "0.5%"}
HELPER = {"name": "tidy", "fee": FIXED}
SAVER = {
    "name": "saver",
    "count": 1,
    "protocol": "main",
    "venue": "pair",
    "amount": "$1000",
    "leaves": {"low": "10%", "high": "20%"},
    "sell_after": "1min",
    "fee": FIXED,
}
POOLED = {f"{MAIN}.liquidation": OFFSET, "liquidators": [], "depositors": [SAVER]}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({f"{MAIN}.fund": {**FUND, "venue": "pool"}}, f"{MAIN}.fund.venue: pool is not among venues (pair)"),
        ({f"{MAIN}.fund": {**FUND, "capital": {"DAI": "$1"}}}, f"{MAIN}.fund.capital: DAI is not among assets of main"),
        (
            {f"{MAIN}.guards": [BREAKER, {**SPEED_LIMIT, "venues": ["pair", "pool"]}]},
            f"{MAIN}.guards[1].venues: pool is not among venues (pair)",
        ),
        (
            {f"{MAIN}.guards": [{**BREAKER, "watches": {"DAI": {"maximum_move": "5%", "window": "1min"}}}]},
            f"{MAIN}.guards[0].watches: DAI is not among assets of main",
        ),
        (
            {f"{MAIN}.guards": [{**BREAKER, "watches": {"WETH": {"venue": "pool"}}}]},
            f"{MAIN}.guards[0].watches.WETH.venue: pool is not among venues (pair); name one of them",
        ),
        ({f"{MAIN}.oracle": {**AVERAGE, "venues": ["pool"]}}, f"{MAIN}.oracle.venues: pool is not among venues"),
        (
            {f"{MAIN}.oracle": {"kind": "delayed", "hop": "1h", "source": {**AVERAGE, "venues": ["pool"]}}},
            f"{MAIN}.oracle.source.venues: pool is not among venues",
        ),
        (
            {
                f"{MAIN}.oracle": {
                    "kind": "median",
                    "quorum": 1,
                    "maximum_age": "1h",
                    "sources": [{"kind": "feed"}, {"kind": "feed", "feed": "second"}],
                }
            },
            f"{MAIN}.oracle.sources[1].feed: second is not among further feeds of main (none)",
        ),
        (
            {f"{MAIN}.margins": {"kind": "tiered", "tiers": {"DAI": [{"haircut": "0%"}]}}},
            f"{MAIN}.margins.tiers: DAI is not among assets of main (WETH, USDC)",
        ),
        (
            {f"{MAIN}.liquidation": {**ENGLISH, "lots": {"DAI": 50}}, "liquidators": []},
            f"{MAIN}.liquidation.lots: DAI is not among assets of main",
        ),
        ({**POOLED, f"{MAIN}.liquidation": {**OFFSET, "debt": "DAI"}}, f"{MAIN}.liquidation.debt: DAI is not among"),
        ({"housekeepers": [{**HELPER, "protocols": ["side"]}]}, "housekeepers.tidy.protocols: side is not among"),
        ({**POOLED, "depositors": [{**SAVER, "protocol": "side"}]}, "depositors.saver.protocol: side is not among"),
        ({**POOLED, "depositors": [{**SAVER, "venue": "pool"}]}, "depositors.saver.venue: pool is not among venues"),
        (
            {
                "assets.USDC.feeds": {"second": FURTHER},
                "events": [{"kind": "oracle_outage", "at": 1, "blocks": 1, "asset": "WETH", "feed": "second"}],
            },
            "events[0].feed: second is not among further feeds of WETH (none)",
        ),
        (
            {f"{MAIN}.guards": [{**BREAKER, "watches": {"WETH": {"venue": "other"}}}], **SAME},
            "watches.WETH.venue: other is not among venues between assets of main that trade WETH (pair)",
        ),
        ({**ELSEWHERE, f"{MAIN}.fund": {**FUND, "venue": "other"}}, "other is not among venues between assets of main"),
        (
            {**ELSEWHERE, f"{MAIN}.oracle": {**AVERAGE, "venues": ["other"]}},
            "other is not among venues between assets of main (pair)",
        ),
    ],
)
def test_a_name_of_nothing_is_refused_with_its_place(changes: dict[str, Any], told: str) -> None:
    refused = refusal(changes)
    assert told in refused.rule
    assert refused.exit_code == 2


def test_names_of_what_there_is_are_taken() -> None:
    scenario(
        {
            "assets.WETH.feeds": {"second": FURTHER},
            f"{MAIN}.oracle": {"kind": "sanity", "maximum_difference": "9%", "feed": {"kind": "feed", "feed": "second"}}
            | {"anchor": AVERAGE},
            f"{MAIN}.fund": {**FUND, "capital": {"USDC": "$1"}},
            f"{MAIN}.guards": [BREAKER, SPEED_LIMIT],
            f"{MAIN}.margins": {"kind": "tiered", "tiers": {"WETH": [{"haircut": "0%"}]}},
            "housekeepers": [{**HELPER, "protocols": ["main"]}],
            "events": [{"kind": "oracle_outage", "at": 1, "blocks": 1, "asset": "WETH", "feed": "second"}],
        }
    )
    scenario(POOLED)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"housekeepers": [{**HELPER, "name": "swift"}]}, "swift"),
        ({"housekeepers": [HELPER, HELPER]}, "tidy"),
        ({**POOLED, "depositors": [{**SAVER, "name": "trader"}]}, "trader"),
        ({**POOLED, "housekeepers": [{**HELPER, "name": "saver"}]}, "saver"),
    ],
)
def test_agents_of_one_name_are_refused(changes: dict[str, Any], name: str) -> None:
    assert f"agent name {name} is used twice" in refusal(changes).rule


SIDE = {**settings()["protocols"]["main"], "liquidation": ENGLISH}
BOTH = {"protocols": {**settings()["protocols"], "side": SIDE}}
OWN = {"kind": "inventory", "amount": "$1M", "sell_after": "1min"}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (BOTH, "liquidators.swift serves both fixed_spread and english_auction; make a group for each"),
        (
            {f"{MAIN}.liquidation": ENGLISH},
            "liquidators.swift: a bid in an english_auction lies there longer than a flash_loan; give it an inventory",
        ),
        ({f"{MAIN}.liquidation": OFFSET}, "liquidators.swift serves main, whose stability pool needs no liquidator"),
        ({"depositors": [SAVER]}, "depositors.saver.protocol main has no stability pool; name one that has"),
        (
            {**POOLED, "venues.pair": {**settings()["venues"]["pair"], "base": "USDC", "quote": "WETH"}},
            "depositors.saver.venue pair does not sell what they gain",
        ),
    ],
)
def test_agents_who_cannot_work_for_their_protocols_are_refused(changes: dict[str, Any], told: str) -> None:
    assert told in refusal(changes).rule


def test_a_group_for_each_kind_of_liquidation_is_taken() -> None:
    swift = settings()["liquidators"][0]
    bidder = {**swift, "name": "bidder", "protocols": ["side"], "capital": OWN}
    scenario({**BOTH, "liquidators": [{**swift, "protocols": ["main"]}, bidder]})
    delayed = {**settings()["protocols"]["main"]["liquidation"], "kind": "delayed", "large_debt": "$1M", "slice": "10%"}
    delayed |= {"grace": "1h", "interval": "1h", "mark_expiry": "1d", "emergency_health_factor": "90%"}
    scenario({"protocols": {**settings()["protocols"], "side": {**SIDE, "liquidation": delayed}}})


FREE = {"loan_to_value": "0%"}
RULES = settings()["protocols"]["main"]["liquidation"]
PENALTY = {**RULES, "kind": "dynamic_penalty", "slope": "100%", "maximum_discount": "10%"}
DELAYED = {**RULES, "kind": "delayed", "large_debt": "$1M", "grace": "1h", "slice": "10%", "interval": "1h"}
DELAYED |= {"mark_expiry": "1d", "emergency_health_factor": "90%"}
DUTCH = {"kind": "dutch_auction", "buffer": "120%", "cut": "99%", "step": "60s", "tail": "1h", "cusp": "40%"}
DUTCH |= {"chip": "0.1%", "tip": "$100", "minimum_left": "$1000"}
SCALED = {"kind": "volatility_scaled", "calm_volatility": "100%", "slope": "2%", "maximum_haircut": "5%"}
SCALED |= {"speed": "10%", "time_constant": "30min", "interval": "60s", "maximum_elapsed": "2min"}


@pytest.mark.parametrize(
    ("place", "sound", "limits", "beyond"),
    [
        ("liquidation", RULES, {"minimum_left": "$2000"}, "$2001"),
        ("liquidation", PENALTY, {"slope": "1000%"}, "1001%"),
        ("liquidation", PENALTY, {"maximum_discount": "50%"}, "51%"),
        ("liquidation", PENALTY, {"minimum_discount": "10%"}, "11%"),
        ("liquidation", PENALTY, {"volatility_factor": "1000%"}, "1001%"),
        ("liquidation", DELAYED, {"mark_expiry": "2h"}, "7199s"),
        ("liquidation", DELAYED, {"slice": "0.2%"}, "0.1%"),
        ("liquidation", {**DELAYED, "mark_expiry": "30d"}, {"grace": "7d"}, "8d"),
        ("liquidation", {**DELAYED, "mark_expiry": "30d"}, {"interval": "1d"}, "25h"),
        ("liquidation", DUTCH, {"step": "1h"}, "3601s"),
        ("liquidation", DUTCH, {"tail": "30d"}, "31d"),
        ("liquidation", DUTCH, {"chip": "100%"}, "101%"),
        ("liquidation", ENGLISH, {"bid_lifetime": "6h"}, "361min"),
        ("liquidation", ENGLISH, {"auction_lifetime": "30d"}, "31d"),
        ("liquidation", OFFSET, {"gas_compensation": "5%"}, "5.1%"),
        ("margins", SCALED, {"interval": "2min"}, "121s"),
        ("margins", SCALED, {"interval": "1s"}, "0.5s"),
        ("margins", SCALED, {"interval": "61s"}, "60.5s"),
        ("margins", SCALED, {"speed": "360000%"}, "360001%"),
        ("guards.0", BREAKER, {"haircut": "50%"}, "51%"),
        ("assets.WETH", settings()["protocols"]["main"]["assets"]["WETH"], {"liquidation_bonus": "99%"}, "100%"),
        ("assets.USDC", listed("$2M", "78%"), {"supply_cap": "$2M"}, "$1999999"),
        ("assets.USDC", listed("$2M", "78%"), {"borrow_cap": "$1M"}, "$999999"),
    ],
)
def test_what_a_contract_would_refuse_is_refused_before(
    place: str, sound: dict[str, Any], limits: dict[str, str], beyond: str
) -> None:
    others = {"guards.0": {f"{MAIN}.guards": [ABSENT]}}.get(place, {})
    elsewhere: dict[str, Any] = {**others, "liquidators": [], "allow_toxic": True}
    scenario({**elsewhere, f"{MAIN}.{place}": {**sound, **limits}})
    (setting,) = limits
    refused = refusal({**elsewhere, f"{MAIN}.{place}": {**sound, setting: beyond}})
    assert setting in str(refused)


def test_other_bounds_of_contracts() -> None:
    assert "flash_loan_fee" in refusal({f"{MAIN}.flash_loan_fee": "5.1%"}).value
    steep = {"base": "0%", "kink": "90%", "slope_below": "1%", "slope_above": "100000%"}
    assert "100000 % a year together" in refusal({f"{WETH}.interest": steep}).rule
    alone = refusal({f"{MAIN}.liquidation": OFFSET, "liquidators": [], f"{WETH}": listed("$0", "0%") | FREE})
    assert "a stability pool takes 1 to 8 collaterals beside its debt, not 0" in alone.rule


def test_a_housekeeper_does_no_chores_of_a_fund() -> None:
    assert "chores" in refusal({"housekeepers": [{**HELPER, "chores": ["backstop"]}]}).value


def test_parameter_changes_are_judged_one_after_the_other() -> None:
    lower = {"kind": "parameter_change", "at": 3, "protocol": "main", "asset": "WETH", "loan_to_value": "60%"}
    then = {**lower, "at": 8, "loan_to_value": None, "liquidation_threshold": "70%"}
    scenario({"events": [then, lower]})
    assert "events[0] sets loan_to_value above" in refusal({"events": [{**then, "at": 2}, lower]}).rule


def test_a_toxic_threshold_is_allowed_when_asked_for() -> None:
    allowed: Scenario = scenario({f"{WETH}.liquidation_bonus": "22%", "allow_toxic": True})
    assert allowed.protocols["main"].assets["WETH"].liquidation_bonus == Decimal("0.22")


def test_the_limits_themselves_are_allowed() -> None:
    scenario({f"{WETH}.loan_to_value": "82.5%"})  # as high as the threshold
    scenario({f"{MAIN}.positions.total_debt": "$2M"})  # all that is supplied
    scenario({f"{BETA}.deviation": "35%"})
    scenario({f"{WETH}.liquidation_threshold": "80%", f"{WETH}.liquidation_bonus": "24.99%"})


def test_of_several_faults_the_first_is_told_and_the_others_counted() -> None:
    refused = refusal({"chain.blocks": 0, "seed": -1, "outside.depth": 5})
    assert refused.value == "seed = -1"
    assert "more)" in refused.remedy


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "must be a mapping"),
        ("- a list", "must be a mapping"),
        ("name: [tiny", "must be readable YAML"),
        ("name: !!python/object:os.system {}", "must be readable YAML"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str, rule: str) -> None:
    path = tmp_path / "broken.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        load(path)
    assert str(path) in refused.value.value
    assert rule in refused.value.rule


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "latin.yaml"
    path.write_bytes("name: größer".encode("latin-1"))
    with pytest.raises(ScenarioError, match="must be readable YAML"):
        load(path)


@pytest.mark.parametrize("source", ["flash_crsh", "missing/file.yaml"])
def test_an_unknown_scenario_is_refused_with_the_known_ones(source: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        load(source)
    assert refused.value.value == f"scenario {source}"
    assert "flash_crash" in refused.value.remedy
