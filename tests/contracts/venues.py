"""Venues by their adapters on an in-process chain: put up as a market does, traded, and read again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from simulator.adapters import Trade, Venue
from simulator.chain import Call, CallResult, Genesis, PyEvmChain, account
from simulator.contracts import artifact, decode_error
from simulator.set_up import SetUp
from simulator.transaction import Account, Receipt, Transaction
from simulator.venue_settings import (
    ConstantProductSettings,
    SplitSettings,
    UniswapV2Settings,
    UniswapV3Settings,
    VenueSettings,
)
from simulator.venues import VENUES
from tests.contracts.world import START, ZERO, Reverted

GAS, BLOCK_GAS = 16_000_000, 30_000_000
LATE = 2**60
DECIMALS = {"BASE": 18, "QUOTE": 6}
FEES = {"constant_product": "0.3%", "uniswap_v2": "0.3%", "uniswap_v3": "0.3%"}
READERS = {
    "constant_product": ConstantProductSettings,
    "split": SplitSettings,
    "uniswap_v2": UniswapV2Settings,
    "uniswap_v3": UniswapV3Settings,
}


def settings(kind: str, **more: Any) -> VenueSettings:
    """Of a venue that trades BASE for QUOTE."""
    given = {"kind": kind, "base": "BASE", "quote": "QUOTE", **more}
    if kind != "split":
        given = {"liquidity": "$1M", "fee": FEES[kind], **given}
    found: VenueSettings = READERS[kind].model_validate(given)
    return found


class Venues:
    """Venues of one pair; BASE costs 2,500 QUOTE, and the provider puts 400 BASE and 1M QUOTE in each pool.

    Parameters
    ----------
    wanted : settings by name
    base_first : whether the base has the lower address
    price : QUOTE for a BASE
    """

    def __init__(self, wanted: Mapping[str, VenueSettings], base_first: bool = True, price: int = 2_500) -> None:
        self.provider, self.trader = account("liquidity provider"), account("trader")
        deployer = account("deployer")
        balances = {one.address: 10**24 for one in (deployer, self.provider, self.trader)}
        self.chain = PyEvmChain(Genesis(BLOCK_GAS, 0, START, ZERO, balances))
        self.set_up = SetUp(GAS)
        self._put_tokens(base_first)
        self.venues: dict[str, Venue] = {}
        for name, one in wanted.items():
            venue = VENUES[one.kind](name, self.base, self.quote, one)
            venue.deploy(self.set_up, self.venues)
            self.venues[name] = venue
            if one.kind != "split":
                self._put_liquidity(venue, price)
            for token in (self.base, self.quote):
                self.set_up.approve(self.trader, token, venue.router)
        self.run(self.set_up.transactions)
        self.refresh()

    def _put_tokens(self, base_first: bool) -> None:
        tokens = []
        for symbol, decimals in DECIMALS.items():
            tokens.append(self._token(symbol, decimals))
            # deployed until the order is the one wanted
            while len(tokens) == 2 and (int(tokens[0], 16) < int(tokens[1], 16)) is not base_first:
                tokens[1] = self._token(symbol, decimals)
        self.base, self.quote = tokens
        for token in tokens:
            for someone in (self.provider, self.trader):
                self.set_up.mint(token, someone.address, 10**40)

    def _token(self, symbol: str, decimals: int) -> str:
        return self.set_up.deploy("TestToken", symbol, symbol, decimals, self.set_up.deployer.address)

    def _put_liquidity(self, venue: Venue, price: int) -> None:
        for token in (self.base, self.quote):
            self.set_up.approve(self.provider, token, venue.manager)
        venue.provide(self.set_up, self.provider, 400 * 10**18, 400 * price * 10**6)

    def run(self, transactions: Iterable[Transaction]) -> list[Receipt]:
        """Mine each in a block of its own."""
        receipts = []
        for one in transactions:
            (receipt,) = self.chain.build_block([one], self.chain.head.timestamp + 12).receipts
            if not receipt.succeeded:
                raise Reverted(decode_error(receipt.revert_data))
            receipts.append(receipt)
        return receipts

    def send(self, sender: Account, call: tuple[str, bytes], gas: int = GAS) -> Receipt:
        """Mine one call, and let all venues follow it."""
        (nonce,) = self.chain.nonces([sender.address])
        (receipt,) = self.run([Transaction(sender, *call, gas, 0, 0, nonce)])
        self.trades: list[Trade] = [one for venue in self.venues.values() for one in venue.follow(receipt.logs)]
        return receipt

    def swap(self, name: str, sells_base: bool, amount: int, gas: int = GAS) -> tuple[int, int]:
        """The trader's swap; what it paid and what it got."""
        tokens = (self.base, self.quote) if sells_base else (self.quote, self.base)
        before = [self.balance(token, self.trader.address) for token in tokens]
        call = self.venues[name].swap_call(tokens[0], amount, 0, self.trader.address, LATE)
        self.receipt = self.send(self.trader, call, gas)
        after = [self.balance(token, self.trader.address) for token in tokens]
        return before[0] - after[0], after[1] - before[1]

    def remove(self, name: str, liquidity: int) -> Receipt:
        """The provider takes liquidity out."""
        venue = self.venues[name]
        return self.send(self.provider, venue.remove_call(liquidity, self.provider.address), venue.removal_gas)

    def balance(self, token: str, holder: str) -> int:
        """Token units."""
        held: int = self.ask("TestToken", token, "balanceOf", holder)
        return held

    def ask(self, kind: str, to: str, function: str, *arguments: Any) -> Any:
        """Call a contract."""
        answer = self.chain.call(Call(to, artifact(kind).encode(function, *arguments), ZERO))
        return artifact(kind).decode(function, answer)

    def read(self, calls: list[Call]) -> list[CallResult]:
        """As adapters read."""
        return self.chain.call_many(calls)

    def refresh(self) -> None:
        """Let all venues read themselves anew."""
        for venue in self.venues.values():
            venue.refresh(self.read)
