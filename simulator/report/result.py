"""What a run gives back: tables, figures, and the folder that they are written to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..accounts import ACCOUNT_COLUMNS
from ..following import Followed
from ..measurements import BLOCK_COLUMNS
from ..outcomes import ATTEMPT_COLUMNS, TRANSACTION_COLUMNS
from ..scenario import Scenario
from ..simulation import Run
from .deficits import DEFICIT_COLUMNS, STEPS, deficit_rows
from .files import write_all
from .summary import summarise

__all__ = ["Result", "result_of"]


@dataclass(frozen=True)
class Result:
    """One finished or interrupted run.

    Attributes
    ----------
    blocks, transactions, liquidations : one row a block, a transaction, an attempt at a liquidation
    accounts : one row an account, as it was at the start and at the end
    deficits : one row for each account that left a deficit, with its cause
    followed : what was noted of accounts near the line
    summary : figures of ``summary.json``
    timing : what depends on the machine
    """

    scenario: Scenario
    blocks: pd.DataFrame
    transactions: pd.DataFrame
    liquidations: pd.DataFrame
    accounts: pd.DataFrame
    deficits: pd.DataFrame
    followed: Followed
    summary: Mapping[str, Any]
    timing: Mapping[str, Any]

    def write(self, folder: Path) -> None:
        """Write everything into `folder`, each file whole or not at all.

        Raises
        ------
        InputError : the folder cannot be written
        """
        names = ("blocks", "transactions", "liquidations", "accounts", "deficits")
        tables = {name: getattr(self, name) for name in names}
        figures = {"summary": self.summary, "timing": self.timing}
        write_all(folder, self.scenario, tables, figures)
        (folder / "report.html").unlink(missing_ok=True)  # of other rows

    def deficits_told(self) -> list[dict[str, Any]]:
        """Accounts that left a deficit, in plain values, without the blocks by cause."""
        columns = [name for name in self.deficits if not str(name).startswith("blocks_")]
        plain = self.deficits[columns].astype(object)
        rows = plain.where(plain.notna(), None).to_dict("records")
        return [{str(name): value for name, value in row.items()} for row in rows]


def result_of(run: Run, timing: Mapping[str, Any]) -> Result:
    """Tables and figures of a run, up to its last whole block."""
    whole = len(run.measurements.blocks)
    last = whole if run.stopped_by else whole + 1  # what is left in the mempool at the end is dropped after it

    def table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
        kept = [row for row in rows if row.get("step", 0) < last]
        frame = pd.DataFrame(kept, columns=None if kept else list(columns))
        return frame.astype({name: "Int64" for name in INTEGERS if name in frame})

    outcomes = run.measurements.outcomes
    blocks = table(run.measurements.blocks, BLOCK_COLUMNS)
    transactions = table(outcomes.transactions, TRANSACTION_COLUMNS)
    attempts = table(outcomes.attempts, ATTEMPT_COLUMNS)
    summary = summarise(run, blocks, transactions, attempts)
    accounts = pd.DataFrame(run.measurements.accounts.rows(), columns=list(ACCOUNT_COLUMNS))
    followed = run.measurements.following.record
    deficits = table(deficit_rows(followed, whole), DEFICIT_COLUMNS)
    return Result(run.scenario, blocks, transactions, attempts, accounts, deficits, followed, summary, timing)


INTEGERS = ("index", "delay_blocks", "recorded_at", *STEPS)
"""Columns that may be empty and are whole numbers otherwise."""
