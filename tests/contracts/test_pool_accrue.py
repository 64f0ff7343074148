from __future__ import annotations

from simulator.transaction import Account
from tests.contracts.world import UNCAPPED, WAD, World, events

YEAR = 365 * 86_400


def accrued(state: tuple[int, ...], rate: int, reserve_factor: int, elapsed: int) -> tuple[int, ...]:
    """Twin of the pool's accrual at a rate a second."""
    supplied, supply_shares, borrowed, borrow_shares, deficit, at = state
    first = rate * elapsed
    second = first * first // (2 * WAD)
    third = second * first // (3 * WAD)
    interest = borrowed * (first + second + third) // WAD
    fee = interest * reserve_factor // WAD
    supplied, borrowed = supplied + interest, borrowed + interest
    supply_shares += fee * (supply_shares + 10**6) // (supplied - fee + 1)
    return supplied, supply_shares, borrowed, borrow_shares, deficit, at + elapsed


def kinked(utilisation: int, base: int, kink: int, slope1: int, slope2: int) -> int:
    if utilisation <= kink:
        return (base + slope1 * (utilisation * WAD // kink) // WAD) // YEAR
    return (base + slope1 + slope2 * ((utilisation - kink) * WAD // (WAD - kink)) // WAD) // YEAR


PARAMETERS = (WAD // 100, 8 * WAD // 10, 4 * WAD // 100, 75 * WAD // 100)


def test_accrual_equals_its_twin_to_the_unit_and_the_view_equals_what_is_stored(lent: World, borrower: Account) -> None:
    lent.set_rates("USDC", *PARAMETERS)
    lent.supply("WETH", borrower, 600 * 10**18)
    lent.borrow("USDC", borrower, 876_543_210_987)  # above the kink
    before = lent.state("USDC")
    lent.warp(7 * 86_400 - 1)
    rate = kinked(before[2] * WAD // before[0], *PARAMETERS)
    receipt = lent.pool.send(borrower, "accrue", lent.usdc.address)
    expected = accrued(before, rate, WAD // 10, 7 * 86_400)
    assert lent.state("USDC") == expected
    (accrual,) = events(receipt, "Accrued")
    assert accrual.arguments["interest"] == expected[2] - before[2]
    treasury = lent.accounts["treasury"]
    shares = lent.pool.read("supplyShares", lent.usdc.address, treasury.address)
    assert shares == expected[1] - before[1] == accrual.arguments["treasuryShares"]

    lent.warp(86_400)
    seen = lent.state("USDC")
    rate = kinked(expected[2] * WAD // expected[0], *PARAMETERS)
    assert seen == accrued(expected, rate, WAD // 10, 86_400)


def test_the_treasury_earns_its_share_of_the_interest(lent: World, borrower: Account) -> None:
    lent.set_rates("USDC", *PARAMETERS)
    lent.supply("WETH", borrower, 600 * 10**18)
    lent.borrow("USDC", borrower, 800_000 * 10**6)
    lent.warp(30 * 86_400)
    lent.pool.send(borrower, "accrue", lent.usdc.address)
    interest = lent.state("USDC")[2] - 800_000 * 10**6
    treasury = lent.accounts["treasury"].address
    earned = lent.pool.read("supplyBalance", lent.usdc.address, treasury)
    assert interest // 10 - 2 <= earned <= interest // 10 + 2


def test_one_year_at_ten_percent_is_the_exponential(lent: World, borrower: Account) -> None:
    lent.set_rates("USDC", WAD // 10, WAD // 2, 0, 0)
    lent.supply("WETH", borrower, 600 * 10**18)
    lent.borrow("USDC", borrower, 100_000 * 10**6)
    lent.warp(YEAR)
    owed = lent.pool.read("borrowBalance", lent.usdc.address, borrower.address)
    assert 110_516_000_000 < owed < 110_517_092_000  # e**0.1 less its fourth term


def test_accruing_twice_in_a_block_changes_nothing_more(lent: World, borrower: Account) -> None:
    lent.set_rates("USDC", *PARAMETERS)
    lent.supply("WETH", borrower, 600 * 10**18)
    lent.borrow("USDC", borrower, 800_000 * 10**6)
    lent.warp(86_400)
    accrue = lent.pool.act("accrue", lent.usdc.address)
    receipt = lent.puppet.send(borrower, "perform", [accrue, accrue])
    assert len(events(receipt, "Accrued")) == 1


def test_a_deficit_raises_utilisation(indebted: World, borrower: Account, supplier: Account) -> None:
    indebted.supply("WBTC", supplier, 10 * 10**8)
    indebted.borrow("USDC", supplier, 100_000 * 10**6)
    indebted.set_price("WETH", 1_000)
    indebted.liquidate(borrower, "USDC", "WETH", 10**30)
    supplied, _, borrowed, _, deficit, _ = indebted.state("USDC")
    assert deficit > 0
    indebted.set_rates("USDC", 0, WAD // 2, WAD, 0)
    indebted.warp(1_000)
    rate = kinked(borrowed * WAD // (supplied - deficit), 0, WAD // 2, WAD, 0)
    twin = accrued((supplied, 0, borrowed, 0, deficit, 0), rate, 0, 1_000)
    assert indebted.state("USDC")[2] == twin[2]
    assert kinked(borrowed * WAD // supplied, 0, WAD // 2, WAD, 0) < rate


def test_new_rates_apply_only_from_their_setting(lent: World, borrower: Account) -> None:
    lent.set_rates("USDC", WAD // 10, WAD // 2, 0, 0)
    lent.supply("WETH", borrower, 600 * 10**18)
    lent.borrow("USDC", borrower, 100_000 * 10**6)
    lent.warp(86_399)
    configuration = (lent.free_rates.address, 0, UNCAPPED, UNCAPPED)
    lent.pool.send(lent.owner, "configureAsset", lent.usdc.address, configuration)
    owed = lent.state("USDC")[2]
    assert owed > 100_027_000_000
    lent.warp(86_400)
    assert lent.state("USDC")[2] == owed
