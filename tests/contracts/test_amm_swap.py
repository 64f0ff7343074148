from __future__ import annotations

import math
from fractions import Fraction

import pytest
from eth_abi import encode

from simulator.contracts import decode_error
from simulator.errors import SetUpReverted
from simulator.transaction import Account
from tests.contracts.world import ZERO, Deployed, World, events, reverts

E = 10**18
VECTORS = [
    (1, 5, 10, 1662497915624478906),
    (1, 10, 5, 453305446940074565),
    (2, 5, 10, 2851015155847869602),
    (2, 10, 5, 831248957812239453),
    (1, 10, 10, 906610893880149131),
    (1, 100, 100, 987158034397061298),
    (1, 1000, 1000, 996006981039903216),
]


def pool(world: World, reserve0: int, reserve1: int, fee: int = 3_000) -> tuple[Deployed, Deployed]:
    """A pool of two 18-decimal tokens, WETH and a new one, and that one."""
    dai = world.deploy("TestToken", "DAI", "DAI", 18, world.owner.address)
    amm = world.deploy("ConstantProductPool", world.weth.address, dai.address, fee)
    world.give("WETH", amm, reserve0)
    dai.send(world.owner, "mint", amm.address, reserve1)
    amm.send(world.owner, "mint", world.owner.address)
    return amm, dai


@pytest.mark.parametrize(("amount_in", "reserve_in", "reserve_out", "amount_out"), VECTORS)
def test_the_exact_output_passes_and_one_wei_more_reverts(
    world: World, passer_by: Account, amount_in: int, reserve_in: int, reserve_out: int, amount_out: int
) -> None:
    amm, dai = pool(world, reserve_in * E, reserve_out * E)
    assert amm.read("quoteExactInput", world.weth.address, amount_in * E) == amount_out
    world.give("WETH", amm, amount_in * E)
    with reverts("ProductDecreased"):
        amm.send(passer_by, "swap", 0, amount_out + 1, passer_by.address, b"")
    receipt = amm.send(passer_by, "swap", 0, amount_out, passer_by.address, b"")
    assert dai.read("balanceOf", passer_by.address) == amount_out
    assert amm.read("getReserves")[:2] == ((reserve_in + amount_in) * E, reserve_out * E - amount_out)
    assert events(receipt, "Swapped")[0].arguments["amount0In"] == amount_in * E


@pytest.mark.parametrize(("amount_in", "reserve_in", "reserve_out", "amount_out"), VECTORS[:3])
def test_the_other_direction_gives_the_same(
    world: World, passer_by: Account, amount_in: int, reserve_in: int, reserve_out: int, amount_out: int
) -> None:
    amm, dai = pool(world, reserve_out * E, reserve_in * E)
    assert amm.read("quoteExactInput", dai.address, amount_in * E) == amount_out
    dai.send(world.owner, "mint", amm.address, amount_in * E)
    with reverts("ProductDecreased"):
        amm.send(passer_by, "swap", amount_out + 1, 0, passer_by.address, b"")
    amm.send(passer_by, "swap", amount_out, 0, passer_by.address, b"")
    assert world.balance("WETH", passer_by) == amount_out


def test_without_fee_selling_one_over_root_less_one_moves_the_spot_price_by_the_fall(
    world: World, passer_by: Account
) -> None:
    """dx/x = 1/sqrt(1 - fall) - 1, at a mean discount of 1 - sqrt(1 - fall)."""
    reserve, fall = 1_000 * E, 0.19
    amm, _ = pool(world, reserve, reserve, fee=0)
    sold = int(reserve * (1 / math.sqrt(1 - fall) - 1))
    received = amm.read("quoteExactInput", world.weth.address, sold)
    world.give("WETH", amm, sold)
    amm.send(passer_by, "swap", 0, received, passer_by.address, b"")
    reserve0, reserve1, _ = amm.read("getReserves")
    assert float(Fraction(reserve1, reserve0)) == pytest.approx(1 - fall, rel=1e-12)
    assert received / sold == pytest.approx(math.sqrt(1 - fall), rel=1e-12)


