from __future__ import annotations

from collections.abc import Callable

import pytest

from simulator import Result, run
from simulator.simulation import Simulation
from tests.scenarios.world import crash, read, watched, with_events

SHOCK = "{kind: price_shock, at: 6, over: 4, asset: WETH, change: -40%, source: stated}"
QUIET = ("chain.blocks=30", "assets.WETH.price={model: constant, start: $2000}", "outside.depth=infinite")


def ran(*events: str) -> Result:
    return run(crash("chain.blocks=30", with_events(*events)), engine="anvil")


def quiet(*events: str, settings: tuple[str, ...] = ()) -> Result:
    """Without prices that move by themselves."""
    return run(crash(*QUIET, *settings, with_events(*events)), engine="anvil")


@pytest.fixture(scope="module")
def fall() -> Result:
    return ran(SHOCK)


@pytest.fixture(scope="module")
def calm() -> Result:
    return quiet()


def sent(result: Result, kind: str, agent: str = "") -> list[int]:
    rows = result.transactions
    return [int(step) for step in rows.loc[(rows["kind"] == kind) & rows["agent"].str.startswith(agent), "sent"]]


def test_nothing_happens_without_events(calm: Result) -> None:
    assert set(calm.blocks["outside_WETH"]) == {2000.0}
    assert set(calm.blocks["eligible_accounts"]) == {0}
    assert sent(calm, "event") == sent(calm, "liquidation") == []
    assert calm.summary["amplification"] is None


def test_price_shock_moves_the_price_in_even_steps_and_stays() -> None:
    blocks = quiet("{kind: price_shock, at: 6, over: 4, asset: WETH, change: -40%, source: stated}").blocks
    factors = [1.0] * 6 + [0.6 ** (part / 4) for part in (1, 2, 3)] + [0.6] * 21
    for column in ("control_WETH", "outside_WETH"):
        assert blocks[column].tolist() == pytest.approx([2000 * factor for factor in factors], abs=1e-8)
    assert set(blocks["outside_USDC"]) == {1.0}


def test_two_price_shocks_multiply() -> None:
    blocks = quiet(
        "{kind: price_shock, at: 3, asset: WETH, change: -10%, source: stated}",
        "{kind: price_shock, at: 5, asset: WETH, change: 20%, source: stated}",
        "{kind: price_shock, at: 5, asset: USDC, change: -1%, source: stated}",
    ).blocks
    assert blocks["outside_WETH"].tolist()[2:6] == pytest.approx([2000, 1800, 1800, 2160], abs=1e-8)
    assert blocks["outside_USDC"].tolist()[4:6] == pytest.approx([1, 0.99], abs=1e-8)


def test_oracle_outage_silences_one_reporter(fall: Result) -> None:
    silent = ran(SHOCK, "{kind: oracle_outage, at: 7, blocks: 10, asset: WETH}")
    inside = set(range(7, 17))
    assert inside & set(sent(fall, "oracle", "reporter/WETH"))
    assert not inside & set(sent(silent, "oracle", "reporter/WETH"))
    assert 17 in sent(silent, "oracle", "reporter/WETH")
    stuck = silent.blocks["oracle_WETH"][8:17]  # what was sent before may be mined in the first block of it
    assert len(set(stuck)) == 1
    assert stuck.iloc[0] > 1.2 * silent.blocks["outside_WETH"][16]
    assert silent.blocks["eligible_accounts"][16] < fall.blocks["eligible_accounts"][8:17].max()


def test_oracle_outage_leaves_other_reporters_alone() -> None:
    often = ("assets.USDC.feed.heartbeat=60s",)
    result = quiet("{kind: oracle_outage, at: 7, blocks: 10, asset: WETH}", settings=often)
    assert len(set(range(7, 17)) & set(sent(result, "oracle", "reporter/USDC"))) >= 4


@pytest.mark.parametrize(("silent", "busy"), [("swift", "patient"), ("patient", "swift")])
def test_keeper_outage_silences_the_named(silent: str, busy: str, fall: Result) -> None:
    result = ran(SHOCK, f"{{kind: keeper_outage, at: 7, blocks: 15, liquidators: [{silent}]}}")
    inside = set(range(7, 22))
    for kind in ("liquidation", "sale"):
        assert not inside & set(sent(result, kind, f"liquidator/{silent}/"))
    assert inside & set(sent(fall, "liquidation", f"liquidator/{silent}/"))
    assert inside & set(sent(result, "liquidation", f"liquidator/{busy}/"))
    assert set(range(22, 30)) & set(sent(result, "liquidation", f"liquidator/{silent}/"))


def reserves_by_block(*overrides: str) -> tuple[Result, list[tuple[int, int]]]:
    kept: list[tuple[int, int]] = []

    def note(simulation: Simulation, step: int) -> None:
        (venue,) = simulation.market.venues.values()
        kept.append(tuple(read(simulation.chain, [("ConstantProductPool", venue.address, "getReserves")])[0][:2]))

    return watched(crash(*overrides), note)[1], kept


