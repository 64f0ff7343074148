from __future__ import annotations

from simulator.transaction import Account
from tests.contracts.world import MAX, UNCAPPED, WAD, World


def test_the_market_view_shows_what_the_contracts_show_one_by_one(indebted: World) -> None:
    indebted.set_rates("USDC", WAD // 10, WAD // 2, 0, 0)
    indebted.warp(10_000)
    views = indebted.lens.read("marketView", indebted.pool.address)
    assert len(views) == 3
    for view, token in zip(views, indebted.tokens.values(), strict=True):
        price, updated_at = indebted.oracle.read("price", token.address)
        state = indebted.pool.read("assetState", token.address)
        margins = indebted.margins.read("margin", token.address, indebted.owner.address)
        bonus = indebted.margins.read("liquidationBonus", token.address)
        head = (token.address, indebted.pool.read("unit", token.address), True, price, updated_at)
        assert view == (*head, *state[:5], *margins, bonus, UNCAPPED, UNCAPPED)
    assert views[1][7] > 14_000 * 10**6


def test_a_stale_price_shows_as_unpriced_and_nothing_reverts(indebted: World, borrower: Account) -> None:
    indebted.warp(10**6)
    indebted.set_price("USDC", 1)
    views = indebted.lens.read("marketView", indebted.pool.address)
    assert [view[2] for view in views] == [False, True, False]
    assert views[0][3:5] == (0, 0)
    assert views[0][5] == 1_010 * 10**18
    supplier = indebted.accounts["supplier"]
    positions = indebted.lens.read("positions", indebted.pool.address, [borrower.address, supplier.address])
    assert positions == ((False, 0, 0, 0, 0),) * 2


def test_shares_come_in_listing_order(indebted: World, borrower: Account, passer_by: Account) -> None:
    shares = indebted.lens.read("accountShares", indebted.pool.address, [borrower.address, passer_by.address])
    assert shares == (((10**25, 0, 0), (0, 14_000 * 10**12, 0)), ((0, 0, 0), (0, 0, 0)))


def test_positions_are_those_of_the_pool(indebted: World, borrower: Account, supplier: Account) -> None:
    accounts = [borrower, supplier]
    views = indebted.lens.read("positions", indebted.pool.address, [someone.address for someone in accounts])
    for view, someone in zip(views, accounts, strict=True):
        collateral, _, threshold, debt = indebted.pool.read("position", someone.address)
        assert view == (True, collateral, threshold, debt, indebted.health(someone))
    assert views[1][4] == MAX
