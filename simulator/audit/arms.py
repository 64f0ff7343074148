"""The arms of an audit: one market as it is, with all changes, and with each alone, under every stress."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ScenarioError
from ..proposal import Change, Proposal, Stress
from ..roster import senders_enough
from ..scenario import Scenario, load
from ..scenario_file import csv_names
from .checks import check_begins_alike, check_from, check_stress

__all__ = ["CURRENT", "PROPOSED", "Arm", "arms_of"]

CURRENT, PROPOSED = "current", "proposed"
MARGINS = ("loan_to_value", "liquidation_threshold")
"""Of an asset: what a book is opened under."""


@dataclass(frozen=True)
class Arm:
    """One design under audit.

    Attributes
    ----------
    name : "current", "proposed", or "alone 1" and so on
    changes : to the market as it is
    market : it with the changes, without any stress
    scenarios : what runs, by the name of the stress
    refused : why a change cannot stand alone; then there is nothing to run
    """

    name: str
    changes: Sequence[Change]
    market: Scenario
    scenarios: Mapping[str, Scenario]
    refused: str = ""


def arms_of(proposal: Proposal) -> list[Arm]:
    """Every arm, the market as it is first and the proposal second.

    All begin with the book that the scenario's own seed draws, opened under the margins of the market as it is.

    Raises
    ------
    ScenarioError : the scenario does not hold, has other values than the changes start from, or a stress cannot be set
    """
    base = _base(proposal)
    for number, change in enumerate(proposal.changes):
        check_from(base, number, change)
    for stress in proposal.stress.models:
        check_stress(proposal.changes, stress)
    base = _remembering(base, _changed(base, proposal.changes))
    arms = [_arm(proposal, base, CURRENT, ()), _arm(proposal, base, PROPOSED, proposal.changes)]
    if len(proposal.changes) > 1:
        for number, change in enumerate(proposal.changes, 1):
            arms.append(_alone(proposal, base, f"alone {number}", change))
    return arms


def _base(proposal: Proposal) -> Scenario:
    """The market as it is, over the horizon."""
    shipped = not proposal.scenario.endswith((".yaml", ".yml"))
    market = load(proposal.scenario if shipped else Path(proposal.folder) / proposal.scenario)
    settings: dict[str, Any] = {"allow_toxic": True}  # a report says so; nothing to report would be no help
    horizon = proposal.stress.horizon
    if horizon is not None:
        blocks, rest = divmod(horizon, market.chain.block_time)
        if rest:
            rule = f"must be whole blocks of {market.chain.block_time} s"
            raise ScenarioError(f"stress.horizon = {horizon} s", rule, "Round it")
        settings["chain.blocks"] = int(blocks)
    return market.replaced(settings).model_copy(update={"book_seed": market.drawn_from})


def _changed(market: Scenario, changes: Iterable[Change]) -> Scenario:
    try:
        return market.replaced({change.path: change.to for change in changes})
    except ScenarioError as error:
        raise ScenarioError(f"changes: {error.value}", error.rule, "Correct the proposal") from error


def _remembering(base: Scenario, proposed: Scenario) -> Scenario:
    """With the margins that the book was opened under, wherever the proposal has others.

    In every arm, so that all set-ups are equally long and no second of interest tells them apart.
    """
    settings: dict[str, Any] = {}
    for name, protocol in base.protocols.items():
        after = proposed.protocols[name].assets if name in proposed.protocols else {}
        for asset, listed in protocol.assets.items():
            margins = {margin: getattr(listed, margin) for margin in MARGINS}
            same = asset in after and margins == {margin: getattr(after[asset], margin) for margin in MARGINS}
            if not same and asset not in protocol.opened_under:
                settings[f"protocols.{name}.opened_under.{asset}"] = listed.model_dump(
                    mode="json", include=set(MARGINS)
                )
    return base.replaced(settings)


def _alone(proposal: Proposal, base: Scenario, name: str, change: Change) -> Arm:
    try:
        return _arm(proposal, base, name, (change,))
    except ScenarioError as error:
        return Arm(name, (change,), base, {}, refused=str(error))


def _arm(proposal: Proposal, base: Scenario, name: str, changes: Sequence[Change]) -> Arm:
    market = _changed(base, changes)
    stressed = {stress.name: _stressed(proposal, market, stress) for stress in proposal.stress.models}
    market, *scenarios = _same_crowd([market, *stressed.values()])
    return Arm(name, changes, market, dict(zip(stressed, scenarios, strict=True)))


def _stressed(proposal: Proposal, market: Scenario, stress: Stress) -> Scenario:
    """CSVs that the stress names lie beside the proposal, or else beside the scenario."""
    folder = Path(proposal.folder)
    beside = {name: proposal.folder for name in csv_names(stress.settings) if (folder / name).is_file()}
    for name in beside:
        if name in market.files() and market.path(name).resolve() != (folder / name).resolve():
            rule = f"is a file beside the proposal and one that scenario {market.name} names"
            raise ScenarioError(f"stress {stress.name}: {name}", rule, "Rename one of them")
    source = market.model_copy(update={"csv_folders": {**market.csv_folders, **beside}})
    try:
        scenario = source.replaced(stress.settings)
        check_begins_alike(market, scenario)
    except ScenarioError as error:
        raise ScenarioError(f"stress {stress.name}: {error.value}", error.rule, error.remedy) from error
    return scenario


def _same_crowd(scenarios: Sequence[Scenario]) -> list[Scenario]:
    """With as many senders of background demand as the busiest needs, so that one world serves all."""
    most = max(senders_enough(scenario) for scenario in scenarios)
    return [
        scenario
        if scenario.background is None or scenario.background.senders is not None
        else scenario.replaced({"background.senders": most})
        for scenario in scenarios
    ]
