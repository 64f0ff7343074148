from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from simulator.roster import Roster
from simulator.scenario import parse
from tests.unit.tiny import scenario, settings

CROWD = {"load": "60%", "transaction_gas": 1_500_000, "fee": {"kind": "log_normal", "p30": "24 gwei", "p90": "60 gwei"}}
BORROWERS = {
    "attentive": "30%",
    "health_low": 1.05,
    "health_high": 1.3,
    "target_gain": 0.15,
    "wallet_collateral": "10%",
    "wallet_debt": "5%",
    "fee": {"kind": "fixed", "price": "1 gwei"},
    "latency": 1,
}


def roster(changes: dict[str, Any] | None = None) -> Roster:
    return Roster.of(scenario(changes))


def test_every_role_has_its_accounts() -> None:
    made = roster()
    assert [keeper.name for keeper in made.liquidators["swift"]] == ["liquidator/swift/0", "liquidator/swift/1"]
    assert made.arbitrageurs["trader"].name == "arbitrageur/trader"
    assert [owner.name for owner in made.positions] == [f"position/main/{number}" for number in range(10)]
    assert {"reporter/WETH", "reporter/USDC", "lender/main"} <= {one.name for one in made.staff}
    assert made.crowd == ()
    assert made.attentive == frozenset()


def test_no_two_accounts_share_an_address() -> None:
    everyone = roster({"background": CROWD}).everyone
    assert len({one.address for one in everyone}) == len(everyone)


@pytest.mark.parametrize(("share", "least", "most"), [("0%", 0, 0), ("30%", 250, 350), ("100%", 1_000, 1_000)])
def test_the_attentive_are_their_share_of_the_owners(share: str, least: int, most: int) -> None:
    changes = {
        "borrowers": {**BORROWERS, "attentive": share},
        "protocols.main.positions.count": 1_000,
        "protocols.main.positions.minimum_debt": "$1",
    }
    made = roster(changes)
    assert least <= len(made.attentive) <= most
    assert made.attentive <= {owner.name for owner in made.positions}
    assert made.attentive == roster(changes).attentive


def test_a_larger_share_keeps_those_who_watched_before() -> None:
    few, more = (roster({"borrowers": {**BORROWERS, "attentive": share}}).attentive for share in ("30%", "70%"))
    assert few < more


@pytest.mark.parametrize(
    ("changes", "size"),
    [
        # 1.2 · 12 a block · (40 + 1 blocks) + 10
        ({"background": CROWD}, 601),
        ({"background": CROWD, "chain.expiry": 9}, 154),
        ({"background": {**CROWD, "load": "0%"}}, 0),
        (
            {
                "background": CROWD,
                "chain.expiry": 9,
                "events": [{"kind": "gas_spike", "at": 1, "blocks": 1, "load_factor": 2.0}],
            },
            298,
        ),
    ],
)
def test_the_crowd_is_large_enough_for_all_that_may_wait(changes: dict[str, Any], size: int) -> None:
    assert len(roster(changes).crowd) == size


def test_accounts_of_a_csv_come_once_each_in_its_order(tmp_path: Path) -> None:
    rows = "account,collateral_asset,collateral,debt_asset,debt\nbob,WETH,1,USDC,5\nann,WETH,1,USDC,5\nbob,WETH,1,,\n"
    (tmp_path / "book.csv").write_text(rows)
    raw = settings({"protocols.main.positions": {"kind": "csv", "csv": "book.csv"}})
    made = Roster.of(parse({**raw, "folder": str(tmp_path)}))
    assert [owner.name for owner in made.positions] == ["position/main/bob", "position/main/ann"]


def test_token_holders_are_keepers_traders_and_attentive_owners() -> None:
    made = roster({"borrowers": {**BORROWERS, "attentive": "100%"}, "protocols.main.positions.count": 2})
    assert [one.name for one in made.holders] == [
        "liquidator/swift/0",
        "liquidator/swift/1",
        "arbitrageur/trader",
        "position/main/0",
        "position/main/1",
    ]
