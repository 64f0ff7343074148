from __future__ import annotations

from collections import defaultdict

import pandas as pd
import pytest

from simulator import Result, load, run
from simulator.simulation import Simulation
from tests.scenarios.world import SHOCK, TWO_POOLS, crash, holdings, read, watched, with_events

WAD = 10**18
OUTCOMES = {"landed", "reverted", "outbid", "replaced", "underpriced", "expired", "did_not_fit", "stale"}
LATE = 600
SILENCE = "{kind: keeper_outage, at: 7, blocks: 26, liquidators: [swift, patient]}"
"""Longer than ten minutes: accounts recover or are liquidated late."""
KINDS = ("oracle", "liquidation", "sale", "arbitrage", "borrower", "event", "background")


class Watched:
    """A run with what the contracts said of every account after every block, and of the keepers' tokens."""

    def __init__(self, *overrides: str) -> None:
        self.health: dict[str, list[tuple[float, float]]] = defaultdict(list)  # account → (health, debt in dollars)
        self.held: list[dict[str, dict[str, int]]] = []  # before the run, after it: by asset and keeper
        self.simulation, self.result = watched(crash(*overrides), self._note)
        self._hold(self.simulation)

    def _note(self, simulation: Simulation, step: int) -> None:
        last = simulation.scenario.chain.blocks - 1
        if step in (-1, last):
            self._hold(simulation)
        if step == -1:
            return
        (protocol,) = simulation.market.protocols.values()
        accounts = protocol.book.accounts
        lens = getattr(protocol, "lens", "")
        views = read(simulation.chain, [("PoolLens", lens, "positions", protocol.pool, list(accounts))])[0]
        for account, (_, _, _, debt, health) in zip(accounts, views, strict=True):
            self.health[account].append((health / WAD, debt / WAD))

    def _hold(self, simulation: Simulation) -> None:
        keepers = [one.address for group in simulation.market.roster.liquidators.values() for one in group]
        if len(self.held) < 2:
            self.held.append({asset: holdings(simulation.market, asset, keepers) for asset in simulation.market.tokens})


@pytest.fixture(scope="module")
def fallen() -> Watched:
    return Watched()


@pytest.fixture(scope="module")
def delayed() -> Watched:
    return Watched(with_events(SHOCK, SILENCE))


@pytest.fixture(scope="module", params=["crash", "two_pools", "delayed"])
def result(request: pytest.FixtureRequest) -> Result:
    if request.param == "two_pools":
        return run(TWO_POOLS, engine="anvil")
    return request.getfixturevalue("fallen" if request.param == "crash" else "delayed").result  # type: ignore[no-any-return]


def landed(result: Result) -> pd.DataFrame:
    return result.liquidations[result.liquidations["outcome"] == "landed"]


# The loop


def test_fall_of_finite_depth_liquidates_directly_and_by_itself(fallen: Watched) -> None:
    summary = fallen.result.summary
    assert summary["liquidations"]["direct"] > 0
    assert summary["liquidations"]["induced"] > 0
    assert summary["amplification"] > 1.01
    assert summary["bad_debt_usd"] > 0


def test_infinite_depth_ends_the_loop() -> None:
    endless = run(crash("outside.depth=infinite"), engine="anvil")
    assert endless.summary["amplification"] == pytest.approx(1, abs=1e-9)
    assert endless.summary["liquidations"]["count"] == endless.summary["liquidations"]["direct"] > 0
    assert endless.summary["liquidations"]["induced"] == 0
    assert (endless.blocks["outside_WETH"] == endless.blocks["control_WETH"]).all()


def test_amplification_is_the_fall_over_the_fall_without_trades(fallen: Watched) -> None:
    blocks = fallen.result.blocks
    outside, control = 2_000 - blocks["outside_WETH"].min(), 2_000 - blocks["control_WETH"].min()
    assert fallen.result.summary["amplification"] == pytest.approx(outside / control, rel=1e-12)


def test_two_pools_fall_together() -> None:
    both = run(TWO_POOLS, engine="anvil")
    assert set(landed(both)["protocol"]) == {"north", "south"}
    books = {protocol: set(rows["account"]) for protocol, rows in both.liquidations.groupby("protocol")}
    assert books["north"].isdisjoint(books["south"])
    assert set(both.liquidations[both.liquidations["agent"].str.contains("southern")]["protocol"]) == {"south"}


