"""A pair of Uniswap v2: its published factory, pair and router."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..adapters import Trade, Venue
from ..chain.engine import Call, Reader
from ..chain.signing import derived_address
from ..contracts import Event, artifact, decode_log
from ..set_up import SetUp
from ..settings import VenueSettings
from ..transaction import Account, Log
from .constant_product import Reserves
from .trades import traded

__all__ = ["UniswapV2"]

FEE = 3_000
NOBODY = "0x" + "00" * 20
LATE = 2**60
"""A deadline that never comes."""
PAIR_GAS = 4_000_000
PAIR, ROUTER = "uniswap_v2/UniswapV2Pair", "uniswap_v2/UniswapV2Router02"


class UniswapV2:
    """One pair, traded through the router.

    Parameters
    ----------
    name : the scenario's name for it
    base, quote : token addresses
    settings : its part of the scenario
    """

    kind = "uniswap_v2"
    extra_gas = 0
    removal_gas = 400_000

    def __init__(self, name: str, base: str, quote: str, settings: VenueSettings) -> None:
        self.name, self.base, self.quote = name, base, quote
        self.address = self.router = self.manager = ""
        self.reserves = Reserves(0, 0, FEE)

    def deploy(self, set_up: SetUp, others: Mapping[str, Venue]) -> None:
        """See `Venue.deploy`."""
        factory = set_up.once("uniswap_v2/UniswapV2Factory", NOBODY)
        self.router = self.manager = set_up.once(ROUTER, factory, NOBODY)
        tokens = sorted((self.base, self.quote), key=lambda token: int(token, 16))
        salted = b"".join(bytes.fromhex(token[2:]) for token in tokens)
        self.address = derived_address(factory, salted, artifact(PAIR).init_code)
        create = (factory, "uniswap_v2/UniswapV2Factory", "createPair", self.base, self.quote)
        set_up.send(set_up.deployer, *create, gas=PAIR_GAS)

    def adopt(self, set_up: SetUp, address: str, factory: str) -> None:
        """Stand over a pair that is there already, instead of `deploy`; it is traded through a router of ours."""
        self.address = address
        self.router = self.manager = set_up.once(ROUTER, factory, NOBODY)

    def provide(self, set_up: SetUp, provider: Account, base: int, quote: int) -> None:
        """See `Venue.provide`."""
        order = (self.base, self.quote, base, quote, 0, 0, provider.address, LATE)
        set_up.send(provider, self.router, ROUTER, "addLiquidity", *order)
        set_up.approve(provider, self.address, self.router)

    def seller(self, set_up: SetUp) -> str:
        """See `Venue.seller`."""
        return set_up.once("UniswapV2Seller")

    def refresh(self, read: Reader) -> None:
        """See `Venue.refresh`."""
        (answer,) = read([Call(self.address, artifact(PAIR).encode("getReserves"))])
        self._note(*artifact(PAIR).decode("getReserves", answer.data)[:2])

    def follow(self, logs: Sequence[Log]) -> list[Trade]:
        """See `Venue.follow`."""
        trades, before = [], self.reserves
        for log in logs:
            event = decode_log(log) if log.address == self.address else None
            if event is None:
                continue
            if event.name == "Sync":
                before = self.reserves
                self._note(event.arguments["reserve0"], event.arguments["reserve1"])
            elif event.name == "Swap":
                trades.append(self._trade(event, before))
        return trades

    @property
    def _base_first(self) -> bool:
        return int(self.base, 16) < int(self.quote, 16)

    def _note(self, first: int, second: int) -> None:
        base, quote = (first, second) if self._base_first else (second, first)
        self.reserves = replace(self.reserves, base=base, quote=quote)

    def _trade(self, swapped: Event, before: Reserves) -> Trade:
        told = swapped.arguments
        sold_first = told["amount0In"] > 0
        sides = ("amount0In", "amount1Out") if sold_first else ("amount1In", "amount0Out")
        return traded(told["sender"], sold_first is self._base_first, told[sides[0]], told[sides[1]], before)

    def liquidity(self, holder: str, read: Reader) -> int:
        """See `Venue.liquidity`."""
        (answer,) = read([Call(self.address, artifact(PAIR).encode("balanceOf", holder))])
        return int.from_bytes(answer.data, "big")

    def remove_call(self, liquidity: int, provider: str) -> tuple[str, bytes]:
        """See `Venue.remove_call`."""
        order = (self.base, self.quote, liquidity, 0, 0, provider, LATE)
        return self.router, artifact(ROUTER).encode("removeLiquidity", *order)

    def swap_call(self, token_in: str, amount: int, minimum: int, recipient: str, deadline: int) -> tuple[str, bytes]:
        """See `Venue.swap_call`."""
        token_out = self.quote if token_in == self.base else self.base
        order = (amount, minimum, [token_in, token_out], recipient, deadline)
        return self.router, artifact(ROUTER).encode("swapExactTokensForTokens", *order)

    def price(self, base_decimals: int, quote_decimals: int) -> float:
        """See `Venue.price`."""
        return self.reserves.quote / self.reserves.base * 10.0 ** (base_decimals - quote_decimals)