def test_a_swap_without_input_reverts(world: World, attacker: Account) -> None:
    amm, _ = pool(world, 5 * E, 5 * E)
    with reverts("InsufficientInput"):
        amm.send(attacker, "swap", 0, 1, attacker.address, b"")


def test_a_swap_for_nothing_for_all_or_to_a_token_reverts(world: World, passer_by: Account) -> None:
    amm, _ = pool(world, 5 * E, 5 * E)
    world.give("WETH", amm, E)
    with reverts("InsufficientOutput"):
        amm.send(passer_by, "swap", 0, 0, passer_by.address, b"")
    with reverts("InsufficientReserves", 0, 5 * E, 5 * E, 5 * E):
        amm.send(passer_by, "swap", 0, 5 * E, passer_by.address, b"")
    with reverts("InvalidRecipient", world.weth.address):
        amm.send(passer_by, "swap", 0, 1, world.weth.address, b"")


def test_a_flash_swap_paid_in_the_callback_passes_and_one_wei_less_reverts(world: World, passer_by: Account) -> None:
    amm, dai = pool(world, 100 * E, 100 * E)
    dai.send(world.owner, "mint", world.puppet.address, E)
    borrowed = 10 * E
    due = -(-borrowed * 1000 // 997)  # returned in the token that was taken
    for amount, passes in ((due - 1, False), (due, True)):
        data = encode(["(address,bytes)[]"], [[dai.act("transfer", amm.address, amount)]])
        if passes:
            amm.send(passer_by, "swap", 0, borrowed, world.puppet.address, data)
        else:
            with reverts("ProductDecreased"):
                amm.send(passer_by, "swap", 0, borrowed, world.puppet.address, data)


def test_entering_again_in_the_callback_reverts(world: World, attacker: Account) -> None:
    amm, _ = pool(world, 100 * E, 100 * E)
    for again in (
        amm.act("swap", 0, 1, attacker.address, b""),
        amm.act("mint", attacker.address),
        amm.act("burn", attacker.address),
    ):
        with reverts("ReentrancyGuardReentrantCall"):
            amm.send(attacker, "swap", 0, 1, world.puppet.address, encode(["(address,bytes)[]"], [[again]]))


def test_a_reserve_above_the_maximum_reverts(world: World, passer_by: Account) -> None:
    amm, _ = pool(world, E, E)
    world.give("WETH", amm, 2**108)
    with reverts("ReserveOverflow"):
        amm.send(passer_by, "swap", 0, 1, passer_by.address, b"")


def test_the_greatest_reserves_can_be_traded(world: World, passer_by: Account) -> None:
    amm, _ = pool(world, 2**108 - 1 - E, 2**108 - 1)
    out = amm.read("quoteExactInput", world.weth.address, E)
    world.give("WETH", amm, E)
    amm.send(passer_by, "swap", 0, out, passer_by.address, b"")


def test_quotes_for_another_token_or_of_an_empty_pool_revert(world: World) -> None:
    with reverts("UnknownToken", world.wbtc.address):
        world.amm.read("quoteExactInput", world.wbtc.address, 1)
    with reverts("InsufficientReserves", 0, 0, 0, 0):
        world.amm.read("quoteExactInput", world.weth.address, 1)


def test_identical_tokens_and_a_fee_of_all_cannot_be_deployed(world: World) -> None:
    for arguments, text in (
        ((ZERO, ZERO, 0), f"IdenticalTokens({ZERO})"),
        ((world.weth.address, ZERO, 10**6), "FeeTooHigh(1000000)"),
    ):
        with pytest.raises(SetUpReverted) as caught:
            world.deploy("ConstantProductPool", *arguments)
        assert decode_error(caught.value.data) == text
