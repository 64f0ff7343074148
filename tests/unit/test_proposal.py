"""Proposals: what they may say, and the arms that they make."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from simulator import InputError, Proposal, load_proposal
from simulator.audit.arms import arms_of
from simulator.audit.plan import Plan
from simulator.proposal import PROPOSALS

SMALL = Path(__file__).parent.parent / "scenarios" / "proposal.yaml"
THRESHOLD = "protocols.main.assets.WETH.liquidation_threshold"
SHIPPED = sorted(path.stem for path in PROPOSALS.glob("*.yaml"))


def changed(folder: Path, **settings: Any) -> Proposal:
    """The small proposal with other top-level settings, from a file beside its scenario's copy."""
    raw = yaml.safe_load(SMALL.read_text()) | settings
    (folder / "crash.yaml").write_text((SMALL.parent / "crash.yaml").read_text())
    (folder / "proposal.yaml").write_text(yaml.safe_dump(raw))
    return load_proposal(folder / "proposal.yaml")


def change(path: str, before: Any, after: Any) -> dict[str, Any]:
    return {"path": path, "from": before, "to": after}


def test_shipped_proposals() -> None:
    assert SHIPPED == ["aave_margins", "harmless", "null", "raise_threshold", "reckless"]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_proposal_fits_its_scenario(name: str) -> None:
    proposal = load_proposal(name)
    assert proposal.name == name
    assert [arm.refused for arm in arms_of(proposal)] == [""] * len(arms_of(proposal))
    assert proposal.limits


def test_arms_differ_in_their_changes_alone() -> None:
    current, proposed, threshold, bonus = arms_of(load_proposal(SMALL))
    assert [arm.name for arm in (current, proposed, threshold, bonus)] == ["current", "proposed", "alone 1", "alone 2"]
    margins = [arm.market.protocols["main"].assets["WETH"] for arm in (current, proposed, threshold, bonus)]
    assert [float(one.liquidation_threshold) for one in margins] == [0.83, 0.88, 0.88, 0.83]
    assert [float(one.liquidation_bonus) for one in margins] == [0.05, 0.03, 0.05, 0.03]
    as_before = {"protocols.main.assets.WETH": {**margins[0].model_dump(mode="json")}}
    assert proposed.market.replaced(as_before) == current.market


def test_every_arm_opens_the_same_book_under_the_margins_of_now() -> None:
    for arm in arms_of(load_proposal(SMALL)):
        for scenario in arm.scenarios.values():
            opened = scenario.protocols["main"].opened_under["WETH"]
            assert (opened.loan_to_value, opened.liquidation_threshold) == (Decimal("0.8"), Decimal("0.83"))
            assert scenario.book_seed == 7
            assert scenario.chain.blocks == 30


def test_all_stresses_have_one_crowd() -> None:
    busier = {"name": "busier", "share": "40%", "set": {"background.load": "400%"}}
    proposal = load_proposal(SMALL)
    plan = proposal.stress.model_copy(
        update={"models": (proposal.stress.models[0], type(proposal.stress.models[0]).model_validate(busier))}
    )
    arms = arms_of(proposal.model_copy(update={"stress": plan}))
    crowds = {scenario.background.senders for scenario in arms[0].scenarios.values() if scenario.background}
    assert len(crowds) == 1


def test_the_stress_of_a_run_does_not_depend_on_how_many_there_are() -> None:
    stress = load_proposal("raise_threshold").stress
    long = stress.of_run(1_000)
    assert stress.of_run(40) == long[:40]
    assert {name: long.count(name) for name in set(long)} == {
        "wild": 150,
        "clustered": 200,
        "gaps": 200,
        "fall": 300,
        "march_2020": 150,
    }


