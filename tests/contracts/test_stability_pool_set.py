from __future__ import annotations

from typing import Any

import pytest

from simulator.transaction import Account
from tests.contracts.oracles import cannot_be_deployed
from tests.contracts.stability import Stability
from tests.contracts.world import WAD, Deployed, World, events, reverts

MOST = 5 * WAD // 100


@pytest.fixture
def pool(world: World) -> Stability:
    return Stability(world, 5, 7)


def deploy(world: World, collaterals: list[str], rules: tuple[int, int] = (0, 0), debt: str | None = None) -> Deployed:
    places: tuple[Any, ...] = (world.owner.address, world.pool.address, debt or world.usdc.address)
    return world.deploy("StabilityPoolLiquidation", *places, collaterals, rules)


def test_the_constructor_sets_everything(pool: Stability) -> None:
    module, world = pool.module, pool.world
    assert module.read("stabilityRules") == (5, 7)
    assert list(module.read("collateralAssets")) == [world.weth.address, world.wbtc.address]
    assert [module.read(name) for name in ("pool", "debtAsset")] == [world.pool.address, world.usdc.address]
    found = [module.read(name) for name in ("totalDeposits", "product", "scale", "epoch")]
    assert found == [0, 10**36, 0, 0]


def test_eight_collaterals_can_be_listed_and_nine_cannot(world: World) -> None:
    tokens = [world.deploy("TestToken", "T", "T", 18, world.owner.address).address for _ in range(9)]
    for token in tokens:
        world.pool.send(world.owner, "listAsset", token, (world.free_rates.address, 0, 0, 0))
    assert len(deploy(world, tokens[:8]).read("collateralAssets")) == 8
    with cannot_be_deployed("CollateralCountOutOfRange", 9, 8):
        deploy(world, tokens)
    with cannot_be_deployed("CollateralCountOutOfRange", 0, 8):
        deploy(world, [])


def test_collaterals_that_cannot_work_are_refused(world: World) -> None:
    weth, usdc, unlisted = world.weth.address, world.usdc.address, world.amm.address
    with cannot_be_deployed("CollateralIsDebtAsset", usdc):
        deploy(world, [weth, usdc])
    with cannot_be_deployed("DuplicateCollateral", weth):
        deploy(world, [weth, weth])
    with cannot_be_deployed("AssetNotListed", unlisted):
        deploy(world, [unlisted])
    with cannot_be_deployed("AssetNotListed", unlisted):
        deploy(world, [weth], debt=unlisted)


@pytest.mark.parametrize("rules", [(MOST, WAD), (0, 0)])
def test_the_owner_replaces_the_rules_up_to_the_bounds(pool: Stability, rules: tuple[int, int]) -> None:
    receipt = pool.module.send(pool.world.owner, "setStabilityRules", rules)
    assert pool.module.read("stabilityRules") == rules
    assert tuple(events(receipt, "StabilityRulesSet")[0].arguments.values()) == rules


def test_rules_beyond_the_bounds_revert(pool: Stability) -> None:
    with reverts("GasCompensationTooHigh", MOST + 1, MOST):
        pool.module.send(pool.world.owner, "setStabilityRules", (MOST + 1, 0))
    with reverts("MinimumCollateralRatioTooHigh", WAD + 1):
        pool.module.send(pool.world.owner, "setStabilityRules", (0, WAD + 1))
    with cannot_be_deployed("GasCompensationTooHigh", MOST + 1, MOST):
        deploy(pool.world, [pool.world.weth.address], (MOST + 1, 0))


def test_anybody_else_reverts(pool: Stability, attacker: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        pool.module.send(attacker, "setStabilityRules", (0, 0))
