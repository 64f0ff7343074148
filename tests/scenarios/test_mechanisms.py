"""Every mechanism in a short crash: the same on both engines, books that balance, and something that it did."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from math import exp
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import BaseModel

from simulator import Result, Scenario, load, run
from simulator.mechanisms import Guard, LiquidationRules, Margins, Oracle
from simulator.simulation import Simulation
from tests.scenarios.books import problems
from tests.scenarios.overlays import OVERLAYS, Ran, ran, scenario
from tests.scenarios.world import CRASH, read

WAD = 10**18
SECONDS = 30
"""Of a block."""
CENT = 0.01


def bytes_of(result: Result) -> dict[str, str]:
    """Every table, and the summary without the engine's name."""
    tables = {name: getattr(result, name).to_csv(index=False) for name in ("blocks", "transactions", "liquidations")}
    return {**tables, "summary": json.dumps({**result.summary, "engine": ""}, sort_keys=True)}


def prices(done: Ran) -> list[int]:
    """What the protocol paid attention to, before the run and after each block; zero: no price."""
    return [moment.states["WETH"].price for moment in done.moments]


def answers(done: Ran, feed: str = "WETH") -> list[int]:
    """The same of a feed, 1e18-scaled."""
    return [moment.feeds[feed].answer * 10**10 for moment in done.moments]


def landed(done: Ran) -> set[int]:
    """Blocks with a liquidation."""
    return {one.step for one in done.events("Liquidated")}


# All of them


def kinds(models: Any) -> set[str]:
    """Kinds that a union of settings has."""
    return {get_args(one.model_fields["kind"].annotation)[0] for one in get_args(get_args(models)[0])}


def named(settings: Any) -> Iterator[str]:
    """Kinds in a tree of settings."""
    if isinstance(settings, BaseModel):
        yield str(getattr(settings, "kind", ""))
        settings = [getattr(settings, name) for name in type(settings).model_fields]
    elif isinstance(settings, dict):
        settings = list(settings.values())
    if isinstance(settings, list | tuple):
        for one in settings:
            yield from named(one)


def test_no_mechanism_is_left_out() -> None:
    scenarios: list[Scenario] = [load(CRASH), *map(scenario, OVERLAYS)]
    tried = {kind for one in scenarios for kind in named(one.protocols["main"])}
    for models in (Oracle, Margins, LiquidationRules, Guard):
        assert kinds(models) <= tried
        assert len(kinds(models)) > 1


@pytest.mark.parametrize("name", OVERLAYS)
def test_both_engines_give_the_same_bytes(name: str) -> None:
    embedded, node = bytes_of(run(scenario(name), engine="pyevm")), bytes_of(ran(name).result)
    for part in node:
        assert embedded[part] == node[part], part


@pytest.mark.parametrize("name", OVERLAYS)
def test_books_balance_at_the_end(name: str) -> None:
    assert problems(ran(name).books) == []


@pytest.mark.parametrize("name", OVERLAYS)
def test_a_deficit_is_covered_socialised_or_stands(name: str) -> None:
    done = ran(name)
    for asset, token in done.protocol.tokens.items():
        sums = Counter[str]()
        for one in done.events("DeficitRecorded", "DeficitCovered", "DeficitSocialised"):
            sums[one.name] += one.arguments["assets"] * (one.arguments["asset"] == token)
        standing = done.books.states[f"main/{asset}"]["deficit"]
        assert sums["DeficitRecorded"] - sums["DeficitCovered"] - sums["DeficitSocialised"] == standing
    summary = done.result.summary
    recorded = summary["bad_debt_usd"] - summary["shortfall_usd"]
    parts = summary["covered_usd"] + summary["socialised_usd"] + summary["deficit_usd"]
    assert recorded == pytest.approx(parts, abs=CENT)


@pytest.mark.parametrize("name", OVERLAYS)
def test_somebody_is_liquidated_under_it(name: str) -> None:
    assert ran(name).result.summary["liquidations"]["count"] > 0


# Oracles


