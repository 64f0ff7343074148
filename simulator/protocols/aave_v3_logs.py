"""What the logs of an Aave v3 market tell: liquidations, and debt that was written off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..contracts import Event, decode_log
from ..terms import Deficit, Liquidation
from ..transaction import Log
from ..units import WAD
from .aave_v3_deployment import NOBODY
from .aave_v3_reserve import Reserve
from .aave_v3_state import AaveBook

__all__ = ["Record"]

LOSSES = {
    "DeficitCreated": ("recorded", "debtAsset", "user", "amountCreated"),
    "DeficitCovered": ("covered", "reserve", "caller", "amountCovered"),
}
"""Since v3.3: what became of debt that nobody paid, by event, and where it tells asset, account and amount."""


class Record:
    """Reads the logs of one market.

    Parameters
    ----------
    pool : address
    tokens : address by asset
    """

    def __init__(self, pool: str, tokens: Mapping[str, str]) -> None:
        self._pool, self._assets = pool, tuple(tokens)
        self._asset_of = {address: asset for asset, address in tokens.items()}

    def events(self, book: AaveBook, logs: Iterable[Log]) -> Iterator[Event]:
        """Those of the pool and of its tokens."""
        known = {self._pool, *(token for one in book.reserves for token in (one.a_token, one.debt_token))}
        for log in logs:
            event = decode_log(log) if log.address in known else None
            if event is not None:
                yield event

    def _reserve(self, book: AaveBook, token: str) -> Reserve:
        return book.reserves[self._assets.index(self._asset_of[token])]

    def losses(self, book: AaveBook, events: Iterable[Event]) -> Iterator[tuple[str, Deficit]]:
        """Field of `Losses`, and whose debt or money it was at the oracle's price in `book`."""
        for event in events:
            if event.name in LOSSES:
                kind, asset, account, amount = LOSSES[event.name]
                reserve, values = self._reserve(book, event.arguments[asset]), event.arguments
                yield kind, Deficit(values[account], values[amount] / reserve.unit * reserve.price / WAD)

    def liquidations(self, book: AaveBook, events: Iterable[Event]) -> list[Liquidation]:
        """Liquidations among one transaction's events; health factors are those in `book`.

        What the protocol keeps stands in no event of its own: it is the last collateral that goes from the borrower to
        somebody else, after what a liquidator took without redeeming it.
        """
        found: list[Liquidation] = []
        moved: dict[tuple[str, str], list[int]] = {}
        written: dict[tuple[str, str], int] = {}
        for event in events:
            values = event.arguments
            if event.name == "Transfer" and values["to"] != NOBODY:
                moved.setdefault((event.address, values["from"]), []).append(values["value"])
            elif event.name == "DeficitCreated":
                written[values["user"], values["debtAsset"]] = values["amountCreated"]
            elif event.name == "LiquidationCall":
                collateral = self._reserve(book, values["collateralAsset"]).a_token
                passed = moved.pop((collateral, values["user"]), [])
                lost = written.pop((values["user"], values["debtAsset"]), 0)
                found.append(self._liquidation(book, values, sum(passed[values["receiveAToken"] :]), lost))
        return found

    def _liquidation(self, book: AaveBook, values: Mapping[str, Any], protocol: int, lost: int) -> Liquidation:
        number = book.index.get(values["user"])
        return Liquidation(
            borrower=values["user"],
            debt_asset=self._asset_of[values["debtAsset"]],
            collateral_asset=self._asset_of[values["collateralAsset"]],
            liquidator=values["liquidator"],
            debt=values["debtToCover"],
            collateral=values["liquidatedCollateralAmount"],
            protocol_collateral=protocol,
            health_factor=0 if number is None else book.position(number).health_factor,
            paid=values["debtToCover"],
            written_off=lost,
        )
