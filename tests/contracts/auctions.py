"""What the tests of auctions share: a pool whose module is an auction house, and the story that both tell.

The borrower of `indebted` has 10 WETH and owes 14,000 USDC; at 1,700 its health is below one. The bonus of WETH is 5 %.
"""

from __future__ import annotations

from typing import Any

from simulator.transaction import Account, Receipt
from tests.contracts.world import MAX, WAD, World, events

ETH, USDC, BTC = 10**18, 10**6, 10**8
MINUTE, HOUR = 60, 3_600
ENGLISH_RULES = (10 * MINUTE, 6 * HOUR, WAD // 20)
DUTCH_RULES = (12 * WAD // 10, 99 * WAD // 100, 60, 140 * MINUTE, 4 * WAD // 10, WAD // 1_000, 20 * WAD, 2_000 * WAD)
PAIR = ("borrower", "debtAsset", "collateralAsset")
ENGLISH_AUCTION = (*PAIR, "fullLot", "debt", "tab", "lot", "bid", "bidder", "closesAt", "endsAt")
DUTCH_AUCTION = (*PAIR, "keeper", "lot", "debt", "penalty", "incentive", "minimumLeft", "top", "startedAt")
SAYS_ZERO = bytes.fromhex("5f5f5260205ff3")  # answers every call with a zero
REFUSES = bytes.fromhex("5f5ffd")  # reverts every call


class House:
    """An auction module in its world: calls with accounts and symbols, and what they did."""

    fields: tuple[str, ...]  # of an auction

    def __init__(self, world: World, kind: str, rules: tuple[int, ...]) -> None:
        self.world = world
        self.module = world.deploy(kind, world.owner.address, world.pool.address, rules)
        self.borrower = world.accounts["borrower"]
        self.treasury = world.accounts["treasury"]
        world.pool.send(world.owner, "setLiquidationModule", self.module.address)
        for someone in world.accounts.values():
            for token in world.tokens.values():
                token.send(someone, "approve", self.module.address, MAX)

    def pair(self, debt: str, collateral: str, borrower: Account | None = None) -> tuple[str, str, str]:
        tokens = self.world.tokens
        return (borrower or self.borrower).address, tokens[debt].address, tokens[collateral].address

    def auction(self, number: int = 1) -> dict[str, Any]:
        return dict(zip(self.fields, self.module.read("auction", number), strict=True))

    def start(self, debt: str = "USDC", collateral: str = "WETH", *, caller: Account | None = None) -> Receipt:
        return self.module.send(caller or self.world.accounts["passer_by"], "start", *self.pair(debt, collateral))

    def startable(self, debt: str = "USDC", collateral: str = "WETH") -> tuple[int, int]:
        """Lot and debt."""
        startable: tuple[int, int] = self.module.read("startable", *self.pair(debt, collateral))
        return startable

    def under_auction(self, debt: str = "USDC", collateral: str = "WETH") -> tuple[int, int]:
        """Debt and collateral."""
        amounts: tuple[int, int] = self.module.read("underAuction", *self.pair(debt, collateral))
        return amounts

    def send(self, function: str, *arguments: Any, sender: Account | None = None) -> Receipt:
        return self.module.send(sender or self.world.accounts["passer_by"], function, *arguments)

    def owed(self, symbol: str = "USDC") -> int:
        owed: int = self.world.pool.read("borrowBalance", self.world.tokens[symbol].address, self.borrower.address)
        return owed

    def held(self, symbol: str = "WETH", someone: Account | None = None) -> int:
        someone = someone or self.borrower
        held: int = self.world.pool.read("supplyBalance", self.world.tokens[symbol].address, someone.address)
        return held

    def repay(self, amount: int, symbol: str = "USDC") -> None:
        self.world.give(symbol, self.borrower, min(amount, 10**30))
        self.world.pool.send(self.borrower, "repay", self.world.tokens[symbol].address, amount, self.borrower.address)

    def set_guard(self, runtime: bytes) -> None:
        """A contract of this code guards the pool."""
        creation = bytes([0x60, len(runtime), 0x60, 0x0A, 0x5F, 0x39, 0x60, len(runtime), 0x5F, 0xF3]) + runtime
        address = self.world.chain.deploy(creation, self.world.owner, label="guard")
        self.world.pool.send(self.world.owner, "setGuard", address)

    def cap_supply(self, symbol: str) -> None:
        """Nothing more of it can be supplied."""
        address = self.world.tokens[symbol].address
        model, factor, _, borrow_cap = self.world.pool.read("configuration", address)
        self.world.pool.send(self.world.owner, "configureAsset", address, (model, factor, 0, borrow_cap))


class English(House):
    """An English auction with lots of 10 WETH and 1 WBTC."""

    fields = ENGLISH_AUCTION

    def __init__(self, world: World, rules: tuple[int, ...] = ENGLISH_RULES, lot: int = 10 * ETH) -> None:
        super().__init__(world, "EnglishAuctionLiquidation", rules)
        for token, size in ((world.weth, lot), (world.wbtc, BTC)):
            self.module.send(world.owner, "setLotSize", token.address, size)

    def bid(self, bidder: Account, amount: int, lot: int = 10 * ETH, number: int = 1) -> Receipt:
        """The bidder is given what it pays."""
        symbol = next(s for s, token in self.world.tokens.items() if token.address == self.auction(number)["debtAsset"])
        self.world.give(symbol, bidder, min(amount, 10**30))
        return self.module.send(bidder, "bid", number, lot, amount)

    def settle_after(self, seconds: int = 10 * MINUTE, number: int = 1) -> Receipt:
        self.world.warp(seconds)
        return self.send("settle", number)


class Dutch(House):
    """A Dutch auction that begins at 1.2 times the oracle's price and falls by 1 % a minute, for 92 minutes."""

    fields = DUTCH_AUCTION

    def __init__(self, world: World, rules: tuple[int, ...] = DUTCH_RULES) -> None:
        super().__init__(world, "DutchAuctionLiquidation", rules)

    def take(self, amount: int = MAX, *, most: int = MAX, number: int = 1, at: int | None = None) -> Receipt:
        """The liquidator takes, `at` seconds into the round or else in the next second."""
        taker, auction = self.world.accounts["liquidator"], self.auction(number)
        symbol = next(s for s, token in self.world.tokens.items() if token.address == auction["debtAsset"])
        self.world.give(symbol, taker, 10**30)
        data = self.module.artifact.encode("take", number, amount, most, taker.address)
        after = 1 if at is None else auction["startedAt"] + at - self.world.chain.head.timestamp
        return self.world.send(taker, self.module.address, data, after=after)

    def warp_into(self, seconds: int, number: int = 1) -> None:
        """To that second of the round."""
        self.world.warp(self.auction(number)["startedAt"] + seconds - self.world.chain.head.timestamp)

    def status(self, number: int = 1) -> tuple[bool, int, int, int]:
        """Needs a restart, price, lot, tab."""
        status: tuple[bool, int, int, int] = self.module.read("status", number)
        return status

    def running(self, debt: str = "USDC", collateral: str = "WETH") -> int:
        number: int = self.module.read("runningAuction", *self.pair(debt, collateral))
        return number


def arguments(receipt: Receipt, name: str) -> dict[str, Any]:
    """Of the one event of that name."""
    (event,) = events(receipt, name)
    return event.arguments


def only(fields: dict[str, Any], *names: str) -> tuple[Any, ...]:
    return tuple(fields[name] for name in names)
