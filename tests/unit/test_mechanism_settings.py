"""Each mechanism's settings: what holds is read, what does not is refused by value, rule and remedy."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.errors import ScenarioError
from simulator.scenario import parse
from tests.unit.tiny import scenario, settings

MAIN = "protocols.main"
FEED = {"kind": "feed"}
FEE = {"kind": "fixed", "price": "1 gwei"}
SPREAD = settings()["protocols"]["main"]["liquidation"]
GOOD: dict[str, tuple[str, dict[str, Any]]] = {
    "feed": ("oracle", {"kind": "feed", "feed": "second"}),
    "delayed oracle": ("oracle", {"kind": "delayed", "hop": "1h", "source": FEED}),
    "median": ("oracle", {"kind": "median", "quorum": 2, "maximum_age": "1h", "sources": [FEED, FEED]}),
    "pool average": (
        "oracle",
        {"kind": "pool_average", "window": "30min", "interval": "30min", "venues": ["pair"], "source": FEED},
    ),
    "exponential": ("oracle", {"kind": "exponential", "time_constant": "10min", "interval": "1min", "source": FEED}),
    "capped move": ("oracle", {"kind": "capped_move", "maximum_move": "5%", "interval": "1min", "source": FEED}),
    "fallback": ("oracle", {"kind": "fallback", "maximum_age": "1h", "primary": FEED, "secondary": FEED}),
    "sanity": ("oracle", {"kind": "sanity", "maximum_difference": "10%", "feed": FEED, "anchor": FEED}),
    "tiered": (
        "margins",
        {"kind": "tiered", "tiers": {"WETH": [{"up_to": "$1M", "haircut": "0%"}, {"haircut": "5%"}]}},
    ),
    "volatility scaled": (
        "margins",
        {
            "kind": "volatility_scaled",
            "calm_volatility": "60%",
            "slope": "10%",
            "maximum_haircut": "15%",
            "speed": "5%",
            "time_constant": "1h",
            "interval": "1min",
            "maximum_elapsed": "10min",
        },
    ),
    "fixed spread": ("liquidation", {"kind": "fixed_spread", **SPREAD}),
    "dynamic penalty": (
        "liquidation",
        {"kind": "dynamic_penalty", **SPREAD, "slope": "50%", "minimum_discount": "1%", "maximum_discount": "10%"},
    ),
    "delayed liquidation": (
        "liquidation",
        {
            "kind": "delayed",
            **SPREAD,
            "large_debt": "$1M",
            "grace": "0s",
            "slice": "100%",
            "interval": "1min",
            "mark_expiry": "1h",
            "emergency_health_factor": "90%",
        },
    ),
    "english auction": (
        "liquidation",
        {
            "kind": "english_auction",
            "bid_lifetime": "10min",
            "auction_lifetime": "6h",
            "minimum_increment": "3%",
            "lots": {"WETH": 50},
        },
    ),
    "dutch auction": (
        "liquidation",
        {
            "kind": "dutch_auction",
            "buffer": "100%",
            "cut": "99%",
            "step": "90s",
            "tail": "2h",
            "cusp": "0%",
            "chip": "0.1%",
            "tip": "$300",
            "minimum_left": "$5000",
        },
    ),
    "circuit breaker": (
        "guards",
        {
            "kind": "circuit_breaker",
            "pauses": ["liquidation", "borrowing"],
            "haircut": "5%",
            "maximum_time": "10min",
            "cooldown": "10min",
            "interval": "1min",
            "watches": {"WETH": {"maximum_move": "10%", "window": "5min", "venue": "pair", "minimum_depth": "$1M"}},
        },
    ),
    "depth speed limit": ("guards", {"kind": "depth_speed_limit", "share": "100%", "venues": ["pair"]}),
    "fund": ("fund", {"capital": {"USDC": "$1M"}, "venue": "pair", "interval": "1h", "patience": "1d", "fee": FEE}),
}
"""Place below the protocol, and settings: the limits themselves where there are some."""


def with_part(name: str, **changes: Any) -> dict[str, Any]:
    place, good = GOOD[name]
    part = {**good, **changes}
    changed: dict[str, Any] = {f"{MAIN}.{place}": [part] if place == "guards" else part}
    feed = settings()["assets"]["WETH"]["feed"]
    changed["assets.WETH.feeds"] = {"second": feed}
    changed["liquidators.0.capital"] = {"kind": "inventory", "amount": "$1M", "sell_after": "1h"}
    return settings(changed)


@pytest.mark.parametrize("name", GOOD)
def test_what_holds_is_read_and_written_as_it_is(name: str) -> None:
    chosen = parse(with_part(name))
    part = getattr(chosen.protocols["main"], GOOD[name][0])
    read = part[0] if isinstance(part, tuple) else part
    assert getattr(read, "kind", None) == GOOD[name][1].get("kind")
    assert parse(chosen.model_dump(mode="json")).protocols == chosen.protocols


@pytest.mark.parametrize(
    ("name", "changes", "place", "rule"),
    [
        ("feed", {"feed": "no name"}, "oracle.feed", "pattern"),
        ("feed", {"kind": "ouija"}, "oracle", "'capped_move'"),
        ("delayed oracle", {"hop": "0s"}, "oracle.hop = '0s'", "greater than"),
        ("delayed oracle", {"hop": 60}, "oracle.hop = 60", "'3600s'"),
        ("delayed oracle", {"source": {"kind": "delayed"}}, "oracle.source.hop", "Field required"),
        ("median", {"quorum": 0}, "oracle.quorum = 0", "greater than or equal to 1"),
        ("median", {"quorum": 3}, "oracle", "quorum 3 is more than the 2 sources; lower it"),
        ("median", {"sources": []}, "oracle.sources", "at least 1 item"),
        ("median", {"sources": [FEED] * 16}, "oracle.sources", "at most 15 items"),
        ("median", {"maximum_age": "0s"}, "oracle.maximum_age", "greater than"),
        ("pool average", {"interval": "31min"}, "oracle", "is longer than window 1800"),
        ("pool average", {"mean": "harmonic"}, "oracle.mean = 'harmonic'", "'arithmetic' or 'geometric'"),
        ("pool average", {"venues": []}, "oracle.venues", "at least 1 item"),
        ("exponential", {"time_constant": "0s"}, "oracle.time_constant", "greater than"),
        ("exponential", {"interval": "0s"}, "oracle.interval", "greater than"),
        ("capped move", {"maximum_move": "0%"}, "oracle.maximum_move", "greater than"),
        ("capped move", {"maximum_move": "100%"}, "oracle.maximum_move", "less than 1"),
        ("fallback", {"maximum_age": "0s"}, "oracle.maximum_age", "greater than"),
        ("fallback", {"third": FEED}, "oracle.third", "unknown key"),
        ("sanity", {"maximum_difference": "0%"}, "oracle.maximum_difference", "greater than"),
        ("sanity", {"maximum_difference": "100%"}, "oracle.maximum_difference", "less than 1"),
        ("tiered", {"tiers": {"WETH": []}}, "tiers.WETH", "at least 1 item"),
        ("tiered", {"tiers": {"WETH": [{"haircut": "1%"}] * 7}}, "tiers.WETH", "at most 6 items"),
        ("tiered", {"tiers": {"WETH": [{"up_to": "$1M", "haircut": "0%"}]}}, "margins", "the last without up_to"),
        ("tiered", {"tiers": {"WETH": [{"haircut": "0%"}, {"haircut": "1%"}]}}, "margins", "must end at rising values"),
        (
            "tiered",
            {"tiers": {"WETH": [{"up_to": up, "haircut": "0%"} for up in ("$2M", "$1M")] + [{"haircut": "1%"}]}},
            "margins",
            "tiers of WETH must end at rising values",
        ),
        (
            "tiered",
            {"tiers": {"WETH": [{"up_to": "$1M", "haircut": "2%"}, {"haircut": "1%"}]}},
            "margins",
            "haircuts of WETH must not fall with size; sort them",
        ),
        (
            "tiered",
            {"tiers": {"WETH": [{"haircut": "1%"}]}},
            "margins",
            "the first tier of WETH has the listed margins; lower those, and begin with 0%",
        ),
        ("tiered", {"tiers": {"WETH": [{"haircut": "100%"}]}}, "haircut = '100%'", "less than 1"),
        ("volatility scaled", {"maximum_haircut": "100%"}, "maximum_haircut", "less than 1"),
        ("volatility scaled", {"speed": "0%"}, "speed", "greater than"),
        ("volatility scaled", {"calm_volatility": "-1%"}, "calm_volatility", "greater than or equal to 0"),
        ("fixed spread", {"close_factor": "0%"}, "liquidation.close_factor", "greater than"),
        ("fixed spread", {"close_factor": "101%"}, "liquidation.close_factor", "less than or equal to 1"),
        ("fixed spread", {"slope": "1%"}, "liquidation.slope", "unknown key"),
        ("dynamic penalty", {"slope": "-1%"}, "liquidation.slope", "greater than or equal to 0"),
        ("dynamic penalty", {"maximum_discount": "51%"}, "liquidation.maximum_discount", "0.5"),
        ("delayed liquidation", {"slice": "0%"}, "liquidation.slice", "greater than"),
        ("delayed liquidation", {"slice": "101%"}, "liquidation.slice", "less than or equal to 1"),
        ("delayed liquidation", {"interval": "0s"}, "liquidation.interval", "greater than"),
        (
            "delayed liquidation",
            {"emergency_health_factor": "101%"},
            "emergency_health_factor",
            "less than or equal to 1",
        ),
        ("english auction", {"bid_lifetime": "0s"}, "liquidation.bid_lifetime", "greater than"),
        ("english auction", {"minimum_increment": "101%"}, "minimum_increment", "less than or equal to 1"),
        ("english auction", {"lots": {"WETH": 0}}, "lots.WETH = 0", "greater than"),
        ("dutch auction", {"buffer": "99%"}, "liquidation.buffer", "greater than or equal to 1"),
        ("dutch auction", {"buffer": "1001%"}, "liquidation.buffer", "less than or equal to 10"),
        ("dutch auction", {"cut": "0%"}, "liquidation.cut", "greater than"),
        ("dutch auction", {"cut": "100%"}, "liquidation.cut", "less than 1"),
        ("dutch auction", {"cusp": "100%"}, "liquidation.cusp", "less than 1"),
        ("dutch auction", {"tip": "-$1"}, "liquidation.tip", ""),
        ("circuit breaker", {"pauses": ["repaying"]}, "guards.0.pauses.0", "'liquidation' or 'borrowing'"),
        ("circuit breaker", {"haircut": "51%"}, "guards.0.haircut", "0.5"),
        ("circuit breaker", {"cooldown": "9min"}, "guards.0", "maximum_time is longer than cooldown"),
        ("circuit breaker", {"watches": {}}, "guards.0.watches", "at least 1 item"),
        ("circuit breaker", {"watches": {"WETH": {"maximum_move": "10%"}}}, "watches.WETH", "needs a window; give one"),
        (
            "circuit breaker",
            {"watches": {"WETH": {"minimum_depth": "$1"}}},
            "watches.WETH",
            "maximum_divergence and minimum_depth need a venue; name one",
        ),
        ("depth speed limit", {"share": "0%"}, "guards.0.share", "greater than"),
        ("depth speed limit", {"share": "101%"}, "guards.0.share", "less than or equal to 1"),
        ("depth speed limit", {"venues": []}, "guards.0.venues", "at least 1 item"),
        ("fund", {"maximum_discount": "100%"}, "fund.maximum_discount", "less than 1"),
        ("fund", {"interval": "0s"}, "fund.interval", "greater than"),
        ("fund", {"fee": {"kind": "profit_share", "share": "5%", "maximum": "1 gwei"}}, "fund.fee", "'percentile'"),
    ],
)
def test_what_does_not_hold_is_refused_with_value_rule_and_remedy(
    name: str, changes: dict[str, Any], place: str, rule: str
) -> None:
    with pytest.raises(ScenarioError) as refused:
        parse(with_part(name, **changes))
    assert place in refused.value.value
    assert rule in refused.value.rule
    assert refused.value.remedy
    assert refused.value.exit_code == 2


def test_more_than_eight_guards_are_refused() -> None:
    limit = GOOD["depth speed limit"][1]
    assert len(scenario({f"{MAIN}.guards": [limit] * 8}).protocols["main"].guards) == 8
    with pytest.raises(ScenarioError, match="at most 8 items"):
        scenario({f"{MAIN}.guards": [limit] * 9})


@pytest.mark.parametrize(("low", "high", "holds"), [("50%", "50%", True), ("51%", "50%", False), ("0%", "101%", False)])
def test_offers_are_shares_in_order(low: str, high: str, holds: bool) -> None:
    changes = {"liquidators.0.offers": {"low": low, "high": high}}
    if holds:
        assert scenario(changes).liquidators[0].offers.low == scenario(changes).liquidators[0].offers.high
    else:
        with pytest.raises(ScenarioError, match=r"swap them|less than or equal to 1"):
            scenario(changes)


def test_a_housekeeper_does_known_chores_only() -> None:
    helper = {"name": "tidy", "fee": FEE}
    assert scenario({"housekeepers": [helper]}).housekeepers[0].chores == ()
    with pytest.raises(ScenarioError, match="'poke', 'auction' or 'liquidation'"):
        scenario({"housekeepers": [{**helper, "chores": ["cooking"]}]})
