"""Gas of Morpho Blue itself, with the plainest oracle and rates, against what was measured with its own mocks."""

from __future__ import annotations

import pytest

from tests.contracts.morpho import LLTV, PRICE_SCALE, MorphoWorld
from tests.contracts.world import WAD, World

MEASURED = {"liquidate": 124_000, "liquidate with bad debt": 113_000, "borrow": 98_000}


class Bare(MorphoWorld):
    """A market whose oracle answers what it was told, and whose rate is its utilisation."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.oracle = self.model = world.deploy("StatedMorpho")
        self.params = (world.usdc.address, world.weth.address, self.oracle.address, self.oracle.address, LLTV)
        self.govern("enableIrm", self.oracle.address)
        self.govern("createMarket", self.params)
        self.price(2_000)

    def price(self, dollars: int) -> None:
        self.oracle.send(self.world.owner, "state", dollars * PRICE_SCALE // 10**12)


def measured(world: World) -> dict[str, int]:
    """The borrower has had loan tokens before, the liquidator no collateral."""
    supplier, borrower, liquidator = (world.accounts[role] for role in ("supplier", "borrower", "liquidator"))
    bare, gas = Bare(world), {}
    bare.lend(supplier, 10**12)
    bare.pledge(borrower, 10 * WAD)
    world.give("USDC", borrower, 1)
    gas["borrow"] = bare.borrow(borrower, 14_000 * 10**6).gas_used
    bare.price(1_700)
    with world.chain.anchor():
        gas["liquidate"] = bare.liquidate(liquidator, borrower, seized=WAD).gas_used
    bare.price(1_300)
    gas["liquidate with bad debt"] = bare.liquidate(liquidator, borrower, seized=10 * WAD).gas_used
    return gas


def test_gas_is_within_a_twentieth_of_what_was_measured_before(built: World) -> None:
    with built.chain.anchor():
        gas = measured(built)
    assert gas == {name: pytest.approx(known, rel=0.05) for name, known in MEASURED.items()}
