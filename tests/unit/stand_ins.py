"""What agents read, made by hand: no chain behind it. A market of WETH (18 decimals) and USDC (6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from simulator.adapters import LendingProtocol, Venue
from simulator.mechanisms import InsuranceFund, Mechanism
from simulator.mechanisms.liquidations.dutch_auction import DutchAuction, DutchAuctions
from simulator.mechanisms.liquidations.english_auction import EnglishAuction, EnglishAuctions
from simulator.mechanisms.liquidations.fixed_spread import FixedSpread
from simulator.mechanisms.liquidations.spread_terms import keeps_enough, terms
from simulator.mempool import Mempool
from simulator.position_book import AssetState, PositionBook
from simulator.terms import Auction, Chore, Target, Terms
from simulator.transaction import Account, Transaction
from simulator.units import GWEI, WAD
from simulator.venues.constant_product import Reserves
from simulator.view import FeedState, FeeMarket, MarketView, Token

ETHER = 10**18
USDC = 10**6
PRICES = {"WETH": 2_000 * 10**8, "USDC": 10**8}
TOKENS = {"WETH": Token("WETH", "0xweth", 18), "USDC": Token("USDC", "0xusdc", 6)}
GAS_LIMIT = 30_000_000
RULES = FixedSpread.model_validate(
    {
        "close_factor": "50%",
        "full_close_health_factor": "95%",
        "minimum_position": "$2000",
        "minimum_left": "$1000",
        "protocol_share": "10%",
    }
)


def someone(name: str) -> Account:
    return Account(name, f"0x{name}", b"")


def transaction(sender: str = "alice", nonce: int = 0, tip: int = GWEI, **fields: Any) -> Transaction:
    whole = {"gas_limit": 100_000, "max_fee": 1_000 * GWEI, **fields}
    return Transaction(someone(sender), "0xto", b"", nonce=nonce, priority_fee=tip, **whole)


def state(asset: str, price: int, threshold: str = "0.825", bonus: str = "0.05") -> AssetState:
    """An asset without interest, in which one token unit is a million shares; `price` in quote units."""
    unit = 10 ** TOKENS[asset].decimals
    total = 10**10 * unit
    loan_to_value, liquidation_threshold, bonus_wad = (
        round(float(part) * 10**6) * 10**12 for part in ("0.8", threshold, bonus)
    )
    return AssetState(
        address=TOKENS[asset].address,
        unit=unit,
        priced=True,
        price=price * WAD,
        price_updated_at=0,
        total_supply_assets=total,
        total_supply_shares=total * 10**6,
        total_borrow_assets=total,
        total_borrow_shares=total * 10**6,
        deficit=0,
        loan_to_value=loan_to_value,
        liquidation_threshold=liquidation_threshold,
        liquidation_bonus=bonus_wad,
        supply_cap=total,
        borrow_cap=total,
    )


def book(*positions: tuple[int, int], weth: int = 2_000, threshold: str = "0.825", bonus: str = "0.05") -> PositionBook:
    """Accounts ``0xowner0``, … with (WETH units supplied, USDC units owed)."""
    made = PositionBook([f"0xowner{number}" for number in range(len(positions))], ("WETH", "USDC"))
    made.states = (state("WETH", weth, threshold, bonus), state("USDC", 1))
    for address, (held, owed) in zip(made.accounts, positions, strict=True):
        made.set_shares(address, (held * 10**6, 0), (0, owed * 10**6))
    return made


class Pool:
    """A lending pool; its calls carry their arguments as text. `refuses`: borrowers whom the contract does not see."""

    pool = "0xpool"
    extra_gas = 0

    def __init__(
        self,
        positions: PositionBook,
        refuses: Sequence[str] = (),
        most_kept: int | None = None,
        mechanism: Mechanism | None = None,
        due: Sequence[Chore] = (),
        fund: InsuranceFund | None = None,
    ) -> None:
        self.name, self.book, self.assets = "main", positions, positions.assets
        self.refuses, self.most_kept = refuses, most_kept
        self.mechanism, self.due, self.fund = mechanism, due, fund

    def chores(self, timestamp: int) -> list[Chore]:
        return list(self.due)

    def terms(self, number: int, debt: str, collateral: str) -> Terms:
        return terms(self.book, number, self.assets.index(debt), self.assets.index(collateral), RULES)

    def check(self, wanted: Sequence[tuple[str, str, str]]) -> list[Terms]:
        return [
            self.terms(self.book.index[who], debt, collateral)._replace(eligible=who not in self.refuses)
            for who, debt, collateral in wanted
        ]

    def keeps_enough(self, number: int, debt: str, collateral: str, amount: int) -> int:
        if self.most_kept is not None:
            return min(amount, self.most_kept)
        return keeps_enough(self.book, number, self.assets.index(debt), self.assets.index(collateral), amount, RULES)

    def flash_fee(self, amount: int) -> int:
        return -(-amount * 5 // 10_000)

    def flash_call(self, keeper: str, venue: str, target: Target, least: int) -> tuple[str, bytes]:
        return keeper, f"{venue} {target.borrower} {target.amount} {least}".encode()

    def liquidate_call(self, target: Target, minimum: int) -> tuple[str, bytes]:
        return "0xmodule", f"{target.borrower} {target.amount} {minimum}".encode()

    def supply_call(self, asset: str, amount: int, owner: str) -> tuple[str, bytes]:
        return "0xpool", f"supply {asset} {amount} {owner}".encode()

    def repay_call(self, asset: str, amount: int, owner: str) -> tuple[str, bytes]:
        return "0xpool", f"repay {asset} {amount} {owner}".encode()

    def margin_call(self, asset: str, margins: Any) -> tuple[str, bytes]:
        names = ("loan_to_value", "liquidation_threshold", "liquidation_bonus")
        return "0xmargins", " ".join([asset, *(f"{getattr(margins, name):f}" for name in names)]).encode()


class Rising(EnglishAuctions):
    """English auctions that run; bids carry their arguments as text."""

    def __init__(self, *auctions: Auction, increment: str = "3%") -> None:
        times = {"bid_lifetime": "10min", "auction_lifetime": "6h"}
        rules = {"kind": "english_auction", **times, "minimum_increment": increment, "lots": {"WETH": 50}}
        super().__init__(EnglishAuction.model_validate(rules))
        self.address, self._open = "0xmodule", {one.number: one for one in auctions}

    def bid_call(self, number: int, lot: int, amount: int) -> tuple[str, bytes]:
        return self.address, f"{number} {lot} {amount}".encode()


class Falling(DutchAuctions):
    """Dutch auctions that run, all since second 0 from `top` (quote units); purchases carry their arguments as text."""

    def __init__(self, *auctions: Auction, top: int, **changes: str) -> None:
        times = {"step": "12s", "tail": "600s"}
        rules = {"kind": "dutch_auction", "buffer": "120%", "cut": "99%", **times, "cusp": "40%", "chip": "0.1%"}
        super().__init__(DutchAuction.model_validate({**rules, "tip": "$0", "minimum_left": "$1000", **changes}))
        self.address, self._open = "0xmodule", {one.number: one for one in auctions}
        self._rounds = {one.number: (top * WAD, 0) for one in auctions}

    def take_call(self, number: int, most: int, price: int, recipient: str) -> tuple[str, bytes]:
        return self.address, f"{number} {most} {price} {recipient}".encode()

    def flash_call(self, keeper: str, *arguments: Any) -> tuple[str, bytes]:
        return keeper, " ".join(map(str, arguments)).encode()


class Pair:
    """A venue."""

    name, address, extra_gas, removal_gas = "pair", "0xpair", 0, 400_000

    def __init__(self, reserves: Reserves) -> None:
        self.reserves = reserves

    def swap_call(self, token_in: str, amount: int, minimum: int, recipient: str, deadline: int) -> tuple[str, bytes]:
        return "0xrouter", f"{token_in} {amount} {minimum} {recipient} {deadline}".encode()

    def remove_call(self, liquidity: int, provider: str) -> tuple[str, bytes]:
        return "0xrouter", f"remove {liquidity} {provider}".encode()


DEEP = Reserves(20_000 * ETHER, 40_000_000 * USDC, 3_000)


def view(
    *,
    step: int = 0,
    pool: Pool | None = None,
    reserves: Reserves = DEEP,
    waiting: Iterable[Transaction] = (),
    balances: Mapping[str, Mapping[str, int]] | None = None,
    fees: FeeMarket | None = None,
    answer: int = PRICES["WETH"],
    updated_at: int = 0,
    base_fee: int = 20 * GWEI,
) -> MarketView:
    """The market at `step`, 12 seconds a block from 0; `waiting` has arrived in the mempool before."""
    mempool = Mempool(50, {})
    mempool.add(waiting, 0, 0)
    mempool.arrive(0)
    return MarketView(
        step=step,
        timestamp=12 * step,
        base_fee=base_fee,
        gas_limit=GAS_LIMIT,
        block_time=12,
        native="WETH",
        tokens=TOKENS,
        feeds={"WETH": FeedState("0xfeed", answer, updated_at)},
        venues={"pair": cast(Venue, Pair(reserves))},
        protocols={"main": cast(LendingProtocol, pool or Pool(book()))},
        balances=_Held(balances or {}),
        nonces=_Zero(),
        mempool=mempool,
        fees=fees or FeeMarket([], [], GAS_LIMIT),
    )


def later(before: MarketView, step: int, **changes: Any) -> MarketView:
    return replace(before, step=step, timestamp=12 * step, **changes)


class _Zero(dict[str, int]):
    def __missing__(self, key: str) -> int:
        return 0


class _Held(dict[str, Mapping[str, int]]):
    def __init__(self, held: Mapping[str, Mapping[str, int]]) -> None:
        super().__init__({asset: _Zero(amounts) for asset, amounts in held.items()})

    def __missing__(self, key: str) -> Mapping[str, int]:
        return _Zero()
