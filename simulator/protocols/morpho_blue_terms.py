"""Twin of a Morpho Blue liquidation: what it may repay and what it takes, in the contract's integers."""

from __future__ import annotations

from typing import NamedTuple

from ..terms import Terms
from ..units import WAD
from .morpho_blue_market import PRICE_SCALE, MorphoBook, incentive

__all__ = ["Amounts", "amounts", "terms"]


class Amounts(NamedTuple):
    """A liquidation: loan units and shares repaid, collateral units seized, whether the collateral limits it."""

    repaid: int
    shares: int
    seized: int
    takes_all: bool


def amounts(book: MorphoBook, number: int, most: int) -> Amounts:
    """What repaying `most` at most of account `number` comes to; both sides capped.

    Where the collateral pays for less than the debt, it is the collateral that is asked for, and what is repaid follows
    from it with other rounding.
    """
    assert book.market is not None
    loan, collateral = book.market
    owed, held = book.borrow_shares[number][book.loan], book.supply_shares[number][book.collateral]
    factor = incentive(collateral.lltv)
    shares = owed if most >= loan.borrow_assets(owed) else loan.borrow_shares_down(most)
    seized = loan.borrow_assets_down(shares) * factor // WAD * PRICE_SCALE // book.scaled_price
    takes_all = seized > held
    if takes_all:
        seized = held
        quoted = -(-held * book.scaled_price // PRICE_SCALE)
        shares = loan.borrow_shares_up(-(-quoted * WAD // factor))
    return Amounts(loan.borrow_assets(shares), shares, seized, takes_all)


def terms(book: MorphoBook, number: int) -> Terms:
    """Terms of liquidating account `number`; nothing of the collateral goes to the protocol."""
    health = book.position(number).health_factor
    if health >= WAD or not book.supply_shares[number][book.collateral]:
        return Terms(False, health, 0, 0, 0)
    found = amounts(book, number, 2**256)
    return Terms(True, health, found.repaid, found.seized, 0) if found.seized else Terms(False, health, 0, 0, 0)
