"""What can be said of a market before any price moves: margins, depth, concentration, room in the blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction as Exact
from typing import Any, NamedTuple

import numpy as np

from .adapters import LendingProtocol, Quote
from .block_room import block_room
from .exposures import concentration, recursive
from .market import Market
from .mechanisms.liquidations.dynamic_penalty import DynamicPenalty
from .position_book import State
from .settings import ProtocolSettings
from .units import WAD
from .venue_depth import pool_size, sale_at_slippage, sale_that_moves, slippage

__all__ = ["static_checks"]

SIZES = tuple(part * 10**power for power in range(4, 9) for part in (1, 2, 5))
"""Sales in dollars, from $10k, at which the slippage curve is asked."""
END = 2
"""The curve ends where one in so many of the pool's tokens is sold."""
SPOT_MOVE = Exact(2, 100)
"""Move of the spot price at which depth is quoted, as `outside.depth` is."""
LINE = 1 - 1e-9
"""Health factor just below one, at which an account is first liquidated."""

LARGEST = ("largest_account", "largest_sale_usd", "slippage_bps", "bonus_bps", "return_bps", "margin_at_depth")

Row = dict[str, Any]


class _Sale(NamedTuple):
    """A collateral of a protocol and a venue where it can be sold for another of its assets."""

    protocol: str
    collateral: str
    venue: str
    received: str
    quote: Quote
    sells_base: bool
    state: State  # of the collateral

    def units(self, dollars: float) -> int:
        return int(Exact(dollars) * WAD * self.state.unit / self.state.price)

    def dollars(self, units: int) -> float:
        return float(Exact(units * self.state.price, self.state.unit * WAD))


def static_checks(market: Market, gas: Mapping[tuple[str, str], int] | None = None) -> Row:
    """Lists of flat rows and a few scalars, of the market as it stands; nothing is asked of its chain.

    Parameters
    ----------
    gas : of one liquidation by (protocol, group of keepers), where it was measured; else see `block_room`

    Returns
    -------
    ``margins``, ``depth``, ``slippage``, ``concentration``, ``recursive``, ``totals``, ``blocks``: rows, dollars and
    shares of one, as docs/static_checks.md defines them; ``smallest_margin``, ``smallest_margin_at_depth``,
    ``fewest_liquidations_a_block``: the worst of them, null where there is none.
    """
    margins = [row for name in market.protocols for row in _margins(market, name)]
    sales = [sale for name in market.protocols for sale in _sales(market, name)]
    depth = [_depth(market, sale) for sale in sales]
    blocks = block_room(market, gas or {})
    found: Row = {"margins": margins, "depth": depth, "slippage": [row for sale in sales for row in _curve(sale)]}
    found |= _accounts(market) | {"blocks": blocks}
    return found | {
        "smallest_margin": min((row["margin"] for row in margins), default=None),
        "smallest_margin_at_depth": _least(row["margin_at_depth"] for row in depth),
        "fewest_liquidations_a_block": _least(row["liquidations"] for row in blocks),
    }


def _least(values: Iterable[Any]) -> Any:
    return min((value for value in values if value is not None), default=None)


def _bonus(settings: ProtocolSettings, state: State) -> Exact:
    """The listed bonus, or the largest one that a penalty which grows can reach."""
    rules = settings.liquidation
    if isinstance(rules, DynamicPenalty):
        return 1 / (1 - Exact(rules.maximum_discount)) - 1
    return Exact(state.liquidation_bonus, WAD)


def _margins(market: Market, name: str) -> Iterable[Row]:
    book, settings = market.protocols[name].book, market.scenario.protocols[name]
    for asset, state in zip(book.assets, book.states, strict=True):
        if state.liquidation_threshold:
            threshold, bonus = Exact(state.liquidation_threshold, WAD), _bonus(settings, state)
            yield {
                "protocol": name,
                "asset": asset,
                "loan_to_value": state.loan_to_value / WAD,
                "liquidation_threshold": float(threshold),
                "liquidation_bonus": float(bonus),
                "toxic_loan_to_value": float(1 / (1 + bonus)),
                "product": float(threshold * (1 + bonus)),
                "margin": float(1 - threshold * (1 + bonus)),
            }


