from __future__ import annotations

from simulator.transaction import Account, Receipt
from tests.contracts.world import WAD, World, events, reverts


def seize(world: World, caller: Account, borrower: Account, debt: int, collateral: int, protocol: int = 0) -> None:
    """The owner makes `caller` the module, which seizes."""
    world.pool.send(world.owner, "setLiquidationModule", caller.address)
    world.give("USDC", caller, debt)
    world.pool.send(caller, "seize", seizure(world, borrower, debt, collateral, protocol, caller))


def seizure(
    world: World,
    borrower: Account,
    debt: int,
    collateral: int,
    protocol: int,
    recipient: Account,
    written_off: int = 0,
) -> tuple[object, ...]:
    addresses = (world.usdc.address, debt, written_off, world.weth.address, collateral, protocol, recipient.address)
    return (borrower.address, *addresses)


def write_off(world: World, borrower: Account, debt: int, written_off: int, collateral: int) -> Receipt:
    """The liquidator, as the module, repays `debt` and lets the pool write off the rest."""
    caller = world.accounts["liquidator"]
    world.pool.send(world.owner, "setLiquidationModule", caller.address)
    world.give("USDC", caller, debt)
    order = seizure(world, borrower, debt, collateral, 0, caller, written_off)
    return world.pool.send(caller, "seize", order)


def test_only_the_module_may_seize(indebted: World, attacker: Account, borrower: Account) -> None:
    with reverts("NotLiquidationModule", attacker.address, indebted.module.address):
        indebted.pool.send(attacker, "seize", seizure(indebted, borrower, 1, 1, 0, attacker))


def test_seizing_moves_debt_collateral_and_the_protocol_part(
    indebted: World, liquidator: Account, borrower: Account
) -> None:
    seize(indebted, liquidator, borrower, 1_000 * 10**6, 5 * 10**17, 10**16)
    assert indebted.pool.read("borrowBalance", indebted.usdc.address, borrower.address) == 13_000 * 10**6
    assert indebted.pool.read("supplyBalance", indebted.weth.address, borrower.address) == 949 * 10**16
    treasury = indebted.accounts["treasury"].address
    assert indebted.pool.read("supplyBalance", indebted.weth.address, treasury) == 10**16
    assert indebted.balance("WETH", liquidator) == 5 * 10**17
    assert indebted.balance("USDC", liquidator) == 0


def test_repaying_more_than_is_owed_reverts(indebted: World, liquidator: Account, borrower: Account) -> None:
    owed = 14_000 * 10**6
    with reverts("RepaysMoreThanDebt", borrower.address, owed + 1, owed):
        seize(indebted, liquidator, borrower, owed + 1, 1)


def test_seizing_more_than_is_held_reverts(indebted: World, liquidator: Account, borrower: Account) -> None:
    held = 10 * 10**18
    with reverts("SeizesMoreThanCollateral", borrower.address, held + 1, held):
        seize(indebted, liquidator, borrower, 1, held, 1)


def test_seizing_what_is_lent_out_reverts(
    indebted: World, liquidator: Account, borrower: Account, supplier: Account
) -> None:
    indebted.borrow("WETH", supplier, 500 * 10**18)
    free = 510 * 10**18
    indebted.pool.send(supplier, "withdraw", indebted.weth.address, free - 10**18, supplier.address)
    with reverts("InsufficientLiquidity", indebted.weth.address, 2 * 10**18, 10**18):
        seize(indebted, liquidator, borrower, 10**6, 2 * 10**18)


def test_taking_the_last_collateral_writes_off_every_debt(
    indebted: World, liquidator: Account, borrower: Account
) -> None:
    indebted.borrow("WBTC", borrower, 10**6)
    indebted.pool.send(indebted.owner, "setLiquidationModule", liquidator.address)
    indebted.give("USDC", liquidator, 10_000 * 10**6)
    order = seizure(indebted, borrower, 10_000 * 10**6, 10 * 10**18, 0, liquidator)
    receipt = indebted.pool.send(liquidator, "seize", order)
    recorded = [(event.arguments["asset"], event.arguments["assets"]) for event in events(receipt, "DeficitRecorded")]
    assert recorded == [(indebted.usdc.address, 4_000 * 10**6), (indebted.wbtc.address, 10**6)]
    assert indebted.state("USDC")[2:5] == (0, 0, 4_000 * 10**6)
    assert indebted.state("WBTC")[2:5] == (0, 0, 10**6)
    assert indebted.pool.read("position", borrower.address) == (0, 0, 0, 0)
    for symbol in ("USDC", "WBTC", "WETH"):
        supplied, _, borrowed, _, deficit, _ = indebted.state(symbol)
        assert indebted.balance(symbol, indebted.pool) == supplied - borrowed - deficit


