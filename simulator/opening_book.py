"""The positions that a scenario starts with: drawn, or read from a CSV."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from .book_file import read_accounts
from .book_settings import CsvBook
from .errors import ScenarioError
from .mechanisms.margins.tiered import TieredMargins
from .randomness import stream
from .scenario import Scenario
from .settings import SyntheticBook
from .units import FEED_SCALE

__all__ = ["LeftOut", "OpeningBook", "OpeningPosition", "opening_book", "opening_positions"]


@dataclass(frozen=True, slots=True)
class OpeningPosition:
    """One account: token units by asset name; `lines` of the file that it stands in."""

    name: str
    collateral: Mapping[str, int]
    debt: Mapping[str, int]
    lines: tuple[int, ...] = field(default=(), compare=False)

    @property
    def account(self) -> str:
        """Its name in the file, or its number."""
        return self.name.split("/", 2)[2]


class LeftOut(NamedTuple):
    """An account of a file that is not opened, and why; dollars."""

    account: str
    reason: str  # "holds nothing", "owes less than the least" or one of `BEYOND`
    debt_usd: float
    collateral_usd: float
    lines: tuple[int, ...]


class OpeningBook(NamedTuple):
    """What is opened, and what of a file is not."""

    positions: list[OpeningPosition]
    left_out: list[LeftOut]


def opening_positions(scenario: Scenario, protocol: str, prices: Mapping[str, int]) -> list[OpeningPosition]:
    """Positions of `protocol`; see `opening_book`."""
    return opening_book(scenario, protocol, prices).positions


def opening_book(scenario: Scenario, protocol: str, prices: Mapping[str, int]) -> OpeningBook:
    """Positions of `protocol`, and what of its file is left out.

    Parameters
    ----------
    prices : first prices by asset, eight decimals

    Raises
    ------
    ScenarioError : a CSV that does not hold, or more debt than the collateral or the pool allows
    """
    book = scenario.protocols[protocol].positions
    worth = _Worth(scenario, protocol, prices)
    if isinstance(book, CsvBook):
        read = _read(scenario, protocol, book)
        kept, left_out = _kept(read, book, worth)
    else:
        kept, left_out = _draw(scenario, protocol, book, prices), []
        _refuse(f"protocols.{protocol}.positions", [one for one in kept if worth.too_much(one)], worth)
    _refuse_more_than_the_pool_has(scenario, protocol, kept, worth)
    return OpeningBook(kept, left_out)


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
BEYOND = ("owes too much", "owes without collateral")
NAMED = 10
"""Lines or accounts that a complaint about many of them names."""


class _Worth:
    """Dollars of a protocol's positions at first prices."""

    def __init__(self, scenario: Scenario, protocol: str, prices: Mapping[str, int]) -> None:
        self._settings = scenario.protocols[protocol]
        self._prices = {a: (prices[a], FEED_SCALE * 10 ** scenario.assets[a].decimals) for a in self._settings.assets}

    def of(self, amounts: Mapping[str, int]) -> dict[str, float]:
        return {asset: units * self._prices[asset][0] / self._prices[asset][1] for asset, units in amounts.items()}

    def debt(self, position: OpeningPosition) -> float:
        return sum(self.of(position.debt).values())

    def collateral(self, position: OpeningPosition) -> float:
        """Of what counts as collateral."""
        listed = self._settings.assets
        return sum(worth for asset, worth in self.of(position.collateral).items() if listed[asset].loan_to_value)

    def limit(self, position: OpeningPosition) -> float:
        """What its collateral lets it borrow."""
        return sum(
            self._counted(asset, worth) * float(self._settings.opening(asset).loan_to_value)
            for asset, worth in self.of(position.collateral).items()
        )

    def _counted(self, asset: str, worth: float) -> float:
        """`worth` less what tiers take off the margins."""
        margins = self._settings.margins
        tiers = margins.tiers.get(asset, ()) if isinstance(margins, TieredMargins) else ()
        counted = start = 0.0
        for tier in tiers:
            end = worth if tier.up_to is None else min(worth, float(tier.up_to))
            counted, start = counted + max(0.0, end - start) * (1 - float(tier.haircut)), max(start, end)
        return counted if tiers else worth

    def too_much(self, position: OpeningPosition) -> bool:
        debt = self.debt(position)
        return debt > 0 and debt > self.limit(position) * CLOSE


