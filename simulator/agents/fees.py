"""Fee policies: settings and the state of the market → fee cap and priority fee."""

from __future__ import annotations

from typing import NamedTuple

from ..agent_settings import FixedFee, PercentileFee, ProfitShareFee
from ..transaction import Transaction
from ..units import GWEI
from ..view import MarketView

__all__ = ["Bid", "bid", "worth_replacing"]

REPLACEMENT_PERCENT = 110


class Bid(NamedTuple):
    """Wei per gas."""

    max_fee: int
    priority_fee: int

    def effective(self, base_fee: int) -> int:
        """Price per gas that is paid at `base_fee`."""
        return min(self.max_fee, base_fee + self.priority_fee)


def bid(policy: FixedFee | PercentileFee | ProfitShareFee, view: MarketView, *, profit: int = 0, gas: int = 1) -> Bid:
    """What `policy` offers now.

    Parameters
    ----------
    profit : expected profit in wei, for those who share it
    gas : gas that the transaction is expected to use

    Notes
    -----
    The fee cap leaves room for the base fee to double, as wallets do; a first-price auction has none to leave room for.
    """
    if isinstance(policy, FixedFee):
        price = int(policy.price * GWEI)
        return Bid(price, price)
    maximum = int(policy.maximum * GWEI)
    if isinstance(policy, PercentileFee):
        tip = view.fees.percentile(float(policy.percentile)) + 1
    else:
        tip = max(int(policy.share * profit) // gas, 1)
    tip = min(tip, maximum)
    return Bid(min(maximum, 2 * view.base_fee + tip), tip)


def worth_replacing(old: Transaction, new: Bid) -> bool:
    """Whether `new` is raised enough over a waiting transaction for the mempool to accept it."""
    return (
        100 * new.max_fee >= REPLACEMENT_PERCENT * old.max_fee
        and 100 * new.priority_fee >= REPLACEMENT_PERCENT * old.priority_fee
    )
