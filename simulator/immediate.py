"""What a change does to the book as it stands, before any price moves: who can be liquidated, who may borrow more."""

from __future__ import annotations

from typing import Any

from .adapters import LendingProtocol
from .errors import ScenarioError
from .exposures import account_row
from .market import Market
from .position_book import PositionBook
from .units import WAD

__all__ = ["immediate_effect"]

Row = dict[str, Any]


def immediate_effect(current: Market, proposed: Market) -> Row:
    """Accounts and debt that can be liquidated now, and headroom for borrowing, in both; nothing is asked of a chain.

    Parameters
    ----------
    current, proposed : markets of one book, each at the prices that its oracle gives now

    Returns
    -------
    ``current`` and ``proposed``: accounts, debt_usd, headroom_usd, drawable_usd; ``accounts``: those that can be
    liquidated only under the proposal, most debt first; ``relieved``: those that only now can be.

    Raises
    ------
    ScenarioError : the two opened with different positions
    """
    pairs = [(name, _same(name, current, proposed)) for name in current.protocols]
    worse: list[Row] = []
    better: list[Row] = []
    for name, (before, after) in pairs:
        names = [position.account for position in current.books[name]]
        for number in (before.eligible() ^ after.eligible()).nonzero()[0]:
            row = _changed(name, names, before, after, int(number))
            (worse if after.eligible()[number] else better).append(row)
    return {
        "current": _state(current),
        "proposed": _state(proposed),
        "accounts": sorted(worse, key=lambda row: -row["debt_usd"]),
        "relieved": sorted(better, key=lambda row: -row["debt_usd"]),
    }


def _same(name: str, current: Market, proposed: Market) -> tuple[PositionBook, PositionBook]:
    """Both books of a protocol."""
    if current.books.get(name) != proposed.books.get(name) or name not in proposed.protocols:
        rule = "must open with the same positions in both, or there is no effect of the change alone"
        raise ScenarioError(f"protocols.{name}.positions", rule, "Change margins or rules, not the book")
    return current.protocols[name].book, proposed.protocols[name].book


def _changed(name: str, names: list[str], before: PositionBook, after: PositionBook, number: int) -> Row:
    old, new = account_row(before, names, number), account_row(after, names, number)
    return {
        "protocol": name,
        "account": old["account"],
        "debt_usd": new["debt_usd"],
        "collateral_usd": new["collateral_usd"],
        "health_factor_current": old["health_factor"],
        "health_factor_proposed": new["health_factor"],
    }


def _state(market: Market) -> Row:
    accounts = debt = headroom = drawable = 0
    for protocol in market.protocols.values():
        book = protocol.book
        exposed = book.eligible().nonzero()[0]
        accounts += len(exposed)
        debt += sum(book.position(int(number)).debt_value for number in exposed)
        room = _headroom(book)
        headroom, drawable = headroom + room, drawable + min(room, _lendable(protocol))
    return {
        "accounts": accounts,
        "debt_usd": debt / WAD,
        "headroom_usd": headroom / WAD,
        "drawable_usd": drawable / WAD,
    }


def _headroom(book: PositionBook) -> int:
    """What all accounts together may still borrow, by the contract's arithmetic, 1e18-scaled."""
    known = book.priced()
    return sum(
        max(0, book.borrow_limit(number) - book.position(number).debt_value)
        for number in range(len(book.accounts))
        if known[number]
    )


def _lendable(protocol: LendingProtocol) -> int:
    """Value of what the pool has left to lend under its borrow caps, 1e18-scaled."""
    total = 0
    for state in protocol.book.states:
        total += max(0, state.borrow_room) * state.price // state.unit if state.priced else 0
    return total