def test_one_pools_sales_carry_the_price_of_both_further_down() -> None:
    empty = ["protocols.south.positions.loan_to_value={mean: 5%, deviation: 1%, maximum: 79%, source: test}"]
    alone = run(load(TWO_POOLS, overrides=empty), engine="anvil")
    both = run(TWO_POOLS, engine="anvil")
    assert set(landed(alone)["protocol"]) == {"north"}
    assert both.blocks["outside_WETH"].min() < alone.blocks["outside_WETH"].min()


# Blocks


def test_blocks_keep_the_gas_limit_and_kinds_add_up(result: Result) -> None:
    blocks, sent = result.blocks, result.transactions
    assert (blocks["gas_used"] <= result.scenario.chain.gas_limit).all()
    assert blocks["gas_used"].max() > result.scenario.chain.gas_limit / 2
    assert (sum(blocks[f"gas_{kind}"] for kind in KINDS) == blocks["gas_used"]).all()
    for kind in KINDS:
        by_step = sent[sent["kind"] == kind].groupby("step")["gas_used"].sum()
        assert by_step.reindex(blocks["step"], fill_value=0).tolist() == blocks[f"gas_{kind}"].tolist(), kind


def test_base_fee_follows_the_gas_used(result: Result) -> None:
    limit, rows = result.scenario.chain.gas_limit, result.blocks
    for fee, used, following in zip(rows["base_fee_gwei"], rows["gas_used"], rows["base_fee_gwei"][1:], strict=False):
        assert following == pytest.approx(fee * (1 + (used - limit / 2) / (limit / 2) / 8), abs=2e-9)


def test_mined_transactions_have_places_in_their_block(result: Result) -> None:
    mined = result.transactions.dropna(subset=["index"])
    for step, rows in mined.groupby("step"):
        assert sorted(rows["index"]) == list(range(len(rows)))
        assert len(rows) == result.blocks.set_index("step")["transactions"][step]
    assert not mined.duplicated(["agent", "kind", "nonce", "step", "index"]).any()
    assert (mined["sent"] <= mined["step"]).all()


def test_a_stalled_block_has_eligible_accounts_and_no_liquidation(result: Result) -> None:
    blocks, steps = result.blocks, set(landed(result)["step"])
    waiting = [0, *blocks["eligible_accounts"][:-1]]
    expected = [int(count > 0 and step not in steps) for count, step in zip(waiting, blocks["step"], strict=True)]
    assert blocks["stalled"].tolist() == expected
    assert 0 < sum(expected) < len(expected)
    assert result.summary["gas"]["stalled_blocks"] == sum(expected)


def test_blocks_count_what_landed_in_them(result: Result) -> None:
    rows, blocks = landed(result), result.blocks.set_index("step")
    counts = rows.groupby("step").size().reindex(blocks.index, fill_value=0)
    assert counts.tolist() == blocks["liquidations"].tolist()
    repaid = rows.groupby("step")["debt_repaid_usd"].sum().reindex(blocks.index, fill_value=0.0)
    assert repaid.tolist() == pytest.approx(blocks["debt_repaid_usd"].tolist(), rel=1e-9)


# Attempts


def test_every_attempt_has_one_row_in_both_tables(result: Result) -> None:
    """A keeper's nonce may be used twice, by an offer and its better one; each is an attempt of its own."""
    columns = ["sent", "step", "agent", "outcome", "error", "gas_used", "gas_price_gwei", "fee_usd"]
    attempts = result.transactions[result.transactions["kind"] == "liquidation"]
    left, right = (
        sorted(frame[columns].fillna("").itertuples(index=False, name=None))
        for frame in (attempts, result.liquidations)
    )
    assert left == right
    assert set(attempts["outcome"]) <= OUTCOMES
    assert result.liquidations["agent"].str.startswith("liquidator/").all()
    assert sum(result.summary["liquidations"]["outcomes"].values()) == len(attempts)


def test_only_what_landed_moved_anything(result: Result) -> None:
    rows = result.liquidations
    failed = rows[rows["outcome"] != "landed"]
    assert (failed[["debt_repaid", "collateral_seized", "protocol_collateral"]] == 0).all(axis=None)
    assert failed["induced"].isna().all()
    unmined = failed[~failed["outcome"].isin(["reverted", "outbid"])]
    assert (unmined["fee_usd"] == 0).all()
    assert (landed(result)[["debt_repaid", "collateral_seized", "fee_usd"]] > 0).all(axis=None)
    assert (landed(result)["health_factor"] < 1).all()


