from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.world import WAD, ZERO, World, events, reverts

P = WAD // 100


def test_margins_set_are_margins_read_for_every_account(world: World, borrower: Account) -> None:
    receipt = world.margins.send(world.owner, "setMargin", world.weth.address, (10 * P, 20 * P, 3 * P))
    assert events(receipt, "MarginSet")[0].arguments["liquidationThreshold"] == 20 * P
    for holder in (ZERO, borrower.address):
        assert world.margins.read("margin", world.weth.address, holder) == (10 * P, 20 * P)
    assert world.margins.read("liquidationBonus", world.weth.address) == 3 * P


def test_an_asset_never_set_is_no_collateral(world: World) -> None:
    assert world.margins.read("margin", world.amm.address, ZERO) == (0, 0)


@pytest.mark.parametrize(
    ("margin", "error", "arguments"),
    [
        ((50 * P + 1, 50 * P, 0), "LoanToValueAboveThreshold", (50 * P + 1, 50 * P)),
        ((50 * P, WAD, 0), "ThresholdTooHigh", (WAD,)),
        ((50 * P, 60 * P, WAD), "BonusTooHigh", (WAD,)),
    ],
)
def test_margins_that_cannot_hold_revert(
    world: World, margin: tuple[int, ...], error: str, arguments: tuple[int, ...]
) -> None:
    with reverts(error, *arguments):
        world.margins.send(world.owner, "setMargin", world.weth.address, margin)


def test_toxic_margins_are_accepted(world: World) -> None:
    world.margins.send(world.owner, "setMargin", world.weth.address, (95 * P, 97 * P, 10 * P))


def test_only_the_owner_sets_margins(world: World, attacker: Account) -> None:
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        world.margins.send(attacker, "setMargin", world.weth.address, (0, 0, 0))
