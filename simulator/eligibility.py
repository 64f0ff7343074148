"""Since when each account may be liquidated, what is late, and whether the fall outside alone would have done it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .adapters import LendingProtocol

__all__ = ["LATE_SECONDS", "Eligibility", "Unliquidated"]

LATE_SECONDS = 600
NEVER = -1
NEAR = 1e-6
"""Relative slack round a health of one: interest of a few blocks, which the control path does not carry."""


@dataclass(frozen=True, slots=True)
class Unliquidated:
    """Debt that was eligible and that nobody liquidated before it recovered, or before the run ended."""

    protocol: str
    account: str
    since: int
    until: int
    debt_usd: float


class Eligibility:
    """Episodes of eligibility of every account of every protocol.

    Parameters
    ----------
    protocols : by name
    control : (blocks, assets) control prices in quote units
    assets : names of its columns
    block_time : seconds

    Attributes
    ----------
    control : prices of blocks to come may be replaced
    """

    def __init__(
        self,
        protocols: Mapping[str, LendingProtocol],
        control: NDArray[np.float64],
        assets: Sequence[str],
        block_time: int,
    ) -> None:
        self._late_blocks = LATE_SECONDS / block_time
        self._protocols, self.control = protocols, control
        self._columns = {asset: column for column, asset in enumerate(assets)}
        self._since = {name: np.full(len(one.book.accounts), NEVER) for name, one in protocols.items()}
        self._dollars = {name: np.zeros(len(one.book.accounts)) for name, one in protocols.items()}
        self._before: dict[tuple[str, str], tuple[NDArray[np.float64], NDArray[np.float64]]] = {}  # covered, owed
        self.unliquidated: list[Unliquidated] = []
        self.update(0)

    def since(self, protocol: str, account: str) -> int | None:
        """Step at whose end the account became eligible, if it is."""
        step = int(self._since[protocol][self._protocols[protocol].book.index[account]])
        return None if step == NEVER else step

    def count(self) -> int:
        """Accounts eligible at the end of the last block."""
        return int(sum((since != NEVER).sum() for since in self._since.values()))

    def remember(self, liquidated: Iterable[tuple[str, str]]) -> None:
        """Keep the positions of (protocol, account) as they were before the block that liquidates them."""
        self._before = {}
        for name, account in liquidated:
            book = self._protocols[name].book
            number = book.index[account]
            self._before[name, account] = (book.supplies()[number] * book.thresholds_of(number), book.debts()[number])

    def induced(self, protocol: str, account: str, step: int) -> bool:
        """Whether no control price up to `step` would have made the remembered position eligible."""
        book = self._protocols[protocol].book
        covered, owed = self._before[protocol, account]
        control = self.control[: step + 1, [self._columns[asset] for asset in book.assets]]
        return not bool(np.any(control @ covered < control @ owed * (1 + NEAR)))

    def update(self, step: int) -> None:
        """Begin and end episodes after a block; those that end without a liquidation are noted."""
        for name, protocol in self._protocols.items():
            book, since, dollars = protocol.book, self._since[name], self._dollars[name]
            eligible = book.eligible()
            for number in np.flatnonzero(~eligible & (since != NEVER)).tolist():
                if (name, book.accounts[number]) not in self._before:
                    self._note(name, number, step)
            since[~eligible] = NEVER
            since[eligible & (since == NEVER)] = step
            dollars[:] = np.where(eligible, protocol.closable(book.health(), book.debt_values()), 0.0)

    def finish(self, step: int) -> None:
        """Note what is still eligible at the end."""
        for name, since in self._since.items():
            for number in np.flatnonzero(since != NEVER).tolist():
                self._note(name, number, step)

    def _note(self, name: str, number: int, step: int) -> None:
        account, since = self._protocols[name].book.accounts[number], int(self._since[name][number])
        self.unliquidated.append(Unliquidated(name, account, since, step, float(self._dollars[name][number])))

    def columns(self, step: int) -> dict[str, Any]:
        """Accounts and debt eligible, waiting (eligible before this block too), late, and in the toxic zone."""
        row: dict[str, Any] = {}
        for kind in ("eligible", "waiting", "late", "toxic"):
            row |= {f"{kind}_accounts": 0, f"{kind}_debt_usd": 0.0}
        for name, protocol in self._protocols.items():
            since, debts = self._since[name], protocol.book.debt_values()
            eligible = since != NEVER
            masks = {
                "eligible": eligible,
                "waiting": eligible & (since < step),
                "late": eligible & (step - since > self._late_blocks),
                "toxic": protocol.book.toxic(),
            }
            for kind, mask in masks.items():
                row[f"{kind}_accounts"] += int(mask.sum())
                row[f"{kind}_debt_usd"] += float(debts[mask].sum())
        return row

    def shortfall(self) -> float:
        """Bad debt not yet realised: dollars by which accounts owe more than they hold, at oracle prices."""
        return sum(float(one.book.shortfalls().sum()) for one in self._protocols.values())
