from __future__ import annotations

import pytest

from simulator.errors import SetUpReverted
from simulator.transaction import Account
from tests.contracts.world import WAD, ZERO, World, events, reverts

ANY = "0x" + "11" * 20
CONFIGURATION = (ANY, WAD // 10, 5, 6)
OWNERS_VERBS = [
    ("listAsset", (ANY, CONFIGURATION)),
    ("configureAsset", (ANY, CONFIGURATION)),
    ("setOracle", (ANY,)),
    ("setMarginModel", (ANY,)),
    ("setLiquidationModule", (ANY,)),
    ("setFlashLoanFee", (1,)),
]


@pytest.mark.parametrize(("verb", "arguments"), OWNERS_VERBS, ids=[verb for verb, _ in OWNERS_VERBS])
def test_only_the_owner_governs(world: World, attacker: Account, verb: str, arguments: tuple[object, ...]) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        world.pool.send(attacker, verb, *arguments)


def test_listing_keeps_order_unit_and_configuration(world: World) -> None:
    token = world.deploy("TestToken", "X", "X", 11, world.owner.address)
    receipt = world.pool.send(world.owner, "listAsset", token.address, CONFIGURATION)
    assert world.pool.read("assetList") == (*(t.address for t in world.tokens.values()), token.address)
    assert world.pool.read("unit", token.address) == 10**11
    assert world.pool.read("configuration", token.address) == CONFIGURATION
    assert events(receipt, "AssetListed")[0].arguments["unit"] == 10**11


def test_listing_twice_reverts(world: World) -> None:
    with reverts("AssetAlreadyListed", world.usdc.address):
        world.pool.send(world.owner, "listAsset", world.usdc.address, CONFIGURATION)


def test_the_thirty_third_asset_reverts(world: World) -> None:
    for _ in range(29):
        token = world.deploy("TestToken", "X", "X", 18, world.owner.address)
        world.pool.send(world.owner, "listAsset", token.address, CONFIGURATION)
    assert len(world.pool.read("assetList")) == 32
    with reverts("TooManyAssets", 32):
        world.pool.send(world.owner, "listAsset", world.amm.address, CONFIGURATION)


def test_configuring_what_is_not_listed_reverts(world: World) -> None:
    with reverts("AssetNotListed", ANY):
        world.pool.send(world.owner, "configureAsset", ANY, CONFIGURATION)


def test_a_reserve_factor_above_one_reverts(world: World) -> None:
    with reverts("ReserveFactorTooHigh", WAD + 1):
        world.pool.send(world.owner, "configureAsset", world.usdc.address, (ANY, WAD + 1, 5, 6))


def test_no_rate_model_no_oracle_and_no_margin_model_revert(world: World) -> None:
    with reverts("ZeroAddress"):
        world.pool.send(world.owner, "configureAsset", world.usdc.address, (ZERO, 0, 5, 6))
    with reverts("ZeroAddress"):
        world.pool.send(world.owner, "setOracle", ZERO)
    with reverts("ZeroAddress"):
        world.pool.send(world.owner, "setMarginModel", ZERO)


def test_no_treasury_reverts(world: World) -> None:
    with pytest.raises(SetUpReverted):
        world.deploy("LendingPool", world.owner.address, ZERO)


def test_a_flash_loan_fee_above_five_percent_reverts(world: World) -> None:
    world.pool.send(world.owner, "setFlashLoanFee", 5 * WAD // 100)
    with reverts("FlashLoanFeeTooHigh", 5 * WAD // 100 + 1):
        world.pool.send(world.owner, "setFlashLoanFee", 5 * WAD // 100 + 1)


def test_setters_show_what_they_set(world: World) -> None:
    for setter, getter in (("setOracle", "oracle"), ("setMarginModel", "marginModel")):
        world.pool.send(world.owner, setter, ANY)
        assert world.pool.read(getter) == ANY
    world.pool.send(world.owner, "setLiquidationModule", ANY)
    assert world.pool.read("liquidationModule") == ANY
    assert world.pool.read("treasury") == world.accounts["treasury"].address
    assert world.pool.read("flashLoanFee") == 0
