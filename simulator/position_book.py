"""The accounts of one lending pool as arrays, with the contract's arithmetic beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from .asset_state import VIRTUAL_SHARES, AssetState, Bracket, State
from .units import WAD

__all__ = ["VIRTUAL_SHARES", "AssetState", "Bracket", "Position", "PositionBook", "State"]

NEAR = 1e-6
"""Relative distance to the line within which the float screen asks the integers."""

Floats = NDArray[np.float64]
Kept = TypeVar("Kept", bound=NDArray[np.generic])


def _kept(compute: Callable[[PositionBook], Kept]) -> Callable[[PositionBook], Kept]:
    """Compute once for each state of the book: every keeper asks for the same arrays. What is kept is read-only."""

    @wraps(compute)
    def kept(book: PositionBook) -> Kept:
        if compute.__name__ not in book.kept:
            made = compute(book)
            made.flags.writeable = False
            book.kept[compute.__name__] = made
        found: Kept = book.kept[compute.__name__]
        return found

    return kept


class Position(NamedTuple):
    """Values of one account, 1e18-scaled quote units; equal to the contract's ``position``."""

    collateral_value: int
    threshold_value: int
    debt_value: int

    @property
    def health_factor(self) -> int:
        """1e18-scaled, rounded down; 2**256 − 1 without debt."""
        return self.threshold_value * WAD // self.debt_value if self.debt_value else 2**256 - 1


