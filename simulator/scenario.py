"""File → frozen, validated scenario."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from .errors import ScenarioError
from .events import Background, Event, ParameterChange
from .fields import Model, Name
from .settings import (
    ArbitrageurSettings,
    AssetSettings,
    BorrowerSettings,
    Candles,
    ChainSettings,
    CsvBook,
    HousekeeperSettings,
    LiquidatorSettings,
    OutsideSettings,
    ProtocolSettings,
    SyntheticBook,
    VenueSettings,
)

__all__ = ["SCENARIOS", "Scenario", "load", "names"]

SCENARIOS = Path(__file__).parent / "scenarios"
WRITTEN = ("blocks.csv", "transactions.csv", "liquidations.csv")
"""Results that are written beside the scenario and the CSVs that it names."""


class Scenario(Model):
    """One run, entirely: what a reviewer edits. `folder` is where relative CSV paths start."""

    name: Name
    description: str
    notes: str = ""
    seed: Annotated[int, Field(ge=0)]
    allow_toxic: bool = False
    chain: ChainSettings
    assets: dict[Name, AssetSettings]
    outside: OutsideSettings
    venues: dict[Name, VenueSettings]
    protocols: dict[Name, ProtocolSettings]
    liquidators: tuple[LiquidatorSettings, ...] = ()
    arbitrageurs: tuple[ArbitrageurSettings, ...] = ()
    housekeepers: tuple[HousekeeperSettings, ...] = ()
    borrowers: BorrowerSettings | None = None
    background: Background | None = None
    events: tuple[Event, ...] = ()
    folder: Annotated[str, Field(exclude=True)] = str(SCENARIOS)

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        for problem in self._problems():
            raise ValueError(problem)
        return self

    def _problems(self) -> Iterable[str]:
        yield from self._unknown_names()
        yield from self._clashes()
        for number, event in enumerate(self.events):
            if event.at >= self.chain.blocks:
                yield f"events[{number}].at {event.at} is after the last block; lower it or raise chain.blocks"
            if isinstance(event, ParameterChange):
                yield from self._change(number, event)
        for name, protocol in self.protocols.items():
            yield from self._toxic(name, protocol)
            book = protocol.positions
            if isinstance(book, SyntheticBook) and book.debt in protocol.assets:
                lendable = protocol.assets[book.debt].supplied
                if book.total_debt > lendable:
                    yield (
                        f"protocols.{name}.positions.total_debt ${book.total_debt} is more than the pool can lend "
                        f"(${lendable} of {book.debt} supplied); raise supplied or lower total_debt"
                    )

    def _clashes(self) -> Iterable[str]:
        """Names that must differ."""
        agents = [one.name for one in self.liquidators] + [one.name for one in self.arbitrageurs]
        for name in sorted({name for name in agents if agents.count(name) > 1}):
            yield f"agent name {name} is used twice; give each its own"
        for name, venue in self.venues.items():
            if venue.base == venue.quote:
                yield f"venues.{name} trades {venue.base} for itself; name two assets"
        for name in self.files():
            if name in WRITTEN:
                yield f"{name} is the name of a result; rename the CSV"

    def _change(self, number: int, event: ParameterChange) -> Iterable[str]:
        """What margins a parameter change leads to."""
        listed = self.protocols[event.protocol].assets[event.asset] if not list(self._unknown_names()) else None
        if listed is None:
            return
        named = event.model_dump(include={"loan_to_value", "liquidation_threshold", "liquidation_bonus"})
        after = {key: getattr(listed, key) if getattr(event, key) is None else getattr(event, key) for key in named}
        if after["loan_to_value"] > after["liquidation_threshold"]:
            yield f"events[{number}] sets loan_to_value above liquidation_threshold; lower it or raise the threshold"
        if after["liquidation_threshold"] * (1 + after["liquidation_bonus"]) >= 1 and not self.allow_toxic:
            yield f"events[{number}] makes liquidations toxic; lower one of the two, or set allow_toxic: true"

    def _toxic(self, name: str, protocol: ProtocolSettings) -> Iterable[str]:
        for asset, listed in protocol.assets.items():
            product = listed.liquidation_threshold * (1 + listed.liquidation_bonus)
            if product >= 1 and not self.allow_toxic:
                yield (
                    f"protocols.{name}.assets.{asset}: liquidation_threshold x (1 + liquidation_bonus) = {product:.4f} "
                    "is 1 or more: every liquidation would lower the health; lower one, or set allow_toxic: true"
                )

    def _unknown_names(self) -> Iterable[str]:
        known: dict[str, Any] = {"assets": self.assets, "venues": self.venues, "protocols": self.protocols}
        keepers = {keeper.name: keeper for keeper in self.liquidators}
        for place, kind, name in self._references():
            choices: dict[str, Any] = known.get(kind, keepers)
            if kind.startswith("assets of "):
                choices = self.protocols[kind.removeprefix("assets of ")].assets
            if name not in choices:
                fix = "give the asset a price" if kind == "assets" else "name one of them"
                yield f"{place}: {name} is not among {kind} ({', '.join(choices) or 'none'}); {fix}"

    def _references(self) -> Iterable[tuple[str, str, str]]:
        yield "chain.native", "assets", self.chain.native
        for name, venue in self.venues.items():
            yield f"venues.{name}.base", "assets", venue.base
            yield f"venues.{name}.quote", "assets", venue.quote
        for name, protocol in self.protocols.items():
            for asset in protocol.assets:
                yield f"protocols.{name}.assets", "assets", asset
            if isinstance(protocol.positions, SyntheticBook):
                yield f"protocols.{name}.positions.collateral", f"assets of {name}", protocol.positions.collateral
                yield f"protocols.{name}.positions.debt", f"assets of {name}", protocol.positions.debt
        for keeper in self.liquidators:
            yield f"liquidators.{keeper.name}.venue", "venues", keeper.venue
            for protocol_name in keeper.protocols:
                yield f"liquidators.{keeper.name}.protocols", "protocols", protocol_name
        for arbitrageur in self.arbitrageurs:
            yield f"arbitrageurs.{arbitrageur.name}.venue", "venues", arbitrageur.venue
        for number, event in enumerate(self.events):
            for kind in ("asset", "venue", "protocol"):
                if hasattr(event, kind):
                    yield f"events[{number}].{kind}", f"{kind}s", getattr(event, kind)
            if isinstance(event, ParameterChange) and event.protocol in self.protocols:
                yield f"events[{number}].asset", f"assets of {event.protocol}", event.asset
            for keeper_name in getattr(event, "liquidators", ()):
                yield f"events[{number}].liquidators", "liquidators", keeper_name

    def files(self) -> list[str]:
        """CSV files that the scenario names."""
        prices = [asset.price.csv for asset in self.assets.values() if isinstance(asset.price, Candles)]
        books = [one.positions.csv for one in self.protocols.values() if isinstance(one.positions, CsvBook)]
        fee = self.background.fee if self.background else None
        return list(dict.fromkeys(name for name in (*prices, *books, getattr(fee, "csv", None)) if name))

    def path(self, name: str) -> Path:
        """A file that the scenario names, relative to its own folder."""
        return Path(self.folder) / name

    def to_yaml(self) -> str:
        """The scenario, fully resolved, as a file that gives the same run."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=110)


