from __future__ import annotations

from fractions import Fraction

import pytest

from tests.contracts.auctions import DUTCH_RULES, ETH, USDC, Dutch
from tests.contracts.world import WAD, World, ceil_div

SLOW = (11 * WAD // 10, 997 * WAD // 1_000, 30, *DUTCH_RULES[3:])


def started(world: World, rules: tuple[int, ...] = DUTCH_RULES) -> Dutch:
    house = Dutch(world, rules)
    world.set_price("WETH", 1_700)
    house.start()
    return house


def power_up(fraction: int, exponent: int) -> int:
    """As the contract computes it."""
    power = WAD
    while exponent:
        if exponent % 2:
            power = ceil_div(power * fraction, WAD)
        fraction, exponent = ceil_div(fraction * fraction, WAD), exponent // 2
    return power


@pytest.mark.parametrize(("rules", "steps", "seconds"), [(DUTCH_RULES, 19, 1_140), (SLOW, 32, 960)])
def test_the_price_is_the_oracles_after_so_many_steps(
    indebted: World, rules: tuple[int, ...], steps: int, seconds: int
) -> None:
    house = started(indebted, rules)
    assert steps * rules[2] == seconds
    house.warp_into(seconds - 1)
    assert house.status()[1] > 1_700 * WAD
    house.warp_into(seconds)
    assert house.status()[1] <= 1_700 * WAD
    assert house.status()[1] == ceil_div(1_700 * rules[0] * power_up(rules[1], steps), WAD)


def test_after_90_minutes_it_is_below_half_of_the_oracles(indebted: World) -> None:
    house = started(indebted)
    house.warp_into(90 * 60)
    needs_restart, price, *_ = house.status()
    assert (needs_restart, price) == (False, ceil_div(2_040 * power_up(99 * WAD // 100, 90) * WAD, WAD))
    assert price * 10_000 // (1_700 * WAD) == 4_856
    assert round(Fraction(price, 1_700 * WAD), 4) == Fraction(4_857, 10_000)


@pytest.mark.parametrize("seconds", [1, 59, 60, 119, 120, 60 * 7, 60 * 64 - 1, 60 * 64, 60 * 91])
def test_it_is_never_below_the_true_price_and_hardly_above(indebted: World, seconds: int) -> None:
    house = started(indebted)
    house.warp_into(seconds)
    steps = seconds // 60
    exact = 2_040 * Fraction(99, 100) ** steps
    assert exact <= Fraction(house.status()[1], WAD) <= exact + Fraction(2_040 * 2 * steps + 1, WAD)


def test_below_the_cusp_it_needs_a_restart(indebted: World) -> None:
    house = started(indebted)
    house.warp_into(92 * 60 - 1)  # 0.99 ** 91 = 0.4007…
    assert not house.status()[0]
    house.warp_into(92 * 60)  # 0.99 ** 92 = 0.3967…
    assert house.status()[0]


def test_a_price_at_the_cusp_needs_none(indebted: World) -> None:
    rules = (WAD, WAD // 2, 60, 600, WAD // 4, 0, 0, 0)
    house = started(indebted, rules)
    house.warp_into(120)
    assert house.status()[:2] == (False, 425 * WAD)
    house.warp_into(180)
    assert house.status()[0]


def test_after_the_tail_it_needs_a_restart(indebted: World) -> None:
    house = started(indebted, (*DUTCH_RULES[:3], 300, *DUTCH_RULES[4:]))
    house.warp_into(300)
    assert not house.status()[0]
    house.warp_into(301)
    assert house.status()[0]


def test_it_is_lowered_to_what_is_owed(indebted: World) -> None:
    house = started(indebted)
    house.repay(3_500 * USDC)
    assert house.status()[2:] == (10 * ETH, 10_500 * USDC + 525 * USDC)


def test_it_is_lowered_to_what_is_held_and_the_debt_with_it(indebted: World) -> None:
    house = started(indebted)
    indebted.set_price("WETH", 3_000)
    indebted.pool.send(house.borrower, "withdraw", indebted.weth.address, ETH, house.borrower.address)
    assert house.status()[2:] == (9 * ETH, 12_600 * USDC + 630 * USDC)


def test_an_unknown_auction_is_nothing(world: World) -> None:
    assert Dutch(world).status() == (False, 0, 0, 0)
