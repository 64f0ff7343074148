from __future__ import annotations

from fractions import Fraction
from math import floor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.chain import Call
from tests.contracts.liquidation_modules import install
from tests.contracts.world import MAX, WAD, Deployed, World

PERCENT = WAD // 100
EULER = (WAD, 0, 15 * PERCENT, 0)


@pytest.fixture
def module(world: World, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    return install(world, monkeypatch, "DynamicPenaltyLiquidation", EULER)


def bonus(module: Deployed, health: int) -> int:
    found: int = module.read("bonus", module.world.weth.address, health)
    return found


def set_penalty(module: Deployed, *penalty: int) -> None:
    module.send(module.world.owner, "setPenalty", penalty)


def say_volatility(module: Deployed, volatility: int) -> Deployed:
    """Give the module a source that answers this for WETH."""
    source = module.world.deploy("ToldVolatility")
    source.send(module.world.owner, "tell", module.world.weth.address, volatility)
    module.send(module.world.owner, "setVolatilitySource", source.address)
    return source


@pytest.mark.parametrize(
    ("health", "expected"),
    [
        (WAD, 0),
        (WAD - 1, 1),  # 1 + 1e-18, rounded down
        (99 * PERCENT, 10101010101010101),  # 1/0.99 - 1
        (95 * PERCENT, 52631578947368421),  # 1/0.95 - 1
        (90 * PERCENT, 111111111111111111),  # 1/0.9 - 1
        (85 * PERCENT, 176470588235294117),  # 1/0.85 - 1: the cap
        (85 * PERCENT - 1, 176470588235294117),
        (0, 176470588235294117),
    ],
)
def test_without_floor_and_volatility_the_discount_is_what_health_misses(
    module: Deployed, health: int, expected: int
) -> None:
    assert bonus(module, health) == expected


def test_a_floor_is_paid_from_a_health_of_one_on(module: Deployed) -> None:
    set_penalty(module, WAD, 4 * PERCENT, 15 * PERCENT, 0)
    floor_bonus = 41666666666666666  # 1/0.96 - 1
    assert [bonus(module, health) for health in (MAX, WAD, 96 * PERCENT)] == [floor_bonus] * 3
    assert bonus(module, 96 * PERCENT - 1) == floor_bonus + 1


def test_a_steeper_slope_reaches_the_cap_sooner(module: Deployed) -> None:
    set_penalty(module, 3 * WAD, 0, 15 * PERCENT, 0)
    assert bonus(module, 98 * PERCENT) == 63829787234042553  # 1/0.94 - 1
    assert bonus(module, 95 * PERCENT) == bonus(module, 0) == 176470588235294117


def test_volatility_scales_the_discount_before_the_cap(module: Deployed) -> None:
    set_penalty(module, WAD, 0, 15 * PERCENT, WAD // 2)
    say_volatility(module, 60 * PERCENT)
    assert bonus(module, 95 * PERCENT) == 69518716577540106  # 1/(1 - 0.05 * 1.3) - 1
    assert bonus(module, 88 * PERCENT) == 176470588235294117  # 0.12 * 1.3 is above the cap


def test_volatility_is_that_of_the_collateral(module: Deployed) -> None:
    set_penalty(module, WAD, 0, 15 * PERCENT, WAD)
    say_volatility(module, WAD)
    others = [module.read("bonus", module.world.tokens[symbol].address, 95 * PERCENT) for symbol in ("USDC", "WBTC")]
    assert others == [52631578947368421] * 2
    assert bonus(module, 95 * PERCENT) == 111111111111111111


def test_an_absurd_volatility_counts_as_ten(module: Deployed) -> None:
    set_penalty(module, WAD // 10, 0, WAD // 2, WAD)
    source = say_volatility(module, 10 * WAD)
    at_the_limit = bonus(module, 90 * PERCENT)
    assert at_the_limit == 123595505617977528  # 1/(1 - 0.01 * 11) - 1
    source.send(module.world.owner, "tell", module.world.weth.address, MAX)
    assert bonus(module, 90 * PERCENT) == at_the_limit


def test_a_source_that_reverts_counts_as_none(module: Deployed) -> None:
    set_penalty(module, WAD, 0, 15 * PERCENT, WAD)
    say_volatility(module, WAD)
    module.send(module.world.owner, "setVolatilitySource", module.world.puppet.address)
    assert bonus(module, 95 * PERCENT) == 52631578947368421


def test_a_source_that_burns_all_its_gas_counts_as_none_and_leaves_the_rest(module: Deployed) -> None:
    set_penalty(module, WAD, 0, 15 * PERCENT, WAD)
    sink = module.world.deploy("GasSink")
    module.send(module.world.owner, "setVolatilitySource", sink.address)
    data = module.artifact.encode("bonus", module.world.weth.address, 95 * PERCENT)
    assert module.artifact.decode("bonus", module.world.chain.call(Call(module.address, data))) == 52631578947368421
    receipt = module.world.send(module.world.accounts["passer_by"], module.address, data)
    assert 500_000 < receipt.gas_used < 600_000


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    slope=st.integers(0, 10 * WAD),
    discounts=st.tuples(st.integers(0, WAD // 2), st.integers(0, WAD // 2)),
    factor=st.integers(0, 10 * WAD),
    volatility=st.integers(0, 12 * WAD),
    missing=st.integers(0, WAD) | st.integers(0, WAD // 50),
)
def test_the_bonus_is_the_formulas_less_rounding_down(
    module: Deployed, slope: int, discounts: tuple[int, int], factor: int, volatility: int, missing: int
) -> None:
    with module.world.chain.anchor():
        set_penalty(module, slope, min(discounts), max(discounts), factor)
        say_volatility(module, volatility)
        scale = 1 + Fraction(factor * min(volatility, 10 * WAD), WAD**2)
        discount = Fraction(slope * missing, WAD**2) * scale
        discount = max(Fraction(min(discounts), WAD), min(discount, Fraction(max(discounts), WAD)))
        exact = floor((1 / (1 - discount) - 1) * WAD)
        # Rounding down costs the discount up to 101 + 10 + 1 units, and the bonus up to four times that.
        assert 0 <= exact - bonus(module, WAD - missing) <= 4 * 112 + 1
