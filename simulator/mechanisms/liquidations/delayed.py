"""Small positions at once; large ones after a grace time, in slices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ...chain.engine import CallResult
from ...contracts import artifact, decode_log
from ...fields import Amount, Share, Wait
from ...position_book import PositionBook
from ...terms import Chore
from ...transaction import Log
from ...units import Duration, Fraction, wad
from .spread import SpreadMechanism
from .spread_rules import SpreadRules

__all__ = ["Delayed"]

CONTRACT = "DelayedLiquidation"
MARK_GAS = 400_000


class Delayed(SpreadRules):
    """From `large_debt` on: `grace` after the mark, then `slice` of the marked debt an `interval`."""

    kind: Literal["delayed"]
    large_debt: Amount
    grace: Annotated[Duration, Field(ge=0, le=7 * 86_400)]
    slice: Annotated[Fraction, Field(gt=0, le=1)]
    interval: Annotated[Wait, Field(le=86_400)]
    mark_expiry: Wait
    emergency_health_factor: Share

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.mark_expiry < self.grace + self.interval:
            raise ValueError(
                f"mark_expiry {self.mark_expiry}s is before grace and interval are over "
                f"({self.grace + self.interval}s): nothing could be repaid under a mark; raise it"
            )
        first = self.slice * self.large_debt
        if first < self.minimum_position:
            raise ValueError(
                f"slice x large_debt = ${first} is below minimum_position ${self.minimum_position}: "
                "a large account could not be closed slice by slice; raise one of the two"
            )
        return self

    def mechanism(self) -> SpreadMechanism:
        """The module, before it is deployed."""
        return _Delayed(self)


class _Delayed(SpreadMechanism):
    extra_gas = 160_000

    def __init__(self, rules: Delayed) -> None:
        times = (int(rules.interval), int(rules.mark_expiry), wad(rules.emergency_health_factor))
        super().__init__(rules, CONTRACT, (wad(rules.large_debt), int(rules.grace), wad(rules.slice), *times))
        self._large, self._expiry = float(rules.large_debt), int(rules.mark_expiry)
        self._marked: dict[str, int] = {}  # account → timestamp

    def follow(self, book: PositionBook, logs: Sequence[Log], answers: Sequence[CallResult], timestamp: int) -> None:
        """See `Mechanism.follow`."""
        for log in logs:
            event = decode_log(log) if log.address == self.address else None
            if event is not None and event.name == "Marked":
                self._marked[event.arguments["borrower"]] = timestamp
            elif event is not None and event.name == "Cleared":
                del self._marked[event.arguments["borrower"]]

    def chores(self, book: PositionBook, timestamp: int) -> list[Chore]:
        """Mark large eligible accounts, clear healthy ones."""
        eligible, large = book.eligible(), book.debt_values() >= self._large
        chores = []
        for number in np.flatnonzero(eligible & large).tolist():
            borrower = book.accounts[number]
            if timestamp > self._marked.get(borrower, -self._expiry) + self._expiry:
                chores.append(self._chore("mark", borrower))
        healthy = [borrower for borrower in self._marked if not eligible[book.index[borrower]]]
        return chores + [self._chore("clear", borrower) for borrower in healthy]

    def _chore(self, function: str, borrower: str) -> Chore:
        data = artifact(CONTRACT).encode(function, borrower)
        note = {"account": borrower}
        return Chore(f"{function} {borrower} {self.address}", "auction", self.address, data, MARK_GAS, note)