def _sales(market: Market, name: str) -> Iterable[_Sale]:
    book = market.protocols[name].book
    for asset, state in zip(book.assets, book.states, strict=True):
        if not state.liquidation_threshold or not state.priced:
            continue
        for venue, traded in market.scenario.venues.items():
            pair = (traded.base, traded.quote)
            if asset in pair and all(one in book.assets for one in pair):
                received = pair[1 - pair.index(asset)]
                yield _Sale(name, asset, venue, received, market.venues[venue].reserves, asset == traded.base, state)


def _depth(market: Market, sale: _Sale) -> Row:
    protocol, settings = market.protocols[sale.protocol], market.scenario.protocols[sale.protocol]
    bonus, threshold = _bonus(settings, sale.state), Exact(sale.state.liquidation_threshold, WAD)
    book = protocol.book
    column = book.assets.index(sale.collateral)
    held, owed = book.supplies()[:, column] * book.prices()[column], book.debt_values()
    secured = float((owed * (held > 0)).sum())
    at_bonus = sale.dollars(sale_at_slippage(sale.quote, sale.sells_base, bonus))
    collateral = float(held[owed > 0].sum())
    return {
        "protocol": sale.protocol,
        "collateral": sale.collateral,
        "venue": sale.venue,
        "received": sale.received,
        "pool_usd": sale.dollars(pool_size(sale.quote, sale.sells_base)),
        "spot_depth_usd": sale.dollars(sale_that_moves(sale.quote, sale.sells_base, SPOT_MOVE)),
        "depth_at_bonus_usd": at_bonus,
        "share_of_collateral": at_bonus / collateral if collateral else None,
        "share_of_debt": at_bonus / secured if secured else None,
        **_largest(market, protocol, sale, bonus, threshold),
    }


def _largest(market: Market, protocol: LendingProtocol, sale: _Sale, bonus: Exact, threshold: Exact) -> Row:
    """The account whose one liquidation would sell most of the collateral, were it just liquidatable."""
    book = protocol.book
    column = book.assets.index(sale.collateral)
    debts = (book.debts() * book.prices()).max(axis=1, initial=0.0)
    closable = protocol.closable(np.full(len(book.accounts), LINE), book.debt_values())
    held = book.supplies()[:, column] * book.prices()[column]
    kept = 1 - bonus / (1 + bonus) * Exact(protocol.protocol_share)  # of the collateral taken, by the liquidator
    sold = np.minimum(np.minimum(closable, debts) * float(1 + bonus), held) * float(kept)
    number = int(sold.argmax()) if len(sold) else 0
    units = sale.units(float(sold[number])) if len(sold) else 0
    if not units:
        return dict.fromkeys(LARGEST)
    lost = slippage(sale.quote, sale.sells_base, units)
    received = (1 + bonus) * kept  # collateral for each dollar of debt repaid
    return {
        "largest_account": market.books[sale.protocol][number].account,
        "largest_sale_usd": sale.dollars(units),
        "slippage_bps": float(lost) * 1e4,
        "bonus_bps": float(bonus) * 1e4,
        "return_bps": float((1 - lost) * received - 1) * 1e4,
        "margin_at_depth": float(1 - threshold * (1 + bonus) / (1 - lost)) if lost < 1 else None,
    }


def _curve(sale: _Sale) -> Iterable[Row]:
    size = pool_size(sale.quote, sale.sells_base)
    amounts = [units for units in (sale.units(dollars) for dollars in SIZES) if 0 < units < size // END]
    for units in (*amounts, size // END):
        if units:
            yield {
                "protocol": sale.protocol,
                "collateral": sale.collateral,
                "venue": sale.venue,
                "size_usd": sale.dollars(units),
                "share_of_pool": units / size,
                "slippage_bps": float(slippage(sale.quote, sale.sells_base, units)) * 1e4,
            }


def _accounts(market: Market) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {"concentration": [], "recursive": [], "totals": []}
    for name, protocol in market.protocols.items():
        names = [position.account for position in market.books[name]]
        flags = recursive(protocol.book, market.scenario.underlying)
        largest, looped, totals = concentration(protocol.book, names, flags)
        found["concentration"] += [{"protocol": name, **row} for row in largest]
        found["recursive"] += [{"protocol": name, **row} for row in looped]
        found["totals"].append({"protocol": name, **totals})
    return found
