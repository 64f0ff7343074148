"""The constant-product pool as a place to sell collateral."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isqrt
from typing import Any

from ..adapters import Trade, Venue
from ..chain.engine import Call, Reader
from ..contracts import artifact, decode_log
from ..set_up import SetUp
from ..settings import VenueSettings
from ..transaction import Account, Log
from ..venue_settings import ConstantProductSettings
from .trades import traded

__all__ = ["ConstantProduct", "Reserves"]

PARTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Reserves:
    """Reserves in token units, base first, and the fee in parts per million."""

    base: int
    quote: int
    fee: int

    def depth(self, sells_base: bool) -> tuple[int, int, int]:
        """Reserves, of the input first; and the fee."""
        return (self.base, self.quote, self.fee) if sells_base else (self.quote, self.base, self.fee)

    def spot(self) -> tuple[int, int]:
        """Quote reserve over base reserve."""
        return self.quote, self.base

    def quote_exact_input(self, sells_base: bool, amount_in: int) -> int:
        """Output of an exact input; equal to the contract's ``quoteExactInput``."""
        inside, outside = (self.base, self.quote) if sells_base else (self.quote, self.base)
        kept = amount_in * (PARTS - self.fee)
        return kept * outside // (inside * PARTS + kept)

    def after(self, sells_base: bool, amount_in: int) -> Reserves:
        """Reserves after an exact input."""
        out = self.quote_exact_input(sells_base, amount_in)
        if sells_base:
            return replace(self, base=self.base + amount_in, quote=self.quote - out)
        return replace(self, base=self.base - out, quote=self.quote + amount_in)

    def input_to_price(self, sells_base: bool, numerator: int, denominator: int) -> int:
        """Input after which the pool's marginal price, fee included, meets numerator/denominator (quote per base).

        Units are token units on both sides. From (x + γΔ)² = γ·x·y·(1/P), the optimum of an arbitrage that pays the
        fee 1 − γ. Zero when the gap is within the fee.
        """
        inside = self.base if sells_base else self.quote
        over, under = (denominator, numerator) if sells_base else (numerator, denominator)
        kept = PARTS - self.fee
        target = isqrt(self.base * self.quote * over * kept // (under * PARTS))
        return max(0, (target - inside) * PARTS // kept)


class ConstantProduct:
    """One deployed pool, seeded by a liquidity provider, traded through a `PoolRouter`.

    Parameters
    ----------
    name : the scenario's name for it
    base, quote : token addresses
    settings : its part of the scenario
    """

    kind = "constant_product"
    extra_gas = 0
    removal_gas = 400_000

    def __init__(self, name: str, base: str, quote: str, settings: VenueSettings) -> None:
        assert isinstance(settings, ConstantProductSettings)
        self.name, self.base, self.quote = name, base, quote
        self.address = self.router = self.manager = ""
        self.reserves = Reserves(0, 0, int(settings.fee * PARTS))

    def deploy(self, set_up: SetUp, others: Mapping[str, Venue]) -> None:
        """Create the pool; the base token is its token0."""
        self.router = self.manager = set_up.once("PoolRouter")
        self.address = set_up.deploy("ConstantProductPool", self.base, self.quote, self.reserves.fee)

    def adopt(self, set_up: SetUp, address: str, fee: int) -> None:
        """Stand over a pool that is there already, instead of `deploy`; `fee` in parts per million is the pool's."""
        self.address, self.reserves = address, replace(self.reserves, fee=fee)
        self.router = self.manager = set_up.once("PoolRouter")

    def seller(self, set_up: SetUp) -> str:
        """See `Venue.seller`."""
        return set_up.once("ConstantProductSeller")

    def refresh(self, read: Reader) -> None:
        """Read the reserves from the chain."""
        pool = artifact("ConstantProductPool")
        (answer,) = read([Call(self.address, pool.encode("getReserves"))])
        base, quote, _ = pool.decode("getReserves", answer.data)
        self.reserves = replace(self.reserves, base=base, quote=quote)

    def follow(self, logs: Sequence[Log]) -> list[Trade]:
        """Carry the reserves over one transaction's logs; returns its trades on this pool."""
        trades = []
        before = self.reserves
        for log in logs:
            event = decode_log(log) if log.address == self.address else None
            if event is None:
                continue
            if event.name == "Synced":
                before = self.reserves
                base, quote = event.arguments["reserve0"], event.arguments["reserve1"]
                self.reserves = replace(before, base=base, quote=quote)
            elif event.name == "Swapped":
                trades.append(self._trade(event.arguments, before))
        return trades

    def _trade(self, swapped: dict[str, Any], before: Reserves) -> Trade:
        sold_base = swapped["amount0In"] > 0
        sides = ("amount0In", "amount1Out") if sold_base else ("amount1In", "amount0Out")
        return traded(swapped["sender"], sold_base, swapped[sides[0]], swapped[sides[1]], before)

    def liquidity(self, holder: str, read: Reader) -> int:
        """See `Venue.liquidity`."""
        (answer,) = read([Call(self.address, artifact("ConstantProductPool").encode("balanceOf", holder))])
        return int.from_bytes(answer.data, "big")

    def provide(self, set_up: SetUp, provider: Account, base: int, quote: int) -> None:
        """See `Venue.provide`."""
        order = (self.address, base, quote, provider.address)
        set_up.send(provider, self.router, "PoolRouter", "addLiquidity", *order)
        set_up.approve(provider, self.address, self.router)

    def remove_call(self, liquidity: int, provider: str) -> tuple[str, bytes]:
        """Target and calldata that redeem liquidity tokens."""
        return self.router, artifact("PoolRouter").encode("removeLiquidity", self.address, liquidity, 0, 0, provider)

    def swap_call(self, token_in: str, amount: int, minimum: int, recipient: str, deadline: int) -> tuple[str, bytes]:
        """Target and calldata of an exact-input swap; the router must be approved for the input."""
        arguments = (self.address, token_in, amount, minimum, recipient, deadline)
        return self.router, artifact("PoolRouter").encode("swapExactInput", *arguments)

    def price(self, base_decimals: int, quote_decimals: int) -> float:
        """Spot price, whole quote tokens a whole base token."""
        return self.reserves.quote / self.reserves.base * 10.0 ** (base_decimals - quote_decimals)
