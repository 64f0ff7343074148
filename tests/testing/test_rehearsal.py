"""The market block by block: the same as a run, whatever a test looks at between."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator import Result, Scenario, run
from simulator.errors import InputError, ScenarioError
from simulator.testing import Contract, Rehearsal, Turn, World
from simulator.transaction import Account
from simulator.units import WAD
from tests.testing.markets import SMALL, rows

FALL = {"kind": "price_shock", "at": 3, "over": 5, "asset": "WETH", "change": "-40%", "source": "test"}

pytestmark = pytest.mark.scenario(set=SMALL, engine="anvil")


@pytest.mark.scenario(set={"events": [FALL]})
def test_run_with_nobody_added_is_the_run(scenario: Scenario, market: Rehearsal) -> None:
    whole = run(scenario, engine="anvil")
    assert whole.summary["liquidations"]["count"] > 0
    result = market.run()
    assert rows(result) == rows(whole)
    assert result.summary == whole.summary


@pytest.mark.scenario(set={"events": [FALL]})
def test_looking_at_a_result_changes_none_that_follows(scenario: Scenario, market: Rehearsal) -> None:
    seen = []
    for _ in range(40):
        market.step()
        seen.append(market.result())
        assert rows(market.result()) == rows(seen[-1])
    assert rows(seen[-1]) == rows(run(scenario, engine="anvil"))
    assert [len(one.blocks) for one in seen] == list(range(1, 41))
    assert any(set(one.transactions.outcome) & {"expired", "did_not_fit"} for one in seen[:-1])  # somebody waited


def test_crash_is_a_shock_of_the_scenario(scenario: Scenario, market: Rehearsal) -> None:
    market.step(3)
    told = market.crash("-40%", over=5, blocks=37)
    assert rows(told) == rows(run(scenario.replaced({"events": [FALL]}), engine="anvil"))
    assert [event.kind for event in told.scenario.events] == ["price_shock"]


def test_crash_may_come_later_and_twice(market: Rehearsal) -> None:
    market.step(5)
    before = market.price("WETH")
    market.crash(-0.2, over=2, blocks=10)
    result = market.crash("25%", over=1, blocks=10)
    control = result.blocks.control_WETH
    assert market.blocks == 25
    assert (control[4], control[6] / control[4], control[24] / control[4]) == (
        before,
        pytest.approx(0.8, abs=0.01),
        pytest.approx(1.0, abs=0.02),
    )
    assert set(result.liquidations.induced.dropna()) == {False}  # the control that eligibility knows fell too


def test_check_is_called_after_each_block(market: Rehearsal) -> None:
    seen: list[int] = []
    market.crash("-1%", over=1, blocks=3, check=lambda: seen.append(market.blocks))
    assert seen == [1, 2, 3]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"change": "-40"}, "change of a crash: .*percent"),
        ({"change": "-100%"}, "change of a crash: .*greater than -1"),
        ({"change": "-40%", "over": 0}, "over of a crash"),
        ({"change": "-40%", "asset": "WBTC"}, r"asset WBTC: is not in the scenario \(WETH, USDC\)"),
        ({"change": "-40%", "blocks": 41}, "41 blocks: after 0 exceed the scenario's 40"),
    ],
)
def test_crash_that_cannot_be_is_refused(
    crash: Callable[..., Result], arguments: dict[str, object], message: str
) -> None:
    with pytest.raises(ScenarioError, match=message):
        crash(**arguments)


class TestNewcomers:
    def test_are_liquidated_like_all_others(self, world: World, market: Rehearsal, indebted: Account) -> None:
        assert market.health(indebted) == pytest.approx(25_000 * 0.825 / 17_000, rel=1e-3)
        result = market.crash("-40%", over=5, blocks=30)
        mine = result.liquidations[result.liquidations.account == indebted.address]
        assert "landed" in set(mine.outcome)
        (row,) = result.accounts[result.accounts.account == "alice"].to_dict("records")
        assert row["debt_usd"] == pytest.approx(17_000, rel=1e-3)
        assert row["debt_usd_end"] < 17_000 / 2
        pool = world.at("LendingPool", world.protocol().pool)
        assert market.position(indebted).debt_value == pool.position(indebted)[3]

    @pytest.mark.parametrize("engine", ["anvil", "pyevm"])
    def test_give_the_same_rows_on_each_engine(self, request: pytest.FixtureRequest, engine: str) -> None:
        request.node.add_marker(pytest.mark.scenario(engine=engine), append=False)
        market: Rehearsal = request.getfixturevalue("market")
        request.getfixturevalue("indebted")
        result = market.crash("-40%", over=5, blocks=12)
        assert market.world.simulation.chain.name == engine
        KEPT.setdefault("rows", rows(result))
        assert rows(result) == KEPT["rows"]

    def test_are_found_when_they_held_something_before(self, world: World, market: Rehearsal) -> None:
        bob = world.account("bob")
        del world.simulation.market.nonces[bob.address]
        stranger = world.simulation.market.roster.staff[1]
        world.watch(stranger.address.upper().replace("0X", "0x"), "provider")
        assert market.health(stranger) == float("inf")
        assert "provider" in set(market.result().accounts.account)

    def test_of_one_name_are_told_apart(self, world: World, market: Rehearsal) -> None:
        for _ in range(2):
            world.deploy("GasSink")
        assert list(market.result().accounts.account)[-3:] == ["deployer", "GasSink", "GasSink 2"]

    def test_nobody_else_has_a_position(self, market: Rehearsal) -> None:
        with pytest.raises(InputError, match="is in none of the books"):
            market.position("0x" + "12" * 20)


KEPT: dict[str, list[str]] = {}


class TestBots:
    def test_take_part_in_each_block(self, world: World, market: Rehearsal, alice: Account, token: Contract) -> None:
        @market.bot
        def minter(turn: Turn) -> None:
            turn.send(token.mint, alice, turn.step + 1, sender=alice)

        market.step(3)
        assert [event.arguments["value"] for event in token.events("Transfer")] == [1, 2, 3]
        sent = market.result().transactions
        assert sent[sent.agent == "minter"].outcome.tolist() == ["landed"] * 3

    def test_know_what_bots_know(self, market: Rehearsal, indebted: Account) -> None:
        told = []
        market.bot(lambda turn: told.append((turn.step, turn.price("WETH"), len(turn.view.protocols))), name="reader")
        market.step(2)
        assert [(step, protocols) for step, _, protocols in told] == [(0, 1), (1, 1)]
        assert told[-1][1] == market.price("WETH")

    def test_may_send_several_at_once(self, market: Rehearsal, alice: Account, token: Contract) -> None:
        @market.bot
        def minter(turn: Turn) -> None:
            for amount in (1, 2, 3):
                turn.send(token.mint, alice, amount, sender=alice)

        market.step()
        assert sorted(event.arguments["value"] for event in token.events("Transfer")) == [1, 2, 3]

    def test_latency_delays_what_they_send(self, market: Rehearsal, alice: Account, token: Contract) -> None:
        @market.bot(name="slow", latency=2)
        def minter(turn: Turn) -> None:
            if turn.step == 0:
                turn.send(token.mint, alice, 1, sender=alice)

        market.step(2)
        assert token.balanceOf(alice) == 0
        market.step()
        assert token.balanceOf(alice) == 1

    def test_wait_while_they_pay_too_little_and_raise_their_offer(
        self, market: Rehearsal, alice: Account, token: Contract
    ) -> None:
        offers = {0: 1.0, 1: 1.05, 2: 30.0, 3: 1_000.0}  # the second raises by too little

        @market.bot
        def minter(turn: Turn) -> None:
            if token.balanceOf(alice) == 0:
                turn.send(token.mint, alice, 1, sender=alice, tip=offers[turn.step], max_fee=offers[turn.step])

        market.step(4)
        sent = market.result().transactions
        mine = sent[sent.agent == "minter"]
        assert mine.outcome.tolist() == ["landed", "replaced"]
        assert token.balanceOf(alice) == 1

    def test_what_they_liquidate_has_a_row(self, world: World, market: Rehearsal, indebted: Account) -> None:
        keeper = world.account("keeper")
        module = world.at("FixedSpreadLiquidation", world.protocol().mechanism.address)
        usdc, weth = world.token("USDC"), world.token("WETH")
        world.give(keeper, "20,000 USDC")
        usdc.approve(module, 2**256 - 1, sender=keeper)

        @market.bot
        def liquidator(turn: Turn) -> None:
            if market.health(indebted) < 1:
                arguments = (indebted, usdc, weth, 20_000 * 10**6, 0)
                turn.send(module.liquidate, *arguments, sender=keeper, tip=5_000, liquidates=("main", indebted.address))

        result = market.crash("-40%", over=5, blocks=15)
        mine = result.liquidations[result.liquidations.agent == "liquidator"]
        assert set(mine.account[mine.outcome == "landed"]) == {indebted.address}
        assert weth.balanceOf(keeper) > 0

    def test_send_at_once_is_refused_while_a_block_is_prepared(
        self, market: Rehearsal, alice: Account, token: Contract
    ) -> None:
        market.bot(lambda turn: token.mint(alice, 1, sender=alice), name="hasty")
        with pytest.raises(InputError, match=r"In a bot, write turn.send\("):
            market.step()

    def test_send_at_once_is_refused_while_something_waits(
        self, market: Rehearsal, alice: Account, token: Contract
    ) -> None:
        market.bot(lambda turn: turn.send(token.mint, alice, 1, sender=alice, max_fee=1), name="stingy")
        market.step()
        with pytest.raises(InputError, match="of whom transactions wait in the mempool"):
            token.mint(alice, 1, sender=alice)

    def test_go_on_after_their_account_sent_at_once(self, market: Rehearsal, alice: Account, token: Contract) -> None:
        market.bot(lambda turn: turn.send(token.mint, alice, 1, sender=alice), name="minter")
        for _ in range(3):
            token.mint(alice, 10, sender=alice)
            market.step()
        assert token.balanceOf(alice) == 33

    def test_one_name_is_one_bot(self, market: Rehearsal) -> None:
        with pytest.raises(InputError, match="bot liquidator/swift/0: has the name of another agent"):
            market.bot(lambda turn: None, name="liquidator/swift/0")


def test_what_others_trade_between_blocks_is_known(world: World, market: Rehearsal, alice: Account) -> None:
    market.step()
    venue, weth = world.venue(), world.token("WETH")
    world.give(alice, "100 WETH")
    weth.approve(venue.router, 2**256 - 1, sender=alice)
    before = venue.reserves
    arguments = (venue.address, weth, 100 * WAD, 0, alice, world.timestamp + 9)
    world.at("PoolRouter", venue.router).swapExactInput(*arguments, sender=alice)
    assert venue.reserves == before.after(True, 100 * WAD)
    assert world.token("USDC").balanceOf(alice) == before.quote_exact_input(True, 100 * WAD)
    assert market.view.balances["USDC"][alice.address] == before.quote_exact_input(True, 100 * WAD)


def test_a_borrower_moves_the_oracle_s_price_no_more_than_the_market(market: Rehearsal, indebted: Account) -> None:
    market.crash("-10%", over=1, blocks=2)
    assert market.oracle_price("WETH") == pytest.approx(market.price("WETH"), rel=0.005)
