from __future__ import annotations

from typing import Any

import pytest

from simulator.errors import ScenarioError
from simulator.venue_settings import RANGES, UniswapV3Settings
from tests.unit import tiny

PAIR = {"base": "WETH", "quote": "USDC"}
POOL = {**PAIR, "liquidity": "$20M", "fee": "0.3%"}


def venues(**more: Any) -> dict[str, Any]:
    """Beside the one that tiny has."""
    return {"venues": {"pair": POOL, **more}}


def test_a_kind_alone_is_enough_at_a_fee_of_0_3_percent() -> None:
    for kind in ("uniswap_v2", "uniswap_v3"):
        assert tiny.scenario({"venues": {"pair": {**POOL, "kind": kind}}}).venues["pair"].kind == kind
    assert tiny.scenario({}).venues["pair"].kind == "constant_product"


def test_ranges_have_a_default_that_is_all_of_the_liquidity() -> None:
    found = tiny.scenario({"venues": {"pair": {**POOL, "kind": "uniswap_v3"}}}).venues["pair"]
    assert isinstance(found, UniswapV3Settings)
    assert found.ranges == RANGES
    assert sum(one.share for one in RANGES) == 1


@pytest.mark.parametrize(("fee", "spacing"), [("0.01%", 1), ("0.05%", 10), ("0.3%", 60), ("1%", 200)])
def test_a_fee_tier_has_its_tick_spacing(fee: str, spacing: int) -> None:
    found = tiny.scenario({"venues": {"pair": {**POOL, "kind": "uniswap_v3", "fee": fee}}}).venues["pair"]
    assert isinstance(found, UniswapV3Settings)
    assert found.spacing == spacing


SPLIT = {**PAIR, "kind": "split"}
V2, V3 = {**POOL, "kind": "uniswap_v2"}, {**POOL, "kind": "uniswap_v3"}
AVERAGE = {"kind": "pool_average", "window": "5min", "interval": "1min", "venues": ["pair"], "source": {"kind": "feed"}}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"venues": {"pair": {**V2, "fee": "0.05%"}}}, "Uniswap v2 takes 0.3 % and nothing else; set it to 0.3%"),
        (
            {"venues": {"pair": {**V3, "fee": "0.25%"}}},
            "is no fee tier of Uniswap v3; set one of 0.01%, 0.05%, 0.3%, 1%",
        ),
        (
            {"venues": {"pair": {**V3, "ranges": [{"width": "10%", "share": "90%"}]}}},
            "ranges have shares of 90% together; make them 100%",
        ),
        (venues(both={**SPLIT, "over": ["pair", "pair"]}), "over names pair twice; name it once"),
        (venues(both={**SPLIT, "over": ["pair", "gone"]}), "gone is not among venues (pair, both)"),
        (venues(both={**SPLIT, "over": ["pair", "both"]}), "over names both, which is no pool with base WETH"),
        (
            venues(other={**POOL, "base": "USDC", "quote": "WETH"}, both={**SPLIT, "over": ["pair", "other"]}),
            "over names other, which is no pool with base WETH and quote USDC; name one that is",
        ),
        (venues(one=V2, two=V2), "venues.two is a uniswap_v2 of the pair and fee of one, and Uniswap has only one"),
        (venues(one=V3, two=V3), "venues.two is a uniswap_v3 of the pair and fee of one, and Uniswap has only one"),
        (
            {
                **venues(one=V2, both={**SPLIT, "over": ["pair", "one"]}),
                "events": [{"kind": "liquidity_withdrawal", "at": 1, "venue": "both", "share": "50%"}],
            },
            "events[0].venue both is a split and has no liquidity; name one it is over",
        ),
        (
            {"venues": {"pair": V3}, "protocols.main.oracle": AVERAGE},
            "protocols.main.oracle.venues: pair is not among venues of kind constant_product (none)",
        ),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        tiny.scenario(changes)
    assert told in str(caught.value)


def test_two_v3_pools_of_one_pair_differ_in_their_fee() -> None:
    found = tiny.scenario(venues(one=V3, two={**V3, "fee": "0.05%"}, both={**SPLIT, "over": ["one", "two"]}))
    assert [one.kind for one in found.venues.values()] == ["constant_product", "uniswap_v3", "uniswap_v3", "split"]
