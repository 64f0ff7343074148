"""What a run gives back: tables, figures, and the folder that they are written to."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError
from ..measurements import BLOCK_COLUMNS
from ..outcomes import ATTEMPT_COLUMNS, TRANSACTION_COLUMNS
from ..scenario import Scenario
from ..simulation import Run
from .summary import summarise

__all__ = ["Result", "check_folder", "result_of"]


@dataclass(frozen=True)
class Result:
    """One finished or interrupted run.

    Attributes
    ----------
    blocks, transactions, liquidations : one row a block, a transaction, an attempt at a liquidation
    summary : figures of ``summary.json``
    timing : what depends on the machine
    """

    scenario: Scenario
    blocks: pd.DataFrame
    transactions: pd.DataFrame
    liquidations: pd.DataFrame
    summary: Mapping[str, Any]
    timing: Mapping[str, Any]

    def write(self, folder: Path) -> None:
        """Write everything into `folder`, each file whole or not at all.

        Raises
        ------
        InputError : the folder cannot be written
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _replace(folder / "scenario.yaml", self.scenario.to_yaml())
            for name in self.scenario.files():
                _replace(folder / name, self.scenario.path(name).read_text(encoding="utf-8"))
            for name, table in (
                ("blocks", self.blocks),
                ("transactions", self.transactions),
                ("liquidations", self.liquidations),
            ):
                _replace(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
            _replace(folder / "summary.json", _json(self.summary))
            _replace(folder / "timing.json", _json(self.timing))
        except OSError as error:
            raise InputError(
                f"--out {folder}", f"cannot be written ({error.strerror})", "Choose another one"
            ) from error


def check_folder(folder: Path) -> None:
    """Refuse, before a run, a folder that could not be written after it.

    Raises
    ------
    InputError : it is a file, or its nearest existing parent is not writable
    """
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise InputError(f"--out {folder}", f"{nearest} is not a folder that can be written", "Choose another folder")


def result_of(run: Run, timing: Mapping[str, Any]) -> Result:
    """Tables and figures of a run, up to its last whole block."""
    whole = len(run.measurements.blocks)
    last = whole if run.stopped_by else whole + 1  # what is left in the mempool at the end is dropped after it

    def table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
        kept = [row for row in rows if row["step"] < last]
        frame = pd.DataFrame(kept, columns=None if kept else list(columns))
        return frame.astype({name: "Int64" for name in INTEGERS if name in frame})

    outcomes = run.measurements.outcomes
    blocks = table(run.measurements.blocks, BLOCK_COLUMNS)
    transactions = table(outcomes.transactions, TRANSACTION_COLUMNS)
    attempts = table(outcomes.attempts, ATTEMPT_COLUMNS)
    summary = summarise(run, blocks, transactions, attempts)
    return Result(run.scenario, blocks, transactions, attempts, summary, timing)


INTEGERS = ("index", "eligible_since", "delay_blocks")
"""Columns that may be empty and are whole numbers otherwise."""


def _replace(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _json(figures: Mapping[str, Any]) -> str:
    return json.dumps(figures, indent=2, allow_nan=False) + "\n"
