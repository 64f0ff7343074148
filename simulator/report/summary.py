"""A run's rows → the figures of ``summary.json``."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..eligibility import LATE_SECONDS
from ..mechanisms.liquidations.stability_pool import StabilityPoolMechanism
from ..simulation import Run
from ..units import FEED_SCALE

__all__ = ["summarise"]

AUCTIONS = ("english", "dutch")
NEAR_ZERO = 0.05
"""A sale for less than this share of what the collateral was worth outside was one at next to nothing."""


def summarise(run: Run, blocks: pd.DataFrame, transactions: pd.DataFrame, attempts: pd.DataFrame) -> dict[str, Any]:
    """Figures of a run; dollars at outside prices, debts and deficits at oracle prices.

    Amplification is (start − outside low) / (start − control low) of the asset whose control path fell furthest; null
    when none fell. Bad debt is the deficit recorded on chain plus what debts exceed their collateral by at the end.
    """
    mined = transactions[transactions["index"].notna()]
    prices = {asset: _prices(run, blocks, asset) for asset in run.scenario.assets}
    deepest = max(prices.values(), key=_relative_fall)
    shortfall = run.measurements.eligibility.shortfall()
    deficit = float(blocks["deficit_usd"].iloc[-1]) if len(blocks) else 0.0
    own_rules = {name: list(one.own_rules) for name, one in run.market.protocols.items() if one.own_rules}
    lost = [protocol.losses for protocol in run.market.protocols.values()]
    recorded, covered, socialised = (float(sum(column)) for column in zip(*lost, strict=True))
    return {
        "scenario": run.scenario.name,
        "variant": run.scenario.variant,
        "seed": run.scenario.seed,
        "engine": run.engine,
        "complete": not run.stopped_by,
        "stopped_by": run.stopped_by,
        "blocks": len(blocks),
        "transactions": len(mined),
        "reverted": int(blocks["reverted"].sum()) if len(blocks) else 0,
        "gas_used": int(blocks["gas_used"].sum()) if len(blocks) else 0,
        "amplification": _amplification(deepest),
        "bad_debt_usd": recorded + shortfall,
        "deficit_usd": deficit,
        "shortfall_usd": shortfall,
        "losses": {"borrowers_usd": _borrowers_loss(attempts), "suppliers_usd": deficit + shortfall + socialised},
        "covered_usd": covered,
        "socialised_usd": socialised,
        "auctions": _auctions(run, attempts),
        "blocks_to_clear": _blocks_to_clear(blocks),
        "liquidations": _liquidations(blocks, attempts),
        "late": _late(run, attempts),
        "prices": prices,
        "gas": _gas(blocks),
        "depositors": _depositors(run, transactions),
        "keepers": _keepers(run, transactions, attempts),
    } | ({"own_rules": own_rules} if own_rules else {})


def _prices(run: Run, blocks: pd.DataFrame, asset: str) -> dict[str, Any]:
    venues = [name for name, venue in run.scenario.venues.items() if venue.base == asset]
    return {
        "start": int(run.prices.control_at(0)[asset]) / FEED_SCALE,
        "outside_low": _low(blocks, f"outside_{asset}"),
        "control_low": _low(blocks, f"control_{asset}"),
        "oracle_low": _low(blocks, f"oracle_{asset}"),
        "overstatement_peak": _overstatement(run, blocks, asset),
        "pool_low": min((low for name in venues if (low := _low(blocks, f"pool_{name}")) is not None), default=None),
    }


def _low(blocks: pd.DataFrame, column: str) -> float | None:
    return float(blocks[column].min()) if len(blocks) else None


def _overstatement(run: Run, blocks: pd.DataFrame, asset: str) -> float | None:
    """Largest share of the price that a protocol's oracle gave and that the outside market did not pay.

    Of the assets that a scenario lists, a protocol of one pair has two.
    """
    columns = [column for name in run.scenario.protocols if (column := f"price_{name}_{asset}") in blocks]
    if not columns or not len(blocks):
        return None
    gaps = [(1 - blocks[f"outside_{asset}"] / blocks[column].astype(float)).max() for column in columns]
    return float(max(gaps))


def _relative_fall(price: dict[str, Any]) -> float:
    return 0.0 if price["control_low"] is None else float(1 - price["control_low"] / price["start"])


def _amplification(price: dict[str, Any]) -> float | None:
    if _relative_fall(price) <= 0:
        return None
    return float((price["start"] - price["outside_low"]) / (price["start"] - price["control_low"]))


def _landed(attempts: pd.DataFrame) -> pd.DataFrame:
    return attempts[attempts["outcome"] == "landed"]


def _borrowers_loss(attempts: pd.DataFrame) -> float:
    """Dollars by which the collateral that each sale took, the protocol's part included, exceeded the debt it cleared.

    What a slipping sale of the collateral costs is in it where borrowers bear that: their collateral counts at outside
    prices. Where more debt is written off than collateral was there for, the suppliers lose and no borrower gains.
    """
    done = _landed(attempts)
    taken = done["collateral_seized_usd"] + done["protocol_collateral_usd"]
    return float((taken - done["debt_repaid_usd"] - done["written_off_usd"]).clip(lower=0).sum())


def _auctions(run: Run, attempts: pd.DataFrame) -> dict[str, Any] | None:
    """Sales by auction: how many at next to nothing, and how much of their debt they left uncovered."""
    holding = [name for name, protocol in run.market.protocols.items() if protocol.mechanism.style in AUCTIONS]
    if not holding:
        return None
    done = _landed(attempts)
    done = done[done["protocol"].isin(holding)]
    cheap = done["paid_usd"] < NEAR_ZERO * done["collateral_seized_usd"]
    repaid, written, worth = (
        float(done[name].sum()) for name in ("debt_repaid_usd", "written_off_usd", "collateral_seized_usd")
    )
    return {
        "sales": len(done),
        "near_zero": int(cheap.sum()),
        "near_zero_share": float(cheap.mean()) if len(done) else None,
        "near_zero_value_share": float(done["collateral_seized_usd"][cheap].sum()) / worth if worth else None,
        "uncovered_usd": written,
        "uncovered_share": written / (written + repaid) if written + repaid else None,
    }


def _induced_share(landed: pd.DataFrame) -> float | None:
    """Share of the liquidated debt whose liquidation was induced."""
    total = float(landed["debt_repaid_usd"].sum())
    return float(landed["debt_repaid_usd"][landed["induced"].astype(bool)].sum()) / total if total else None


def _peak_slippage(blocks: pd.DataFrame) -> float | None:
    """Basis points that the worst of all forced sales slipped."""
    slippage = blocks["forced_sale_slippage_bps"].dropna().astype(float)
    return float(slippage.max()) if len(slippage) else None


def _proceeds_over_market(landed: pd.DataFrame) -> float | None:
    """What liquidators paid for each dollar's worth of the collateral that they received."""
    worth = float(landed["collateral_seized_usd"].sum())
    return float(landed["paid_usd"].sum()) / worth if worth else None


