"""Morpho Blue behind the adapter: one isolated market of the published contract."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NoReturn

from numpy.typing import NDArray

from ..adapters import Venue
from ..chain.engine import Call, CallResult, Chain, Reader
from ..chain.signing import account
from ..contracts import Event, artifact, decode_log
from ..errors import ScenarioError
from ..mechanisms import InsuranceFund, Mechanism, Poke, VenueSite
from ..opening_book import OpeningPosition
from ..position_book import PositionBook
from ..set_up import SetUp
from ..settings import ProtocolSettings
from ..terms import Chore, Deficit, Holding, Liquidation, Losses, Target, Terms
from ..transaction import Account, Log
from ..units import FEED_SCALE, WAD, to_units
from .morpho_blue_market import CollateralState, LoanState, MorphoBook, incentive
from .morpho_blue_plan import MORPHO, Params, Plan, create, lend, open_positions
from .morpho_blue_rules import MorphoLiquidations, own_rules, pair_of, refuse, refuse_fee
from .morpho_blue_terms import amounts, terms

__all__ = ["MorphoBlueProtocol"]

EXTRA_GAS = -140_000
"""`flash_crash`: 237k (257k at most) with the sale, 111k (154k) out of own tokens, against 420k and 260k that keepers
expect."""
BATCH = 200
"""Accounts to one lens call."""
FOR_INTEREST = 10_000
"""A 10,000th less than it offers is what a keeper repays of a part: shares cost more by the time it is mined."""
PRICE = WAD // FEED_SCALE
"""Of one unit of a feed's answer."""


