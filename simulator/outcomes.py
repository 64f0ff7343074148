"""What became of each transaction, and of each attempt at a liquidation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .adapters import Effects
from .contracts import decode_error
from .eligibility import Eligibility
from .market import Market
from .mempool import Dropped, Waiting
from .terms import Liquidation
from .transaction import Receipt
from .units import FEED_SCALE, GWEI, WAD

__all__ = ["ATTEMPT_COLUMNS", "TRANSACTION_COLUMNS", "Mined", "Outcomes"]

TRANSACTION_COLUMNS = ("step", "index", "agent", "kind", "outcome", "fee_usd")
ATTEMPT_COLUMNS = (
    "step",
    "agent",
    "liquidator",
    "protocol",
    "outcome",
    "induced",
    "delay_blocks",
    "debt_repaid_usd",
    "paid_usd",
    "written_off_usd",
    "collateral_seized_usd",
    "protocol_collateral_usd",
    "slippage_bps",
    "gas_used",
    "fee_usd",
    "profit_usd",
)
Prices = Mapping[str, int]
Row = dict[str, Any]


NOTHING = Effects([], {})


@dataclass(frozen=True, slots=True)
class Mined:
    """One mined transaction with all that is known of it; `index` is its place in the block."""

    index: int
    receipt: Receipt
    waiting: Waiting
    liquidations: Sequence[tuple[str, Liquidation]]
    effects: Effects = NOTHING


class Outcomes:
    """Rows of transactions and attempts.

    Parameters
    ----------
    market : names, decimals
    eligibility : since when an account may be liquidated, and whether the fall outside alone did it
    """

    def __init__(self, market: Market, eligibility: Eligibility) -> None:
        self.transactions: list[Row] = []
        self.attempts: list[Row] = []
        self._tokens, self._native = market.tokens, market.scenario.chain.native
        self._eligibility = eligibility
        self._styles = {name: protocol.mechanism.style for name, protocol in market.protocols.items()}
        self._keepers = {one.address: one.name for keepers in market.roster.keepers.values() for one in keepers}
        self._landed: dict[str, list[tuple[int, int, str]]] = {}  # borrower → (step, index, keeper)

    def mined(self, step: int, block: Sequence[Mined], price: Prices) -> None:
        """Rows of one block's transactions."""
        for one in block:
            for _, liquidation in one.liquidations:
                entry = (step, one.index, one.receipt.transaction.agent)
                self._landed.setdefault(liquidation.borrower, []).append(entry)
        for one in block:
            self._transaction_row(step, one, price)

    def left(self, step: int, dropped: Sequence[Dropped]) -> None:
        """Rows of transactions that left the mempool unmined."""
        nothing = {"error": "", "index": None, "gas_used": 0, "gas_price_gwei": 0.0, "fee_usd": 0.0}
        for one in dropped:
            row = self._common(step, one.waiting) | {"outcome": one.outcome} | nothing
            self.transactions.append(row)
            if one.waiting.transaction.kind == "liquidation":
                self.attempts.append(self._attempt(step, one.waiting) | {"outcome": one.outcome})

    @staticmethod
    def _common(step: int, waiting: Waiting) -> Row:
        transaction = waiting.transaction
        return {
            "sent": waiting.sent,
            "step": step,
            "agent": transaction.agent,
            "kind": transaction.kind,
            "nonce": transaction.nonce,
            "gas_limit": transaction.gas_limit,
            "max_fee_gwei": transaction.max_fee / GWEI,
            "priority_fee_gwei": transaction.priority_fee / GWEI,
        }

    def _fee_dollars(self, receipt: Receipt, price: Prices) -> float:
        return receipt.fee / WAD * price[self._native] / FEED_SCALE

    def _transaction_row(self, step: int, done: Mined, price: Prices) -> None:
        receipt = done.receipt
        outcome = "landed" if receipt.succeeded else self._why_failed(step, done)
        error = decode_error(receipt.revert_data)
        fee = self._fee_dollars(receipt, price)
        self.transactions.append(
            self._common(step, done.waiting)
            | {
                "outcome": outcome,
                "error": error,
                "index": done.index,
                "gas_used": receipt.gas_used,
                "gas_price_gwei": receipt.effective_gas_price / GWEI,
                "fee_usd": fee,
            }
        )
        if receipt.transaction.kind == "liquidation":
            self._attempt_rows(step, done, price, {"outcome": outcome, "error": error, "fee_usd": fee})

    def _why_failed(self, step: int, done: Mined) -> str:
        """An attempt lost to another keeper's liquidation of the same account, since it was sent, was outbid."""
        transaction = done.receipt.transaction
        if transaction.kind != "liquidation":
            return "reverted"
        rivals = self._landed.get(str(transaction.note["account"]), [])
        lost = any(
            sent >= done.waiting.sent and (sent, index) < (step, done.index) and keeper != transaction.agent
            for sent, index, keeper in rivals
        )
        return "outbid" if lost else "reverted"

    def _attempt(self, step: int, waiting: Waiting) -> Row:
        note = waiting.transaction.note
        protocol, account = str(note["protocol"]), str(note["account"])
        since = self._eligibility.since(protocol, account)
        return {
            "sent": waiting.sent,
            "step": step,
            "eligible_since": since,
            "delay_blocks": None if since is None else step - since,
            "agent": waiting.transaction.agent,
            "liquidator": waiting.transaction.agent,
            "protocol": protocol,
            "account": account,
            "debt_asset": note["debt"],
            "collateral_asset": note["collateral"],
            "outcome": "",
            "error": "",
            "induced": None,
            "health_factor": None,
            "debt_repaid": 0.0,
            "debt_repaid_usd": 0.0,
            "paid_usd": 0.0,
            "written_off_usd": 0.0,
            "collateral_seized": 0.0,
            "collateral_seized_usd": 0.0,
            "protocol_collateral": 0.0,
            "protocol_collateral_usd": 0.0,
            "proceeds_usd": None,
            "slippage_bps": None,
            "gas_used": 0,
            "gas_price_gwei": 0.0,
            "fee_usd": 0.0,
            "profit_usd": 0.0,
        }

    def _attempt_rows(self, step: int, done: Mined, price: Prices, outcome: Row) -> None:
        gas = {"gas_used": done.receipt.gas_used, "gas_price_gwei": done.receipt.effective_gas_price / GWEI}
        row = self._attempt(step, done.waiting) | outcome | gas
        if not done.liquidations:
            self.attempts.append(row | {"profit_usd": -row["fee_usd"]})
        for name, liquidation in done.liquidations:
            self.attempts.append(row | self._landed_columns(step, name, liquidation, done, price, row["fee_usd"]))

    def _landed_columns(
        self, step: int, protocol: str, liquidation: Liquidation, done: Mined, price: Prices, fee: float
    ) -> Row:
        """Amounts in whole tokens; dollars at outside prices, but for debts at one oracle price like the pool's."""

        def whole(asset: str, amount: int) -> float:
            return float(amount / 10 ** self._tokens[asset].decimals)

        debt, collateral = liquidation.debt_asset, liquidation.collateral_asset
        seized = whole(collateral, liquidation.collateral)
        repaid = whole(debt, liquidation.debt)
        kept = whole(collateral, liquidation.protocol_collateral)
        columns: Row = {
            "induced": self._eligibility.induced(protocol, liquidation.borrower, step),
            "health_factor": liquidation.health_factor / WAD,
            "debt_repaid": repaid,
            "debt_repaid_usd": repaid * price[debt] / FEED_SCALE,
            "paid_usd": whole(debt, liquidation.paid) * price[debt] / FEED_SCALE,
            "written_off_usd": whole(debt, liquidation.written_off) * price[debt] / FEED_SCALE,
            "liquidator": self._keepers.get(liquidation.liquidator, done.receipt.transaction.agent),
            "collateral_seized": seized,
            "collateral_seized_usd": seized * price[collateral] / FEED_SCALE,
            "protocol_collateral": kept,
            "protocol_collateral_usd": kept * price[collateral] / FEED_SCALE,
        }
        sold = [trade for _, trade in done.effects.trades if trade.sold_base]
        if sold:
            proceeds = whole(debt, sold[0].amount_out) * price[debt] / FEED_SCALE
            columns |= {"proceeds_usd": proceeds, "slippage_bps": sold[0].slippage * 1e4}
        gained = sum(whole(asset, units) * price[asset] / FEED_SCALE for asset, units in done.effects.gained.items())
        if self._styles[protocol] == "english":  # paid before, as a bid
            gained = float(str(columns["collateral_seized_usd"])) - float(str(columns["paid_usd"]))
        return columns | {"profit_usd": gained - fee}