def test_a_delayed_oracle_says_what_the_poke_before_the_last_heard() -> None:
    done = ran("delayed")
    heard = [one for one in done.events("Poked") if one.arguments["asset"] == done.protocol.tokens["WETH"]]
    for step in range(heard[1].step, len(done.moments) - 1):
        pokes = [one.arguments["price"] for one in heard if one.step <= step]
        assert prices(done)[step + 1] == pokes[-2]
    assert len(heard) == 9  # every 120 seconds, and one block to be mined
    assert len(set(prices(done))) > 4


def test_a_median_is_of_the_feeds_that_still_speak() -> None:
    done = ran("median")
    for step, moment in enumerate(done.moments[2:], 1):
        told = [moment.feeds[name] for name in ("WETH", "WETH/second", "WETH/third")]
        speaking = sorted(one.answer for one in told if moment.timestamp - one.updated_at <= 190)
        assert len(speaking) == 2
        assert prices(done)[step + 1] == sum(speaking) * 10**10 // 2
    apart = [one for one, other in zip(answers(done), answers(done, "WETH/second"), strict=True) if one != other]
    assert len(apart) > 3  # or the median could be any of them
    assert set(answers(done, "WETH/third")) == {2_000 * WAD}


@pytest.mark.parametrize(
    ("name", "mean"),
    [
        ("arithmetic pool average", np.mean),
        ("geometric pool average", lambda pool: np.exp(np.mean(np.log(pool)))),
    ],
)
def test_a_pool_average_is_the_mean_of_the_pools_price(name: str, mean: Any) -> None:
    done = ran(name)
    pool = np.array([2_000.0] * 12 + done.result.blocks["pool_weth_usdc"].tolist())
    for step, price in enumerate(prices(done)[1:]):
        windows = [pool[step + 12 - blocks : step + 12] for blocks in (10, 11)]  # 300 seconds, and up to 60 more
        # a ninth of what the two kinds of mean differ by; within 60 seconds both are arithmetic
        assert min(abs(price / WAD / mean(one) - 1) for one in windows) < 1e-3
    assert done.events("Observed")
    assert prices(done)[15] > 1.1 * answers(done)[15]


def test_arithmetic_and_geometric_means_differ_in_a_fall() -> None:
    arithmetic, geometric = prices(ran("arithmetic pool average")), prices(ran("geometric pool average"))
    assert max(one / other for one, other in zip(arithmetic, geometric, strict=True)) > 1.005


def test_an_exponential_average_goes_to_the_feed_with_its_time_constant() -> None:
    done = ran("exponential")
    kept = exp(-SECONDS / 180)
    price, feed = prices(done), answers(done)
    for before, after in pairwise(range(1, len(price))):
        assert price[after] == pytest.approx(price[before] * kept + feed[before] * (1 - kept), rel=1e-9)
    assert price[15] > 1.2 * feed[15]


def test_a_capped_price_falls_by_five_percent_an_interval_at_most() -> None:
    done = ran("capped move")
    moves = [after / before - 1 for before, after in pairwise(prices(done))]
    assert min(moves) == pytest.approx(-0.05, rel=1e-9)
    assert sum(move == pytest.approx(-0.05, rel=1e-9) for move in moves) > 5
    assert all(move == 0 for before, move in pairwise(moves) if before < 0)  # an interval is two blocks
    assert prices(done)[15] > 1.2 * answers(done)[15]


def test_a_silent_feeds_fallback_is_read_in_its_place() -> None:
    done = ran("fallback")
    assert set(answers(done)) == {2_000 * WAD}
    assert prices(done)[5:] == answers(done, "WETH/second")[5:]
    assert min(prices(done)) < 1_300 * WAD


def test_a_price_without_its_anchors_consent_is_none_and_nobody_is_liquidated() -> None:
    done = ran("sanity")
    kept = exp(-SECONDS / 300)
    anchor, feed = [2_000.0 * WAD], answers(done)
    for before in feed[:-1]:
        anchor.append(anchor[-1] * kept + before * (1 - kept))
    allowed = [abs(one - other) <= 0.1 * other for one, other in zip(feed, anchor, strict=True)]
    assert prices(done) == [one if fine else 0 for one, fine in zip(feed, allowed, strict=True)]
    assert 10 < allowed.count(False) < 30
    assert {step for step in landed(done) if not allowed[step] and not allowed[step + 1]} == set()