def test_an_outbid_keeper_has_a_rival_who_landed(result: Result) -> None:
    rows = result.liquidations
    outbid, done = rows[rows["outcome"] == "outbid"], landed(result)
    assert len(outbid) > 0
    for lost in outbid.itertuples():
        rivals = done[(done["account"] == lost.account) & (done["agent"] != lost.agent)]
        assert ((rivals["step"] >= lost.sent) & (rivals["step"] <= lost.step)).any()


def test_bonus_is_what_the_rules_give(fallen: Watched) -> None:
    """Collateral for the keeper and the treasury is 5 % more than the debt at the price that liquidated."""
    rows = landed(fallen.result)
    oracle = fallen.result.blocks.set_index("step")["oracle_WETH"]
    for row in rows.itertuples():
        taken = (row.collateral_seized + row.protocol_collateral) * 1.0
        worth = taken * oracle[row.step] / row.debt_repaid
        before = taken * oracle.get(row.step - 1, 2_000.0) / row.debt_repaid
        assert pytest.approx(1.05, rel=1e-4) in (worth, before)
        assert row.protocol_collateral / taken == pytest.approx(0.1 * 0.05 / 1.05, rel=1e-4)


# Money


def test_fees_of_keepers_add_up(result: Result) -> None:
    sent, keepers = result.transactions, result.summary["keepers"]
    own = sent[sent["agent"].str.startswith("liquidator/")]
    assert set(own["kind"]) <= {"liquidation", "sale"}
    assert keepers["fees_paid_usd"] == pytest.approx(own["fee_usd"].sum(), rel=1e-12)
    attempts = result.liquidations["fee_usd"].sum()
    sales = own.loc[own["kind"] == "sale", "fee_usd"].sum()
    assert keepers["fees_paid_usd"] == pytest.approx(attempts + sales, rel=1e-12)
    assert (own["fee_usd"] == 0).equals(own["index"].isna())
    for name, group in keepers["groups"].items():
        mine = own["agent"].str.startswith(f"liquidator/{name}/")
        assert group["fees_paid_usd"] == pytest.approx(own.loc[mine, "fee_usd"].sum(), rel=1e-12)
        assert group["attempts"] == (own.loc[mine, "kind"] == "liquidation").sum()


def test_profit_is_what_the_keepers_tokens_grew_by(fallen: Watched) -> None:
    market, result = fallen.simulation.market, fallen.result
    price = {asset: result.blocks[f"outside_{asset}"].iloc[-1] for asset in market.tokens}
    before, after = fallen.held
    for name, group in result.summary["keepers"]["groups"].items():
        grown = sum(
            (after[asset][keeper.address] - before[asset][keeper.address]) / 10**token.decimals * price[asset]
            for asset, token in market.tokens.items()
            for keeper in market.roster.liquidators[name]
        )
        assert group["profit_usd"] == pytest.approx(grown - group["fees_paid_usd"], rel=1e-9, abs=1e-6)
        assert grown != 0


def test_a_flash_keepers_profit_is_the_sum_of_its_attempts(fallen: Watched) -> None:
    """It ends every attempt without collateral, so rows and balances must say the same."""
    rows = fallen.result.liquidations
    mine = rows[rows["agent"].str.startswith("liquidator/swift/")]
    group = fallen.result.summary["keepers"]["groups"]["swift"]
    assert group["profit_usd"] == pytest.approx(mine["profit_usd"].sum(), rel=1e-6)


def test_borrowers_lose_what_was_taken_beyond_what_was_cleared_with_it(result: Result) -> None:
    price = result.blocks.set_index("step")
    loss = sum(
        max(
            0.0,
            (row.collateral_seized + row.protocol_collateral) * price[f"outside_{row.collateral_asset}"][row.step]
            - row.debt_repaid * price[f"outside_{row.debt_asset}"][row.step]
            - row.written_off_usd,
        )
        for row in landed(result).itertuples()
    )
    assert result.summary["losses"]["borrowers_usd"] == pytest.approx(loss, rel=1e-9)
    assert loss != 0


def test_a_forced_sale_is_one_of_a_flash_loan_or_of_a_keepers_inventory(result: Result) -> None:
    slipped = result.blocks.set_index("step")["forced_sale_slippage_bps"].dropna()
    sent = result.transactions
    sales = set(sent[(sent["kind"] == "sale") & (sent["outcome"] == "landed")]["step"])
    at_once = landed(result).dropna(subset=["slippage_bps"]).groupby("step")["slippage_bps"].max()
    assert set(slipped.index) == sales | set(at_once.index)
    assert (slipped[at_once.index] >= at_once).all()
    assert (slipped[sorted(set(at_once.index) - sales)] == at_once[sorted(set(at_once.index) - sales)]).all()
    assert result.summary["liquidations"]["peak_slippage_bps"] == slipped.max() > 0
    assert len(at_once) > 0 < len(sales)


