"""Who left a deficit, how much, and why: the rows of ``deficits.csv``."""

from __future__ import annotations

from typing import Any

from ..attribution import CAUSES, Case, Verdict, attribute, cases
from ..following import Followed

__all__ = ["DEFICIT_COLUMNS", "STEPS", "deficit_rows"]

STEPS = ("below_outside_since", "eligible_since", "lost_since", "decided_since", "first_attempt")
DEFICIT_COLUMNS = (
    *("protocol", "account", "address", "bad_debt_usd", "recorded_usd", "shortfall_usd", "cause"),
    *(*STEPS, "recorded_at", "attempts", "landed", "reverted"),
    *("health", "outside_health", "debt_usd", "collateral_usd"),
    *(f"blocks_{cause}" for cause in CAUSES),
)


def deficit_rows(record: Followed, blocks: int) -> list[dict[str, Any]]:
    """One row for each account that left a deficit in a run of so many whole blocks, largest first."""
    recorded: dict[tuple[str, str], float] = {}
    first: dict[tuple[str, str], int] = {}
    for one in record.written_off:
        key = (one.protocol, one.account)
        recorded[key] = recorded.get(key, 0.0) + one.dollars
        first.setdefault(key, one.step)
    wanted = dict.fromkeys((*recorded, *record.shortfalls))
    rows = []
    for key, case in cases(record, wanted).items():
        parts = (recorded.get(key, 0.0), record.shortfalls.get(key, 0.0))
        at = first.get(key)
        rows.append(_row(record, key, parts, at, case, attribute(case, blocks if at is None else at, sum(parts))))
    return sorted(rows, key=lambda row: (-row["bad_debt_usd"], row["protocol"], row["account"]))


def _row(
    record: Followed,
    key: tuple[str, str],
    parts: tuple[float, float],
    recorded_at: int | None,
    case: Case,
    verdict: Verdict,
) -> dict[str, Any]:
    protocol, address = key
    owner = record.owners[protocol][record.addresses[protocol].index(address)]
    start = verdict.below_outside_since if verdict.below_outside_since is not None else verdict.eligible_since
    since = next((one for one in case.moments if start is not None and one.step >= start), None)
    tried = [one for one in case.attempts if one.kind == "liquidation"]
    return {
        "protocol": protocol,
        "account": owner,
        "address": address,
        "bad_debt_usd": sum(parts),
        "recorded_usd": parts[0],
        "shortfall_usd": parts[1],
        "cause": verdict.cause,
        **{name: getattr(verdict, name) for name in STEPS},
        "recorded_at": recorded_at,
        "attempts": len({one.serial for one in tried}),
        "landed": sum(one.outcome == "landed" for one in tried),
        "reverted": sum(one.outcome in ("reverted", "outbid") for one in tried),
        "health": None if since is None else since.health,
        "outside_health": None if since is None else since.outside_health,
        "debt_usd": None if since is None else since.debt_usd,
        "collateral_usd": None if since is None else since.collateral_usd,
        **{f"blocks_{cause}": verdict.held[cause] for cause in CAUSES},
    }
