"""Flat rows: one a block here, one a transaction and one an attempt in `outcomes`, one an account in `accounts`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .accounts import Accounts
from .adapters import Effects
from .block import Built
from .eligibility import Eligibility
from .following import Following
from .market import Market
from .mempool import Dropped, Mempool
from .outcomes import Mined, Outcomes
from .transaction import Block
from .units import FEED_SCALE, GWEI, WAD

__all__ = ["BLOCK_COLUMNS", "Measurements"]

KINDS = (
    *(
        "oracle",
        "poke",
        "auction",
        "bid",
        "liquidation",
        "sale",
        "backstop",
        "deposit",
        "arbitrage",
        "borrower",
        "event",
    ),
    "background",
)
QUANTILES = (0.01, 0.05, 0.25, 0.5)
FORCED = ("liquidation", "sale")
"""Kinds of transactions that sell collateral because somebody was liquidated."""
BLOCK_COLUMNS = ("step", "timestamp", "base_fee_gwei", "gas_used", "eligible_accounts", "forced_sale_slippage_bps")
"""Columns of a table without rows."""
Prices = Mapping[str, int]


class Measurements:
    """Turns what happened in a block into rows.

    Parameters
    ----------
    market : the world, already carried over the block when `after` is called
    control : (blocks, assets) control prices, eight decimals
    assets : names of its columns
    agents : who acts
    """

    def __init__(
        self, market: Market, control: NDArray[np.int64], assets: Sequence[str], agents: Sequence[object]
    ) -> None:
        self.blocks: list[dict[str, Any]] = []
        self.eligibility = Eligibility(
            market.protocols, control / FEED_SCALE, assets, int(market.scenario.chain.block_time)
        )
        self.outcomes = Outcomes(market, self.eligibility)
        self.accounts = Accounts(market.protocols, market.books)
        self.following = Following(market, agents)
        self._market = market
        self._profits = _Profits(market)
        self._mined: list[Mined] = []

    def before(self, step: int, built: Built, price: Prices) -> None:
        """Note, before the books move on, who was near the line and what the block liquidated."""
        self.following.look(step, price)
        self._mined = []
        for index, (receipt, waiting) in enumerate(zip(built.block.receipts, built.mined, strict=True)):
            found = [
                (name, one)
                for name, protocol in self._market.protocols.items()
                for one in (protocol.liquidations(receipt.logs) if receipt.logs else ())
            ]
            self._mined.append(Mined(index, receipt, waiting, found))
        self.eligibility.remember((name, one.borrower) for mined in self._mined for name, one in mined.liquidations)

    def after(
        self,
        step: int,
        built: Built,
        effects: Sequence[Effects],
        dropped: Sequence[Dropped],
        mempool: Mempool,
        price: Prices,
        control: Prices,
    ) -> None:
        """Write the rows of one block."""
        mined = [replace(one, effects=effect) for one, effect in zip(self._mined, effects, strict=True)]
        self.outcomes.mined(step, mined, price)
        rows = self.outcomes.transactions[-len(mined) :] if mined else []
        told = list(zip(mined, rows, strict=True))
        self.outcomes.left(step, dropped)
        self.following.note(step, built.block, built.left_out, told, dropped, mempool, price)
        waited = self.eligibility.count()
        self.eligibility.update(step)
        row = self._block_row(step, built, mined, mempool, price, control)
        row |= self._book_columns(step)
        row |= self._profits.columns(built.block, price)
        row |= {
            "liquidations": sum(len(one.liquidations) for one in mined),
            "debt_repaid_usd": self._repaid_dollars(mined, price),
            "stalled": int(waited > 0 and not any(one.liquidations for one in mined)),
            "forced_sale_slippage_bps": _forced_sale_slippage(mined),
        }
        self.blocks.append(row)

    def finish(self, step: int, dropped: Sequence[Dropped]) -> None:
        """After the last block: what still waits, is still eligible or still owes too much."""
        self.outcomes.left(step, dropped)
        self.eligibility.finish(step)
        self.following.finish()

    def _repaid_dollars(self, mined: Sequence[Mined], price: Prices) -> float:
        return float(
            sum(
                liquidation.debt
                / 10 ** self._market.tokens[liquidation.debt_asset].decimals
                * price[liquidation.debt_asset]
                for one in mined
                for _, liquidation in one.liquidations
            )
            / FEED_SCALE
        )

    def _block_row(
        self, step: int, built: Built, mined: Sequence[Mined], mempool: Mempool, price: Prices, control: Prices
    ) -> dict[str, Any]:
        block = built.block
        row: dict[str, Any] = {
            "step": step,
            "timestamp": block.timestamp,
            "base_fee_gwei": block.base_fee / GWEI,
            "gas_used": block.gas_used,
            "transactions": len(mined),
            "reverted": sum(
                not one.receipt.succeeded and one.receipt.transaction.kind != "background" for one in mined
            ),
            "pending": len(mempool.public()),
            "left_out": built.left_out,
            "burnt_wei": block.gas_used * block.base_fee,
            "tipped_wei": sum(one.receipt.fee for one in mined) - block.gas_used * block.base_fee,
        }
        for kind in KINDS:
            row[f"gas_{kind}"] = sum(one.receipt.gas_used for one in mined if one.receipt.transaction.kind == kind)
        for asset in price:
            row[f"outside_{asset}"] = price[asset] / FEED_SCALE
            row[f"control_{asset}"] = control[asset] / FEED_SCALE
            row[f"oracle_{asset}"] = self._market.feeds[asset].answer / FEED_SCALE
        for name, venue in self._market.venues.items():
            settings = self._market.scenario.venues[name]
            decimals = (self._market.tokens[side].decimals for side in (settings.base, settings.quote))
            row[f"pool_{name}"] = venue.price(*decimals) * price[settings.quote] / FEED_SCALE
        for name, protocol in self._market.protocols.items():
            for asset, state in zip(protocol.assets, protocol.book.states, strict=True):
                row[f"price_{name}_{asset}"] = state.price / WAD if state.priced else None
        return row

    def _book_columns(self, step: int) -> dict[str, Any]:
        """Accounts and debts by state, over all protocols; dollars at oracle prices."""
        row = self.eligibility.columns(step)
        health = np.concatenate([protocol.book.health() for protocol in self._market.protocols.values()])
        for quantile, value in zip(QUANTILES, np.quantile(health, QUANTILES, method="lower"), strict=True):
            row[f"health_p{round(quantile * 100):02d}"] = float(value)
        row["deficit_usd"] = sum(
            state.deficit / state.unit * state.price / WAD
            for protocol in self._market.protocols.values()
            for state in protocol.book.states
        )
        return row


class _Profits:
    """What each group of keepers has earned since before the first block, as ``summary.json`` counts it in the end."""

    def __init__(self, market: Market) -> None:
        self._market, self._native = market, market.scenario.chain.native
        self._groups = {name: [one.address for one in group] for name, group in market.roster.keepers.items()}
        self._group_of = {address: name for name, group in self._groups.items() for address in group}
        self._capital = {asset: dict(held) for asset, held in market.balances.items()}
        self._fees = dict.fromkeys(self._groups, 0.0)

    def columns(self, block: Block, price: Prices) -> dict[str, float]:
        """Dollars by which their tokens grew, at the block's outside prices, less all fees so far."""
        for receipt in block.receipts:
            group = self._group_of.get(receipt.transaction.sender.address)
            if group is not None:
                self._fees[group] += receipt.fee / WAD * price[self._native] / FEED_SCALE
        return {f"profit_{name}": self._grown(name, price) - self._fees[name] for name in self._groups}

    def _grown(self, name: str, price: Prices) -> float:
        total = 0.0
        for asset, held in self._market.balances.items():
            units = sum(held[one] - self._capital[asset][one] for one in self._groups[name])
            total += units / 10 ** self._market.tokens[asset].decimals * price[asset] / FEED_SCALE
        return total


def _forced_sale_slippage(mined: Sequence[Mined]) -> float | None:
    """Basis points of the worst sale of collateral on a venue; None without any."""
    forced = (one for one in mined if one.receipt.transaction.kind in FORCED)
    sales = [trade.slippage for one in forced for _, trade in one.effects.trades if trade.sold_base]
    return max(sales) * 1e4 if sales else None
