"""Several venues of one pair as one: a sale is divided so that the next unit would bring the same at each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Protocol, cast

from ..adapters import Quote, Trade, Venue
from ..chain.engine import Reader
from ..contracts import artifact
from ..set_up import SetUp
from ..settings import VenueSettings
from ..transaction import Account, Log
from ..venue_settings import SplitSettings

__all__ = ["Divided", "Part", "Split"]

CONTRACT = "SplitSeller"
PARTS = 1_000_000
PART_GAS = 60_000


class Part(Quote, Protocol):
    """A quote that a sale can be divided by."""

    def depth(self, sells_base: bool) -> tuple[int, int, int]:
        """Reserves, of the input first, of a constant-product pool that trades alike at this price; and the fee."""
        ...


@dataclass(frozen=True, slots=True)
class Divided:
    """States of the parts; divides as the contract does."""

    parts: tuple[Part, ...]

    @property
    def base(self) -> int:
        """Base tokens of all parts."""
        return sum(part.base for part in self.parts)

    def spot(self) -> tuple[int, int]:
        """Marginal price of the parts, each weighted by how deep it is."""
        depths = [part.depth(True) for part in self.parts]
        return sum(outside for _, outside, _ in depths), sum(inside for inside, _, _ in depths)

    def divide(self, sells_base: bool, amount_in: int) -> list[int]:
        """Input of each part; zeros where none has both tokens."""
        curves = [_curve(*part.depth(sells_base)) for part in self.parts]
        amounts, settled = [0] * len(curves), False
        while not settled:
            above, below = amount_in + sum(start for _, start in curves), sum(root for root, _ in curves)
            if not below:
                return amounts
            reached = [root * above // below for root, _ in curves]
            amounts = [max(0, end - start) for end, (_, start) in zip(reached, curves, strict=True)]
            settled = all(end >= start for end, (_, start) in zip(reached, curves, strict=True))
            curves = [curve if end >= curve[1] else (0, 0) for end, curve in zip(reached, curves, strict=True)]
        first = next(place for place, (root, _) in enumerate(curves) if root)
        amounts[first] += amount_in - sum(amounts)
        return amounts

    def quote_exact_input(self, sells_base: bool, amount_in: int) -> int:
        """Sum of what the parts give."""
        divided = zip(self.parts, self.divide(sells_base, amount_in), strict=True)
        return sum(part.quote_exact_input(sells_base, amount) for part, amount in divided if amount)

    def after(self, sells_base: bool, amount_in: int) -> Divided:
        """State after an exact input."""
        divided = zip(self.parts, self.divide(sells_base, amount_in), strict=True)
        return Divided(
            tuple(cast(Part, part.after(sells_base, amount)) if amount else part for part, amount in divided)
        )

    def input_to_price(self, sells_base: bool, numerator: int, denominator: int) -> int:
        """Sum of what takes each part to the price."""
        return sum(part.input_to_price(sells_base, numerator, denominator) for part in self.parts)


def _curve(inside: int, outside: int, fee: int) -> tuple[int, int]:
    """See `ISplitSeller`: the root s and the start c of a part; zeros for one without both tokens."""
    root = isqrt(inside * outside * PARTS // (PARTS - fee))
    return (root, inside * PARTS // (PARTS - fee)) if root else (0, 0)


class Split:
    """A `SplitSeller` over other venues: pool, router and seller in one contract.

    Parameters
    ----------
    name : the scenario's name for it
    base, quote : token addresses
    settings : its part of the scenario
    """

    kind = "split"
    removal_gas = 0

    def __init__(self, name: str, base: str, quote: str, settings: VenueSettings) -> None:
        assert isinstance(settings, SplitSettings)
        self.name, self.base, self.quote, self._settings = name, base, quote, settings
        self.address = self.router = self.manager = ""
        self._parts: list[Venue] = []

    @property
    def reserves(self) -> Divided:
        """States of the parts after the last block."""
        return Divided(tuple(cast(Part, venue.reserves) for venue in self._parts))

    @property
    def extra_gas(self) -> int:
        """See `Venue.extra_gas`."""
        return sum(PART_GAS + venue.extra_gas for venue in self._parts)

    def deploy(self, set_up: SetUp, others: Mapping[str, Venue]) -> None:
        """See `Venue.deploy`."""
        self._parts = [others[name] for name in self._settings.over]
        places = [(venue.seller(set_up), venue.address) for venue in self._parts]
        self.address = self.router = self.manager = set_up.deploy(CONTRACT, places)

    def seller(self, set_up: SetUp) -> str:
        """See `Venue.seller`."""
        return self.address

    def provide(self, set_up: SetUp, provider: Account, base: int, quote: int) -> None:
        """Nothing: the liquidity is that of the parts."""

    def refresh(self, read: Reader) -> None:
        """Nothing: the parts are read for themselves."""

    def follow(self, logs: Sequence[Log]) -> list[Trade]:
        """No trades: they happen at the parts, which tell them."""
        return []

    def liquidity(self, holder: str, read: Reader) -> int:
        """Nobody provides any."""
        return 0

    def remove_call(self, liquidity: int, provider: str) -> tuple[str, bytes]:
        """A scenario that withdraws liquidity from a split is refused."""
        raise NotImplementedError(f"{self.name} is a split")

    def swap_call(self, token_in: str, amount: int, minimum: int, recipient: str, deadline: int) -> tuple[str, bytes]:
        """See `Venue.swap_call`."""
        token_out = self.quote if token_in == self.base else self.base
        order = (token_in, token_out, amount, minimum, recipient, deadline)
        return self.address, artifact(CONTRACT).encode("swapExactInput", *order)

    def price(self, base_decimals: int, quote_decimals: int) -> float:
        """See `Venue.price`."""
        over, under = self.reserves.spot()
        return over / under * 10.0 ** (base_decimals - quote_decimals)
