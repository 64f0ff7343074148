"""Markets made by hand: a book, a pool, no chain."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

from simulator.market import Market
from simulator.opening_book import OpeningPosition
from simulator.position_book import PositionBook
from simulator.venues.constant_product import Reserves
from tests.unit import stand_ins, tiny
from tests.unit.stand_ins import ETHER, USDC

POOL = Reserves(10_000 * ETHER, 20_000_000 * USDC, 3_000)
ANN, BOB = (10 * ETHER, 14_000 * USDC), (5 * ETHER, 4_000 * USDC)
"""WETH held, USDC owed: at $2,000 loan-to-values of 70 % and 40 %."""


def market(
    book: PositionBook, changes: dict[str, Any] | None = None, style: str = "spread", extra_gas: int = 0
) -> Market:
    """A market of tiny's scenario with that book; its accounts are ann, bob, …"""
    names = ("ann", "bob", "cat", "dan", "eve")[: len(book.accounts)]
    scenario = tiny.scenario(changes)
    rules = scenario.protocols["main"].liquidation
    protocol = SimpleNamespace(
        book=book,
        closable=stand_ins.RULES.closable,
        extra_gas=extra_gas,
        protocol_share=getattr(rules, "protocol_share", 0),
        mechanism=SimpleNamespace(style=style),
    )
    made = SimpleNamespace(
        scenario=scenario,
        protocols={"main": protocol},
        venues={name: SimpleNamespace(reserves=POOL) for name in scenario.venues},
        books={"main": [OpeningPosition(f"position/main/{name}", {}, {}) for name in names]},
    )
    return cast(Market, made)
