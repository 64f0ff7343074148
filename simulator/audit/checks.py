"""What a proposal and its scenario must agree in before anything runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..errors import ScenarioError
from ..prices import OutsidePrices
from ..proposal import Change, Stress, overlap
from ..scenario import Scenario
from ..units import FEED_SCALE

__all__ = ["check_begins_alike", "check_from", "check_stress"]


def check_from(base: Scenario, number: int, change: Change) -> None:
    """A change starts from what the scenario has.

    Raises
    ------
    ScenarioError : it does not, or there is no such setting
    """
    place = f"changes[{number}]: {change.path}"
    try:
        same = base.replaced({change.path: change.from_}) == base
    except ScenarioError as error:
        if change.path not in error.value:
            raise ScenarioError(f"{place}: from {change.from_}", error.rule, "Correct the proposal") from error
        raise ScenarioError(f"{place}: {error.value}", error.rule, "Correct the proposal") from error
    if not same:
        rule = f"is {_value_at(base.model_dump(mode='json'), change.path)} in scenario {base.name}, not {change.from_}"
        raise ScenarioError(place, rule, "Bring `from` up to date, or name the scenario that is meant")


def _value_at(settings: Any, path: str) -> Any:
    for part in path.split("."):
        if isinstance(settings, list):
            named = [one for one in settings if isinstance(one, dict) and one.get("name") == part]
            settings = settings[int(part)] if part.isdigit() else named[0]
        else:
            settings = settings.get(part, "not set")
    return settings


def check_stress(changes: Iterable[Change], stress: Stress) -> None:
    """No stress replaces what a change sets: it would undo it.

    Raises
    ------
    ScenarioError : one does
    """
    for change in changes:
        for path in stress.settings:
            if overlap(path, change.path):
                rule = f"would undo the change of {change.path}"
                raise ScenarioError(
                    f"stress {stress.name}: {path}", rule, "Leave it out of the stress, or of the changes"
                )


def check_begins_alike(market: Scenario, scenario: Scenario) -> None:
    """A stress begins with the market's book at the market's prices, whatever the seed; its prices can be made.

    Raises
    ------
    ScenarioError : it does not, or a price model or a file does not hold
    """
    for name in scenario.files():
        if not scenario.path(name).is_file():
            raise ScenarioError(name, "must be a readable CSV", f"Put it beside the proposal or into {scenario.folder}")
    first = OutsidePrices(market).control_at(0)
    for seed in (scenario.seed, scenario.seed + 1):
        for asset, price in OutsidePrices(scenario.model_copy(update={"seed": seed})).control_at(0).items():
            if price != first.get(asset):
                rule = (
                    f"is ${price / FEED_SCALE:,.2f} at block 0, in the market ${first.get(asset, 0) / FEED_SCALE:,.2f}"
                )
                remedy = "Let it start there, with `start` or model: replay"
                raise ScenarioError(f"assets.{asset}.price", rule, remedy)
    for name, protocol in market.protocols.items():
        if scenario.protocols[name].positions != protocol.positions:
            raise ScenarioError(f"protocols.{name}.positions", "must be the market's in every stress", "Leave it out")
