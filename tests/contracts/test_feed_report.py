from __future__ import annotations

import pytest

from simulator.transaction import Account
from tests.contracts.world import World, events, reverts


def test_a_report_is_the_next_round(world: World) -> None:
    feed, reporter = world.feeds["WETH"], world.accounts["reporter"]
    before = feed.read("latestRoundData")
    receipt = feed.send(reporter, "report", 1_234)
    now = world.chain.head.timestamp
    assert feed.read("latestRoundData") == (before[0] + 1, 1_234, now, now, before[0] + 1)
    assert feed.read("getRoundData", before[0]) == before
    assert events(receipt, "AnswerUpdated")[0].arguments == {
        "current": 1_234,
        "roundId": before[0] + 1,
        "updatedAt": now,
    }
    assert (feed.read("decimals"), feed.read("description"), feed.read("version")) == (8, "WETH / USD", 1)


def test_a_report_by_anybody_else_reverts(world: World, attacker: Account) -> None:
    with reverts("NotReporter", attacker.address, world.accounts["reporter"].address):
        world.feeds["WETH"].send(attacker, "report", 1)


@pytest.mark.parametrize("answer", [0, -1])
def test_an_answer_that_is_not_positive_reverts(world: World, answer: int) -> None:
    with reverts("AnswerNotPositive", answer):
        world.feeds["WETH"].send(world.accounts["reporter"], "report", answer)


def test_a_round_never_written_reverts(world: World) -> None:
    with reverts("NoRound", 99):
        world.feeds["WETH"].read("getRoundData", 99)
    feed = world.deploy("PriceFeed", 8, "new", world.owner.address, world.owner.address)
    with reverts("NoRound", 0):
        feed.read("latestRoundData")


def test_the_owner_changes_the_reporter_and_nobody_else_does(world: World, attacker: Account) -> None:
    feed, previous = world.feeds["WETH"], world.accounts["reporter"]
    with reverts("OwnableUnauthorizedAccount", attacker.address):
        feed.send(attacker, "setReporter", attacker.address)
    receipt = feed.send(world.owner, "setReporter", world.owner.address)
    assert events(receipt, "ReporterChanged")[0].arguments == {
        "previous": previous.address,
        "current": world.owner.address,
    }
    feed.send(world.owner, "report", 1)
    with reverts("NotReporter"):
        feed.send(previous, "report", 1)