class PositionBook:
    """Shares by (account, asset): Python integers for exact work, float64 mirrors for the screen.

    Parameters
    ----------
    accounts : addresses, in the order of every array here
    assets : names, in the pool's listing order

    Attributes
    ----------
    brackets : by asset, where margins fall with the size of an account
    """

    def __init__(self, accounts: Sequence[str], assets: Sequence[str]) -> None:
        self.accounts, self.assets = tuple(accounts), tuple(assets)
        self.index = {account: number for number, account in enumerate(self.accounts)}
        self._states: tuple[State, ...] = ()
        self.kept: dict[object, Any] = {}
        self.brackets: Mapping[str, tuple[Bracket, ...]] = {}
        shape = (len(self.accounts), len(self.assets))
        self.supply_shares = [[0] * shape[1] for _ in self.accounts]
        self.borrow_shares = [[0] * shape[1] for _ in self.accounts]
        self._supply, self._borrow = np.zeros(shape), np.zeros(shape)

    def add(self, account: str) -> None:
        """Follow one more account, which has no shares yet."""
        self.index[account] = len(self.accounts)
        self.accounts = (*self.accounts, account)
        for shares in (self.supply_shares, self.borrow_shares):
            shares.append([0] * len(self.assets))
        nothing = np.zeros(len(self.assets))
        self._supply, self._borrow = np.vstack([self._supply, nothing]), np.vstack([self._borrow, nothing])
        self.kept.clear()

    @property
    def states(self) -> tuple[State, ...]:
        """The assets, in the order of the columns."""
        return self._states

    @states.setter
    def states(self, states: tuple[State, ...]) -> None:
        self._states = states
        self.kept.clear()

    def set_shares(self, account: str, supply: Sequence[int], borrow: Sequence[int]) -> None:
        """Take over an account's shares as read from the chain."""
        number = self.index[account]
        self.supply_shares[number], self.borrow_shares[number] = list(supply), list(borrow)
        self._supply[number], self._borrow[number] = supply, borrow
        self.kept.clear()

    @_kept
    def priced(self) -> NDArray[np.bool_]:
        """Accounts of whose every debt and collateral there is a fresh price; others cannot be liquidated."""
        needed = (self._borrow > 0) | ((self._supply > 0) & (self.thresholds() > 0))
        missing = np.array([not state.priced for state in self.states])
        known: NDArray[np.bool_] = ~(needed & missing).any(axis=1)
        return known

    @_kept
    def prices(self) -> Floats:
        """Oracle prices in whole quote units, by asset."""
        return np.array([state.price / WAD for state in self.states])

    def _tokens(self, shares: Floats, borrowed: bool) -> Floats:
        """Whole tokens of shares."""
        rates = [(state.borrow_rate if borrowed else state.supply_rate) / state.unit for state in self.states]
        tokens: Floats = shares * np.array(rates)
        return tokens

    @_kept
    def supplies(self) -> Floats:
        """(accounts, assets) whole tokens supplied."""
        return self._tokens(self._supply, borrowed=False)

    @_kept
    def debts(self) -> Floats:
        """(accounts, assets) whole tokens owed."""
        return self._tokens(self._borrow, borrowed=True)

    @_kept
    def thresholds(self) -> Floats:
        """(1 or accounts, assets) liquidation thresholds at oracle prices; one row where they are everybody's."""
        return self.thresholds_at(self.prices())

    def thresholds_at(self, prices: Floats) -> Floats:
        """(1 or accounts, assets) liquidation thresholds at `prices` (quote units by asset)."""
        flat = np.array([[state.liquidation_threshold / WAD for state in self.states]])
        if not self.brackets:
            return flat
        rows: Floats = np.repeat(flat, len(self.accounts), axis=0)
        for asset, brackets in self.brackets.items():
            column = self.assets.index(asset)
            rows[:, column] *= _left(self.supplies()[:, column] * prices[column], brackets)
        return rows

    def thresholds_of(self, number: int) -> Floats:
        """Liquidation thresholds of account `number` by asset."""
        rows = self.thresholds()
        row: Floats = rows[number if len(rows) > 1 else 0]
        return row

    @_kept
    def debt_values(self) -> Floats:
        """Debt of each account at oracle prices, quote units."""
        values: Floats = self.debts() @ self.prices()
        return values

    @_kept
    def collateral_values(self) -> Floats:
        """Value of each account's supplies that count as collateral, quote units."""
        return self.collateral_at(self.prices())

    def collateral_at(self, prices: Floats) -> Floats:
        """The same at `prices` (quote units by asset)."""
        return _worth(self.supplies(), prices, self.thresholds() > 0)

    def shortfalls(self) -> Floats:
        """What each account owes beyond its collateral, quote units; nothing while a price is missing."""
        missing: Floats = np.maximum(self.debt_values() - self.collateral_values(), 0.0)
        return missing if all(state.price for state in self.states) else np.zeros_like(missing)

    @_kept
    def health(self) -> Floats:
        """Health factors at oracle prices, infinite without debt."""
        return self.health_at(self.prices())

    def health_at(self, prices: Floats) -> Floats:
        """Health factors at `prices` (quote units by asset), infinite without debt."""
        debts = self.debts() @ prices
        covered = _worth(self.supplies(), prices, self.thresholds_at(prices))
        with np.errstate(divide="ignore", invalid="ignore"):
            health: Floats = np.where(debts > 0, covered / debts, np.inf)
        return health

    @_kept
    def eligible(self) -> NDArray[np.bool_]:
        """Accounts with a health factor below one: by the screen, and by the integers near the line."""
        health = self.health()
        below: NDArray[np.bool_] = health < 1
        for number in np.flatnonzero(np.abs(health - 1) < NEAR):
            below[number] = self.position(int(number)).health_factor < WAD
        return below & self.priced()

    def position(self, number: int) -> Position:
        """Exact values of account `number`, in the contract's order and rounding."""
        collateral = threshold = debt = 0
        for asset, state, supplied, borrowed in zip(
            self.assets, self.states, self.supply_shares[number], self.borrow_shares[number], strict=True
        ):
            if supplied and state.liquidation_threshold:
                value = state.supply_assets(supplied) * state.price // state.unit
                collateral += value
                threshold += value * self._margin(state.liquidation_threshold, asset, value) // WAD
            if borrowed:
                debt += -(-state.borrow_assets(borrowed) * state.price // state.unit)
        return Position(collateral, threshold, debt)

    def borrow_limit(self, number: int) -> int:
        """What account `number` may owe in all, 1e18-scaled quote units; equal to the contract's."""
        limit = 0
        for asset, state, supplied in zip(self.assets, self.states, self.supply_shares[number], strict=True):
            if supplied and state.liquidation_threshold:
                value = state.supply_assets(supplied) * state.price // state.unit
                limit += value * self._margin(state.loan_to_value, asset, value) // WAD
        return limit

    def _margin(self, full: int, asset: str, value: int) -> int:
        """What is left of a margin for an account with collateral of that value, as ``TieredMarginModel`` has it."""
        brackets = self.brackets.get(asset, ())
        if len(brackets) < 2 or value <= brackets[0].up_to:
            return full
        total = counted = 0
        for up_to, left in brackets:
            part = min(value, up_to) - counted
            total, counted = total + part * (full * left // WAD), counted + part
            if counted == value:
                break
        return total // value

    @_kept
    def bonuses(self) -> Floats:
        """Listed bonus of each account's largest collateral."""
        found: Floats = np.array([state.liquidation_bonus / WAD for state in self.states])[self._largest()[1]]
        return found

    @_kept
    def toxic(self) -> NDArray[np.bool_]:
        """Accounts whose liquidation lowers their health: LTV above 1 / (1 + bonus) of their largest collateral."""
        toxic: NDArray[np.bool_] = self.debt_values() * (1 + self.bonuses()) > self.collateral_values()
        return toxic & (self.debt_values() > 0)

    @_kept
    def _largest(self) -> NDArray[np.intp]:
        """(2, accounts) asset numbers of the most valuable debt and collateral."""
        prices = self.prices()
        debts, held = self.debts() * prices, self.supplies() * prices * (self.thresholds() > 0)
        return np.stack([debts.argmax(axis=1), held.argmax(axis=1)])

    def largest(self, number: int) -> tuple[int, int]:
        """Asset numbers of an account's most valuable debt and collateral."""
        debt, collateral = self._largest()[:, number]
        return int(debt), int(collateral)


def _worth(amounts: Floats, prices: Floats, shares: NDArray[Any]) -> Floats:
    """Value of each account's amounts, of which `shares` (1 or accounts, assets) count."""
    if len(shares) == 1:
        worth: Floats = amounts @ (prices * shares[0])
        return worth
    weighed: Floats = (amounts * shares) @ prices
    return weighed


def _left(values: Floats, brackets: Sequence[Bracket]) -> Floats:
    """What is left of the margins of accounts with collateral of these values, a share of one."""
    left, start = np.zeros_like(values), 0.0
    for bracket in brackets:
        end = min(bracket.up_to / WAD, 1e30)
        left += np.clip(values - start, 0.0, end - start) * (bracket.left / WAD)
        start = end
    with np.errstate(divide="ignore", invalid="ignore"):
        share: Floats = np.where(values > 0, left / values, 1.0)
    return share