def test_a_change_that_cannot_stand_alone_is_told(tmp_path: Path) -> None:
    both = [change(THRESHOLD, "83%", "70%"), change("protocols.main.assets.WETH.loan_to_value", "80%", "65%")]
    arms = arms_of(changed(tmp_path, changes=both))
    assert [bool(arm.refused) for arm in arms] == [False, False, True, False]
    assert "loan_to_value" in arms[2].refused
    plan = Plan.of(load_proposal(tmp_path / "proposal.yaml"), None, "anvil", tmp_path)
    assert [arm.name for arm in plan.tried] == ["current", "proposed", "alone 2"]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"changes": [change(THRESHOLD, "82%", "88%")]},
            rf"changes\[0\]: {THRESHOLD}: is 83% in scenario crash, not 82%\. Bring `from` up to date",
        ),
        ({"changes": [change("protocols.main.assets.WETH.threshold", "83%", "88%")]}, "threshold: unknown key"),
        ({"changes": [change("protocols.other.close_factor", 1, 2)]}, "no setting called other"),
        ({"changes": [change(THRESHOLD, "83%", "88%")] * 2}, "is changed twice; leave one out"),
        ({"changes": [change(THRESHOLD, "83%", "much")]}, r"needs a unit; write it with a percent sign"),
        ({"changes": [change("seed", 7, 8)]}, "must be the same in all runs that are compared"),
        ({"stress": {"runs": 3, "models": [{"name": "a", "share": "60%"}]}}, "are 60.* together, not 100 %"),
        (
            {"stress": {"runs": 3, "models": [{"name": "a", "share": "50%"}, {"name": "a", "share": "50%"}]}},
            "two models are called a; rename one",
        ),
        ({"stress": {"runs": 0, "models": [{"name": "a", "share": "100%"}]}}, r"stress\.runs = 0: .*greater than"),
        ({"stress": {"runs": 1, "models": []}}, r"stress\.models: .*at least 1"),
        (
            {"stress": {"runs": 3, "horizon": "100s", "models": [{"name": "a", "share": "100%"}]}},
            "must be whole blocks of 30 s",
        ),
        (
            {"stress": {"runs": 3, "models": [{"name": "a", "share": "100%", "set": {"outside.depht": "$1M"}}]}},
            "stress a: outside.depht: unknown key",
        ),
        (
            {"changes": [change(THRESHOLD, "83%", "88%"), change("protocols.main.assets.WETH", {}, {})]},
            "protocols.main.assets.WETH is changed twice",
        ),
        ({"scenario": "nowhere"}, "scenario nowhere: no such scenario or file"),
        ({"limit": []}, r"limit: unknown key\. Check its spelling against docs/proposals\.md"),
    ],
)
def test_what_does_not_hold_is_refused(settings: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        arms_of(changed(tmp_path, **settings))


def stressed(**settings: Any) -> dict[str, Any]:
    return {"runs": 3, "models": [{"name": "a", "share": "100%", "set": settings}]}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({THRESHOLD: "83%"}, f"stress a: {THRESHOLD}: would undo the change of {THRESHOLD}"),
        ({"protocols.main.assets.WETH": {}}, "would undo the change of"),
        (
            {"assets.WETH.price.start": "$1900"},
            r"assets\.WETH\.price: is \$1,900\.00 at block 0, in the market \$2,000",
        ),
        ({"protocols.main.positions.count": 20}, r"stress a: protocols\.main\.positions: must be the market's"),
        (
            {"assets.WETH.price": {"model": "replay", "start": "$2000", "csv": "nowhere.csv"}},
            r"stress a: nowhere\.csv: must be a readable CSV",
        ),
    ],
)
def test_a_stress_that_is_no_fair_trial_is_refused(settings: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=message):
        arms_of(changed(tmp_path, stress=stressed(**settings)))


def test_a_csv_of_two_meanings_is_refused(tmp_path: Path) -> None:
    (tmp_path / "black_thursday_hourly.csv").write_text("time_utc\n")
    replay = {"model": "replay", "start": "$2500", "csv": "black_thursday_hourly.csv"}
    proposal = changed(tmp_path, scenario="black_thursday", changes=[], stress=stressed(**{"assets.ETH.price": replay}))
    with pytest.raises(InputError, match="is a file beside the proposal and one that scenario black_thursday names"):
        arms_of(proposal)


def test_a_change_of_a_whole_asset_remembers_its_margins(tmp_path: Path) -> None:
    listed = yaml.safe_load((SMALL.parent / "crash.yaml").read_text())["protocols"]["main"]["assets"]
    path = "protocols.main.assets.WETH"
    proposal = changed(tmp_path, changes=[change(path, listed["WETH"], {**listed["WETH"], "loan_to_value": "50%"})])
    for arm in arms_of(proposal):
        assert arm.market.protocols["main"].opened_under["WETH"].loan_to_value == Decimal("0.8")


def test_a_proposal_without_a_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"limits: .*at least 1"):
        changed(tmp_path, limits=[])


def test_an_unknown_proposal_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(InputError, match=r"no such proposal or file\. Choose one of aave_margins, harmless, null"):
        load_proposal("lower_threshold")


def test_a_written_proposal_is_the_same(tmp_path: Path) -> None:
    proposal = load_proposal(SMALL)
    (tmp_path / "again.yaml").write_text(proposal.to_yaml())
    assert load_proposal(tmp_path / "again.yaml").model_copy(update={"folder": proposal.folder}) == proposal