def names() -> list[str]:
    """Shipped scenarios."""
    return sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


def load(source: str | Path, *, seed: int | None = None, overrides: Sequence[str] = ()) -> Scenario:
    """Read a shipped scenario by name, or a file by path.

    Parameters
    ----------
    source : name or path
    seed : replaces the file's
    overrides : ``key.path=value``, values as YAML

    Raises
    ------
    ScenarioError : value, rule and remedy
    """
    path = Path(source) if str(source).endswith((".yaml", ".yml")) else SCENARIOS / f"{source}.yaml"
    if not path.is_file():
        raise ScenarioError(f"scenario {source}", "no such scenario or file", f"Choose one of {', '.join(names())}")
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ScenarioError(str(path), "must be readable YAML", " ".join(str(error).split())) from error
    if not isinstance(raw, dict):
        raise ScenarioError(str(path), "must be a mapping of settings", "Start from a shipped scenario")
    raw = _unshared(raw)
    for override in overrides:
        _override(raw, override)
    if seed is not None:
        raw["seed"] = seed
    return parse({**raw, "folder": str(path.resolve().parent)})


def _unshared(raw: Any) -> Any:
    """A copy in which what YAML aliases share is separate, so that an override changes one place."""
    if isinstance(raw, dict):
        return {key: _unshared(value) for key, value in raw.items()}
    return [_unshared(value) for value in raw] if isinstance(raw, list) else raw


def parse(raw: dict[str, Any]) -> Scenario:
    """Validate a mapping; see `load`."""
    try:
        return Scenario.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = _place(raw, first["loc"]) or "scenario"
        given = first["input"]
        shown = f" = {given!r}" if isinstance(given, str | int | float | bool) else ""
        rule = first["msg"].removeprefix("Value error, ")
        if first["type"] == "extra_forbidden":
            raise ScenarioError(place, "unknown key", "Check its spelling against docs/scenarios.md") from error
        others = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
        raise ScenarioError(f"{place}{shown}", rule, f"Correct it in the scenario or with --set{others}") from error


def _place(raw: Any, location: Sequence[str | int]) -> str:
    """Path to a setting as ``--set`` takes it, without the kinds that pydantic adds for unions."""
    parts, last = [], len(location) - 1
    for number, part in enumerate(location):
        inside = part in raw if isinstance(raw, dict) else isinstance(raw, list | tuple) and isinstance(part, int)
        if inside or number == last:
            parts.append(str(part))
        if inside:
            raw = raw[part]
    return ".".join(parts)


def _override(raw: dict[str, Any], override: str) -> None:
    """Set one ``key.path=value`` in place; list entries are named by number or by their ``name``."""
    path, equals, text = override.partition("=")
    if not equals:
        raise ScenarioError(f"--set {override}", "must read key.path=value", "For example --set outside.depth=infinite")
    try:
        value = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ScenarioError(f"--set {override}", "the value must be YAML", "Close brackets and quotes") from error
    target: Any = raw
    *parents, leaf = path.split(".")
    for part in parents:
        target = target[_key(target, part, override)]
    if isinstance(target, dict):
        target[leaf] = value
    else:
        target[_key(target, leaf, override)] = value


def _key(target: Any, part: str, override: str) -> Any:
    """Key or number under which `target` holds `part`."""
    if isinstance(target, list):
        for number, entry in enumerate(target):
            if part == str(number) or (isinstance(entry, dict) and entry.get("name") == part):
                return number
    elif isinstance(target, dict) and part in target:
        return part
    raise ScenarioError(f"--set {override}", f"no setting called {part}", "Check the path against the scenario file")
