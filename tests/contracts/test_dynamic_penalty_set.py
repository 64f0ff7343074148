from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.liquidation_modules import install
from tests.contracts.oracles import cannot_be_deployed
from tests.contracts.world import AAVE_RULES, WAD, ZERO, Deployed, World, events, reverts

PENALTY = (WAD, WAD // 100, WAD // 10, WAD // 2)
HALF = WAD // 2
IMPOSSIBLE = [
    ((10 * WAD + 1, 0, 0, 0), "SlopeTooHigh", (10 * WAD + 1, 10 * WAD)),
    ((WAD, 11, 10, 0), "MinimumDiscountTooHigh", (11, 10)),
    ((WAD, 0, HALF + 1, 0), "MaximumDiscountTooHigh", (HALF + 1, HALF)),
    ((WAD, 0, HALF, 10 * WAD + 1), "VolatilityFactorTooHigh", (10 * WAD + 1, 10 * WAD)),
]


@pytest.fixture
def module(world: World, monkeypatch: pytest.MonkeyPatch) -> Deployed:
    return install(world, monkeypatch, "DynamicPenaltyLiquidation", PENALTY)


def test_the_constructor_sets_the_penalty_and_no_source(module: Deployed) -> None:
    assert module.read("penalty") == PENALTY
    assert module.read("volatilitySource") == ZERO
    assert module.read("rules") == AAVE_RULES


@pytest.mark.parametrize("penalty", [(10 * WAD, HALF, HALF, 10 * WAD), (0, 0, 0, 0)])
def test_the_owner_replaces_the_penalty_up_to_the_bounds(module: Deployed, penalty: tuple[int, ...]) -> None:
    receipt = module.send(module.world.owner, "setPenalty", penalty)
    assert module.read("penalty") == penalty
    assert tuple(events(receipt, "PenaltySet")[0].arguments.values()) == penalty


@pytest.mark.parametrize(("penalty", "error", "arguments"), IMPOSSIBLE)
def test_a_penalty_beyond_the_bounds_reverts(
    module: Deployed, penalty: tuple[int, ...], error: str, arguments: tuple[int, ...]
) -> None:
    with reverts(error, *arguments):
        module.send(module.world.owner, "setPenalty", penalty)


def test_nor_can_it_be_deployed_with_one(world: World) -> None:
    penalty, error, arguments = IMPOSSIBLE[1]
    with cannot_be_deployed(error, *arguments):
        world.deploy("DynamicPenaltyLiquidation", world.owner.address, world.pool.address, AAVE_RULES, penalty)


def test_the_owner_sets_and_removes_the_source(module: Deployed) -> None:
    for source in (module.world.puppet.address, ZERO):
        receipt = module.send(module.world.owner, "setVolatilitySource", source)
        assert module.read("volatilitySource") == source
        assert events(receipt, "VolatilitySourceSet")[0].arguments == {"volatilitySource": source}


def test_a_source_without_code_reverts(module: Deployed, passer_by: Account) -> None:
    with reverts("NotAContract", passer_by.address):
        module.send(module.world.owner, "setVolatilitySource", passer_by.address)


def test_anybody_else_reverts(module: Deployed, attacker: Account) -> None:
    for function, argument in (("setPenalty", PENALTY), ("setVolatilitySource", ZERO)):
        with reverts("OwnableUnauthorizedAccount", attacker.address):
            module.send(attacker, function, argument)
