from __future__ import annotations

import pytest

from tests.contracts.oracles import HIGH, LOW, Q112, UNIT, logarithm, poke, set_reserves, spot, warp_to
from tests.contracts.world import Deployed, World, events, reverts

WINDOW, INTERVAL = 1_000, 250
KINDS = ("PoolTwapOracle", "GeometricTwapOracle")


@pytest.fixture(params=KINDS)
def oracle(world: World, request: pytest.FixtureRequest) -> Deployed:
    set_reserves(world, *HIGH)
    return observer(world, request.param)


def observer(world: World, kind: str) -> Deployed:
    oracle = world.deploy(kind, world.oracle.address, WINDOW, INTERVAL, world.owner.address)
    oracle.send(world.owner, "setPool", world.weth.address, world.amm.address)
    return oracle


def last(oracle: Deployed) -> tuple[int, int, int]:
    observation: tuple[int, int, int] = oracle.read("lastObservation", oracle.world.weth.address)
    return observation


def test_the_first_poke_keeps_the_cumulative_price_of_its_moment(world: World, oracle: Deployed) -> None:
    _, _, written_at = world.amm.read("getReserves")
    now = poke(oracle)
    assert last(oracle) == (now, spot(world) * (now - written_at), 0)


def test_a_poke_after_a_trade_agrees_with_the_pool(world: World, oracle: Deployed) -> None:
    traded_at = set_reserves(world, *LOW)
    at_trade = world.amm.read("price0CumulativeLast")
    now = poke(oracle, traded_at + 33)
    assert last(oracle)[:2] == (now, at_trade + spot(world) * 33)


def test_a_poke_in_the_second_of_the_trade_adds_nothing_for_it(world: World, oracle: Deployed) -> None:
    before = spot(world)
    first = poke(oracle)
    start = last(oracle)[1]
    set_reserves(world, *LOW, first + 500, oracle.act("poke", world.weth.address))
    assert spot(world) < before
    assert last(oracle)[:2] == (first + 500, start + before * 500)


def test_a_poke_after_the_interval_passes_and_one_second_earlier_reverts(world: World, oracle: Deployed) -> None:
    first = poke(oracle)
    with reverts("PokedTooSoon", world.weth.address, first + INTERVAL):
        poke(oracle, first + INTERVAL - 1)
    poke(oracle, first + INTERVAL)


def test_the_arithmetic_kind_adds_up_what_the_pool_does(world: World) -> None:
    set_reserves(world, *HIGH)
    oracle = observer(world, "PoolTwapOracle")
    first = poke(oracle)
    start = last(oracle)[1]
    set_reserves(world, *LOW, first + 100)
    for now in (first + 300, first + 600):
        poke(oracle, now)
        assert last(oracle)[2] == last(oracle)[1] - start


@pytest.mark.parametrize(
    ("weth", "usdc"),
    [HIGH, LOW, (2**108 - 1, 1), (1, 2**108 - 1), (2**107, 2**107), (3 * 10**9, 2 * 10**9), (10**22, 7)],
)
def test_the_geometric_kind_adds_up_logarithms(world: World, weth: int, usdc: int) -> None:
    """Of all prices a pool can have: none above, and less than 400 units of 1e-36 a second below the true value."""
    set_reserves(world, weth, usdc)
    oracle = observer(world, "GeometricTwapOracle")
    first = poke(oracle)
    poke(oracle, first + INTERVAL)
    exact = logarithm(usdc * Q112 // weth) * UNIT * INTERVAL
    assert 0 <= exact - last(oracle)[2] < 400 * INTERVAL


def test_the_geometric_kind_adds_the_logarithm_of_the_mean_between_pokes(world: World) -> None:
    set_reserves(world, *HIGH)
    oracle = observer(world, "GeometricTwapOracle")
    before, first = spot(world), poke(oracle)
    set_reserves(world, *LOW, first + 100)
    after = spot(world)
    poke(oracle, first + 400)
    exact = logarithm((before * 100 + after * 300) // 400) * UNIT * 400
    assert 0 <= exact - last(oracle)[2] < 400 * 400


def test_a_poke_says_what_it_kept(world: World, oracle: Deployed) -> None:
    poke(oracle)
    warp_to(world, world.chain.head.timestamp + INTERVAL)
    receipt = oracle.send(world.owner, "poke", world.weth.address)
    _, cumulative, weighed = last(oracle)
    assert weighed > 0
    expected = {"asset": world.weth.address, "cumulative": cumulative, "weighed": weighed}
    assert events(receipt, "Observed")[0].arguments == expected


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_pool_reverts(world: World, kind: str) -> None:
    with reverts("EmptyPool", world.amm.address):
        poke(observer(world, kind))


def test_an_asset_without_pool_reverts(world: World, oracle: Deployed) -> None:
    with reverts("NoFeed", world.usdc.address):
        oracle.send(world.owner, "poke", world.usdc.address)


@pytest.mark.parametrize("kind", KINDS)
def test_the_pool_s_clock_of_32_bits_may_turn_over(world: World, kind: str) -> None:
    set_reserves(world, *HIGH, 2**32 - 100)
    oracle = observer(world, kind)
    first = poke(oracle, 2**32 - 50)
    start = last(oracle)[1]
    poke(oracle, 2**32 + 500)
    assert last(oracle)[:2] == (first + 550, start + spot(world) * 550)
