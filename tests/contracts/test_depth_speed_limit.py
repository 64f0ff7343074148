from __future__ import annotations

from fractions import Fraction
from math import isqrt

import pytest

from simulator.transaction import Account, Transaction
from tests.contracts.oracles import cannot_be_deployed
from tests.contracts.test_pool_seize import seizure
from tests.contracts.world import MAX, WAD, ZERO, Deployed, World, ceil_div, events, reverts

RESERVES = 1_000 * 10**18, 2_000_000 * 10**6
FREE_RULES = (WAD, WAD, 0, 0, 0)


def absorbed(reserve: int, bonus: int, share: int) -> int:
    """reserve * (1 - 1 / sqrt(1 + bonus)) * share, with the contract's roundings."""
    left = ceil_div(WAD * WAD, isqrt((WAD + bonus) * WAD))
    return reserve * (WAD - left) // WAD * share // WAD


LIMIT = absorbed(RESERVES[1], 5 * WAD // 100, WAD // 10)


@pytest.fixture
def limited(indebted: World) -> Deployed:
    """A tenth of what 2,000,000 USDC absorb at 5 %, per block; the pair is liquidatable and has no other rules."""
    world = indebted
    world.give("WETH", world.amm, RESERVES[0])
    world.give("USDC", world.amm, RESERVES[1])
    world.amm.send(world.owner, "mint", world.owner.address)
    limit = world.deploy("DepthSpeedLimit", world.owner.address, world.pool.address, world.pool.address, WAD // 10)
    limit.send(world.owner, "setVenue", world.usdc.address, world.weth.address, world.amm.address)
    world.pool.send(world.owner, "setGuard", limit.address)
    world.module.send(world.owner, "setRules", FREE_RULES)
    world.set_price("WETH", 1_500)
    return limit


def asked(limit: Deployed, question: str) -> object:
    world = limit.world
    return limit.read(question, world.usdc.address, world.weth.address)


def in_one_block(world: World, amounts: list[int]) -> list[bool]:
    """Liquidations of these amounts of debt by as many transactions of one block: which succeed."""
    keeper, borrower = world.accounts["liquidator"], world.accounts["borrower"]
    world.give("USDC", keeper, sum(amounts))
    (nonce,) = world.chain.nonces([keeper.address])
    pair = borrower.address, world.usdc.address, world.weth.address
    block = [
        Transaction(
            keeper, world.module.address, world.module.act("liquidate", *pair, amount, 0)[1], 10**6, 0, 0, number
        )
        for number, amount in enumerate(amounts, nonce)
    ]
    return [receipt.succeeded for receipt in world.chain.build_block(block, world.chain.head.timestamp + 1).receipts]


def owed(world: World) -> int:
    debt: int = world.pool.read("borrowBalance", world.usdc.address, world.accounts["borrower"].address)
    return debt


def test_the_limit_is_that_of_the_formula(limited: Deployed) -> None:
    exact = 2_000_000 * 10**6 * (1 - 1.05**-0.5) / 10
    assert LIMIT == 4_819_985_410
    assert abs(LIMIT - exact) < 2
    assert asked(limited, "seizable") == LIMIT
    assert asked(limited, "budget") == (0, LIMIT)


@pytest.mark.parametrize("percent", [1, 5, 10, 50])
def test_selling_all_that_is_absorbed_lowers_the_price_to_where_the_bonus_ends(limited: Deployed, percent: int) -> None:
    """On a venue without a fee: reserves x * sqrt(1 + b) and y / sqrt(1 + b)."""
    world, bonus = limited.world, percent * WAD // 100
    world.margins.send(world.owner, "setMargin", world.weth.address, (0, 0, bonus))
    limited.send(world.owner, "setShare", WAD)
    (weth, usdc), proceeds = RESERVES, asked(limited, "seizable")
    assert isinstance(proceeds, int)
    sold = Fraction(weth * proceeds, usdc - proceeds)
    fall = 1 - ((usdc - proceeds) / (weth + sold)) / Fraction(usdc, weth)
    assert abs(fall - Fraction(percent, 100 + percent)) < Fraction(1, 10**11)


def test_a_block_lets_the_limit_go_and_not_one_unit_more(limited: Deployed, liquidator: Account) -> None:
    world = limited.world
    borrower = world.accounts["borrower"]
    world.pool.send(world.owner, "setLiquidationModule", liquidator.address)
    world.give("USDC", liquidator, LIMIT + 1)
    order = seizure(world, borrower, LIMIT + 1, 1, 0, liquidator)
    with reverts("SpeedLimitExceeded", world.usdc.address, world.weth.address, LIMIT + 1, LIMIT):
        world.pool.send(liquidator, "seize", order)
    world.pool.send(liquidator, "seize", seizure(world, borrower, LIMIT, 1, 0, liquidator))


def test_liquidations_of_one_block_share_its_limit_and_the_next_block_has_its_own(limited: Deployed) -> None:
    world = limited.world
    assert in_one_block(world, [3_000 * 10**6, 3_000 * 10**6, 1_000 * 10**6]) == [True, True, False]
    assert owed(world) == 14_000 * 10**6 - LIMIT  # the second was lowered to what was left, the third found nothing
    assert asked(limited, "seizable") == 0  # asked at the state of a block, that block's budget is what counts
    world.warp(1)
    assert asked(limited, "seizable") == LIMIT
    assert in_one_block(world, [LIMIT]) == [True]
    assert owed(world) == 14_000 * 10**6 - 2 * LIMIT


def test_sales_within_a_block_do_not_change_its_limit(limited: Deployed, liquidator: Account) -> None:
    """The reserve is doubled between two seizures of one block."""
    world, borrower = limited.world, limited.world.accounts["borrower"]
    world.pool.send(world.owner, "setLiquidationModule", world.puppet.address)
    world.give("USDC", world.puppet, 10**12)
    world.give("USDC", world.amm, RESERVES[1])
    world.give("WETH", world.amm, RESERVES[0])
    half = seizure(world, borrower, LIMIT // 2, 1, 0, liquidator)
    acts = [
        world.usdc.act("approve", world.pool.address, MAX),
        world.pool.act("seize", half),
        world.amm.act("mint", world.owner.address),
        world.pool.act("seize", half),
    ]
    more = seizure(world, borrower, 2, 1, 0, liquidator)
    with reverts("SpeedLimitExceeded", world.usdc.address, world.weth.address, 2, LIMIT - LIMIT // 2 * 2):
        world.puppet.send(world.owner, "perform", [*acts, world.pool.act("seize", more)])
    world.puppet.send(world.owner, "perform", acts)
    world.warp(1)
    assert asked(limited, "seizable") == absorbed(2 * RESERVES[1], 5 * WAD // 100, WAD // 10)


def test_what_is_written_off_counts_nothing(limited: Deployed, liquidator: Account) -> None:
    world = limited.world
    world.pool.send(world.owner, "setLiquidationModule", liquidator.address)
    world.give("USDC", liquidator, LIMIT)
    order = seizure(world, world.accounts["borrower"], LIMIT, 1, 0, liquidator, 14_000 * 10**6 - LIMIT)
    world.pool.send(liquidator, "seize", order)
    assert owed(world) == 0


def test_a_pair_without_a_venue_has_no_limit(limited: Deployed) -> None:
    world = limited.world
    pair = world.wbtc.address, world.weth.address
    assert limited.read("budget", *pair) == (0, MAX)
    assert limited.read("seizable", world.weth.address, world.usdc.address) == MAX  # the other way round
    limited.send(world.owner, "setVenue", world.usdc.address, world.weth.address, ZERO)
    assert in_one_block(world, [14_000 * 10**6]) == [True]
    assert owed(world) == 0


def test_a_bonus_of_zero_lets_nothing_go(limited: Deployed) -> None:
    world = limited.world
    world.margins.send(world.owner, "setMargin", world.weth.address, (0, 0, 0))
    assert asked(limited, "seizable") == 0


def test_an_empty_venue_lets_nothing_go(limited: Deployed) -> None:
    world = limited.world
    empty = world.deploy("ConstantProductPool", world.usdc.address, world.weth.address, 0)
    limited.send(world.owner, "setVenue", world.usdc.address, world.weth.address, empty.address)
    assert asked(limited, "seizable") == 0
    world.give("USDC", empty, 10**12)
    world.give("WETH", empty, 10**18)
    empty.send(world.owner, "mint", world.owner.address)  # here the debt asset is token0
    assert asked(limited, "seizable") == absorbed(10**12, 5 * WAD // 100, WAD // 10)


def test_borrowing_is_never_refused(limited: Deployed, supplier: Account) -> None:
    limited.world.borrow("USDC", supplier, 10**9)


def test_only_the_caller_announces(limited: Deployed, attacker: Account) -> None:
    world = limited.world
    order = seizure(world, attacker, 1, 1, 0, attacker)
    for verb, arguments in (("onSeize", (order,)), ("onBorrow", (world.usdc.address, attacker.address, 1))):
        with reverts("NotPool", attacker.address, world.pool.address):
            limited.send(attacker, verb, *arguments)


def test_behind_a_list_the_list_is_the_caller(limited: Deployed) -> None:
    world = limited.world
    guards = world.deploy("GuardList", world.owner.address, world.pool.address)
    member = world.deploy("DepthSpeedLimit", world.owner.address, world.pool.address, guards.address, WAD // 10)
    member.send(world.owner, "setVenue", world.usdc.address, world.weth.address, world.amm.address)
    guards.send(world.owner, "setGuards", [member.address])
    world.pool.send(world.owner, "setGuard", guards.address)
    assert in_one_block(world, [3_000 * 10**6, 3_000 * 10**6]) == [True, True]
    assert owed(world) == 14_000 * 10**6 - LIMIT


def test_venues_and_share_are_set_by_the_owner_alone(limited: Deployed, attacker: Account) -> None:
    world = limited.world
    for verb, arguments in (("setShare", (1,)), ("setVenue", (ZERO, ZERO, ZERO))):
        with reverts("OwnableUnauthorizedAccount", attacker.address):
            limited.send(attacker, verb, *arguments)
    receipt = limited.send(world.owner, "setShare", WAD)
    assert events(receipt, "ShareSet")[0].arguments == {"share": WAD} == {"share": limited.read("share")}
    assert asked(limited, "venueOf") == world.amm.address


@pytest.mark.parametrize("share", [0, WAD + 1])
def test_a_share_out_of_range_is_refused(limited: Deployed, share: int) -> None:
    world = limited.world
    with reverts("ShareOutOfRange", share):
        limited.send(world.owner, "setShare", share)
    with cannot_be_deployed("ShareOutOfRange", share):
        world.deploy("DepthSpeedLimit", world.owner.address, world.pool.address, world.pool.address, share)


def test_a_venue_of_other_tokens_is_refused(limited: Deployed) -> None:
    world = limited.world
    with reverts("VenueDoesNotTrade", world.amm.address, world.usdc.address, world.wbtc.address):
        limited.send(world.owner, "setVenue", world.usdc.address, world.wbtc.address, world.amm.address)
