"""Names that settings refer to: each must be among what the scenario has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from .agent_settings import LiquidatorSettings
from .fields import Model, Reference
from .settings import AssetSettings, ProtocolSettings, VenueSettings

__all__ = ["Named", "unknown_names"]

OWN = "constant_product"
"""The kind of venue whose contract is our own."""


class Named(Protocol):
    """What of a scenario can be referred to."""

    @property
    def assets(self) -> Mapping[str, AssetSettings]:
        """By name."""
        ...

    @property
    def venues(self) -> Mapping[str, VenueSettings]:
        """By name."""
        ...

    @property
    def protocols(self) -> Mapping[str, ProtocolSettings]:
        """By name."""
        ...

    @property
    def liquidators(self) -> Sequence[LiquidatorSettings]:
        """Each has a name."""
        ...


def unknown_names(scenario: Named) -> Iterable[str]:
    """What each setting that names something missing breaks; models tell by `Model.references` what they name."""
    for place, reference, home in _walk(scenario, "", ""):
        kind, choices = _choices(scenario, reference, home)
        if reference.name not in choices:
            fix = "give the asset a price" if kind == "assets" else "name one of them"
            yield f"{place}: {reference.name} is not among {kind} ({', '.join(choices) or 'none'}); {fix}"


def _walk(part: Any, place: str, home: str) -> Iterator[tuple[str, Reference, str]]:
    """Place and reference of `part` and all its parts, and the protocol that they belong to, if to any."""
    if isinstance(part, Model):
        for reference in part.references():
            yield f"{place}.{reference.setting}", reference, home
        inside = home or (place.partition(".")[2] if isinstance(part, ProtocolSettings) else "")
        for name in type(part).model_fields:
            yield from _walk(getattr(part, name), f"{place}.{name}".lstrip("."), inside)
    elif isinstance(part, dict):
        for name, one in part.items():
            yield from _walk(one, f"{place}.{name}", home)
    elif isinstance(part, tuple):
        for number, one in enumerate(part):
            called = getattr(one, "name", None)
            yield from _walk(one, f"{place}.{called}" if called else f"{place}[{number}]", home)


def _choices(scenario: Named, reference: Reference, home: str) -> tuple[str, Collection[str]]:
    """What a reference may name, in words and one by one."""
    kind, of = reference.kind, reference.of
    listing = home or (of if kind == "assets" else "")
    if kind in ("protocols", "liquidators"):
        return kind, list(scenario.protocols) if kind == "protocols" else [one.name for one in scenario.liquidators]
    listed = scenario.protocols[listing].assets if listing in scenario.protocols else scenario.assets
    if kind == "feeds":
        owners = [scenario.assets[asset] for asset in ([of] if of else listed) if asset in scenario.assets]
        return f"further feeds of {of or home}", list(dict.fromkeys(feed for one in owners for feed in one.feeds))
    if kind in ("venues", "pools"):
        called, pairs = "venues", {name: {venue.base, venue.quote} for name, venue in scenario.venues.items()}
        if kind == "pools" and reference.name in pairs and scenario.venues[reference.name].kind != OWN:
            called = f"venues of kind {OWN}"
            pairs = {name: pair for name, pair in pairs.items() if scenario.venues[name].kind == OWN}
        if not home or reference.name not in pairs:
            return called, pairs
        fitting = [name for name, pair in pairs.items() if pair <= set(listed) and (not of or of in pair)]
        return f"{called} between assets of {home}{f' that trade {of}' if of else ''}", fitting
    return f"assets of {listing}" if listing else "assets", list(listed)
