"""How a file of positions is read: its columns, amounts and names, and what of it is left out."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from .fields import Amount, CsvName, Model, Name

__all__ = ["BookColumns", "CsvBook", "spelled"]

ADDRESS = re.compile(r"0[xX][0-9a-fA-F]{40}")
Column = Annotated[str, Field(min_length=1)]


def spelled(name: str) -> str:
    """An account's or asset's name as it is compared: addresses without regard to case, other names as they are."""
    text = name.strip()
    return text.lower() if ADDRESS.fullmatch(text) else text


class BookColumns(Model):
    """Columns of a file with one row for each account and asset."""

    account: Column
    asset: Column
    supplied: Column
    borrowed: Column

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        if len(set(self.names)) < len(self.names):
            raise ValueError("one column cannot mean two things; name four")
        return self

    @property
    def names(self) -> tuple[str, str, str, str]:
        """All four, in that order."""
        return self.account, self.asset, self.supplied, self.borrowed


class CsvBook(Model):
    """Positions of a file.

    Without `columns` it holds account,collateral_asset,collateral,debt_asset,debt; rows of an account are added up.
    With them it holds one row for each account and asset, and a second one is refused unless `repeats` is ``add``.

    `amounts` are whole tokens or, ``raw``, token units; `symbols` maps what the file calls an asset (a symbol or a
    token's address) to the scenario's name for it. Accounts that owe more than they may borrow are refused or, with
    `beyond_limit: drop`, left out; so are those that owe less than `minimum_debt`.
    """

    kind: Literal["csv"]
    csv: CsvName
    columns: BookColumns | None = None
    amounts: Literal["whole", "raw"] = "whole"
    symbols: dict[str, Name] = Field(default_factory=dict)
    repeats: Literal["refuse", "add"] | None = None
    beyond_limit: Literal["refuse", "drop"] = "refuse"
    minimum_debt: Amount = Decimal(0)

    @field_validator("symbols")
    @classmethod
    def _spelled(cls, symbols: dict[str, str]) -> dict[str, str]:
        found = {spelled(symbol): asset for symbol, asset in symbols.items()}
        if len(found) < len(symbols):
            raise ValueError("names one address twice; keep one of them")
        return found

    @property
    def adds(self) -> bool:
        """Whether several rows of one account and asset are added up."""
        return self.repeats == "add" or (self.repeats is None and self.columns is None)