def test_one_unit_of_other_collateral_keeps_the_debt(indebted: World, liquidator: Account, borrower: Account) -> None:
    indebted.supply("WBTC", borrower, 1)
    seize(indebted, liquidator, borrower, 10_000 * 10**6, 10 * 10**18)
    assert indebted.state("USDC")[2:5] == (4_000 * 10**6, 4_000 * 10**12, 0)


def test_a_supply_that_is_no_collateral_does_not_keep_the_debt(
    indebted: World, liquidator: Account, borrower: Account
) -> None:
    indebted.supply("WBTC", borrower, 10**8)
    indebted.margins.send(indebted.owner, "setMargin", indebted.wbtc.address, (0, 0, 0))
    seize(indebted, liquidator, borrower, 10_000 * 10**6, 10 * 10**18)
    assert indebted.state("USDC")[4] == 4_000 * 10**6


def test_seizing_all_takes_the_rounding_with_it(lent: World, liquidator: Account, borrower: Account) -> None:
    lent.set_rates("WETH", WAD, WAD // 2, 0, 0)
    lent.supply("WETH", borrower, 10 * 10**18)
    lent.supply("WBTC", liquidator, 10**9)
    lent.borrow("USDC", borrower, 14_000 * 10**6)
    lent.borrow("WETH", liquidator, 100 * 10**18)
    lent.warp(12_345)
    lent.set_rates("WETH", 0, WAD // 2, 0, 0)  # the amounts stand still from here
    held = lent.pool.read("supplyBalance", lent.weth.address, borrower.address)
    shares = lent.pool.read("supplyShares", lent.weth.address, borrower.address)
    assets, total_shares = lent.state("WETH")[:2]
    assert -(-held * (total_shares + 10**6) // (assets + 1)) < shares  # there is some
    seize(lent, liquidator, borrower, 10**6, held)
    assert lent.pool.read("supplyShares", lent.weth.address, borrower.address) == 0
    assert lent.state("USDC")[4] == 13_999 * 10**6


def test_seizing_for_no_debt_reverts(indebted: World, liquidator: Account, borrower: Account) -> None:
    with reverts("ZeroAmount"):
        seize(indebted, liquidator, borrower, 0, 1)


def test_debt_written_off_becomes_deficit_at_once_and_the_books_balance(indebted: World, borrower: Account) -> None:
    receipt = write_off(indebted, borrower, 1_000 * 10**6, 250 * 10**6, 10**18)
    (recorded,) = events(receipt, "DeficitRecorded")
    assert recorded.arguments == {"asset": indebted.usdc.address, "account": borrower.address, "assets": 250 * 10**6}
    assert events(receipt, "Seized")[0].arguments["debtAssets"] == 1_000 * 10**6
    assert indebted.pool.read("borrowBalance", indebted.usdc.address, borrower.address) == 12_750 * 10**6
    supplied, _, borrowed, _, deficit, _ = indebted.state("USDC")
    assert (borrowed, deficit) == (12_750 * 10**6, 250 * 10**6)
    assert indebted.balance("USDC", indebted.pool) == supplied - borrowed - deficit
    assert indebted.balance("USDC", indebted.accounts["liquidator"]) == 0


def test_debt_can_be_written_off_with_nothing_repaid(indebted: World, borrower: Account) -> None:
    write_off(indebted, borrower, 0, 14_000 * 10**6, 10**18)
    assert indebted.state("USDC")[2:5] == (0, 0, 14_000 * 10**6)


def test_repaying_and_writing_off_more_than_is_owed_reverts(indebted: World, borrower: Account) -> None:
    owed = 14_000 * 10**6
    with reverts("RepaysMoreThanDebt", borrower.address, owed + 1, owed):
        write_off(indebted, borrower, owed - 10**6, 10**6 + 1, 1)
    write_off(indebted, borrower, owed - 10**6, 10**6, 1)


def test_what_is_written_off_and_what_no_collateral_is_left_for_are_recorded_each_once(
    indebted: World, borrower: Account
) -> None:
    receipt = write_off(indebted, borrower, 9_000 * 10**6, 10**9, 10 * 10**18)
    recorded = [event.arguments["assets"] for event in events(receipt, "DeficitRecorded")]
    assert recorded == [10**9, 4_000 * 10**6]
    assert indebted.state("USDC")[2:5] == (0, 0, 5_000 * 10**6)
