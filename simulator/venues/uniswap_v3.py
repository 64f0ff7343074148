"""A pool of Uniswap v3: its published factory, pool, position manager and router."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction as Exact
from math import isqrt
from typing import Any

from ..adapters import Trade, Venue
from ..chain.engine import Call, Reader
from ..chain.signing import derived_address
from ..contracts import Event, artifact, decode_log
from ..set_up import SetUp
from ..settings import VenueSettings
from ..transaction import Account, Log
from ..venue_settings import UniswapV3Settings
from .trades import traded
from .uniswap_v3_maths import HIGHEST, HIGHEST_TICK, LOWEST, PARTS, tick_at
from .uniswap_v3_state import Concentrated, Ticks

__all__ = ["UniswapV3"]

NOBODY = "0x" + "00" * 20
LATE = 2**60
"""A deadline that never comes."""
ALL = 2**128 - 1
POOL_GAS = 6_000_000
POSITION_GAS = 300_000
"""Of taking liquidity out of one position, at most."""
FACTORY, POOL = "uniswap_v3/UniswapV3Factory", "uniswap_v3/UniswapV3Pool"
MANAGER, ROUTER = "uniswap_v3/NonfungiblePositionManager", "uniswap_v3/SwapRouter"
NEWER_TIERS = {100: 1}
"""Fees, and their tick spacings, that the factory's owner enabled later on mainnet."""


@dataclass
class _Position:
    owner: str
    low: int
    high: int
    liquidity: int


