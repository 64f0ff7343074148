"""What the tests of price oracles share: sources that say what a test tells them, and pokes at exact seconds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Context, Decimal
from fractions import Fraction

import pytest

from simulator.contracts import decode_error
from simulator.errors import SetUpReverted
from tests.contracts.world import WAD, Deployed, World

Q112 = 2**112
UNIT = 10**36  # scale of the contracts' logarithms and exponents
EXACT = Context(prec=120, Emax=10**6, Emin=-(10**6))


class Source:
    """An oracle of WETH alone, with a feed of 18 decimals; prices are scaled by 1e18. Silent until `say`."""

    def __init__(self, world: World, price: int | None = None, maximum_age: int = 10**9) -> None:
        self.world = world
        self.feed = world.deploy("PriceFeed", 18, "source", world.owner.address, world.owner.address)
        self.oracle = world.deploy("FeedOracle", world.owner.address)
        self.oracle.send(world.owner, "setFeed", world.weth.address, self.feed.address, maximum_age)
        if price is not None:
            self.say(price)

    @property
    def address(self) -> str:
        return self.oracle.address

    def say(self, price: int) -> int:
        """Report; returns the timestamp."""
        self.feed.send(self.world.owner, "report", price)
        return self.world.chain.head.timestamp


@contextmanager
def cannot_be_deployed(name: str, *arguments: object) -> Iterator[None]:
    """Expect a constructor's error, with exactly these arguments."""
    with pytest.raises(SetUpReverted) as caught:
        yield
    assert decode_error(caught.value.data) == f"{name}({', '.join(str(argument) for argument in arguments)})"


def poke(oracle: Deployed, timestamp: int | None = None) -> int:
    """A passer-by pokes WETH, in a block of that timestamp or else the next second; returns the timestamp."""
    world = oracle.world
    head = world.chain.head.timestamp
    after = 1 if timestamp is None else timestamp - head
    _, data = oracle.act("poke", world.weth.address)
    world.send(world.accounts["passer_by"], oracle.address, data, after=after)
    return head + after


def warp_to(world: World, timestamp: int) -> None:
    world.warp(timestamp - world.chain.head.timestamp)


def price(oracle: Deployed) -> tuple[int, int]:
    """Price of WETH and when it was observed."""
    answer: tuple[int, int] = oracle.read("price", oracle.world.weth.address)
    return answer


# Reserves at 2,000 and, 40 % below and a hair deeper, at 1,200 USDC per WETH
HIGH = 3 * 10**24, 6 * 10**15
LOW = 5_000_005 * 10**18, 6_000_006 * 10**9


def set_reserves(world: World, weth: int, usdc: int, timestamp: int | None = None, *acts: tuple[str, bytes]) -> int:
    """Raise the pool's reserves to these by minting, which moves its price, then act, all in one transaction in a
    block of that timestamp; returns the timestamp."""
    amounts = weth, usdc
    held = world.amm.read("getReserves")[:2]
    pay = []
    for token, amount, reserve in zip((world.weth, world.usdc), amounts, held, strict=True):
        token.send(world.owner, "mint", world.puppet.address, amount - reserve)
        pay.append(token.act("transfer", world.amm.address, amount - reserve))
    _, data = world.puppet.act("perform", [*pay, world.amm.act("mint", world.owner.address), *acts])
    head = world.chain.head.timestamp
    world.send(world.owner, world.puppet.address, data, after=timestamp - head if timestamp else 1)
    return world.chain.head.timestamp


def spot(world: World) -> int:
    """The pool's price of WETH as it accumulates, UQ112x112 in smallest units."""
    weth, usdc, _ = world.amm.read("getReserves")
    return int(usdc * Q112 // weth)


def in_whole_tokens(mean: int, other_price: int = WAD) -> int:
    """UQ112x112 of smallest units, USDC of 6 per WETH of 18 decimals, as the oracles answer it."""
    return mean * 10**30 * other_price // (Q112 * WAD)


def logarithm(number: int) -> Fraction:
    """Natural logarithm, to 100 places and more."""
    return Fraction(EXACT.ln(Decimal(number)))


def exponential(exponent: Fraction) -> Fraction:
    """To 100 significant digits and more."""
    return Fraction(EXACT.exp(EXACT.divide(Decimal(exponent.numerator), Decimal(exponent.denominator))))
