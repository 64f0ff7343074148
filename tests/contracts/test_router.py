from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.world import MAX, World, reverts


@pytest.fixture
def seeded(world: World, supplier: Account) -> World:
    world.give("WETH", supplier, 100 * 10**18)
    world.give("USDC", supplier, 200_000 * 10**6)
    amounts = (100 * 10**18, 200_000 * 10**6)
    world.router.send(supplier, "addLiquidity", world.amm.address, *amounts, supplier.address)
    assert world.amm.read("getReserves")[:2] == amounts
    return world


def swap(world: World, sender: Account, symbol: str, amount: int, minimum: int, deadline: int = MAX) -> None:
    token = world.tokens[symbol].address
    arguments = (world.amm.address, token, amount, minimum, sender.address, deadline)
    world.router.send(sender, "swapExactInput", *arguments)


@pytest.mark.parametrize(("sold", "bought", "amount"), [("WETH", "USDC", 10**18), ("USDC", "WETH", 2_000 * 10**6)])
def test_swapping_gives_the_quote(seeded: World, passer_by: Account, sold: str, bought: str, amount: int) -> None:
    seeded.give(sold, passer_by, amount)
    quote = seeded.amm.read("quoteExactInput", seeded.tokens[sold].address, amount)
    with reverts("OutputBelowMinimum", quote, quote + 1):
        swap(seeded, passer_by, sold, amount, quote + 1)
    swap(seeded, passer_by, sold, amount, quote)
    assert (seeded.balance(sold, passer_by), seeded.balance(bought, passer_by)) == (0, quote)
    assert seeded.balance(sold, seeded.router) == seeded.balance(bought, seeded.router) == 0


def test_swapping_at_the_deadline_passes_and_one_second_later_reverts(seeded: World, passer_by: Account) -> None:
    seeded.give("WETH", passer_by, 2 * 10**18)
    swap(seeded, passer_by, "WETH", 10**18, 0, seeded.chain.head.timestamp + 1)
    deadline = seeded.chain.head.timestamp
    with reverts("Expired", deadline):
        swap(seeded, passer_by, "WETH", 10**18, 0, deadline)


@pytest.mark.parametrize(
    ("offered", "used"),
    [((2, 2_000), (1, 2_000)), ((1, 9_000), (1, 2_000))],
    ids=["too much WETH", "too much USDC"],
)
def test_adding_takes_amounts_at_the_ratio(
    seeded: World, passer_by: Account, offered: tuple[int, int], used: tuple[int, int]
) -> None:
    amounts = (offered[0] * 10**18, offered[1] * 10**6)
    seeded.give("WETH", passer_by, amounts[0])
    seeded.give("USDC", passer_by, amounts[1])
    total = seeded.amm.read("totalSupply")
    seeded.router.send(passer_by, "addLiquidity", seeded.amm.address, *amounts, passer_by.address)
    assert seeded.balance("WETH", passer_by) == amounts[0] - used[0] * 10**18
    assert seeded.balance("USDC", passer_by) == amounts[1] - used[1] * 10**6
    assert seeded.amm.read("balanceOf", passer_by.address) == total // 100


def test_removing_returns_the_share_and_one_unit_more_reverts(seeded: World, supplier: Account) -> None:
    seeded.amm.send(supplier, "approve", seeded.router.address, MAX)
    total = seeded.amm.read("totalSupply")
    shares = total // 10
    expected = (100 * 10**18 * shares // total, 200_000 * 10**6 * shares // total)
    for minimums in ((expected[0] + 1, 0), (0, expected[1] + 1)):
        with reverts("OutputBelowMinimum"):
            seeded.router.send(supplier, "removeLiquidity", seeded.amm.address, shares, *minimums, supplier.address)
    seeded.router.send(supplier, "removeLiquidity", seeded.amm.address, shares, *expected, supplier.address)
    assert (seeded.balance("WETH", supplier), seeded.balance("USDC", supplier)) == expected
