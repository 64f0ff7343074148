"""The story of one account: what each block near the line did to it, who tried, who declined, and how it ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from .attribution import Case, Moment, cases
from .errors import InputError
from .following import WAITING, Attempt
from .report import Result
from .roster import Roster
from .scenario import Scenario

__all__ = ["Story", "account_of", "story"]

PREFIX = "position/"
NEAR_NAMES = 3


@dataclass(frozen=True)
class Story:
    """One account in one run.

    Attributes
    ----------
    account : name; `collateral` is the asset whose prices are told
    blocks : one mapping for each block with something to tell: step, timestamp, the prices `outside`, `oracle` and
        `pool` (None where there is none), `health`, `outside_health`, `collateral_usd`, `debt_usd`, `eligible` (all as
        the block was built), `full`, `transactions`, `declined` (keepers by reason), `attempts` (mined, dropped or
        waiting), `alike` (following blocks that tell the same) and `until` (the last of them)
    deficit : its row of ``deficits.csv``, None where it left none
    repaid_usd, liquidations : what was repaid, in how many liquidations
    """

    account: str
    collateral: str
    blocks: list[dict[str, Any]]
    deficit: Mapping[str, Any] | None
    repaid_usd: float
    liquidations: int


def account_of(scenario: Scenario, name: str) -> str:
    """The full name of an account: ``position/main/17`` for itself or for ``main/17``.

    Raises
    ------
    InputError : no such account; tells the nearest names
    """
    known = {owner.name: owner.name for owner in Roster.of(scenario).positions}
    known |= {full.removeprefix(PREFIX): full for full in known}
    if name in known:
        return known[name]
    near = get_close_matches(
        name.removeprefix(PREFIX), [one for one in known if not one.startswith(PREFIX)], NEAR_NAMES
    )
    remedy = f"The nearest: {', '.join(near)}. " if near else ""
    rule = f"no such account among the {len(known) // 2} of {scenario.label}"
    raise InputError(f"--account {name}", rule, f"{remedy}Leave it out to list those with a deficit")


def story(result: Result, account: str) -> Story:
    """Tell what a run did to an account.

    Raises
    ------
    InputError : no such account
    """
    name = account_of(result.scenario, account)
    protocol = name.split("/")[1]
    followed = result.followed
    address = followed.addresses[protocol][followed.owners[protocol].index(name)]
    case = cases(followed, [(protocol, address)])[protocol, address]
    rows = result.deficits[result.deficits["account"] == name].to_dict("records")
    tried = result.liquidations[result.liquidations.get("account", result.liquidations["protocol"]) == address]
    landed = tried[tried["outcome"] == "landed"]
    assets = tried["collateral_asset"].tolist() if len(tried) else []
    collateral = assets[0] if assets else _collateral(result.scenario, protocol)
    return Story(
        name,
        collateral,
        _alike(list(_blocks(result, protocol, collateral, case))),
        {str(key): value for key, value in rows[0].items()} if rows else None,
        float(landed["debt_repaid_usd"].sum()),
        len(landed),
    )


def _collateral(scenario: Scenario, protocol: str) -> str:
    """The asset that a venue sells and that counts as collateral; else the first listed."""
    listed = scenario.protocols[protocol].assets
    sold = [venue.base for venue in scenario.venues.values() if venue.base in listed]
    return (sold or list(listed))[0]


def _blocks(result: Result, protocol: str, collateral: str, case: Case) -> Iterator[dict[str, Any]]:
    """One mapping for each block in which the account was near the line or somebody tried."""
    moments = {one.step: one for one in case.moments}
    attempts: dict[int, list[Attempt]] = {}
    for attempt in case.attempts:
        attempts.setdefault(attempt.step, []).append(attempt)
    declined: dict[int, Counter[str]] = {}
    for step, _, reason in dict.fromkeys(case.declined):  # a bidder declines each lot
        if step in moments and moments[step].eligible:
            declined.setdefault(step, Counter())[reason] += 1
    venues = [name for name, venue in result.scenario.venues.items() if venue.base == collateral]
    before: Mapping[Any, Any] = {}
    for row in result.blocks.to_dict("records"):
        step = row["step"]
        if step in moments or step in attempts:
            yield {
                "step": step,
                "timestamp": row["timestamp"],
                "outside": row[f"outside_{collateral}"],
                "oracle": before.get(f"price_{protocol}_{collateral}"),
                "pool": before.get(f"pool_{venues[0]}") if venues else None,
                **_state(moments.get(step)),
                "full": row["left_out"] > 0,
                "transactions": row["transactions"],
                "declined": dict(sorted(declined.get(step, Counter()).items())),
                "attempts": attempts.get(step, []),
            }
        before = row


def _state(moment: Moment | None) -> dict[str, Any]:
    names = ("health", "outside_health", "collateral_usd", "debt_usd", "eligible")
    return {name: getattr(moment, name) if moment else None for name in names}


def _alike(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put blocks that follow one another and tell the same into the first of them."""
    told: list[dict[str, Any]] = []
    for block in blocks:
        last = told[-1] if told else None
        if last and block["step"] == last["step"] + last["alike"] + 1 and _news(block) == _news(last):
            last |= {"alike": last["alike"] + 1, "until": block}
        else:
            told.append({**block, "alike": 0, "until": None})
    return told


def _news(block: Mapping[str, Any]) -> object:
    """What makes a block worth telling; each is its own where something was mined or dropped."""
    attempts: list[Attempt] = block["attempts"]
    if any(one.outcome != WAITING for one in attempts):
        return object()
    return block["eligible"], block["declined"], [(one.serial, one.left_out) for one in attempts]