# Time


def test_blocks_to_clear_span_every_stay_below_one(fallen: Watched) -> None:
    stays = [stay for series in fallen.health.values() for stay in episodes(series)]
    span = max(last for _, last in stays) - min(first for first, _ in stays)
    assert fallen.result.summary["blocks_to_clear"] == span > 0


def episodes(series: list[tuple[float, float]]) -> list[tuple[int, int]]:
    """(first, first after) block of each stretch below a health of one."""
    found, since = [], None
    for step, (health, _) in enumerate(series):
        if health < 1 and since is None:
            since = step
        if health >= 1 and since is not None:
            found.append((since, step))
            since = None
    return found if since is None else [*found, (since, len(series))]


def test_delay_is_the_time_since_the_account_fell_below_one(fallen: Watched, delayed: Watched) -> None:
    checked = 0
    for run_ in (fallen, delayed):
        for row in landed(run_.result).itertuples():
            # the block that liquidates saw the account as the one before left it
            open_ = [since for since, until in episodes(run_.health[row.account]) if since < row.step <= until]
            assert (None if pd.isna(row.delay_blocks) else row.delay_blocks) == (row.step - open_[0] if open_ else None)
            checked += bool(open_)
    assert checked > 20


def test_late_share_from_healths_and_rows(delayed: Watched) -> None:
    """Debt liquidated over ten minutes after its account fell, and what one call could have closed of accounts that
    were eligible that long and recovered or stayed without a liquidation; over that and all debt liquidated."""
    seconds, rows = 30, landed(delayed.result)
    rules = delayed.simulation.scenario.protocols["main"].liquidation
    late = total = never = 0.0
    for row in rows.itertuples():
        total += row.debt_repaid_usd
        spans = [since for since, until in episodes(delayed.health[row.account]) if since < row.step <= until]
        late += row.debt_repaid_usd if spans and (row.step - spans[0]) * seconds > LATE else 0.0
    done = set(zip(rows["account"], rows["step"], strict=True))
    for account, series in delayed.health.items():
        for since, until in episodes(series):
            if (account, until) in done or (until - since) * seconds <= LATE:
                continue
            health, debt = series[until - 1]
            whole = health <= float(rules.full_close_health_factor) or debt < float(rules.minimum_position)
            never += debt if whole else debt * float(rules.close_factor)
    summary = delayed.result.summary["late"]
    assert late > 0
    assert summary["liquidated_late_usd"] == pytest.approx(late, rel=1e-9)
    assert summary["never_liquidated_usd"] == pytest.approx(never, rel=1e-6)
    assert summary["share"] == pytest.approx((late + never) / (total + never), rel=1e-6)
    assert 0 < summary["share"] < 1


def test_columns_of_the_book_count_accounts_below_one(delayed: Watched) -> None:
    for step, row in enumerate(delayed.result.blocks.to_dict("records")):
        below = {account: series[step] for account, series in delayed.health.items() if series[step][0] < 1}
        late = [
            debt
            for account, (_, debt) in below.items()
            if (step - episodes(delayed.health[account][: step + 1])[-1][0]) * 30 > LATE
        ]
        assert row["eligible_accounts"] == len(below)
        assert row["eligible_debt_usd"] == pytest.approx(sum(debt for _, debt in below.values()), rel=1e-9)
        assert row["late_accounts"] == len(late)
        assert row["late_debt_usd"] == pytest.approx(sum(late), rel=1e-9)
    assert delayed.result.blocks["late_accounts"].max() > 0


def test_induced_is_decided_by_the_control_path(fallen: Watched) -> None:
    """A direct liquidation's account would have fallen at the control prices; an induced one's not."""
    rows = landed(fallen.result)
    control = fallen.result.blocks["control_WETH"]
    assert set(rows["induced"]) == {True, False}
    for row in rows.itertuples():
        # the health that the module saw scales with the price of the only collateral
        seen = row.debt_repaid * 1.05 / (row.collateral_seized + row.protocol_collateral)
        at_lowest = row.health_factor * control[: row.step + 1].min() / seen
        assert abs(at_lowest - 1) > 1e-5, "too near to tell"
        assert row.induced == (at_lowest >= 1)
