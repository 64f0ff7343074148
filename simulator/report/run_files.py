"""The files of one run, read back and checked as far as a report needs them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from pydantic import BaseModel, ConfigDict, ValidationError

from ..accounts import ACCOUNT_COLUMNS
from ..errors import InputError, ScenarioError
from ..outcomes import ATTEMPT_COLUMNS, TRANSACTION_COLUMNS
from ..scenario import Scenario, load

__all__ = ["Loose", "RunFiles", "Summary", "again", "model_of", "read_run"]

BLOCK_NEEDS = (
    *("step", "timestamp", "base_fee_gwei", "gas_used", "left_out", "stalled", "deficit_usd"),
    *("waiting_accounts", "waiting_debt_usd", "late_accounts", "late_debt_usd", "eligible_accounts"),
)
ATTEMPT_NEEDS = (*ATTEMPT_COLUMNS, "error", "collateral_asset", "proceeds_usd")
TEXT = {
    *("agent", "kind", "outcome", "error", "liquidator", "protocol", "account", "address", "debt_asset"),
    *("collateral_asset", "induced"),
}
"""Columns that hold no numbers."""
LARGE = ("burnt_wei", "tipped_wei")
"""Columns whose whole numbers may be more than 64 bits hold: 18 of the native token in one block."""
Model = TypeVar("Model", bound=BaseModel)


class Loose(BaseModel):
    """What a report reads; whatever else there is stays unread."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Done(Loose):
    """Liquidations of a run."""

    count: int
    direct: int
    induced: int
    induced_share: float | None
    outcomes: dict[str, int]
    debt_repaid_usd: float
    collateral_seized_usd: float
    peak_slippage_bps: float | None
    median_delay_blocks: float | None
    p95_delay_blocks: float | None


class Late(Loose):
    """Debt that waited for more than ten minutes."""

    share: float | None
    never_liquidated_usd: float


class Price(Loose):
    """Lowest prices of an asset."""

    start: float
    outside_low: float | None
    control_low: float | None
    oracle_low: float | None
    pool_low: float | None
    overstatement_peak: float | None


class Gas(Loose):
    """What the blocks had no room for."""

    peak_base_fee_gwei: float
    full_blocks: int
    stalled_blocks: int


class Group(Loose):
    """Keepers of one name."""

    keepers: int
    attempts: int
    landed: int
    debt_repaid_usd: float
    profit_usd: float
    fees_paid_usd: float


class Keepers(Loose):
    """All keepers."""

    profit_usd: float
    groups: dict[str, Group]


class Losses(Loose):
    """Who lost what."""

    borrowers_usd: float
    suppliers_usd: float


class Summary(Loose):
    """Of ``summary.json`` what a report shows; docs/results.md defines each."""

    scenario: str
    variant: str | None
    seed: int
    engine: str
    complete: bool
    stopped_by: str
    blocks: int
    transactions: int
    amplification: float | None
    bad_debt_usd: float
    deficit_usd: float
    blocks_to_clear: int
    losses: Losses
    liquidations: Done
    late: Late
    prices: dict[str, Price]
    gas: Gas
    keepers: Keepers


@dataclass(frozen=True)
class RunFiles:
    """Rows and figures of one run; `title` is what its scenario is filed under."""

    scenario: Scenario
    summary: Summary
    blocks: pd.DataFrame
    transactions: pd.DataFrame
    liquidations: pd.DataFrame
    accounts: pd.DataFrame

    @property
    def landed(self) -> pd.DataFrame:
        """Attempts that succeeded."""
        return self.liquidations[self.liquidations["outcome"] == "landed"]


def read_run(folder: Path) -> RunFiles:
    """Read the files of a run.

    Raises
    ------
    InputError : one is missing, or does not hold what Undertow writes
    """
    summary = model_of(Summary, folder / "summary.json")
    needs = {"transactions": TRANSACTION_COLUMNS, "liquidations": ATTEMPT_NEEDS, "accounts": ACCOUNT_COLUMNS}
    blocks = _table(folder / "blocks.csv", BLOCK_NEEDS if summary.blocks else ("step",))
    others = {name: _table(folder / f"{name}.csv", columns) for name, columns in needs.items()}
    found = RunFiles(_scenario(folder / "scenario.yaml"), summary, blocks, **others)
    _agree(folder, found)
    return found


def _agree(folder: Path, run: RunFiles) -> None:
    """The tables have as many rows as the summary counted: none was cut off."""
    mined = int(run.transactions["index"].notna().sum())
    for name, rows, counted in (
        ("blocks", len(run.blocks), run.summary.blocks),
        ("transactions", mined, run.summary.transactions),
        ("liquidations", len(run.landed), run.summary.liquidations.count),
    ):
        if rows != counted:
            raise again(folder / f"{name}.csv", f"holds {rows:,} {name}, summary.json counts {counted:,}")
    if run.blocks[[name for name in BLOCK_NEEDS if name in run.blocks]].isna().any(axis=None):
        raise again(folder / "blocks.csv", "has an empty cell where a number must be")


def again(path: Path, rule: str) -> InputError:
    """A file of a folder that a report cannot be made from."""
    return InputError(str(path), rule, "Run it again, or name a folder that ape run scenario or ape run audit wrote")


def model_of(model: type[Model], path: Path) -> Model:
    """A JSON file as the model of what is needed of it."""
    try:
        return model.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise again(path, f"cannot be read ({error.strerror})") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise again(path, f"does not hold what Undertow writes ({place or 'all of it'}: {first['msg']})") from error
    except ValueError as error:
        raise again(path, f"is not JSON ({error})") from error


def _scenario(path: Path) -> Scenario:
    if not path.is_file():
        raise again(path, "is missing")
    try:
        return load(path)
    except ScenarioError as error:
        raise again(path, f"does not hold ({error.value}: {error.rule})") from error


def _table(path: Path, needed: Sequence[str]) -> pd.DataFrame:
    """A CSV with at least the columns `needed`; one without rows gets them all."""
    kinds: Any = dict.fromkeys(TEXT, str) | dict.fromkeys(LARGE, float)
    try:
        found = pd.read_csv(path, dtype=kinds, keep_default_na=False, na_values=[""])
    except OSError as error:
        raise again(path, f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise again(path, f"is not a table ({error})") from error
    missing = [name for name in needed if name not in found and len(found)]
    if missing:
        raise again(path, f"lacks {', '.join(missing)}")
    for name in found.columns:
        if name in TEXT:
            found[name] = found[name].fillna("")
        elif len(found) and found[name].notna().any() and not pd.api.types.is_numeric_dtype(found[name]):
            raise again(path, f"holds something else than numbers in {name}")
    if "induced" in found:
        found["induced"] = found["induced"] == "True"
    if len(found):
        return found
    return found.reindex(columns=[*needed]).astype({name: object for name in needed if name in TEXT})
