"""The run that went worst under the proposal, again and in full, in the market as it is and under the proposal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..errors import ChainError
from ..montecarlo import Outcome
from ..running import run_on
from ..stages import Stages
from .arms import PROPOSED
from .plan import Plan

__all__ = ["rerun_worst"]


def rerun_worst(plan: Plan, values: Mapping[str, Sequence[Outcome]]) -> None:
    """Write its rows into ``worst/current`` and ``worst/proposed``: most bad debt, then most amplification."""
    known = [run for run, outcome in zip(plan.runs, values[PROPOSED], strict=True) if not outcome.fault]
    if not known:
        return

    def badness(number: int) -> tuple[float, float, int]:
        figures = values[PROPOSED][number].figures
        return figures.get("bad_debt_usd") or 0.0, figures.get("amplification") or 0.0, -number

    worst = max(known, key=lambda run: badness(run.number))
    stages = Stages(plan.engine)
    try:
        for arm in plan.arms[:2]:
            result = run_on(stages, plan.scenario(arm, worst))
            if not result.summary["complete"]:
                _stop(result.summary["stopped_by"])
            result.write(plan.folder / "worst" / arm.name)
    finally:
        stages.close()


def _stop(stopped_by: str) -> None:
    if stopped_by == "interrupted":
        raise KeyboardInterrupt
    raise ChainError(f"the worst run stopped: {stopped_by}")