class UniswapV3:
    """One pool, traded through the router; providers hold positions of the position manager.

    Parameters
    ----------
    name : the scenario's name for it
    base, quote : token addresses
    settings : its part of the scenario
    """

    kind = "uniswap_v3"
    extra_gas = 50_000  # two ticks crossed

    def __init__(self, name: str, base: str, quote: str, settings: VenueSettings) -> None:
        assert isinstance(settings, UniswapV3Settings)
        self.name, self.base, self.quote, self._settings = name, base, quote, settings
        self.address = self.router = self.manager = ""
        first = int(base, 16) < int(quote, 16)
        self.reserves = Concentrated(0, 0, 0, Ticks({}), int(settings.fee * PARTS), settings.spacing, first)
        self._first_price = 0
        self._providers: list[str] = []
        self._positions: dict[int, _Position] = {}

    # ------------------------------------------------------------------------------------------------ set-up

    def deploy(self, set_up: SetUp, others: Mapping[str, Venue]) -> None:
        """See `Venue.deploy`."""
        fee = self.reserves.fee
        factory = set_up.once(FACTORY)
        self.manager = set_up.once(MANAGER, factory, NOBODY, NOBODY)
        self.router = set_up.once(ROUTER, factory, NOBODY)
        enable = artifact(FACTORY).encode("enableFeeAmount", fee, NEWER_TIERS.get(fee, 0))
        if fee in NEWER_TIERS and not any(one.data == enable for one in set_up.transactions):
            set_up.call(set_up.deployer, factory, enable)
        tokens = (self.base, self.quote) if self.reserves.base_first else (self.quote, self.base)
        words = b"".join(int(token, 16).to_bytes(32, "big") for token in tokens) + fee.to_bytes(32, "big")
        self.address = derived_address(factory, words, artifact(POOL).init_code)
        set_up.send(set_up.deployer, factory, FACTORY, "createPool", *tokens, fee, gas=POOL_GAS)

    def provide(self, set_up: SetUp, provider: Account, base: int, quote: int) -> None:
        """See `Venue.provide`: a position in each of the ranges; the first to provide sets the price."""
        amounts = self._ordered(base, quote)
        if not self._first_price:
            self._first_price = isqrt((amounts[1] << 192) // amounts[0])
            set_up.send(set_up.deployer, self.address, POOL, "initialize", self._first_price)
        tokens, fee = self._ordered(self.base, self.quote), self.reserves.fee
        for one in self._settings.ranges:
            given = [int(amount * one.share) for amount in amounts]
            ticks = self._ends(Exact(one.width))
            order = (*tokens, fee, *ticks, *given, 0, 0, provider.address, LATE)
            set_up.send(provider, self.manager, MANAGER, "mint", order)
        self._providers.append(provider.address)

    def _ordered(self, base: Any, quote: Any) -> tuple[Any, Any]:
        return (base, quote) if self.reserves.base_first else (quote, base)

    def _ends(self, width: Exact) -> tuple[int, int]:
        """Ticks of a range, moved outward to where positions may end."""
        spacing, square, kept = self.reserves.spacing, self._first_price**2, 1 - width
        last = HIGHEST_TICK // spacing * spacing
        if not kept:
            return -last, last
        low = isqrt(square * kept.numerator // kept.denominator)
        high = isqrt(square * kept.denominator // kept.numerator)
        below, above = tick_at(max(low, LOWEST)), tick_at(min(high, HIGHEST - 1)) + 1
        return max(below // spacing * spacing, -last), min(-(-above // spacing) * spacing, last)

    def seller(self, set_up: SetUp) -> str:
        """See `Venue.seller`."""
        return set_up.once("UniswapV3Seller")

    # ------------------------------------------------------------------------------------------------ reading

    def refresh(self, read: Reader) -> None:
        """See `Venue.refresh`: the pool's state, its providers' positions, and the ticks where these end."""
        slot, liquidity = self._read(read, POOL, self.address, [("slot0",), ("liquidity",)])
        self._positions = self._read_positions(read)
        ticks = sorted({tick for one in self._positions.values() for tick in (one.low, one.high)})
        told = self._read(read, POOL, self.address, [("ticks", tick) for tick in ticks])
        ends = {tick: (gross, net) for tick, (gross, net, *_) in zip(ticks, told, strict=True)}
        self.reserves = replace(self.reserves, price=slot[0], tick=slot[1], liquidity=liquidity, ticks=Ticks(ends))

    def _read_positions(self, read: Reader) -> dict[int, _Position]:
        counts = self._read(read, MANAGER, self.manager, [("balanceOf", one) for one in self._providers])
        held = [(one, at) for one, count in zip(self._providers, counts, strict=True) for at in range(count)]
        wanted = [("tokenOfOwnerByIndex", *one) for one in held]
        numbers = self._read(read, MANAGER, self.manager, wanted)
        told = self._read(read, MANAGER, self.manager, [("positions", number) for number in numbers])
        here = (*self._ordered(self.base, self.quote), self.reserves.fee)
        return {
            number: _Position(owner, low, high, liquidity)
            for number, (owner, _), (_, _, *pool, low, high, liquidity, _, _, _, _) in zip(
                numbers, held, told, strict=True
            )
            if tuple(pool) == here
        }

    def _read(self, read: Reader, kind: str, to: str, wanted: Iterable[tuple[Any, ...]]) -> list[Any]:
        """Answers to calls (function, arguments …) of one contract."""
        asked = list(wanted)
        answers = read([Call(to, artifact(kind).encode(*one)) for one in asked]) if asked else []
        return [artifact(kind).decode(one[0], answer.data) for one, answer in zip(asked, answers, strict=True)]

    def follow(self, logs: Sequence[Log]) -> list[Trade]:
        """See `Venue.follow`."""
        trades = []
        for log in logs:
            event = decode_log(log) if log.address in (self.address, self.manager) else None
            if event is None:
                continue
            if event.name == "Swap":
                trades.append(self._swapped(event))
            elif event.name in ("Mint", "Burn"):
                self._moved(event, 1 if event.name == "Mint" else -1)
            elif event.name in ("IncreaseLiquidity", "DecreaseLiquidity"):
                self._resized(event, 1 if event.name == "IncreaseLiquidity" else -1)
        return trades

    def _swapped(self, event: Event) -> Trade:
        told, before = event.arguments, self.reserves
        self.reserves = replace(before, price=told["sqrtPriceX96"], tick=told["tick"], liquidity=told["liquidity"])
        base, quote = self._ordered(told["amount0"], told["amount1"])
        amounts = (base, -quote) if base > 0 else (quote, -base)
        return traded(told["sender"], base > 0, *amounts, before=before)

    def _moved(self, event: Event, sign: int) -> None:
        """Liquidity came or went between two ticks of the pool."""
        told, state = event.arguments, self.reserves
        low, high, amount = told["tickLower"], told["tickUpper"], sign * told["amount"]
        inside = amount if low <= state.tick < high else 0
        ticks = state.ticks.changed(low, high, amount)
        self.reserves = replace(state, liquidity=state.liquidity + inside, ticks=ticks)

    def _resized(self, event: Event, sign: int) -> None:
        position = self._positions.get(event.arguments["tokenId"])
        if position is not None:
            position.liquidity += sign * event.arguments["liquidity"]

    def price(self, base_decimals: int, quote_decimals: int) -> float:
        """See `Venue.price`."""
        over, under = self.reserves.spot()
        return over / under * 10.0 ** (base_decimals - quote_decimals)

    # ------------------------------------------------------------------------------------------------ calls

    @property
    def removal_gas(self) -> int:
        """See `Venue.removal_gas`."""
        return POSITION_GAS * (1 + len(self._settings.ranges))

    def liquidity(self, holder: str, read: Reader) -> int:
        """See `Venue.liquidity`: that of all positions together, whatever their ranges."""
        return sum(one.liquidity for one in self._positions.values() if one.owner == holder)

    def remove_call(self, liquidity: int, provider: str) -> tuple[str, bytes]:
        """See `Venue.remove_call`: the same share of every position."""
        held = {number: one.liquidity for number, one in self._positions.items() if one.owner == provider}
        total, manager = max(sum(held.values()), 1), artifact(MANAGER)
        calls = []
        for number, amount in held.items():
            calls.append(manager.encode("decreaseLiquidity", (number, amount * liquidity // total, 0, 0, LATE)))
            calls.append(manager.encode("collect", (number, provider, ALL, ALL)))
        return self.manager, manager.encode("multicall", calls)

    def swap_call(self, token_in: str, amount: int, minimum: int, recipient: str, deadline: int) -> tuple[str, bytes]:
        """See `Venue.swap_call`."""
        token_out = self.quote if token_in == self.base else self.base
        order = (token_in, token_out, self.reserves.fee, recipient, deadline, amount, minimum, 0)
        return self.router, artifact(ROUTER).encode("exactInputSingle", order)
