"""Why an account left a deficit: which obstacle came first while a liquidation could still have met it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from itertools import takewhile
from typing import NamedTuple

from .following import WAITING, Attempt, Followed

__all__ = ["CAUSES", "Case", "Moment", "Verdict", "attribute", "cases"]

CAUSES = (
    *("no_room", "fee_policy", "capital", "slippage", "oracle"),
    *("guard", "rules", "outage", "reverted", "unserved"),
    "price_gap",
)
"""All causes. Of several that hold in one block the first in this order counts for it."""
MATERIAL = 1 / 3
"""An obstacle decides if it held for more than this share of the time that there was: others have cost more."""
GONE = ("did_not_fit", "expired")
DECLINED = {
    "capital": "capital",
    "slippage": "slippage",
    "waiting": "rules",
    "outage": "outage",
}
"""Cause by the reason for which a keeper declined; of the others it depends."""
LEFT_OUT = {"queue": "fee_policy"}
"""Cause by what kept an attempt out, where it has another name: a keeper orders and prices its own queue."""
NEUTRAL = frozenset({"NotLiquidatable", "NoDebt", "NoCollateral", "NotHealthy", "PositionGone"})
"""Errors of attempts on an account that others had reached first."""
ERRORS = {
    **dict.fromkeys(
        ("Unprofitable", "InsufficientOutput", "OutputBelowMinimum", "InsufficientCollateralOut", "PriceTooHigh"),
        "slippage",
    ),
    **dict.fromkeys(("StalePrice", "NoPriceYet", "QuorumMissed", "PriceDiverges", "InvalidAnswer"), "oracle"),
    **dict.fromkeys(("LiquidationPaused", "SpeedLimitExceeded"), "guard"),
    **dict.fromkeys(("LeavesDust", "NoPartLeft", "NeedsRestart", "CollateralRatioTooLow"), "rules"),
    **dict.fromkeys(("ERC20InsufficientBalance", "InsufficientLiquidity", "NoDeposits"), "capital"),
}
"""Cause by the decoded error of an attempt; of "NothingSeizable" it depends, any other is "reverted"."""


Key = tuple[str, str]
"""Protocol and address."""


class Moment(NamedTuple):
    """One account near the line as a block is built; dollars at outside prices."""

    step: int
    health: float
    outside_health: float
    collateral_usd: float
    debt_usd: float
    eligible: bool
    late: bool
    loss_usd: float  # of lenders, were it liquidated whole now; negative: what is to spare


class Case(NamedTuple):
    """What is known of one account; `declined` are (step, keeper, reason).

    `stuck` says what kept most of a keeper's attempts, on any account, out of a block; `full` are the steps of blocks
    that left somebody out.
    """

    style: str
    guarded: bool
    slack: float
    moments: Sequence[Moment]
    attempts: Sequence[Attempt]
    declined: Sequence[tuple[int, str, str]]
    stuck: Mapping[tuple[int, str], str]
    full: Set[int]


class Verdict(NamedTuple):
    """Why, and since when; None: never. `held` counts the blocks for which each obstacle held the account.

    `lost_since`: no liquidation could make lenders whole any more; `decided_since`: it would have left half of the
    deficit at least.
    """

    cause: str
    below_outside_since: int | None
    eligible_since: int | None
    lost_since: int | None
    decided_since: int | None
    first_attempt: int | None
    held: Mapping[str, int]


def cases(record: Followed, wanted: Iterable[Key]) -> dict[Key, Case]:
    """What a run recorded about (protocol, address) pairs, in their order."""
    keys, stuck = dict.fromkeys(wanted), _stuck(record)
    moments: dict[Key, list[Moment]] = {key: [] for key in keys}
    attempts: dict[Key, list[Attempt]] = {key: [] for key in keys}
    declined: dict[Key, list[tuple[int, str, str]]] = {key: [] for key in keys}
    numbered = {(name, record.addresses[name].index(address)): (name, address) for name, address in keys}
    for seen in record.seen:
        for number, *values in zip(*(column.tolist() for column in seen[2:]), strict=True):
            if (key := numbered.get((seen.protocol, number))) is not None:
                moments[key].append(Moment(seen.step, *values))
    for attempt in record.attempts:
        if (key := (attempt.protocol, attempt.account)) in keys:
            attempts[key].append(attempt)
    for step, keeper, reasons in record.declined:
        for protocol, account, reason in reasons:
            for key in [(protocol, account)] if account else [one for one in keys if one[0] == protocol]:
                if key in keys:
                    declined[key].append((step, keeper, reason))
    return {
        key: Case(
            *(record.styles[key[0]], key[0] in record.guarded, record.slack[key[0]]),
            *(moments[key], attempts[key], declined[key]),
            *(stuck, record.full),
        )
        for key in keys
    }


def _stuck(record: Followed) -> dict[tuple[int, str], str]:
    counts: dict[tuple[int, str], Counter[str]] = {}
    for one in record.attempts:
        if one.outcome == WAITING:
            counts.setdefault((one.step, one.keeper), Counter())[one.left_out] += 1
    return {key: count.most_common(1)[0][0] for key, count in counts.items()}


def attribute(case: Case, until: int, deficit: float) -> Verdict:
    """Cause of a `deficit` (dollars) that was recorded in block `until`, or that stood when the run ended before it.

    Notes
    -----
    The account's last spell near the line is read: the blocks without a gap up to `until`. The time in which it could
    have been met runs from the block after the first of them, since nobody can act on a price before the block after,
    to the one before the deficit was decided: before a liquidation of all of it would have left half as much or more,
    for good. The first obstacle that held it for more than a third of this time is the cause; the longest if none did.
    Without any it is a price gap. What would have left less to the end was sold below its worth: at the price of an
    oracle below the market, or in an auction, where what kept others from bidding counts.
    """
    spell = _spell([one for one in case.moments if one.step <= until])
    decided = _since(spell, deficit / 2)
    time = spell[1 : len(spell) if decided is None else decided]
    below_worth = bool(spell) and decided is None
    obstacles = _Obstacles(case)
    held = [why for one in time if one.eligible or not below_worth if (why := obstacles.of(one)) is not None]
    lost = _since(spell, 0.0)
    eligible = next((one.step for one in spell if one.eligible), None)
    return Verdict(
        "oracle" if below_worth and case.style == "spread" else _first(held, len(time), below_worth),
        next((one.step for one in spell if one.outside_health < 1 - case.slack), None),
        None if eligible is None else max(eligible - 1, 0),
        None if lost is None else spell[lost].step,
        None if decided is None else spell[decided].step,
        min((one.sent for one in case.attempts if spell and one.step >= spell[0].step), default=None),
        {cause: held.count(cause) for cause in CAUSES},
    )


def _since(spell: Sequence[Moment], loss: float) -> int | None:
    """Place from which on more than `loss` would have been lost, to the end of the spell."""
    last = len(list(takewhile(lambda one: one.loss_usd > loss, reversed(spell))))
    return len(spell) - last if last else None


def _spell(moments: Sequence[Moment]) -> Sequence[Moment]:
    """The last moments without a gap."""
    start = len(moments)
    while start > 0 and (start == len(moments) or moments[start].step == moments[start - 1].step + 1):
        start -= 1
    return moments[start:]


def _first(held: Sequence[str], blocks: int, below_worth: bool) -> str:
    """The first that held for long enough, or the longest; none: a gap, or the rules of a sale below worth."""
    counts = Counter(held)
    for cause, count in counts.items():  # in the order in which each first held
        if count > MATERIAL * blocks:
            return cause
    longest = counts.most_common(1)
    return longest[0][0] if longest else "rules" if below_worth else "price_gap"


class _Obstacles:
    """What held one account in a block."""

    def __init__(self, case: Case) -> None:
        self._case = case
        self._attempts: dict[int, list[Attempt]] = {}
        self._declined: dict[int, set[tuple[str, str]]] = {}
        self._left_out = {one.serial: one.left_out for one in case.attempts if one.outcome == WAITING}
        for attempt in case.attempts:
            self._attempts.setdefault(attempt.step, []).append(attempt)
        for step, keeper, reason in case.declined:
            self._declined.setdefault(step, set()).add((keeper, reason))

    def of(self, moment: Moment) -> str | None:
        """The obstacle, or None: a liquidation landed or is on its way, or the account was reached by others."""
        if not moment.eligible:
            return "oracle" if moment.late else None
        tried = self._attempts.get(moment.step, [])
        if any(one.outcome == "landed" for one in tried):
            return None
        found = {why for one in tried if (why := self._failed(one)) is not None}
        found |= {self._why_declined(*one, moment) for one in self._declined.get(moment.step, ())}
        if found:
            return min(found, key=CAUSES.index)
        under_way = any(one.sent <= moment.step < one.arrived for one in self._case.attempts)
        return (
            None if tried or under_way else {"spread": "unserved", "offset": "capital"}.get(self._case.style, "rules")
        )

    def _failed(self, attempt: Attempt) -> str | None:
        if attempt.outcome == WAITING:
            return LEFT_OUT.get(attempt.left_out, attempt.left_out)
        if attempt.outcome in GONE:
            left_out = self._left_out.get(attempt.serial, "fee_policy")
            return LEFT_OUT.get(left_out, left_out)
        error = attempt.error.partition("(")[0]
        if attempt.outcome != "reverted" or error in NEUTRAL:
            return None
        if error == "NothingSeizable":
            return "guard" if self._case.guarded else "rules"
        return ERRORS.get(error, "reverted")

    def _why_declined(self, keeper: str, reason: str, moment: Moment) -> str:
        if reason == "in_flight":
            why = self._case.stuck.get((moment.step, keeper), "capital")
            return LEFT_OUT.get(why, why)
        if reason == "overpriced":
            return "oracle" if moment.late else "price_gap"
        if reason == "gas":
            return "no_room" if moment.step in self._case.full else "rules"
        if reason == "refused":
            return "guard" if self._case.guarded else "rules"
        return DECLINED[reason]