# Margins


def test_large_accounts_are_liquidated_under_tiers_though_flat_margins_would_cover_them() -> None:
    done = ran("tiered")
    index, saved = done.protocol.book.index, 0
    for one in done.events("Liquidated"):
        before = done.after(one.step - 1).positions[index[one.arguments["borrower"]]]
        saved += before.collateral_value * 83 // 100 >= before.debt_value
        if before.collateral_value <= 100_000 * WAD:
            assert before.threshold_value == before.collateral_value * 83 // 100
    assert saved > 0


def test_volatility_tightens_margins_slowly_and_within_bounds() -> None:
    done = ran("volatility scaled")
    thresholds = [moment.states["WETH"].liquidation_threshold / WAD for moment in done.moments]
    haircuts = [1 - one / 0.83 for one in thresholds]
    assert haircuts[0] == 0
    assert max(haircuts) == pytest.approx(0.12)
    growth = [after - before for before, after in pairwise(haircuts)]
    assert max(growth) == pytest.approx(SECONDS / 3600, rel=1e-6)
    assert {one.address for one in done.events("Poked")} == {poke.contract for poke in done.protocol.pokes}
    assert len({poke.contract for poke in done.protocol.pokes}) == 2


# Liquidations


def test_a_penalty_grows_with_the_shortfall_and_with_volatility() -> None:
    done, price, unbound = ran("dynamic penalty"), prices(ran("dynamic penalty")), []
    for step, _, _, told in done.events("Liquidated"):
        if price[step] != price[step + 1]:
            continue  # the log does not tell which of the two it was
        taken = told["collateralAssets"] + told["protocolAssets"]
        discount = 1 - told["debtAssets"] * 10**12 * WAD / (taken * price[step])
        calm = 0.5 * (1 - told["healthFactor"] / WAD)
        if discount == pytest.approx(0.06, abs=1e-6):
            assert calm < 0.06
        elif discount == pytest.approx(0.14, abs=1e-6):
            assert calm > 0.09
        else:
            unbound.append(discount / calm)
    assert len(unbound) > 1
    assert 1.1 < min(unbound) <= max(unbound) < 1.4  # 2 % of five to twenty times its price a year
    assert done.events("Poked")