class MorphoBlueProtocol:
    """One deployed market.

    Parameters
    ----------
    name : the scenario's for it
    settings : its part of the scenario
    tokens : address and decimals by asset name

    Raises
    ------
    ScenarioError : the scenario asks for what a Morpho Blue market cannot have
    """

    chain: Chain
    book: PositionBook
    _book: MorphoBook
    pokes: Sequence[Poke] = ()
    fund: InsuranceFund | None = None
    protocol_share = Decimal(0)
    extra_gas = EXTRA_GAS

    def __init__(self, name: str, settings: ProtocolSettings, tokens: Mapping[str, tuple[str, int]]) -> None:
        self.mechanism: Mechanism = MorphoLiquidations(refuse(name, settings))
        self.name, self.settings = name, settings
        self._tokens = {asset: tokens[asset] for asset in settings.assets}
        self.assets: tuple[str, ...] = ()
        self.pool = ""
        self.own_rules: Sequence[str] = ()
        self.losses = Losses()
        self.deficits: list[Deficit] = []
        self._checked: dict[str, Terms] = {}

    # ------------------------------------------------------------------------------------------------ planning

    def deploy(
        self, set_up: SetUp, feeds: Mapping[str, str], venues: Mapping[str, VenueSite], prices: Mapping[str, int]
    ) -> None:
        """Note where things are: the market is that of the book's two assets, so `open_book` creates it."""
        self._feeds, self._prices = feeds, prices

    def open_book(self, set_up: SetUp, positions: Sequence[OpeningPosition]) -> None:
        """Deploy Morpho, create the market of the positions' pair, put the lenders' money in, open the positions."""
        self._loan, self._collateral = pair = pair_of(self.name, positions)
        refuse_fee(self.name, self._loan, self.settings)
        self.assets = tuple(asset for asset in self.settings.assets if asset in pair)
        tokens = {asset: token for asset, (token, _) in self._tokens.items()}
        self._plan: Plan = create(set_up, self.settings, pair, tokens, self._feeds)
        self.pool = self.mechanism.address = self._plan.morpho
        self.own_rules = own_rules(self.settings, *pair)
        supplied = self.settings.assets[self._loan].supplied * FEED_SCALE / self._prices[self._loan]
        lend(set_up, self.name, self._plan, to_units(supplied, self._tokens[self._loan][1]))
        open_positions(set_up, self.name, self._plan, positions)
        self.book = self._book = MorphoBook(
            [account(one.name).address for one in positions], self.assets, self._collateral
        )

    @property
    def parameters(self) -> Params:
        """What Morpho knows the market by: the first argument of most of its functions."""
        return self._plan.params

    def arm(self, set_up: SetUp) -> None:
        """Nothing was in the way."""

    def keeper(self, set_up: SetUp, owner: Account, venue: Venue) -> str:
        """A `MorphoLiquidator`."""
        return set_up.deploy("MorphoLiquidator", owner.address, venue.seller(set_up))

    def prepare_keeper(self, set_up: SetUp, keeper: Account, debt_assets: Iterable[str]) -> None:
        """Approvals that a keeper needs to pay Morpho."""
        if self._loan in debt_assets:
            set_up.approve(keeper, self._plan.params.loan, self.pool)

    # ------------------------------------------------------------------------------------------------ reading

    def read_all(self, read: Reader) -> None:
        """Read every account and the market from the chain."""
        self._read_accounts(self._book.accounts, read)
        self._take(read(self.moving_calls()))

    def _lens(self, function: str, *arguments: Any, ahead: int = 0) -> Call:
        data = artifact("MorphoLens").encode(function, self.pool, self._plan.params, *arguments)
        return Call(self._plan.lens, data, ahead=ahead)

    def _read_accounts(self, accounts: Sequence[str], read: Reader) -> None:
        batches = [accounts[start : start + BATCH] for start in range(0, len(accounts), BATCH)]
        results = read([self._lens("positions", batch) for batch in batches])
        for batch, result in zip(batches, results, strict=True):
            found = artifact("MorphoLens").decode("positions", result.data)
            for address, (supplied, borrowed, collateral) in zip(batch, found, strict=True):
                self._book.set_account(address, supplied, borrowed, collateral)

    def moving_calls(self) -> list[Call]:
        """Reads of what moves every block: the market with interest, and both feeds."""
        latest = artifact("PriceFeed").encode("latestRoundData")
        return [self._lens("marketView"), *(Call(self._feeds[one], latest) for one in (self._loan, self._collateral))]

    def _take(self, answers: Sequence[CallResult]) -> None:
        *totals, price = artifact("MorphoLens").decode("marketView", answers[0].data)
        loan, collateral = (artifact("PriceFeed").decode("latestRoundData", one.data)[1] * PRICE for one in answers[1:])
        units = {asset: 10**decimals for asset, (_, decimals) in self._tokens.items()}
        self._book.take(
            LoanState(units[self._loan], loan, *totals),
            CollateralState(units[self._collateral], collateral, self._plan.params.lltv),
            price,
        )

    def follow(self, logs: Sequence[Log]) -> None:
        """Carry the book over one block: accounts that its logs name, the market, prices."""
        self._checked.clear()
        touched = self.touched(logs)
        if touched:
            self._read_accounts(touched, self.chain.call_many)
        self._take(self.chain.call_many(self.moving_calls()))
        for event in self._events(logs):
            if event.name == "Liquidate" and event.arguments["badDebtAssets"]:
                self._lose(event.arguments["borrower"], event.arguments["badDebtAssets"])

    def _lose(self, borrower: str, assets: int) -> None:
        """Lenders bear it at once: what is written off is what is socialised."""
        state = self._book.states[self._book.loan]
        lost = assets / state.unit * state.price / WAD
        self.losses = self.losses._replace(
            recorded=self.losses.recorded + lost, socialised=self.losses.socialised + lost
        )
        self.deficits.append(Deficit(borrower, lost))

    def _events(self, logs: Iterable[Log]) -> list[Event]:
        return [event for log in logs if log.address == self.pool and (event := decode_log(log)) is not None]

    def touched(self, logs: Iterable[Log]) -> list[str]:
        """Accounts of the book that Morpho's logs name, in the book's order."""
        named = {value for event in self._events(logs) for value in event.arguments.values()}
        return [address for address in self._book.accounts if address in named]

    def balance_of_books(self) -> list[Holding]:
        """All collateral, and of the loan what is not lent; whoever repays the last share may pay one more."""
        assert self._book.market is not None
        held = sum(one[self._book.collateral] for one in self._book.supply_shares)
        there = [Holding(self._collateral, self.pool, held)]
        return [*there, Holding(self._loan, self.pool, self._book.market[0].borrow_room, rounding=1)]

    def liquidations(self, logs: Iterable[Log]) -> list[Liquidation]:
        """Liquidations among one transaction's logs.

        Morpho does not tell the health that it found. It follows from what was taken, and from what the account held
        and owed after the block before.
        """
        return [self._liquidation(event.arguments) for event in self._events(logs) if event.name == "Liquidate"]

    def _liquidation(self, told: Mapping[str, Any]) -> Liquidation:
        number, seized, repaid = self._book.index[told["borrower"]], told["seizedAssets"], told["repaidAssets"]
        owed = self._book.borrow_shares[number][self._book.loan]
        held = self._book.supply_shares[number][self._book.collateral]
        lltv, health = self._plan.params.lltv, self._book.position(number).health_factor
        if seized and owed:
            health = held * incentive(lltv) * lltv * told["repaidShares"] // (seized * owed * WAD)
        names = (told["borrower"], self._loan, self._collateral, told["caller"])
        return Liquidation(*names, repaid, seized, 0, health, repaid, told["badDebtAssets"])

    # ------------------------------------------------------------------------------------------------ liquidation

    def chores(self, timestamp: int) -> list[Chore]:
        """None."""
        return []

    def poke_call(self, poke: Poke) -> NoReturn:
        """There is nothing to poke."""
        raise NotImplementedError(poke)

    def terms(self, number: int, debt: str, collateral: str) -> Terms:
        """Terms by the twin."""
        key = ("terms", number)
        if key not in self._book.kept:
            self._book.kept[key] = terms(self._book, number)
        return self._of_pair(self._book.kept[key], debt, collateral)

    def check(self, wanted: Sequence[tuple[str, str, str]]) -> list[Terms]:
        """The lens's terms for (borrower, debt asset, collateral asset), as of the next block."""
        unknown = [who for who in dict.fromkeys(who for who, *_ in wanted) if who not in self._checked]
        calls = [self._lens("checkLiquidation", who, ahead=1) for who in unknown]
        for who, result in zip(unknown, self.chain.call_many(calls) if calls else [], strict=True):
            _, health, repaid, seized = artifact("MorphoLens").decode("checkLiquidation", result.data)
            self._checked[who] = Terms(True, health, repaid, seized, 0) if seized else Terms(False, health, 0, 0, 0)
        return [self._of_pair(self._checked[who], *pair) for who, *pair in wanted]

    def _of_pair(self, found: Terms, debt: str, collateral: str) -> Terms:
        """No other pair can be liquidated."""
        if (debt, collateral) == (self._loan, self._collateral):
            return found
        return Terms(False, found.health_factor, 0, 0, 0)

    def keeps_enough(self, number: int, debt: str, collateral: str, amount: int) -> int:
        """All of it: anything may be left."""
        return amount

    def closable(self, health: NDArray[Any], debts: NDArray[Any]) -> NDArray[Any]:
        """All debt: there is no close factor."""
        return debts

    def flash_fee(self, amount: int) -> int:
        """None: the collateral is there before the debt is paid."""
        return 0

    # ------------------------------------------------------------------------------------------------ transactions

    def _call(self, function: str, *arguments: Any) -> tuple[str, bytes]:
        return self.pool, artifact(MORPHO).encode(function, self._plan.params, *arguments)

    def liquidate_call(self, target: Target, minimum: int) -> tuple[str, bytes]:
        """Target and calldata of a liquidation out of the sender's own tokens.

        Morpho caps nothing and knows no `minimum`: all shares are named where the debt limits it, else the collateral.
        """
        number = self._book.index[target.borrower]
        found = amounts(self._book, number, target.amount)
        part = found.shares != self._book.borrow_shares[number][self._book.loan]
        shares = found.shares - found.shares // FOR_INTEREST if part else found.shares
        sides = (found.seized, 0) if found.takes_all else (0, shares)
        return self._call("liquidate", target.borrower, *sides, b"")

    def flash_call(self, keeper: str, venue: str, target: Target, minimum_profit: int) -> tuple[str, bytes]:
        """Target and calldata of a liquidation through the sender's keeper contract, which sells before it pays."""
        order = (self.pool, self._plan.params, venue, target.borrower, target.amount, minimum_profit)
        return keeper, artifact("MorphoLiquidator").encode("liquidate", order)

    def supply_call(self, asset: str, amount: int, owner: str) -> tuple[str, bytes]:
        """Target and calldata of a top-up; of the loan asset, of lending."""
        if asset == self._collateral:
            return self._call("supplyCollateral", amount, owner, b"")
        return self._call("supply", amount, 0, owner, b"")

    def repay_call(self, asset: str, amount: int, owner: str) -> tuple[str, bytes]:
        """Target and calldata of a repayment; of more than is owed, of all shares: Morpho caps nothing."""
        shares = self._book.borrow_shares[self._book.index[owner]][self._book.loan]
        all_of_it = amount >= self._book.states[self._book.loan].borrow_assets(shares)
        return self._call("repay", *((0, shares) if all_of_it else (amount, 0)), owner, b"")

    def margin_call(self, asset: str, margins: Any) -> NoReturn:
        """Refused: a market's parameters are its identity."""
        raise ScenarioError(
            f"protocols.{self.name}, a change of the margins of {asset}",
            "is nothing that governance of Morpho Blue can do: a market is immutable",
            "Leave the event out, or use kind reference or aave_v3",
        )
