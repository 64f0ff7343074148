"""What all liquidation at the oracle's price plus a bonus shares, alive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ...chain.engine import Call, CallResult
from ...position_book import PositionBook
from ...terms import Auction, Chore, Terms
from ...transaction import Log
from ..site import Site
from .spread_rules import SpreadRules
from .spread_terms import keeps_enough

__all__ = ["SpreadMechanism"]


class SpreadMechanism:
    """A module whose ``liquidate`` anybody calls; its terms are the contract's own unless a subclass has a twin.

    Parameters
    ----------
    rules : of the scenario
    contract : which module to create
    arguments : of its constructor, after the owner, the pool and the rules
    """

    style = "spread"
    most_bonus: float | None = None
    extra_gas = 0
    payments: Mapping[str, str] = {}
    auctions: Sequence[Auction] = ()

    def __init__(self, rules: SpreadRules, contract: str, *arguments: object) -> None:
        self.address = ""
        self._rules, self._contract, self._arguments = rules, contract, arguments

    def deploy(self, site: Site) -> None:
        """See `Mechanism.deploy`."""
        arguments = (site.owner, site.pool, self._rules.numbers(), *self._arguments)
        self.address = site.set_up.deploy(self._contract, *arguments)

    def calls(self, book: PositionBook) -> list[Call]:
        """None: accounts and prices are all that there is."""
        return []

    def follow(self, book: PositionBook, logs: Sequence[Log], answers: Sequence[CallResult], timestamp: int) -> None:
        """Nothing to carry."""

    def chores(self, book: PositionBook, timestamp: int) -> list[Chore]:
        """None."""
        return []

    def terms(self, book: PositionBook, number: int, debt: int, collateral: int) -> Terms | None:
        """Only the contract knows."""
        return None

    def keeps_enough(self, book: PositionBook, number: int, debt: int, collateral: int, amount: int) -> int:
        """See `Mechanism.keeps_enough`."""
        return keeps_enough(book, number, debt, collateral, amount, self._rules)

    def closable(self, health: NDArray[np.float64], debts: NDArray[np.float64]) -> NDArray[np.float64]:
        """See `Mechanism.closable`."""
        return self._rules.closable(health, debts)
