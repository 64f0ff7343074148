from __future__ import annotations

from typing import Any

import pytest

from simulator.axis import Axis
from simulator.errors import InputError


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("2%:10%:2%", ["2%", "4%", "6%", "8%", "10%"]),
        ("0.1%:0.3%:0.1%", ["0.1%", "0.2%", "0.3%"]),  # in binary 0.1 + 0.2 would miss 0.3
        ("2%:9%:2%", ["2%", "4%", "6%", "8%"]),
        ("-40%:-20%:10%", ["-40%", "-30%", "-20%"]),
        ("$500k:$2M:$500k", ["$500000", "$1000000", "$1500000", "$2000000"]),
        ("600s:1h:30min", ["600s", "2400s"]),
        ("10 gwei:20 gwei:10 gwei", ["10 gwei", "20 gwei"]),
        ("1:3:1", [1, 2, 3]),
        ("1.05:1.3:0.125", [1.05, 1.175, 1.3]),
        ("5%:5%:1%", ["5%"]),
    ],
)
def test_a_range_is_counted_in_decimals_and_holds_its_end_if_it_is_met(written: str, values: list[Any]) -> None:
    assert Axis.parse(f"some.key={written}") == Axis("some.key", values)


@pytest.mark.parametrize(
    ("written", "values"),
    [
        ("2%,8%", ["2%", "8%"]),
        ("$500k, infinite", ["$500k", "infinite"]),
        ("$500k", ["$500k"]),
        ("true,false", [True, False]),
        ("{kind: fixed, price: 9 gwei},x", [{"kind": "fixed", "price": "9 gwei"}, "x"]),
        ("[],[swift]", [[], ["swift"]]),
        ("'2024-01-01T00:00:00Z'", ["2024-01-01T00:00:00Z"]),
    ],
)
def test_a_list_is_yaml(written: str, values: list[Any]) -> None:
    assert Axis.parse(f"some.key={written}") == Axis("some.key", values)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("outside.depth", "must read key=first:last:step"),
        ("=1,2", "must read key=first:last:step"),
        ("a+=1,2", "must read key=first:last:step"),
        ("a=", "has no values"),
        ("a=[1", "must be YAML"),
        ("a=1:2", "three numbers of one unit"),
        ("a=1:2:1:1", "three numbers of one unit"),
        ("a=2%:10%:2", "three numbers of one unit"),
        ("a=2%:10%:$2", "three numbers of one unit"),
        ("a=1:five:1", "three numbers of one unit"),
        ("a=1:nan:1", "three numbers of one unit"),
        ("a=2:1:1", "must go up"),
        ("a=1:2:0", "must go up"),
        ("a=1:2:-1", "must go up"),
        ("a=0:1:0.0001", "makes 10001 values"),
    ],
)
def test_what_is_neither_is_refused(text: str, rule: str) -> None:
    with pytest.raises(InputError) as refused:
        Axis.parse(text)
    assert refused.value.value == f"--over {text}"
    assert rule in refused.value.rule
    assert refused.value.remedy


def test_paths_joined_by_plus_move_together() -> None:
    axis = Axis.parse("assets.WETH.feed.heartbeat+assets.USDC.feed.heartbeat=60s,90s")
    assert axis.paths == ["assets.WETH.feed.heartbeat", "assets.USDC.feed.heartbeat"]
    assert axis.values == ["60s", "90s"]


@pytest.mark.parametrize(
    ("values", "positions"),
    [
        (["$500k", "$2M"], [500_000, 2_000_000]),
        (["2%", "10%"], [0.02, 0.1]),
        ([1, 2.5], [1, 2.5]),
        (["$500k", "infinite"], [0, 1]),
        (["10s", "$10", "7"], [0, 1, 2]),
    ],
)
def test_values_stand_at_their_numbers_or_one_after_the_other(values: list[Any], positions: list[float]) -> None:
    assert Axis("a", values).positions == positions


def test_a_mapping_is_one_cell() -> None:
    assert Axis("a", [{"kind": "fixed"}, "x", 3]).labels == ['{"kind": "fixed"}', "x", 3]
