"""Debts paid out of deposits that wait for it: Liquity's stability pool."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from ...chain.engine import Call, CallResult
from ...contracts import artifact
from ...fields import Model, Name, Reference, Share
from ...position_book import PositionBook
from ...terms import Auction, Chore, Terms
from ...transaction import Log
from ...units import Fraction, wad
from ..site import Site

__all__ = ["StabilityPool", "StabilityPoolMechanism"]

CONTRACT = "StabilityPoolLiquidation"
LIQUIDATE_GAS = 900_000
ALL = 2**256 - 1


class StabilityPool(Model):
    """Depositors of `debt` pay; the caller gets `gas_compensation` of the collateral.

    Accounts whose collateral is worth less than `minimum_collateral_ratio` of their debt are refused; 0 % refuses none.
    """

    kind: Literal["stability_pool"]
    debt: Name
    gas_compensation: Annotated[Fraction, Field(ge=0, le=Decimal("0.05"))]
    minimum_collateral_ratio: Share = Decimal(0)

    def references(self) -> Iterable[Reference]:
        """See `Model.references`."""
        yield Reference("debt", "assets", self.debt)

    def mechanism(self) -> StabilityPoolMechanism:
        """The module, before it is deployed."""
        return StabilityPoolMechanism(self)


class StabilityPoolMechanism:
    """The module alive; see `Mechanism`."""

    style = "offset"
    most_bonus: float | None = 0.0
    extra_gas = 0
    payments: Mapping[str, str] = {}
    auctions: Sequence[Auction] = ()

    def __init__(self, rules: StabilityPool) -> None:
        self.address, self.rules = "", rules
        self._tokens: dict[str, str] = {}
        self.holdings: dict[str, int] = {}  # by asset: what depositors may still take out, token units

    def deploy(self, site: Site) -> None:
        """See `Mechanism.deploy`."""
        rules = (wad(self.rules.gas_compensation), wad(self.rules.minimum_collateral_ratio))
        self._tokens = {asset: site.token(asset) for asset in site.collateral if asset != self.rules.debt}
        arguments = (site.pool, site.token(self.rules.debt), list(self._tokens.values()), rules)
        self.address = site.set_up.deploy(CONTRACT, site.owner, *arguments)

    def calls(self, book: PositionBook) -> list[Call]:
        """All deposits, and all collateral gained and not yet claimed."""
        token = artifact("TestToken")
        gains = [Call(one, token.encode("balanceOf", self.address)) for one in self._tokens.values()]
        return [Call(self.address, artifact(CONTRACT).encode("totalDeposits")), *gains]

    def follow(self, book: PositionBook, logs: Sequence[Log], answers: Sequence[CallResult], timestamp: int) -> None:
        """See `Mechanism.follow`."""
        amounts = [int.from_bytes(answer.data, "big") for answer in answers]
        self.holdings = dict(zip((self.rules.debt, *self._tokens), amounts, strict=True))

    def chores(self, book: PositionBook, timestamp: int) -> list[Chore]:
        """Offset eligible accounts, largest debts first, as far as the deposits go."""
        column, chores, left = book.assets.index(self.rules.debt), [], self.holdings.get(self.rules.debt, 0)
        numbers = np.flatnonzero(book.eligible())
        for number in numbers[np.argsort(-book.debt_values()[numbers], kind="stable")].tolist():
            owed = book.states[column].borrow_assets(book.borrow_shares[number][column])
            collateral = book.assets[book.largest(number)[1]]
            if left <= 0 or not owed or collateral not in self._tokens:
                continue
            left -= owed
            borrower = book.accounts[number]
            data = artifact(CONTRACT).encode("liquidate", borrower, self._tokens[collateral])
            note = {"account": borrower, "debt": self.rules.debt, "collateral": collateral, "amount": owed}
            key = f"offset {borrower} {collateral} {self.address}"
            chores.append(Chore(key, "liquidation", self.address, data, LIQUIDATE_GAS, note))
        return chores

    # ------------------------------------------------------------------------------------------------ depositors

    def deposit_call(self, amount: int) -> tuple[str, bytes]:
        """Target and calldata of a deposit."""
        return self.address, artifact(CONTRACT).encode("deposit", amount)

    def withdraw_call(self) -> tuple[str, bytes]:
        """Target and calldata that take out all that is left of a deposit."""
        return self.address, artifact(CONTRACT).encode("withdraw", ALL)

    def claim_call(self, collateral: str) -> tuple[str, bytes]:
        """Target and calldata that fetch what a deposit has gained."""
        return self.address, artifact(CONTRACT).encode("claim", self._tokens[collateral])

    # ------------------------------------------------------------------------------------------------ terms

    def terms(self, book: PositionBook, number: int, debt: int, collateral: int) -> Terms | None:
        """Nobody liquidates for its own account."""
        return Terms(False, 0, 0, 0, 0)

    def keeps_enough(self, book: PositionBook, number: int, debt: int, collateral: int, amount: int) -> int:
        """Nobody liquidates for its own account."""
        return amount

    def closable(self, health: NDArray[Any], debts: NDArray[Any]) -> NDArray[Any]:
        """All of it, while deposits last."""
        return debts
