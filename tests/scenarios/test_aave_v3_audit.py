"""An audit of margins on Aave v3.0: nothing of the audit knows Aave."""

from __future__ import annotations

import os
from pathlib import Path

from simulator import Processes, audit, load_proposal
from tests.scenarios.world import FOLDER


def test_margins_are_audited_in_the_units_of_the_scenario(tmp_path: Path) -> None:
    before = Path.cwd()
    os.chdir(tmp_path)
    try:
        proposal = load_proposal(FOLDER / "aave_proposal.yaml")
        done = audit(proposal, Path("audit"), Processes(2), command="ape run audit", runs=2)
    finally:
        os.chdir(before)
    told = done.told
    assert told["failures"] == []
    assert [one.name for one in done.plan.arms] == ["current", "proposed", "alone 1", "alone 2"]
    changed = [told["metrics"], *(one["metrics"] for one in told["alone"])]
    assert all(one["borrowers_loss_usd.mean"]["difference"]["estimate"] != 0 for one in changed)
    assert told["metrics"]["bad_debt_usd.mean"]["current"]["estimate"] > 0
