from __future__ import annotations

import pytest

from simulator.contracts import artifact, decode_error
from simulator.errors import ToolError
from simulator.set_up import SetUp
from simulator.words import encode_words

SELECTOR = bytes.fromhex("08c379a0")  # of Error(string)
CREATION_LIMIT = 49_152


@pytest.mark.parametrize("name", ["uniswap_v2/UniswapV2Pair", "uniswap_v3/UniswapV3Pool", "morpho_blue/Morpho"])
def test_published_code_is_there_by_folder_and_name(name: str) -> None:
    assert 5_000 < len(artifact(name).init_code) < CREATION_LIMIT


def test_libraries_stand_where_the_code_refers_to_them() -> None:
    pool = artifact("aave_v3/Pool")
    libraries = {name: f"0x{number:040x}" for number, name in enumerate(pool.links, 1)}
    code = pool.deployment("0x" + "99" * 20, libraries=libraries)
    assert len(pool.links) == 7
    for name, places in pool.links.items():
        assert {code[start : start + 20].hex() for start in places} == {libraries[name].removeprefix("0x")}


def test_a_library_that_is_not_named_is_missed() -> None:
    with pytest.raises(KeyError, match="BorrowLogic"):
        artifact("aave_v3/Pool").deployment("0x" + "99" * 20)


def test_a_contract_that_nobody_published_is_refused() -> None:
    with pytest.raises(ToolError, match=r"contract aave_v3/Vault.*published\.json"):
        artifact("aave_v3/Vault")


@pytest.mark.parametrize(
    ("reason", "told"),
    [("45", "HEALTH_FACTOR_NOT_BELOW_THRESHOLD"), ("healthy", "Error(healthy)"), ("450", "Error(450)")],
)
def test_an_error_that_is_a_number_is_told_by_its_name(reason: str, told: str) -> None:
    assert decode_error(SELECTOR + encode_words(["string"], [reason])) == told


def test_what_several_share_is_deployed_once() -> None:
    set_up = SetUp(30_000_000)
    first = set_up.once("PoolRouter")
    other = set_up.once("PriceFeed", 8, "one", first, first)
    assert set_up.once("PoolRouter") == first != other
    assert set_up.once("PriceFeed", 8, "two", first, first) not in (first, other)
    assert len(set_up.transactions) == 3
