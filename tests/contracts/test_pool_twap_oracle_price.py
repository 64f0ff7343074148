from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from tests.contracts.oracles import (
    HIGH,
    LOW,
    Q112,
    Source,
    exponential,
    in_whole_tokens,
    logarithm,
    poke,
    price,
    set_reserves,
    spot,
    warp_to,
)
from tests.contracts.world import WAD, Deployed, World, reverts

WINDOW, INTERVAL = 1_000, 250
KINDS = ("PoolTwapOracle", "GeometricTwapOracle")
BEFORE, AFTER = (usdc * Q112 // weth for weth, usdc in (HIGH, LOW))

both = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def stocked(world: World) -> World:
    set_reserves(world, *HIGH)
    return world


def observer(world: World, kind: str, window: int = WINDOW, interval: int = INTERVAL) -> Deployed:
    oracle = world.deploy(kind, world.oracle.address, window, interval, world.owner.address)
    for token in (world.weth, world.usdc):
        oracle.send(world.owner, "setPool", token.address, world.amm.address)
    return oracle


def answers(kind: str, parts: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """What the oracle may answer for (price, seconds) between pokes: the geometric kind may be one unit of UQ112x112
    off the true mean."""
    total = sum(seconds for _, seconds in parts)
    if kind == "PoolTwapOracle":
        return (in_whole_tokens(sum(price * seconds for price, seconds in parts) // total),)
    mean = int(exponential(sum((logarithm(price) * seconds for price, seconds in parts), Fraction(0)) / total))
    return tuple(in_whole_tokens(mean + unit) for unit in (-1, 0, 1))


@both
def test_a_price_that_stands_still_is_the_mean(stocked: World, kind: str) -> None:
    oracle = observer(stocked, kind)
    warp_to(stocked, poke(oracle) + WINDOW)
    assert price(oracle)[0] in answers(kind, [(BEFORE, WINDOW)])
    assert price(oracle)[0] == 2_000 * WAD - 1  # the pool rounds down


@both
@pytest.mark.parametrize(
    ("weth", "usdc"),
    [(1, 2**108 - 1), (2**107, 2**107), (7 * 10**20, 3 * 10**30), (2**100, 10**9), (2**108 - 1, 10**7)],
)
def test_prices_of_all_sizes_are_their_own_mean(world: World, kind: str, weth: int, usdc: int) -> None:
    """The geometric mean is less than one unit and 1e-33 of itself off, in UQ112x112."""
    set_reserves(world, weth, usdc)
    oracle = observer(world, kind)
    warp_to(world, poke(oracle) + WINDOW)
    exact = usdc * Q112 // weth
    error = exact // 10**33 + 1 if kind == "GeometricTwapOracle" else 0
    assert in_whole_tokens(exact - error) <= price(oracle)[0] <= in_whole_tokens(exact + error)


@both
def test_half_a_window_after_a_fall_of_40_percent(stocked: World, kind: str) -> None:
    """0.80 of the price before for the arithmetic mean, sqrt(0.6) = 0.7746 for the geometric."""
    oracle = observer(stocked, kind)
    fall = poke(oracle) + WINDOW // 2
    set_reserves(stocked, *LOW, fall, oracle.act("poke", stocked.weth.address))
    warp_to(stocked, fall + WINDOW // 2)
    found = price(oracle)[0]
    assert found in answers(kind, [(BEFORE, WINDOW // 2), (AFTER, WINDOW // 2)])
    assert round(found / (2_000 * WAD), 9) == {"PoolTwapOracle": 0.8, "GeometricTwapOracle": 0.774596669}[kind]


@both
def test_a_fall_between_pokes_counts_by_its_arithmetic_mean(stocked: World, kind: str) -> None:
    oracle = observer(stocked, kind)
    first = poke(oracle)
    set_reserves(stocked, *LOW, first + 100)
    poke(oracle, first + 400)
    warp_to(stocked, first + WINDOW)
    between = (BEFORE * 100 + AFTER * 300) // 400
    assert price(oracle)[0] in answers(kind, [(between, 400), (AFTER, WINDOW - 400)])


@both
def test_a_trade_does_not_count_in_its_own_second(stocked: World, kind: str) -> None:
    oracle = observer(stocked, kind)
    set_reserves(stocked, *LOW, poke(oracle) + WINDOW)
    assert spot(stocked) == AFTER
    assert price(oracle)[0] in answers(kind, [(BEFORE, WINDOW)])


@both
def test_a_price_a_window_after_the_first_poke_passes_and_one_second_earlier_reverts(stocked: World, kind: str) -> None:
    oracle = observer(stocked, kind)
    with reverts("NoPriceYet", stocked.weth.address):
        price(oracle)
    first = poke(oracle)
    warp_to(stocked, first + WINDOW - 1)
    with reverts("NoPriceYet", stocked.weth.address):
        price(oracle)
    stocked.warp(1)
    price(oracle)


@both
def test_a_mean_over_two_windows_passes_and_one_second_longer_reverts(stocked: World, kind: str) -> None:
    oracle = observer(stocked, kind)
    first = poke(oracle)
    poke(oracle, first + WINDOW + 1)
    warp_to(stocked, first + 2 * WINDOW)
    price(oracle)
    newer = observer(stocked, kind)
    first = poke(newer)
    warp_to(stocked, first + 2 * WINDOW + 1)
    with reverts("StalePrice", stocked.weth.address, first, 2 * WINDOW):
        price(newer)


@both
@pytest.mark.parametrize(
    ("interval", "pokes", "wait", "opening"),
    [
        (250, 5, 0, 1_000),
        (250, 11, 0, 1_000),  # the ring of five turned over twice
        (250, 11, 249, 1_249),
        (250, 11, 250, 1_000),
        (250, 11, 1_000, 1_000),  # the last poke itself
        (250, 4, 249, None),
        (300, 4, 0, None),
        (300, 5, 0, 1_200),  # a window is no whole number of intervals
        (300, 9, 99, 1_299),
        (300, 9, 100, 1_000),
        (1_000, 2, 0, 1_000),
        (1_000, 7, 999, 1_999),
    ],
)
def test_the_mean_begins_at_the_newest_observation_a_window_old(
    stocked: World, kind: str, interval: int, pokes: int, wait: int, opening: int | None
) -> None:
    """The price falls at the last poke; `opening` seconds before now the mean begins."""
    oracle = observer(stocked, kind, WINDOW, interval)
    now = poke(oracle)
    for _ in range(pokes - 2):
        now = poke(oracle, now + interval)
    now = set_reserves(stocked, *LOW, now + interval, oracle.act("poke", stocked.weth.address))
    if wait:
        warp_to(stocked, now + wait)
    if opening is None:
        with reverts("NoPriceYet", stocked.weth.address):
            price(oracle)
    else:
        assert price(oracle)[0] in answers(kind, [(BEFORE, opening - wait), (AFTER, wait)])


@both
def test_the_other_token_of_the_pool_has_the_mean_of_the_inverse(stocked: World, kind: str) -> None:
    oracle = observer(stocked, kind)
    oracle.send(stocked.owner, "poke", stocked.usdc.address)
    warp_to(stocked, stocked.chain.head.timestamp + WINDOW)
    inverse = HIGH[0] * Q112 // HIGH[1]
    found, updated_at = oracle.read("price", stocked.usdc.address)
    assert found in {(inverse - unit) * 10**6 * 2_000 * WAD // (Q112 * WAD) for unit in (0, 1)}
    assert updated_at == stocked.oracle.read("price", stocked.weth.address)[1]


@both
def test_the_price_is_in_the_source_s_unit_and_as_old(stocked: World, kind: str) -> None:
    oracle = observer(stocked, kind)
    first = poke(oracle)
    stocked.feeds["USDC"].send(stocked.accounts["reporter"], "report", 90_000_000)
    told = stocked.chain.head.timestamp
    warp_to(stocked, first + WINDOW)
    assert price(oracle) == (in_whole_tokens(BEFORE, 9 * WAD // 10), told)


@both
def test_a_price_below_one_unit_reverts(world: World, kind: str) -> None:
    set_reserves(world, 2**107, 10**6)
    oracle = observer(world, kind)
    world.feeds["USDC"].send(world.accounts["reporter"], "report", 1)
    warp_to(world, poke(oracle) + WINDOW)
    with reverts("InvalidAnswer", world.weth.address, 0):
        price(oracle)


@both
def test_an_asset_without_pool_reverts(world: World, kind: str) -> None:
    with reverts("NoFeed", world.wbtc.address):
        observer(world, kind).read("price", world.wbtc.address)


@both
def test_the_source_s_failure_is_the_oracle_s(stocked: World, kind: str) -> None:
    silent = Source(stocked)
    oracle = stocked.deploy(kind, silent.address, WINDOW, INTERVAL, stocked.owner.address)
    oracle.send(stocked.owner, "setPool", stocked.weth.address, stocked.amm.address)
    warp_to(stocked, poke(oracle) + WINDOW)
    with reverts("NoFeed", stocked.usdc.address):
        price(oracle)