def _blocks_to_clear(blocks: pd.DataFrame) -> int:
    """Blocks from the first one to the last one after which somebody was eligible, both counted."""
    steps = blocks["step"][blocks["eligible_accounts"] > 0]
    return int(steps.max() - steps.min()) + 1 if len(steps) else 0


def _liquidations(blocks: pd.DataFrame, attempts: pd.DataFrame) -> dict[str, Any]:
    landed = _landed(attempts)
    delays = landed["delay_blocks"].fillna(0).astype(float)
    slippage = landed["slippage_bps"].dropna().astype(float)
    return {
        "count": len(landed),
        "direct": int((~landed["induced"].astype(bool)).sum()),
        "induced": int(landed["induced"].astype(bool).sum()),
        "induced_share": _induced_share(landed),
        "reverted_attempts": int(attempts["outcome"].isin(["reverted", "outbid"]).sum()),
        "outcomes": {str(name): int(count) for name, count in sorted(attempts["outcome"].value_counts().items())},
        "debt_repaid_usd": float(landed["debt_repaid_usd"].sum()),
        "collateral_seized_usd": float(landed["collateral_seized_usd"].sum()),
        "proceeds_over_market": _proceeds_over_market(landed),
        "mean_slippage_bps": float(slippage.mean()) if len(slippage) else None,
        "peak_slippage_bps": _peak_slippage(blocks),
        "median_delay_blocks": float(np.percentile(delays, 50)) if len(delays) else None,
        "p95_delay_blocks": float(np.percentile(delays, 95)) if len(delays) else None,
        "mean_gas": float(landed["gas_used"].mean()) if len(landed) else None,
        "mean_fee_usd": float(landed["fee_usd"].mean()) if len(landed) else None,
        "mean_profit_usd": float(landed["profit_usd"].mean()) if len(landed) else None,
    }


