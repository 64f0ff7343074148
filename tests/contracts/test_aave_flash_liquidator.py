from __future__ import annotations

from collections.abc import Iterator

import pytest
import yaml

from simulator.contracts import artifact
from simulator.terms import Target
from simulator.transaction import Account, Receipt
from tests.contracts.aave import AaveWorld, named
from tests.contracts.world import reverts
from tests.scenarios.world import CRASH

PREMIUM = 5
"""Basis points."""


@pytest.fixture(scope="module")
def built() -> AaveWorld:
    return AaveWorld()


@pytest.fixture
def world(built: AaveWorld) -> Iterator[AaveWorld]:
    """The first borrower at a health factor of 0.97: half of its debt may be repaid."""
    with built.chain.anchor():
        built.refresh()
        built.set_health(0, 0.97)
        yield built


def liquidate(world: AaveWorld, amount: int, minimum: int = 0, sender: Account | None = None) -> Receipt:
    target = Target(world.book.accounts[0], "USDC", "WETH", amount)
    venue = world.market.venues["weth_usdc"].address
    return world.send(sender or world.flash_keeper, *world.protocol.flash_call(world.contract, venue, target, minimum))


def expected_profit(world: AaveWorld, loan: int) -> int:
    """By the terms of the whole that may be repaid, and the venue's own quote."""
    terms, venue = world.terms(0), world.market.venues["weth_usdc"]
    proceeds = world.read("ConstantProductPool", venue.address, "quoteExactInput", world.weth, terms.collateral)
    profit: int = proceeds - terms.maximum_debt - (loan * PREMIUM + 5_000) // 10_000
    return profit


def test_the_profit_is_what_the_sale_brings_over_debt_and_premium(world: AaveWorld) -> None:
    loan = world.terms(0).maximum_debt
    profit = expected_profit(world, loan)
    receipt = liquidate(world, loan, profit)
    assert profit > 0
    assert world.balance(world.usdc, world.flash_keeper.address) == profit
    (told,) = named(receipt, "LiquidationProfit")
    assert told["profit"] == profit
    assert world.balance(world.usdc, world.contract) == world.balance(world.weth, world.contract) == 0
    assert world.read("TestToken", world.usdc, "allowance", world.contract, world.protocol.pool) == 0


def test_one_unit_more_of_profit_than_there_is_reverts(world: AaveWorld) -> None:
    loan = world.terms(0).maximum_debt
    profit = expected_profit(world, loan)
    required = loan + (loan * PREMIUM + 5_000) // 10_000 + profit + 1
    with reverts("Unprofitable", required - 1, required):
        liquidate(world, loan, profit + 1)


def test_a_loan_above_what_may_be_repaid_is_returned_unspent(world: AaveWorld) -> None:
    loan = world.terms(0).maximum_debt * 3 // 2
    profit = expected_profit(world, loan)
    receipt = liquidate(world, loan)
    (call,) = named(receipt, "LiquidationCall")
    assert call["debtToCover"] < loan
    assert world.balance(world.usdc, world.flash_keeper.address) == profit


def test_what_lies_in_the_contract_is_no_proceeds(world: AaveWorld) -> None:
    loan = world.terms(0).maximum_debt
    profit = expected_profit(world, loan)
    world.give(world.usdc, world.contract, 10**9)
    with reverts("Unprofitable"):
        liquidate(world, loan, profit + 10**6)


def test_the_same_asset_on_both_sides_needs_no_sale(world: AaveWorld) -> None:
    held, target = 10**10, Target(world.book.accounts[0], "USDC", "USDC", 10**9)
    world.give(world.usdc, world.keeper.address, held)
    world.send(world.keeper, *world.protocol.supply_call("USDC", held, target.borrower))
    world.set_health(0, 0.97)
    receipt = world.send(world.flash_keeper, *world.protocol.flash_call(world.contract, world.contract, target, 0))
    (call,) = named(receipt, "LiquidationCall")
    profit = call["liquidatedCollateralAmount"] - 10**9 - 10**9 * PREMIUM // 10_000
    assert world.balance(world.usdc, world.flash_keeper.address) == profit > 0


def test_a_healthy_borrower_reverts_with_the_pool_s_error(world: AaveWorld) -> None:
    world.set_health(0, 1.01)
    with reverts("HEALTH_FACTOR_NOT_BELOW_THRESHOLD"):
        liquidate(world, 10**9)


def test_somebody_else_reverts(world: AaveWorld) -> None:
    with reverts("OwnableUnauthorizedAccount", world.keeper.address):
        liquidate(world, 10**9, sender=world.keeper)


def test_a_call_back_that_nobody_asked_for_reverts(world: AaveWorld) -> None:
    contract = artifact("AaveFlashLiquidator")
    data = contract.encode("executeOperation", world.usdc, 0, 0, world.contract, b"")
    with reverts("UnexpectedCallback", world.keeper.address, world.contract):
        world.send(world.keeper, world.contract, data)


def test_a_loan_that_somebody_else_asked_for_reverts(world: AaveWorld) -> None:
    loan = artifact("aave_v3/Pool").encode("flashLoanSimple", world.contract, world.usdc, 10**6, b"", 0)
    with reverts("UnexpectedCallback", world.protocol.pool, world.keeper.address):
        world.send(world.keeper, world.protocol.pool, loan)


def test_it_knows_its_seller(world: AaveWorld) -> None:
    venue = world.market.venues["weth_usdc"]
    assert world.read("AaveFlashLiquidator", world.contract, "seller") == venue.seller(world.market.set_up)


def test_one_contract_liquidates_at_two_pools() -> None:
    main = yaml.safe_load(CRASH.read_text())["protocols"]["main"]
    main["positions"] |= {"count": 2, "total_debt": "$300k"}
    world = AaveWorld(f"protocols.second={yaml.safe_dump(main | {'kind': 'aave_v3'}, default_flow_style=True)}")
    second = world.market.protocols["second"]
    world.set_health(0, 0.5)
    borrower = second.book.accounts[0]
    second.follow([])
    amount = second.check([(borrower, "USDC", "WETH")])[0].maximum_debt // 2
    order = (world.market.venues["weth_usdc"].address, Target(borrower, "USDC", "WETH", amount), 0)
    receipt = world.send(world.flash_keeper, *second.flash_call(world.contract, *order))
    (told,) = named(receipt, "LiquidationCall")
    assert (told["user"], told["debtToCover"]) == (borrower, amount)