def _read(scenario: Scenario, protocol: str, book: CsvBook) -> list[OpeningPosition]:
    decimals = {asset: scenario.assets[asset].decimals for asset in scenario.protocols[protocol].assets}
    accounts = read_accounts(scenario.path(book.csv), book, decimals, f"protocols.{protocol}")
    return [
        OpeningPosition(f"position/{protocol}/{one.account}", one.collateral, one.debt, tuple(one.lines))
        for one in accounts
    ]


def _kept(read: list[OpeningPosition], book: CsvBook, worth: _Worth) -> tuple[list[OpeningPosition], list[LeftOut]]:
    """What of a file is opened, and the rest with the reason."""
    protocol = read[0].name.split("/")[1]
    kept, left_out, beyond = [], [], []
    for one in read:
        reason = _reason(one, book, worth)
        if reason is None:
            kept.append(one)
            continue
        if reason in BEYOND:
            beyond.append(one)
        left_out.append(LeftOut(one.account, reason, worth.debt(one), worth.collateral(one), one.lines))
    if book.beyond_limit == "refuse":
        _refuse(f"protocols.{protocol}.positions", beyond, worth, book.csv)
    if not kept:
        raise ScenarioError(
            f"{book.csv}, {len(read):,} accounts", "are all left out", "Lower minimum_debt, or correct the rows"
        )
    return kept, left_out


def _reason(position: OpeningPosition, book: CsvBook, worth: _Worth) -> str | None:
    """Why a position of a file is not opened."""
    if not any(position.collateral.values()) and not any(position.debt.values()):
        return "holds nothing"
    if worth.debt(position) < float(book.minimum_debt):
        return "owes less than the least"
    if worth.too_much(position):
        return BEYOND[0] if worth.collateral(position) else BEYOND[1]
    return None


def _refuse(place: str, beyond: list[OpeningPosition], worth: _Worth, file: str = "") -> None:
    """Complain about positions that owe more than they may borrow: the first in full, others by line."""
    if not beyond:
        return
    first, others = beyond[0], beyond[1:]
    where = f" ({file}, {_lines([first])})" if file else ""
    more = ""
    if others:
        total, listed = sum(worth.debt(one) for one in others), _lines(others) if file else ""
        more = f"; so must the debt of {len(others):,} more, ${total:,.2f} in all{f': {listed}' if file else ''}"
    remedy = "Raise its collateral or loan_to_value, or lower its debt"
    raise ScenarioError(
        f"{place}, account {first.account}, debt ${worth.debt(first):,.2f}{where}",
        f"must be below what its collateral lets it borrow (${worth.limit(first):,.2f}){more}",
        f"{remedy}; or leave such accounts out with {place}.beyond_limit=drop, or open them with opened_under"
        if file
        else remedy,
    )


def _lines(positions: list[OpeningPosition]) -> str:
    numbers = sorted(number for one in positions for number in one.lines)
    shown = ", ".join(f"{number}" for number in numbers[:NAMED])
    return f"line{'s' if len(numbers) > 1 else ''} {shown}{', …' if len(numbers) > NAMED else ''}"


def _refuse_more_than_the_pool_has(
    scenario: Scenario, protocol: str, positions: list[OpeningPosition], worth: _Worth
) -> None:
    """The pool can hold what they supply, and lend what they owe out of that and the lenders' money."""
    for asset, listed in scenario.protocols[protocol].assets.items():
        held = sum(worth.of({asset: one.collateral.get(asset, 0)})[asset] for one in positions)
        owed = sum(worth.of({asset: one.debt.get(asset, 0)})[asset] for one in positions)
        lenders, place = float(listed.supplied), f"protocols.{protocol}.assets.{asset}"
        own = f", and ${held:,.0f} by the accounts" if held else ""
        limits = (
            (owed, lenders + held, "debt", f"can lend (${lenders:,.0f} supplied{own})", "supplied"),
            (owed, float(listed.borrow_cap), "debt", f"may lend (${listed.borrow_cap:,.0f})", "borrow_cap"),
            (lenders + held, float(listed.supply_cap), "supply", f"may take (${listed.supply_cap:,.0f})", "supply_cap"),
        )
        for total, limit, side, rule, setting in limits:
            if total > limit:
                value = f"protocols.{protocol}.positions, {asset} {side} ${total:,.0f}"
                units = "; token units in the file need positions.amounts=raw" if setting == "supply_cap" else ""
                raise ScenarioError(value, f"is more than the pool {rule}", f"Raise {place}.{setting}{units}")