def _late(run: Run, attempts: pd.DataFrame) -> dict[str, Any]:
    """Debt liquidated later than ten minutes after it became eligible, or never though eligible for longer."""
    seconds = int(run.scenario.chain.block_time)
    landed = _landed(attempts)
    slow = landed["delay_blocks"].fillna(0).astype(float) * seconds > LATE_SECONDS
    never = [
        episode
        for episode in run.measurements.eligibility.unliquidated
        if (episode.until - episode.since) * seconds > LATE_SECONDS
    ]
    late, never_dollars = float(landed["debt_repaid_usd"][slow].sum()), sum(episode.debt_usd for episode in never)
    total = float(landed["debt_repaid_usd"].sum()) + never_dollars
    return {
        "share": (late + never_dollars) / total if total else None,
        "liquidated_late_usd": late,
        "never_liquidated_usd": never_dollars,
        "never_liquidated_accounts": len(never),
    }


def _gas(blocks: pd.DataFrame) -> dict[str, Any]:
    return {
        "peak_base_fee_gwei": _peak(blocks),
        "full_blocks": int((blocks["left_out"] > 0).sum()) if len(blocks) else 0,
        "stalled_blocks": int(blocks["stalled"].sum()) if len(blocks) else 0,
    }


def _peak(blocks: pd.DataFrame) -> float:
    return float(blocks["base_fee_gwei"].max()) if len(blocks) else 0.0


def _keepers(run: Run, transactions: pd.DataFrame, attempts: pd.DataFrame) -> dict[str, Any]:
    """Profit is what keepers' tokens are worth in the end beyond what they began with, less all their fees."""
    groups = {}
    for name, keepers in run.market.roster.keepers.items():
        agents = [keeper.name for keeper in keepers]
        own = attempts[attempts["agent"].isin(agents)]
        won = _landed(attempts)
        won = won[won["liquidator"].isin(agents)]
        fees = float(transactions.loc[transactions["agent"].isin(agents), "fee_usd"].sum())
        gained = sum(_gained(run, keeper.address) for keeper in keepers)
        groups[name] = {
            "keepers": len(keepers),
            "attempts": len(own),
            "landed": len(won),
            "debt_repaid_usd": float(won["debt_repaid_usd"].sum()),
            "profit_usd": gained - fees,
            "fees_paid_usd": fees,
        }
    return {
        "profit_usd": sum(group["profit_usd"] for group in groups.values()),
        "fees_paid_usd": sum(group["fees_paid_usd"] for group in groups.values()),
        "groups": groups,
    }


def _depositors(run: Run, transactions: pd.DataFrame) -> dict[str, Any] | None:
    """What depositors of stability pools put in, and have now beyond that, unclaimed gains included, less fees."""
    if not run.scenario.depositors:
        return None
    deposited = float(sum(one.amount * one.count for one in run.scenario.depositors))
    owners = [owner for owners in run.market.roster.depositors.values() for owner in owners]
    fees = transactions.loc[transactions["agent"].isin([owner.name for owner in owners]), "fee_usd"].sum()
    pools = [protocol.mechanism for protocol in run.market.protocols.values()]
    held = [pool.holdings for pool in pools if isinstance(pool, StabilityPoolMechanism)]
    inside = sum(_dollars(run, asset, units) for amounts in held for asset, units in amounts.items())
    outside = sum(_gained(run, owner.address) for owner in owners)
    return {"deposited_usd": deposited, "profit_usd": float(inside + outside - deposited - fees)}


def _dollars(run: Run, asset: str, units: int) -> float:
    """At the last outside price."""
    return float(units / 10 ** run.market.tokens[asset].decimals * run.last_price[asset] / FEED_SCALE)


def _gained(run: Run, address: str) -> float:
    """Dollars, at the last outside price, by which an account's tokens grew."""
    total = 0.0
    for asset, held in run.market.balances.items():
        total += _dollars(run, asset, held[address] - run.capital[asset][address])
    return total
