"""The positions that a scenario starts with: drawn, or read from a CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from .errors import ScenarioError
from .randomness import stream
from .scenario import Scenario
from .settings import CsvBook, ProtocolSettings, SyntheticBook
from .tables import read_csv

__all__ = ["OpeningPosition", "opening_positions"]


@dataclass(frozen=True, slots=True)
class OpeningPosition:
    """One account: token units by asset name."""

    name: str
    collateral: Mapping[str, int]
    debt: Mapping[str, int]


def opening_positions(scenario: Scenario, protocol: str, prices: Mapping[str, int]) -> list[OpeningPosition]:
    """Positions of `protocol`.

    Parameters
    ----------
    prices : first prices by asset, eight decimals

    Raises
    ------
    ScenarioError : a CSV that does not hold, or more debt than the collateral or the pool allows
    """
    settings = scenario.protocols[protocol]
    book = settings.positions
    if isinstance(book, CsvBook):
        positions = _read(scenario, protocol, settings, book)
    else:
        positions = _draw(scenario, protocol, book, prices)
    _check(scenario, protocol, settings, positions, prices)
    return positions


def _draw(scenario: Scenario, protocol: str, book: SyntheticBook, prices: Mapping[str, int]) -> list[OpeningPosition]:
    rng = stream(scenario.drawn_from, f"positions/{book.drawn_as or protocol}")
    chosen = book.loan_to_value
    mean, spread = float(chosen.mean / chosen.maximum), float(chosen.deviation / chosen.maximum)
    weight = mean * (1 - mean) / spread**2 - 1
    ratios = float(chosen.maximum) * rng.beta(mean * weight, (1 - mean) * weight, book.count)
    ratios = np.maximum(ratios, 0.01)
    sizes = rng.lognormal(0.0, book.size_sigma, book.count)
    floor = float(book.minimum_debt)
    debts = floor + sizes / sizes.sum() * (float(book.total_debt) - floor * book.count)
    if debts.min() < floor:
        raise ScenarioError(
            f"protocols.{protocol}.positions.minimum_debt ${book.minimum_debt}",
            f"times count {book.count} exceeds total_debt ${book.total_debt}",
            "Lower it",
        )
    part = sum(book.held.values())
    debt_unit = 10 ** scenario.assets[book.debt].decimals
    positions = []
    for number, (debt, ratio) in enumerate(zip(debts, ratios, strict=True)):
        owed = int(debt * float(part) * 1e8) * debt_unit // prices[book.debt]
        held = {
            asset: int(debt / ratio * float(share) * 1e8) * 10 ** scenario.assets[asset].decimals // prices[asset] + 1
            for asset, share in book.held.items()
        }
        positions.append(OpeningPosition(f"position/{protocol}/{number}", held, {book.debt: owed}))
    return positions


CLOSE = 1 - 1e-9
"""A position exactly at its limit cannot be opened: the pool rounds collateral down and debt up."""
COLUMNS = ("account", "collateral_asset", "collateral", "debt_asset", "debt")


def _read(scenario: Scenario, protocol: str, settings: ProtocolSettings, book: CsvBook) -> list[OpeningPosition]:
    sides: dict[str, tuple[dict[str, int], dict[str, int]]] = {}
    for row in read_csv(scenario.path(book.csv), COLUMNS):
        held = sides.setdefault(row["account"], ({}, {}))
        for side, kind in zip(held, ("collateral", "debt"), strict=True):
            asset = row[f"{kind}_asset"]
            if not asset and row[kind] in ("", "0"):
                continue
            if asset not in settings.assets:
                raise row.wrong(f"{kind}_asset", f"must be one of {', '.join(settings.assets)}")
            side[asset] = side.get(asset, 0) + int(row.number(kind) * 10 ** scenario.assets[asset].decimals)
    if not sides:
        raise ScenarioError(book.csv, "must hold at least one position", "Add rows")
    return [
        OpeningPosition(f"position/{protocol}/{account}", collateral, debt)
        for account, (collateral, debt) in sides.items()
    ]


def _check(
    scenario: Scenario,
    protocol: str,
    settings: ProtocolSettings,
    positions: list[OpeningPosition],
    prices: Mapping[str, int],
) -> None:
    """Every position can be opened, and the pool can lend what they owe."""

    def value(amounts: Mapping[str, int]) -> dict[str, float]:
        return {a: n / 10 ** scenario.assets[a].decimals * prices[a] / 1e8 for a, n in amounts.items()}

    owed: dict[str, float] = {}
    for position in positions:
        limit = sum(
            worth * float(settings.opening(asset).loan_to_value) for asset, worth in value(position.collateral).items()
        )
        debts = value(position.debt)
        if sum(debts.values()) > limit * CLOSE:
            account = position.name.rpartition("/")[2]
            raise ScenarioError(
                f"protocols.{protocol}.positions, account {account}, debt ${sum(debts.values()):,.2f}",
                f"must be below what its collateral lets it borrow (${limit:,.2f})",
                "Raise its collateral or loan_to_value, or lower its debt",
            )
        for asset, worth in debts.items():
            owed[asset] = owed.get(asset, 0.0) + worth
    for asset, total in owed.items():
        supplied = float(settings.assets[asset].supplied)
        if total > supplied:
            raise ScenarioError(
                f"protocols.{protocol}.positions, {asset} debt ${total:,.0f}",
                f"is more than the pool can lend (${supplied:,.0f} supplied)",
                f"Raise protocols.{protocol}.assets.{asset}.supplied",
            )
