"""What every liquidation mechanism is to the protocol and its keepers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from numpy.typing import NDArray

from ...chain.engine import Call, CallResult
from ...position_book import PositionBook
from ...terms import Auction, Chore, Terms
from ...transaction import Log
from ..site import Site

__all__ = ["Mechanism"]


class Mechanism(Protocol):
    """A deployed liquidation module.

    Attributes
    ----------
    address : the module; empty before `deploy`
    extra_gas : of a liquidation beyond one at a fixed spread
    payments : events that tell what a liquidator paid, and by which argument; none: it paid the debt
    style : how keepers deal with it: "spread" (``liquidate``), "english", "dutch", or "offset" (nobody pays)
    most_bonus : collateral beyond the debt that whoever clears it may get, a share of the debt; None: the asset's bonus
    """

    address: str
    payments: Mapping[str, str]
    extra_gas: int
    style: str
    most_bonus: float | None

    @property
    def auctions(self) -> Sequence[Auction]:
        """Auctions that run, oldest first."""
        ...

    def deploy(self, site: Site) -> None:
        """Create the module."""
        ...

    def calls(self, book: PositionBook) -> list[Call]:
        """Reads that `follow` needs after every block."""
        ...

    def follow(self, book: PositionBook, logs: Sequence[Log], answers: Sequence[CallResult], timestamp: int) -> None:
        """Carry over one block: its logs, the answers to `calls`, its timestamp."""
        ...

    def chores(self, book: PositionBook, timestamp: int) -> list[Chore]:
        """What is due at `timestamp`: auctions to start, restart or settle, accounts to mark."""
        ...

    def terms(self, book: PositionBook, number: int, debt: int, collateral: int) -> Terms | None:
        """Terms by a twin of the contract for account and asset numbers, or None: only the contract knows."""
        ...

    def keeps_enough(self, book: PositionBook, number: int, debt: int, collateral: int, amount: int) -> int:
        """A partial repayment of `amount` lowered until what is left is allowed to be left."""
        ...

    def closable(self, health: NDArray[Any], debts: NDArray[Any]) -> NDArray[Any]:
        """Dollars of debt that one liquidation may repay, elementwise from health factors and debts in dollars."""
        ...
