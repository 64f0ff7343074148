from __future__ import annotations

from simulator.transaction import Account
from tests.contracts.auctions import ETH, MINUTE, USDC, Dutch, arguments, only
from tests.contracts.world import MAX, MAXIMUM_AGE, WAD, World, reverts


def ran_out(world: World) -> Dutch:
    house = Dutch(world)
    world.set_price("WETH", 1_700)
    house.start()
    house.warp_into(92 * MINUTE)
    return house


def test_a_new_round_begins_at_the_price_of_now(indebted: World, attacker: Account, passer_by: Account) -> None:
    house = ran_out(indebted)
    indebted.set_price("WETH", 1_500)
    before = house.auction()
    receipt = house.send("restart", 1, sender=attacker)
    assert only(arguments(receipt, "AuctionRestarted"), "id", "top", "keeper") == (1, 1_800 * WAD, attacker.address)
    now = indebted.chain.head.timestamp
    assert house.auction() == before | {"top": 1_800 * WAD, "startedAt": now, "keeper": attacker.address}
    house.take()
    # Who began the round that was paid
    assert indebted.balance("USDC", attacker) == 34_700_000
    assert indebted.balance("USDC", passer_by) == 0


def test_a_new_round_is_of_what_is_left(indebted: World) -> None:
    house = Dutch(indebted)
    indebted.set_price("WETH", 1_700)
    house.start()
    house.take(ETH)
    house.warp_into(92 * MINUTE)
    indebted.set_price("WETH", 1_400)
    house.repay(960 * USDC)
    house.send("restart", 1)
    debt = 14_000 * USDC - 2_040 * USDC - 960 * USDC
    penalty = -(-700 * debt // 11_960)
    assert only(house.auction(), "lot", "debt", "penalty") == (9 * ETH, debt, penalty)
    assert house.auction()["incentive"] == 20 * USDC + (debt + penalty) // 1_000
    assert house.under_auction() == (debt, 9 * ETH)


def test_an_auction_that_needs_none_reverts(indebted: World) -> None:
    house = Dutch(indebted)
    indebted.set_price("WETH", 1_700)
    house.start()
    house.warp_into(92 * MINUTE - 2)
    with reverts("NeedsNoRestart", 1):
        house.send("restart", 1)
    house.send("restart", 1)


def test_a_healthy_account_is_not_auctioned_anew(indebted: World) -> None:
    house = ran_out(indebted)
    indebted.set_price("WETH", 1_750)
    with reverts("NotLiquidatable", house.borrower.address, WAD):
        house.send("restart", 1)


def test_a_position_without_the_debt_reverts(indebted: World, borrower: Account) -> None:
    indebted.borrow("WBTC", borrower, 10**4)
    house = ran_out(indebted)
    house.repay(MAX)
    indebted.set_price("WETH", 1)
    indebted.set_price("WBTC", 10**6)
    with reverts("NothingLeft", 1):
        house.send("restart", 1)


def test_a_stale_price_reverts(indebted: World) -> None:
    house = ran_out(indebted)
    indebted.warp(MAXIMUM_AGE)
    with reverts("StalePrice"):
        house.send("restart", 1)


def test_an_unknown_auction_reverts(indebted: World) -> None:
    with reverts("NoAuction", 2):
        ran_out(indebted).send("restart", 2)
