"""File → frozen, validated scenario."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from .agent_settings import (
    ArbitrageurSettings,
    BorrowerSettings,
    DepositorSettings,
    FlashLoan,
    HousekeeperSettings,
    LiquidatorSettings,
)
from .errors import ScenarioError
from .events import Background, Event, LiquidityWithdrawal, ListedMargins, ParameterChange
from .fields import Model, Name
from .mechanisms.liquidations.stability_pool import StabilityPool
from .refusals import refusal
from .scenario_file import SCENARIOS, names, override, read, replace
from .scenario_references import unknown_names
from .settings import (
    AssetSettings,
    ChainSettings,
    CsvBook,
    OutsideSettings,
    ProtocolSettings,
    SyntheticBook,
    VenueSettings,
)
from .venue_settings import venue_problems

__all__ = ["SCENARIOS", "Scenario", "load", "names"]

WRITTEN = (
    *("blocks.csv", "transactions.csv", "liquidations.csv", "accounts.csv"),
    *("runs.csv", "compare.csv", "sweep.csv"),
)
"""Results that are written beside the scenario and the CSVs that it names."""
FIXED = ("name", "seed", "book_seed", "variant", "variants", "folder", "csv_folders")
"""What no variant replaces: with another seed its runs would not be paired with those of the others."""


class Scenario(Model):
    """One run, entirely: what a reviewer edits.

    `variants` are overlays by name: settings by path, as ``--set`` names them, and `variant` says which one of another
    scenario's this is. `folder` is where relative CSV paths start, unless `csv_folders` names another for a file.
    """

    name: Name
    description: str
    notes: str = ""
    seed: Annotated[int, Field(ge=0)]
    book_seed: Annotated[int, Field(ge=0)] | None = None  # of the positions and of who watches them; default: seed
    allow_toxic: bool = False
    chain: ChainSettings
    assets: dict[Name, AssetSettings]
    outside: OutsideSettings
    venues: dict[Name, VenueSettings]
    protocols: dict[Name, ProtocolSettings]
    liquidators: tuple[LiquidatorSettings, ...] = ()
    arbitrageurs: tuple[ArbitrageurSettings, ...] = ()
    housekeepers: tuple[HousekeeperSettings, ...] = ()
    depositors: tuple[DepositorSettings, ...] = ()
    borrowers: BorrowerSettings | None = None
    background: Background | None = None
    events: tuple[Event, ...] = ()
    variants: dict[Name, dict[str, Any]] = Field(default_factory=dict)
    variant: Name | None = None
    folder: Annotated[str, Field(exclude=True)] = str(SCENARIOS)
    csv_folders: dict[str, str] = Field(default_factory=dict, exclude=True)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for problem in self._problems():
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterable[str]:
        yield from unknown_names(self)
        yield from self._clashes()
        yield from self._keepers()
        yield from self._changes()
        for name, asset in self.assets.items():
            for problem in asset.price.problems(self.chain.blocks, float(self.chain.block_time)):
                yield f"assets.{name}.price: {problem}"
        for number, event in enumerate(self.events):
            if event.at >= self.chain.blocks:
                yield f"events[{number}].at {event.at} is after the last block; lower it or raise chain.blocks"
        for name, protocol in self.protocols.items():
            yield from self._toxic(name, protocol)
            yield from self._lendable(name, protocol)

    def _lendable(self, name: str, protocol: ProtocolSettings) -> Iterable[str]:
        book, place = protocol.positions, f"protocols.{name}.positions.total_debt"
        if not isinstance(book, SyntheticBook):
            return
        listed, owed = protocol.assets[book.debt], book.total_debt * sum(book.held.values())
        if owed > listed.supplied:
            yield (
                f"{place} ${book.total_debt} is more than the pool can lend "
                f"(${listed.supplied} of {book.debt} supplied); raise supplied or lower total_debt"
            )
        if owed > listed.borrow_cap:
            yield f"{place} ${book.total_debt} is more than borrow_cap ${listed.borrow_cap} allows; raise the cap"

    def _clashes(self) -> Iterable[str]:
        """Names that must differ."""
        groups = (self.liquidators, self.arbitrageurs, self.housekeepers, self.depositors)
        agents = [one.name for group in groups for one in group]
        for name in sorted({name for name in agents if agents.count(name) > 1}):
            yield f"agent name {name} is used twice; give each its own"
        for name, venue in self.venues.items():
            if venue.base == venue.quote:
                yield f"venues.{name} trades {venue.base} for itself; name two assets"
        yield from venue_problems(self.venues)
        for number, event in enumerate(self.events):
            if isinstance(event, LiquidityWithdrawal) and self.venues[event.venue].kind == "split":
                yield f"events[{number}].venue {event.venue} is a split and has no liquidity; name one it is over"
        for name in self._own_files():
            if name in WRITTEN:
                yield f"{name} is the name of a result; rename the CSV"

    def _keepers(self) -> Iterable[str]:
        """Who cannot work for the protocols that they serve."""
        styles = {name: one.liquidation.mechanism().style for name, one in self.protocols.items()}
        for group in self.liquidators:
            served = group.protocols or tuple(self.protocols)
            kinds = {styles[name]: self.protocols[name].liquidation.kind for name in served}
            place = f"liquidators.{group.name}"
            if "offset" in kinds:
                pools = ", ".join(name for name in served if styles[name] == "offset")
                yield f"{place} serves {pools}, whose stability pool needs no liquidator; name other protocols, or none"
            if len(kinds) > 1:
                yield f"{place} serves both {' and '.join(kinds.values())}; make a group for each"
            homes = {self.protocols[name].kind for name in served}
            if len(homes) > 1 and isinstance(group.capital, FlashLoan):
                yield f"{place}: one contract knows one of {' and '.join(sorted(homes))}; make a group for each"
            if "english" in kinds and isinstance(group.capital, FlashLoan):
                yield f"{place}: a bid in an english_auction lies there longer than a flash_loan; give it an inventory"
        for depositor in self.depositors:
            protocol, place = self.protocols[depositor.protocol], f"depositors.{depositor.name}"
            if not isinstance(protocol.liquidation, StabilityPool):
                yield f"{place}.protocol {depositor.protocol} has no stability pool; name one that has"
            elif self.venues[depositor.venue].base not in set(protocol.collateral()) - {protocol.liquidation.debt}:
                yield f"{place}.venue {depositor.venue} does not sell what they gain; name one that does"

    def _changes(self) -> Iterable[str]:
        for number, margins in self.changes().items():
            place = f"events[{number}]"
            if margins.loan_to_value > margins.liquidation_threshold:
                yield f"{place} sets loan_to_value above liquidation_threshold; lower it or raise the threshold"
            if margins.liquidation_threshold * (1 + margins.liquidation_bonus) >= 1 and not self.allow_toxic:
                yield f"{place} makes liquidations toxic; lower one of the two, or set allow_toxic: true"

    def _toxic(self, name: str, protocol: ProtocolSettings) -> Iterable[str]:
        for asset, listed in protocol.assets.items():
            product = listed.liquidation_threshold * (1 + listed.liquidation_bonus)
            if product >= 1 and not self.allow_toxic:
                yield (
                    f"protocols.{name}.assets.{asset}: liquidation_threshold x (1 + liquidation_bonus) = {product:.4f} "
                    "is 1 or more: every liquidation would lower the health; lower one, or set allow_toxic: true"
                )

    def changes(self) -> dict[int, ListedMargins]:
        """Margins that each parameter change leads to, by its number among the events, in the order of time."""
        chosen = [(number, event) for number, event in enumerate(self.events) if isinstance(event, ParameterChange)]
        last: dict[tuple[str, str], ListedMargins] = {}
        after = {}
        for number, event in sorted(chosen, key=lambda one: one[1].at):
            key, listed = (event.protocol, event.asset), self.protocols[event.protocol].assets[event.asset]
            before = ListedMargins(listed.loan_to_value, listed.liquidation_threshold, listed.liquidation_bonus)
            after[number] = last[key] = event.replaced(last.get(key, before))
        return after

    @property
    def drawn_from(self) -> int:
        """Seed of the position books, so that many runs may begin with one book."""
        return self.seed if self.book_seed is None else self.book_seed

    @property
    def underlying(self) -> dict[str, str]:
        """What each asset's price follows, itself where nothing else is named."""
        return {name: asset.underlying or name for name, asset in self.assets.items()}

    @property
    def label(self) -> str:
        """Its name, and that of the variant: what its results are filed under."""
        return f"{self.name}-{self.variant}" if self.variant else self.name

    def of_variant(self, name: str) -> Scenario:
        """The scenario of one variant.

        Raises
        ------
        ScenarioError : there is none of this name, or it does not hold
        """
        if name not in self.variants:
            known = ", ".join(self.variants) or "none"
            raise ScenarioError(f"variant {name}", f"is not among those of {self.name} ({known})", "Choose one of them")
        try:
            return self.replaced(self.variants[name]).model_copy(update={"variant": name})
        except ScenarioError as error:
            raise ScenarioError(f"variants.{name}: {error.value}", error.rule, error.remedy) from error

    def replaced(self, settings: Mapping[str, Any]) -> Scenario:
        """A copy without variants, with settings by path replaced.

        Raises
        ------
        ScenarioError : a path leads nowhere, is fixed, or the scenario would not hold
        """
        raw = self.model_dump(mode="json", exclude={"variants"})
        for path, value in settings.items():
            if path.partition(".")[0] in FIXED:
                raise ScenarioError(path, "must be the same in all runs that are compared", "Leave it out")
            replace(raw, path, value, path)
        return parse({**raw, "folder": self.folder, "csv_folders": self.csv_folders})

    def files(self) -> list[str]:
        """CSV files that the scenario or one of its variants names."""
        variants = [self.of_variant(name) for name in self.variants]
        return list(dict.fromkeys(name for one in (self, *variants) for name in one._own_files()))

    def _own_files(self) -> Iterable[str]:
        prices = [getattr(asset.price, "csv", None) for asset in self.assets.values()]
        books = [one.positions.csv for one in self.protocols.values() if isinstance(one.positions, CsvBook)]
        fee = self.background.fee if self.background else None
        return (name for name in (*prices, *books, getattr(fee, "csv", None)) if name)

    def path(self, name: str) -> Path:
        """A file that the scenario names, in the folder of the file that named it."""
        return Path(self.csv_folders.get(name, self.folder)) / name

    def to_yaml(self) -> str:
        """The scenario, fully resolved, as a file that gives the same run."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=110)


def load(
    source: str | Path, *, seed: int | None = None, overrides: Sequence[str] = (), variant: str | None = None
) -> Scenario:
    """Read a shipped scenario by name, or a file by path.

    Parameters
    ----------
    source : name or path
    seed : replaces the file's
    overrides : ``key.path=value``, values as YAML; they apply before a variant does
    variant : of its variants this one

    Raises
    ------
    ScenarioError : value, rule and remedy
    """
    settings, folder, csv_folders = read(source)
    for one in overrides:
        override(settings, one)
    if seed is not None:
        settings["seed"] = seed
    scenario = parse({**settings, "folder": str(folder), "csv_folders": csv_folders})
    return scenario if variant is None else scenario.of_variant(variant)


def parse(raw: dict[str, Any]) -> Scenario:
    """Validate a mapping, each of its variants too; see `load`."""
    try:
        scenario = Scenario.model_validate(raw)
    except ValidationError as error:
        raise refusal(raw, error, "scenario", "Correct it in the scenario or with --set") from error
    for name in scenario.variants:
        scenario.of_variant(name)
    return scenario
