from __future__ import annotations

import pytest

from simulator.transaction import Account, Receipt
from tests.contracts.auctions import Dutch
from tests.contracts.world import MAX, WAD, Deployed, World, ceil_div, events, reverts

FEE = 5 * WAD // 10_000
LOAN = 20_000 * 10**6


@pytest.fixture
def house(indebted: World) -> Dutch:
    """An auction of 10 WETH in a world whose AMM holds 1,000 WETH at $1,700, the oracle's price too."""
    indebted.give("WETH", indebted.amm, 1_000 * 10**18)
    indebted.give("USDC", indebted.amm, 1_700_000 * 10**6)
    indebted.amm.send(indebted.owner, "mint", indebted.owner.address)
    indebted.set_price("WETH", 1_700)
    indebted.pool.send(indebted.owner, "setFlashLoanFee", FEE)
    house = Dutch(indebted)
    house.start()
    return house


@pytest.fixture
def keeper(house: Dutch, liquidator: Account) -> Deployed:
    return house.world.deploy("FlashTaker", liquidator.address)


def order(house: Dutch, amount: int, *, price: int = MAX, loan: int = LOAN, minimum: int = 0) -> tuple[object, ...]:
    world = house.world
    places = (world.pool.address, house.module.address, world.amm.address, 1)
    return (*places, world.usdc.address, world.weth.address, amount, price, loan, minimum)


def take(keeper: Deployed, house: Dutch, amount: int, *, minimum: int = 0, at: int = 30 * 60) -> Receipt:
    world = keeper.world
    data = keeper.artifact.encode("take", order(house, amount, minimum=minimum))
    after = house.auction()["startedAt"] + at - world.chain.head.timestamp
    return world.send(world.accounts["liquidator"], keeper.address, data, after=after)


def expected_profit(world: World, amount: int) -> int:
    """After half an hour the price is top * 0.99 ** 30: 1,508.9 dollars."""
    price = 2_040 * WAD * 739_700_373_388_280_431 // WAD + 1
    cost = ceil_div(amount * price, 10**30)
    proceeds: int = world.amm.read("quoteExactInput", world.weth.address, amount)
    return proceeds - cost - ceil_div(LOAN * FEE, WAD)


def test_the_profit_is_what_the_sale_brings_over_the_price_and_the_loans_fee(
    keeper: Deployed, house: Dutch, liquidator: Account
) -> None:
    world, amount = house.world, 2 * 10**18
    profit = expected_profit(world, amount)
    receipt = take(keeper, house, amount)
    assert profit > 0
    assert world.balance("USDC", liquidator) == profit == events(receipt, "TakeProfit")[0].arguments["profit"]
    assert world.balance("USDC", keeper) == world.balance("WETH", keeper) == 0
    assert world.usdc.read("allowance", keeper.address, house.module.address) == 0
    assert house.auction()["lot"] == 8 * 10**18


def test_one_unit_more_of_profit_than_there_is_reverts(keeper: Deployed, house: Dutch) -> None:
    amount = 2 * 10**18
    with reverts("Unprofitable"):
        take(keeper, house, amount, minimum=expected_profit(house.world, amount) + 1)


def test_before_the_price_has_fallen_nothing_is_earned(keeper: Deployed, house: Dutch) -> None:
    with reverts("Unprofitable"):
        take(keeper, house, 2 * 10**18, at=60)


def test_only_the_owner_may_order(keeper: Deployed, house: Dutch, attacker: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        keeper.send(attacker, "take", order(house, 10**18))


def test_nobody_calls_back_unasked(keeper: Deployed, house: Dutch, attacker: Account) -> None:
    with reverts("UnexpectedCallback", attacker.address, keeper.address):
        keeper.send(attacker, "onFlashLoan", keeper.address, house.world.usdc.address, 1, 0, b"")
