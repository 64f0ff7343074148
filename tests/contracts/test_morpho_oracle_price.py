from __future__ import annotations

import pytest

from tests.contracts.morpho import PRICE_SCALE
from tests.contracts.world import WAD, Deployed, World, reverts


def oracle(world: World, collateral: str, loan: str) -> Deployed:
    tokens = (world.tokens[one].address for one in (collateral, loan))
    feeds = (world.feeds[one].address for one in (collateral, loan))
    return world.deploy("MorphoOracle", *tokens, *feeds)


@pytest.mark.parametrize(
    ("collateral", "loan", "price"),
    [
        ("WETH", "USDC", 2_000 * PRICE_SCALE // 10**12),
        ("USDC", "WETH", PRICE_SCALE * 10**12 // 2_000),
        ("WBTC", "WETH", 15 * PRICE_SCALE * 10**10),
        ("WBTC", "USDC", 30_000 * PRICE_SCALE // 10**2),
    ],
)
def test_price_is_loan_units_for_collateral_units_whatever_the_decimals(
    world: World, collateral: str, loan: str, price: int
) -> None:
    assert oracle(world, collateral, loan).read("price") == price


def test_price_that_is_no_whole_number_is_rounded_down(world: World) -> None:
    world.set_price("WETH", 3)
    assert oracle(world, "USDC", "WETH").read("price") == PRICE_SCALE * 10**12 // 3


def test_scale_is_the_price_of_equal_answers(world: World) -> None:
    made = oracle(world, "WETH", "USDC")
    assert made.read("scale") == 10**24
    assert made.read("collateralFeed") == world.feeds["WETH"].address
    assert made.read("loanFeed") == world.feeds["USDC"].address


def test_silent_feed_keeps_its_last_answer_for_ever(world: World) -> None:
    made = oracle(world, "WETH", "USDC")
    world.warp(10**8)
    assert made.read("price") == 2_000 * 10**24


@pytest.mark.parametrize("answer", [0, -1])
@pytest.mark.parametrize("side", ["collateral", "loan"])
def test_answer_that_is_not_positive_reverts(world: World, answer: int, side: str) -> None:
    bad = world.deploy("StatedMorpho")
    bad.send(world.owner, "state", answer)
    feeds = [world.feeds["WETH"].address, world.feeds["USDC"].address]
    feeds[side == "loan"] = bad.address
    made = world.deploy("MorphoOracle", world.weth.address, world.usdc.address, *feeds)
    with reverts("AnswerNotPositive", bad.address, answer):
        made.read("price")


def test_one_wad_of_collateral_is_worth_its_price_in_loan_units(world: World) -> None:
    assert WAD * oracle(world, "WETH", "USDC").read("price") // PRICE_SCALE == 2_000 * 10**6
