"""Twin of ``FixedSpreadLiquidation``: the terms of a liquidation, in the contract's integers."""

from __future__ import annotations

from typing import NamedTuple

from ...position_book import PositionBook, State
from ...terms import Terms
from ...units import WAD, wad
from .spread_rules import SpreadRules

__all__ = ["keeps_enough", "terms"]


class _Pair(NamedTuple):
    """One debt against one collateral of an account."""

    owed: int
    held: int
    debt: State
    collateral: State
    numerator: int  # collateral units for each debt unit, bonus included
    denominator: int


def _pair(owes: State, holds: State, owed: int, held: int) -> _Pair:
    numerator = owes.price * holds.unit * (WAD + holds.liquidation_bonus)
    return _Pair(owed, held, owes, holds, numerator, holds.price * owes.unit * WAD)


def terms(book: PositionBook, number: int, debt: int, collateral: int, rules: SpreadRules) -> Terms:
    """Terms of liquidating account `number`, asset number `debt` against `collateral`; equal to the contract's."""
    if not book.priced()[number]:
        return Terms(False, 0, 0, 0, 0)
    position = book.position(number)
    if position.health_factor >= WAD:
        return Terms(False, position.health_factor, 0, 0, 0)
    owes, holds = book.states[debt], book.states[collateral]
    owed = owes.borrow_assets(book.borrow_shares[number][debt])
    held = holds.supply_assets(book.supply_shares[number][collateral]) if holds.liquidation_threshold else 0
    if not owed or not held:
        return Terms(False, position.health_factor, 0, 0, 0)
    pair = _pair(owes, holds, owed, held)
    repay = _maximum(pair, position.health_factor, position.debt_value, rules)
    amounts = _amounts(pair, repay, rules)
    return Terms(amounts[0] != 0, position.health_factor, *amounts)


def _maximum(pair: _Pair, health: int, all_debt: int, rules: SpreadRules) -> int:
    """The most that close factor and dust rules allow."""
    least, left = wad(rules.minimum_position), wad(rules.minimum_left)
    full = (
        health <= wad(rules.full_close_health_factor)
        or pair.owed * pair.debt.price // pair.debt.unit < least
        or pair.held * pair.collateral.price // pair.collateral.unit < least
    )
    repay = pair.owed
    if not full:
        repay = min(repay, all_debt * wad(rules.close_factor) // WAD * pair.debt.unit // pair.debt.price)
    clearing = -(-pair.held * pair.denominator // pair.numerator)
    if repay >= clearing:
        return clearing
    if repay == pair.owed:
        return repay
    return _without_dust(pair, repay, left)


def _without_dust(pair: _Pair, repay: int, left: int) -> int:
    """`repay` lowered so that at least `left` (1e18-scaled value) stays of the debt and of the collateral."""
    debt_left = -(-left * pair.debt.unit // pair.debt.price)
    collateral_left = -(-left * pair.collateral.unit // pair.collateral.price)
    seizable = max(0, pair.held - collateral_left)
    return min(repay, max(0, pair.owed - debt_left), seizable * pair.denominator // pair.numerator)


def _amounts(pair: _Pair, repay: int, rules: SpreadRules) -> tuple[int, int, int]:
    """Debt repaid, collateral to the liquidator, collateral to the treasury."""
    taken = repay * pair.numerator // pair.denominator
    if taken > pair.held:
        taken = pair.held
        repay = -(-taken * pair.denominator // pair.numerator)
    bonus = taken - -(-taken * WAD // (WAD + pair.collateral.liquidation_bonus))
    protocol = bonus * wad(rules.protocol_share) // WAD
    return repay, taken - protocol, protocol


def keeps_enough(book: PositionBook, number: int, debt: int, collateral: int, amount: int, rules: SpreadRules) -> int:
    """A partial repayment of `amount` lowered so that both sides keep the minimum, with 0.1 % to spare for interest."""
    owes, holds = book.states[debt], book.states[collateral]
    owed = owes.borrow_assets(book.borrow_shares[number][debt])
    held = holds.supply_assets(book.supply_shares[number][collateral])
    left = wad(rules.minimum_left) * 1001 // 1000
    return _without_dust(_pair(owes, holds, owed, held), amount, left)
