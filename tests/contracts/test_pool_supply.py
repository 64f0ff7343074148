from __future__ import annotations

import pytest
from eth_abi import encode

from simulator.transaction import Account
from tests.contracts.world import MAX, UNCAPPED, WAD, ZERO, World, events, reverts


def test_first_supply_gets_a_million_shares_a_unit_and_moves_the_tokens(world: World, supplier: Account) -> None:
    receipt = world.supply("USDC", supplier, 500)

    (supplied,) = events(receipt, "Supplied")
    assert supplied.arguments == {
        "asset": world.usdc.address,
        "account": supplier.address,
        "payer": supplier.address,
        "assets": 500,
        "shares": 500 * 10**6,
    }
    assert world.balance("USDC", world.pool) == 500
    assert world.balance("USDC", supplier) == 0
    assert world.pool.read("supplyBalance", world.usdc.address, supplier.address) == 500


def test_supply_for_another_account_credits_that_account(world: World, supplier: Account, borrower: Account) -> None:
    world.give("USDC", supplier, 7)
    world.pool.send(supplier, "supply", world.usdc.address, 7, borrower.address)
    assert world.pool.read("supplyShares", world.usdc.address, borrower.address) == 7 * 10**6
    assert world.pool.read("supplyShares", world.usdc.address, supplier.address) == 0


def test_supply_of_nothing_reverts(world: World, supplier: Account) -> None:
    with reverts("ZeroAmount"):
        world.pool.send(supplier, "supply", world.usdc.address, 0, supplier.address)


def test_supply_for_nobody_reverts(world: World, supplier: Account) -> None:
    with reverts("ZeroAddress"):
        world.pool.send(supplier, "supply", world.usdc.address, 1, ZERO)


def test_supply_of_an_unlisted_asset_reverts(world: World, supplier: Account) -> None:
    with reverts("AssetNotListed", world.amm.address):
        world.pool.send(supplier, "supply", world.amm.address, 1, supplier.address)


def test_supply_up_to_the_cap_passes_and_one_unit_more_reverts(world: World, supplier: Account) -> None:
    configuration = (world.free_rates.address, 0, 1_000, UNCAPPED)
    world.pool.send(world.owner, "configureAsset", world.usdc.address, configuration)
    world.supply("USDC", supplier, 1_000)
    with reverts("SupplyCapExceeded", world.usdc.address, 1_001, 1_000):
        world.supply("USDC", supplier, 1)


def test_tokens_sent_to_the_pool_without_a_call_change_nothing(lent: World, attacker: Account) -> None:
    before = lent.state("USDC")
    lent.give("USDC", lent.pool, 10**15)
    assert lent.state("USDC")[:5] == before[:5]


@pytest.mark.parametrize("victim_supplies", [99_999, 150_001, 100_000 * 10**6])
def test_inflating_the_price_of_few_shares_does_not_profit(
    world: World, attacker: Account, supplier: Account, victim_supplies: int
) -> None:
    # The attacker is the only supplier and pays flash-loan fees to itself: the one way to raise the price by gift.
    world.pool.send(world.owner, "setFlashLoanFee", 5 * WAD // 100)
    world.supply("USDC", attacker, 1)
    world.give("USDC", world.puppet, 10**12)
    assets, acts = 1, [world.usdc.act("approve", world.pool.address, MAX)]
    for _ in range(190):
        acts.append(world.pool.act("flashLoan", world.puppet.address, world.usdc.address, assets, _acts([])))
        assets += -(-assets // 20)
    world.puppet.send(attacker, "perform", acts)
    assert world.state("USDC")[0] == assets > 50_000  # a share is worth that many times the first one

    world.supply("USDC", supplier, victim_supplies)
    world.pool.send(attacker, "withdraw", world.usdc.address, MAX, attacker.address)

    assert world.balance("USDC", attacker) < assets
    victim_holds = world.pool.read("supplyBalance", world.usdc.address, supplier.address)
    assert victim_supplies - victim_holds <= 1


def _acts(acts: list[tuple[str, bytes]]) -> bytes:
    return encode(["(address,bytes)[]"], [acts])
