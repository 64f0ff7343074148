from __future__ import annotations

from eth_abi import encode

from simulator.transaction import Account
from tests.contracts.world import MAX, WAD, Deployed, World, events, reverts

Act = tuple[str, bytes]


def told(*acts: Act) -> bytes:
    return encode(["(address,bytes)[]"], [list(acts)])


def lend(world: World, assets: int, *acts: Act) -> Act:
    return world.pool.act("flashLoan", world.puppet.address, world.usdc.address, assets, told(*acts))


def approve(world: World, spender: Deployed, amount: int = MAX) -> Act:
    return world.usdc.act("approve", spender.address, amount)


def test_a_loan_returned_with_its_fee_passes_and_the_fee_goes_to_suppliers(lent: World, passer_by: Account) -> None:
    lent.pool.send(lent.owner, "setFlashLoanFee", 5 * WAD // 10_000)
    assets, fee = 999_999_999_999, 500_000_000  # 0.05 %, rounded up
    lent.give("USDC", lent.puppet, fee)
    receipt = lent.puppet.send(passer_by, "perform", [approve(lent, lent.pool), lend(lent, assets)])
    (loan,) = events(receipt, "FlashLoan")
    assert (loan.arguments["assets"], loan.arguments["fee"]) == (assets, fee)
    assert lent.balance("USDC", lent.puppet) == 0
    assert lent.state("USDC")[0] == 1_000_000 * 10**6 + fee == lent.balance("USDC", lent.pool)


def test_one_unit_less_than_the_fee_reverts(lent: World, passer_by: Account) -> None:
    lent.pool.send(lent.owner, "setFlashLoanFee", 5 * WAD // 10_000)
    lent.give("USDC", lent.puppet, 499_999_999)
    with reverts("ERC20InsufficientBalance"):
        lent.puppet.send(passer_by, "perform", [approve(lent, lent.pool), lend(lent, 999_999_999_999)])


def test_a_loan_not_returned_reverts(lent: World, passer_by: Account) -> None:
    keep = lent.usdc.act("transfer", passer_by.address, 1)
    with reverts("ERC20InsufficientBalance"):
        lent.puppet.send(passer_by, "perform", [approve(lent, lent.pool), lend(lent, 10**6, keep)])


def test_a_loan_of_more_than_is_there_reverts(indebted: World, passer_by: Account) -> None:
    free = (1_000_000 - 14_000) * 10**6
    with reverts("InsufficientLiquidity", indebted.usdc.address, free + 1, free):
        indebted.puppet.send(passer_by, "perform", [lend(indebted, free + 1)])


def test_a_receiver_that_tolerates_any_call_is_not_made_to_pay(lent: World, attacker: Account) -> None:
    # Creation code of five bytes that answer every call with a word of zeros.
    answers_zero = bytes.fromhex("6005600c60003960056000f360206000f3")
    victim = lent.chain.deploy(answers_zero, lent.owner)
    with reverts("FlashLoanRefused", victim):
        lent.pool.send(attacker, "flashLoan", victim, lent.usdc.address, 10**6, b"")


def test_an_account_without_code_cannot_receive_a_loan(lent: World, attacker: Account, supplier: Account) -> None:
    with reverts(""):
        lent.pool.send(attacker, "flashLoan", supplier.address, lent.usdc.address, 10**6, b"")


def test_repayment_inside_the_loan_passes(indebted: World, borrower: Account) -> None:
    repay = indebted.pool.act("repay", indebted.usdc.address, 1_000, borrower.address)
    indebted.give("USDC", indebted.puppet, 1_000)
    acts = [approve(indebted, indebted.pool), lend(indebted, 10**6, repay)]
    indebted.puppet.send(borrower, "perform", acts)
    assert indebted.pool.read("borrowBalance", indebted.usdc.address, borrower.address) == 14_000 * 10**6 - 1_000


def test_supplying_the_loan_does_not_pay_it_back(lent: World, attacker: Account) -> None:
    assets = 500_000 * 10**6
    supply = lent.pool.act("supply", lent.usdc.address, assets, lent.puppet.address)
    with reverts("ERC20InsufficientBalance"):
        lent.puppet.send(attacker, "perform", [approve(lent, lent.pool), lend(lent, assets, supply)])


def test_who_arrives_inside_the_loan_earns_nothing_of_its_fee(lent: World, attacker: Account) -> None:
    lent.pool.send(lent.owner, "setFlashLoanFee", WAD // 100)
    fortune = 500_000 * 10**6
    lent.give("USDC", lent.puppet, fortune)
    enter = lent.pool.act("supply", lent.usdc.address, 400_000 * 10**6, lent.puppet.address)
    leave = lent.pool.act("withdraw", lent.usdc.address, MAX, lent.puppet.address)
    assets = 500_000 * 10**6
    lent.puppet.send(attacker, "perform", [approve(lent, lent.pool), lend(lent, assets, enter), leave])
    assert lent.balance("USDC", lent.puppet) <= fortune - assets // 100


def test_a_loan_of_nothing_reverts(lent: World, passer_by: Account) -> None:
    with reverts("ZeroAmount"):
        lent.puppet.send(passer_by, "perform", [lend(lent, 0)])