def test_liquidity_withdrawal_takes_its_share_in_its_block() -> None:
    events = [
        f"{{kind: liquidity_withdrawal, at: {at}, venue: weth_usdc, share: {share}%}}"
        for at, share in ((1, 40), (4, 50))
    ]
    # an event happens in its block whatever gas costs: here three times what blocks hold is asked for
    crowded = ("chain.blocks=10", "background.load=300%", "background.transaction_gas=300000")
    result, kept = reserves_by_block(*QUIET, *crowded, with_events(*events))
    assert result.blocks["left_out"][1] > 0
    # kept[n] is before block n; the first liquidity of a pool is locked, so shares are a little short
    for step in range(10):
        expected = {1: 0.6, 4: 0.5}.get(step, 1.0)
        for before, after in zip(kept[step], kept[step + 1], strict=True):
            assert after / before == pytest.approx(expected, rel=1e-6)
    assert sent(result, "event") == [1, 4]
    assert set(result.transactions.loc[result.transactions["kind"] == "event", "outcome"]) == {"landed"}
    assert result.blocks["pool_weth_usdc"].tolist() == pytest.approx([2000.0] * 10, rel=1e-6)


def test_less_liquidity_makes_sales_dearer(fall: Result) -> None:
    thin = ran(SHOCK, "{kind: liquidity_withdrawal, at: 5, venue: weth_usdc, share: 80%}")
    slippage = [
        result.liquidations.loc[result.liquidations["outcome"] == "landed", "slippage_bps"].max()
        for result in (fall, thin)
    ]
    assert thin.summary["liquidations"]["debt_repaid_usd"] < fall.summary["liquidations"]["debt_repaid_usd"]
    assert slippage[1] != slippage[0]


def margins(simulation: Simulation) -> tuple[int, ...]:
    (protocol,) = simulation.market.protocols.values()
    model = read(simulation.chain, [("LendingPool", protocol.pool, "marginModel")])[0]
    asset = simulation.market.tokens["WETH"].address
    both, bonus = read(
        simulation.chain,
        [
            ("StaticMarginModel", model, "margin", asset, "0x" + "00" * 20),
            ("StaticMarginModel", model, "liquidationBonus", asset),
        ],
    )
    return (*both, bonus)


@pytest.mark.parametrize(
    ("named", "after"),
    [
        ("liquidation_threshold: 60%, loan_to_value: 50%", (50, 60, 5)),
        ("liquidation_threshold: 81%", (80, 81, 5)),
        ("liquidation_bonus: 8%", (80, 83, 8)),
    ],
)
def test_parameter_change_sets_what_it_names(named: str, after: tuple[int, ...], calm: Result) -> None:
    event = f"{{kind: parameter_change, at: 10, protocol: main, asset: WETH, {named}}}"
    kept: dict[int, tuple[int, ...]] = {}
    note: Callable[[Simulation, int], None] = lambda simulation, step: kept.update({step: margins(simulation)})  # noqa: E731
    _, result = watched(crash(*QUIET, with_events(event)), note)
    percent = 10**16
    for step, found in kept.items():
        assert found == tuple(part * percent for part in (after if step >= 10 else (80, 83, 5))), step
    if after[1] < 80:  # positions are opened at up to 79 %
        assert set(result.blocks["eligible_accounts"][:10]) == {0}
        assert result.blocks["eligible_accounts"][10] > 0
        assert set(calm.blocks["eligible_accounts"]) == {0}
        assert result.summary["liquidations"]["count"] > 0


def test_gas_spike_multiplies_demand_and_fees_and_ends(calm: Result) -> None:
    result = quiet("{kind: gas_spike, at: 10, blocks: 8, load_factor: 6, fee_factor: 3}")

    def background(one: Result, first: int, last: int) -> tuple[float, float]:
        """Transactions sent a block, and their median fee cap."""
        rows = one.transactions[one.transactions["kind"] == "background"]
        rows = rows[(rows["sent"] >= first) & (rows["sent"] < last)]
        return len(rows) / (last - first), rows["max_fee_gwei"].median()

    (before, fee), (during, fee_during), (after, fee_after) = (
        background(result, *span) for span in ((0, 10), (10, 18), (18, 30))
    )
    assert during == pytest.approx(6 * 0.7 * 6, rel=0.35)  # load x gas limit / gas of one, times the factor
    assert during > 3 * max(before, after)
    assert fee_during > 2 * max(fee, fee_after)
    assert result.blocks["base_fee_gwei"][10:20].max() > 1.5 * calm.blocks["base_fee_gwei"].max()
    assert background(result, 0, 10) == background(calm, 0, 10)
    assert result.blocks["gas_background"][10:18].sum() > calm.blocks["gas_background"][10:18].sum()


def test_gas_spike_makes_keepers_wait_or_pay() -> None:
    spike = "{kind: gas_spike, at: 6, blocks: 20, load_factor: 20, fee_factor: 50}"
    with_spike, without = ran(SHOCK, spike), ran(SHOCK)
    fees = [
        result.liquidations.loc[result.liquidations["fee_usd"] > 0, "gas_price_gwei"].median()
        for result in (with_spike, without)
    ]
    assert fees[0] > 2 * fees[1]
    assert with_spike.blocks["left_out"].sum() > without.blocks["left_out"].sum()
