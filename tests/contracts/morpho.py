"""A Morpho Blue market beside the lending pool of the small world: USDC lent against WETH, threshold 80 %."""

from __future__ import annotations

from typing import Any

from simulator.transaction import Account, Receipt
from tests.contracts.world import MAX, WAD, ZERO, Deployed, World, ceil_div

LLTV = 80 * WAD // 100
INCENTIVE = 1_063_829_787_234_042_553
"""1 / (1 - 0.3 * 0.2), rounded down."""
PRICE_SCALE = 10**36


class MorphoWorld:
    """The market, its lens and its rate model; `rates` are of a `KinkedRateModel`."""

    def __init__(self, world: World, rates: tuple[int, ...] = (0, WAD // 2, 0, 0), fee: int = 0) -> None:
        self.world = world
        self.morpho = world.deploy("morpho_blue/Morpho", world.owner.address)
        self.lens = world.deploy("MorphoLens")
        self.model = world.deploy("MorphoRateModel", world.deploy("KinkedRateModel", *rates).address)
        feeds = (world.feeds["WETH"].address, world.feeds["USDC"].address)
        self.oracle = world.deploy("MorphoOracle", world.weth.address, world.usdc.address, *feeds)
        self.params = (world.usdc.address, world.weth.address, self.oracle.address, self.model.address, LLTV)
        self.govern("enableIrm", self.model.address)
        self.govern("enableLltv", LLTV)
        self.govern("createMarket", self.params)
        self.govern("setFeeRecipient", world.accounts["treasury"].address)
        if fee:
            self.govern("setFee", self.params, fee)
        for someone in world.accounts.values():
            for token in world.tokens.values():
                token.send(someone, "approve", self.morpho.address, MAX)

    def govern(self, function: str, *arguments: Any) -> Receipt:
        return self.morpho.send(self.world.owner, function, *arguments)

    def act(self, someone: Account, function: str, *arguments: Any) -> Receipt:
        return self.morpho.send(someone, function, self.params, *arguments)

    def lend(self, someone: Account, amount: int) -> Receipt:
        self.world.give("USDC", someone, amount)
        return self.act(someone, "supply", amount, 0, someone.address, b"")

    def pledge(self, someone: Account, amount: int) -> Receipt:
        self.world.give("WETH", someone, amount)
        return self.act(someone, "supplyCollateral", amount, someone.address, b"")

    def borrow(self, someone: Account, amount: int) -> Receipt:
        return self.act(someone, "borrow", amount, 0, someone.address, someone.address)

    def liquidate(self, someone: Account, borrower: Account, *, seized: int = 0, shares: int = 0) -> Receipt:
        """Out of tokens that it is given."""
        self.world.give("USDC", someone, 10**12)
        return self.act(someone, "liquidate", borrower.address, seized, shares, b"")

    def ask(self, function: str, *arguments: Any) -> Any:
        """The lens."""
        return self.lens.read(function, self.morpho.address, self.params, *arguments)

    def position(self, someone: Account) -> tuple[int, int, int]:
        """Supply shares, borrow shares, collateral."""
        position: tuple[int, int, int] = self.ask("positions", [someone.address])[0]
        return position

    def market(self) -> tuple[int, ...]:
        """Supply assets and shares, borrow assets and shares, with interest, and the price."""
        market: tuple[int, ...] = self.ask("marketView")
        return market


def indebted(world: World, **options: Any) -> MorphoWorld:
    """Of 1,000,000 USDC lent the borrower owes 14,000 against 10 WETH ($20,000); liquidatable below $1,750."""
    made = MorphoWorld(world, **options)
    made.lend(world.accounts["supplier"], 1_000_000 * 10**6)
    made.pledge(world.accounts["borrower"], 10 * WAD)
    made.borrow(world.accounts["borrower"], 14_000 * 10**6)
    return made


__all__ = ["INCENTIVE", "LLTV", "PRICE_SCALE", "ZERO", "Deployed", "MorphoWorld", "ceil_div", "indebted"]