def test_a_large_account_has_its_grace_and_goes_in_slices() -> None:
    done = ran("delayed liquidation")
    marks = {one.arguments["borrower"]: one for one in done.events("Marked")}
    index = done.protocol.book.index
    budgets: dict[tuple[str, int], int] = defaultdict(int)
    for one in done.events("Liquidated"):
        if done.after(one.step - 1).positions[index[one.arguments["borrower"]]].debt_value < 200_000 * WAD:
            continue
        mark = marks[one.arguments["borrower"]]
        since = (one.step - mark.step) * SECONDS
        assert since >= 120 or one.arguments["healthFactor"] < 0.85 * WAD
        budgets[one.arguments["borrower"], since // 60] += one.arguments["debtAssets"]
    shares = [
        repaid * 10**12 / (marks[borrower].arguments["debtValue"] / 5) for (borrower, _), repaid in budgets.items()
    ]
    assert max(shares) == pytest.approx(1, abs=1e-9)
    assert len(done.events("Cleared")) > 0


def test_depositors_pay_gain_and_leave_when_they_can_bear_no_more() -> None:
    done = ran("stability pool")
    (holdings,) = [done.protocol.mechanism.holdings]  # type: ignore[attr-defined]
    offsets, left = done.events("DebtOffset"), done.events("DepositWithdrawn")
    paid = sum(one.arguments["debtAssets"] for one in offsets)
    assert paid == sum(one.arguments["debtAssets"] for one in done.events("Liquidated")) > 0
    deposits = 4 * 150_000 * 10**6
    withdrawn = sum(one.arguments["assets"] for one in left)
    assert 0 < len(left) < 4  # one bears 45 % at most, and the price falls by 40 %
    assert abs(deposits - paid - withdrawn - holdings["USDC"]) <= 1 + len(left)
    gained = sum(one.arguments["gainAssets"] for one in offsets)
    claimed = sum(one.arguments["assets"] for one in done.events("GainClaimed"))
    assert claimed > 0
    assert holdings["WETH"] == gained - claimed
    depositors = done.result.summary["depositors"]
    assert depositors["deposited_usd"] == 600_000
    assert depositors["profit_usd"] != 0


# Guards


def test_a_tripped_breaker_stops_liquidations_tightens_margins_and_lets_go() -> None:
    done = ran("circuit breaker")
    (trip,) = done.events("Tripped")
    pause = [
        step
        for step, moment in enumerate(done.moments[1:])
        if step > trip.step and moment.timestamp < trip.arguments["until"]
    ]
    assert len(pause) == 5
    assert all(any(done.after(step).eligible) for step in pause)
    assert landed(done).isdisjoint(pause)
    assert pause[-1] < min(landed(done)) <= pause[-1] + 2
    tightened = {done.after(step).states["WETH"].liquidation_threshold for step in pause}
    assert tightened == {83 * 95 * WAD // 10_000}
    assert done.moments[-1].states["WETH"].liquidation_threshold == 83 * WAD // 100


def test_a_block_repays_no_more_than_its_share_of_what_the_venue_absorbs() -> None:
    budgets: list[tuple[int, int]] = []

    def look(simulation: Simulation) -> None:
        market = simulation.market
        protocol = market.protocols["main"]
        guards = read(market.chain, [("GuardList", protocol.guard, "guards")])[0]  # type: ignore[attr-defined]
        pair = [market.tokens[asset].address for asset in ("USDC", "WETH")]
        budgets.append(tuple(read(market.chain, [("DepthSpeedLimit", guards[0], "budget", *pair)])[0]))

    done = Ran(scenario("depth speed limit"), look)
    repaid = Counter[int]()
    for one in done.events("Liquidated"):
        repaid[one.step] += one.arguments["debtAssets"]
    for step, (used, limit) in enumerate(budgets[1:]):
        assert repaid[step] == used <= limit
    assert max(used / limit for used, limit in budgets) > 0.99
    refused = done.result.transactions["error"].str.startswith("NothingSeizable").sum()
    assert refused > 10


# Backstops


def test_a_fund_pays_deficits_with_its_capital_and_with_what_it_sells() -> None:
    done = ran("fund")
    covered = sum(one.arguments["assets"] for one in done.events("Covered"))
    assert covered == sum(one.arguments["assets"] for one in done.events("DeficitCovered"))
    assert covered > 20_000 * 10**6
    assert len(done.events("Sold")) > 0
    assert done.result.summary["deficit_usd"] > 0
    assert done.events("Socialised") == []


def test_after_its_patience_suppliers_bear_what_the_fund_could_not_pay() -> None:
    done = ran("fund with patience")
    (noted,), (borne,) = done.events("DeficitNoted"), done.events("Socialised")
    waited = done.after(borne.step).timestamp - done.after(noted.step).timestamp
    assert 180 <= waited <= 180 + SECONDS
    assert borne.arguments["assets"] > 0
    assert done.result.summary["socialised_usd"] == pytest.approx(borne.arguments["assets"] / 10**6, abs=CENT)
    assert done.result.summary["deficit_usd"] == 0


def test_protocol_liquidity_stays_when_the_provider_leaves() -> None:
    done = ran("protocol liquidity")
    (burnt,) = done.events("Burned")
    before = [one for one in done.events("Synced") if one.step < burnt.step][-1]
    share = burnt.arguments["amount0"] / before.arguments["reserve0"]
    assert share == pytest.approx(0.9 * 4 / 5, rel=0.05)  # a trade of the same block may come first
