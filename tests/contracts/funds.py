"""What the tests of the insurance fund share: a world whose pool pays its treasury's part to a fund."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from simulator.transaction import Receipt
from tests.contracts.world import MAX, Deployed, World, events


class FundWorld(World):
    """The world with an insurance fund as treasury; where tests ask for the account of the treasury, it is the fund.

    `short` leaves a deficit in USDC.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fund.send(self.owner, "setPool", self.pool.address)
        self.accounts["treasury"] = replace(self.accounts["treasury"], address=self.fund.address)

    def _deploy_pool(self) -> None:
        self.fund = self.deploy("InsuranceFund", self.owner.address)
        super()._deploy_pool()

    def deploy(self, kind: str, *arguments: Any) -> Deployed:
        if kind == "LendingPool":
            arguments = (arguments[0], self.fund.address)
        return super().deploy(kind, *arguments)

    def short(self) -> int:
        """Somebody supplies 1,000,000 USDC, and a borrower fails; returns the deficit in USDC."""
        supplier, borrower = self.accounts["supplier"], self.accounts["borrower"]
        self.supply("USDC", supplier, 1_000_000 * 10**6)
        self.supply("WETH", supplier, 1_000 * 10**18)
        self.supply("WETH", borrower, 10 * 10**18)
        self.borrow("USDC", borrower, 14_000 * 10**6)
        self.set_price("WETH", 1_000)
        self.liquidate(borrower, "USDC", "WETH", MAX)
        deficit = self.deficit()
        assert deficit == 4_476_190_476
        return deficit

    def deficit(self) -> int:
        return self.state("USDC")[4]

    def donate(self, symbol: str, amount: int) -> None:
        donor, token = self.accounts["passer_by"], self.tokens[symbol].address
        self.give(symbol, donor, amount)
        self.pool.send(donor, "supply", token, amount, self.fund.address)

    def capital(self, symbol: str = "USDC") -> int:
        capital: int = self.fund.read("capital", self.tokens[symbol].address)
        return capital

    def notice(self) -> tuple[int, int]:
        """Assets of the USDC deficit whose time runs, and since when."""
        notice: tuple[int, int] = self.fund.read("notice", self.usdc.address)
        return notice

    def by_anyone(self, verb: str) -> Receipt:
        return self.fund.send(self.accounts["attacker"], verb, self.usdc.address)

    def leave_liquidity(self, amount: int) -> None:
        """The supplier borrows all USDC but this."""
        supplied, _, borrowed, _, deficit, _ = self.state("USDC")
        self.borrow("USDC", self.accounts["supplier"], supplied - borrowed - deficit - amount)

    def allow_socialising(self, patience: int) -> None:
        self.fund.send(self.owner, "setSocialisation", True, patience)


def told(receipt: Receipt, name: str) -> int:
    """Assets in the one event of that name."""
    (event,) = events(receipt, name)
    assets: int = event.arguments["assets"]
    return assets
