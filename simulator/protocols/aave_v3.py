"""Aave v3.0, as it was published, behind the adapter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from ..adapters import Venue
from ..chain.engine import Call, Chain, Reader
from ..chain.signing import account
from ..contracts import Event, artifact, decode_log
from ..mechanisms import InsuranceFund, Mechanism, Poke, VenueSite
from ..opening_book import OpeningPosition
from ..position_book import PositionBook
from ..set_up import SetUp
from ..settings import ProtocolSettings
from ..terms import Chore, Deficit, Liquidation, Losses, Target, Terms
from ..transaction import Account, Log
from .aave_v3_deployment import NOBODY, VARIABLE, deploy, open_positions
from .aave_v3_state import AaveBook, Reserve, percent_of
from .aave_v3_terms import AaveLiquidations
from .aave_v3_units import accepted, margin_points

__all__ = ["AaveV3"]

EXTRA_GAS = 200_000
NO_REFERRAL = 0
BATCH = 100
"""Accounts to one lens call: about 3 million gas for each asset."""


class AaveV3:
    """One deployed market: pool, configurator and oracle of Aave's, a lens of ours.

    Parameters
    ----------
    name : the scenario's for it
    settings : its part of the scenario
    tokens : address and decimals by asset name

    Raises
    ------
    ScenarioError : a part that Aave does not have, or a value in no unit of Aave's
    """

    folder = "aave_v3"
    chain: Chain
    fund: InsuranceFund | None = None
    pokes: Sequence[Poke] = ()
    own_rules: Sequence[str] = (
        "One liquidation repays up to half of a debt, all of it at a health factor of 0.95 or less.",
        "There are no dust rules: any amount may be left.",
        "Debt without collateral stays on its account; nothing is written off.",
        "A price counts whatever its age.",
        "A liquidator sets no minimum for the collateral.",
        "Caps are whole tokens, rounded up.",
    )

    def __init__(self, name: str, settings: ProtocolSettings, tokens: Mapping[str, tuple[str, int]]) -> None:
        self.name, self.settings = name, settings
        self.protocol_share = accepted(name, settings).protocol_share
        self.assets = tuple(settings.assets)
        self._tokens = {asset: tokens[asset] for asset in self.assets}
        self.tokens = {asset: token for asset, (token, _) in self._tokens.items()}
        self._asset_of = {address: asset for asset, address in self.tokens.items()}
        self.mechanism: Mechanism
        self.mechanism = self._liquidations = AaveLiquidations(EXTRA_GAS)
        self.extra_gas = self.mechanism.extra_gas
        self.pool = self.configurator = self.lens = ""
        self.losses = Losses()
        self.deficits: list[Deficit] = []
        self.book: PositionBook
        self.book = self._book = AaveBook((), self.assets)
        self._premium = 0
        self._terms: dict[tuple[str, str, str], Terms] = {}

    def deploy(
        self, set_up: SetUp, feeds: Mapping[str, str], venues: Mapping[str, VenueSite], prices: Mapping[str, int]
    ) -> None:
        """Create and wire the contracts, list the assets and put the lenders' money in."""
        made = deploy(self.name, self.settings, self._tokens, set_up, feeds, prices)
        self.adopt(set_up, made.pool, made.configurator, ())

    def adopt(self, set_up: SetUp, pool: str, configurator: str, accounts: Sequence[str]) -> None:
        """Stand over a market that is there already, instead of `deploy` and `open_book`.

        Parameters
        ----------
        set_up : in which the lens is created
        pool, configurator : its addresses
        accounts : whose positions make the book; all that they hold or owe must be in assets of the scenario
        """
        self.pool = self.mechanism.address = pool.lower()
        self.configurator = configurator.lower()
        self.lens = set_up.once("AaveLens")
        self.book = self._book = AaveBook([one.lower() for one in accounts], self.assets)

    def arm(self, set_up: SetUp) -> None:
        """After positions are open: the scenario's own margins from here on."""
        for asset in self.settings.opened_under:
            set_up.call(set_up.deployer, *self.margin_call(asset, self.settings.assets[asset]))

    def margin_call(self, asset: str, margins: Any) -> tuple[str, bytes]:
        """Target and calldata by which governance sets the margins of `asset`, in basis points."""
        points = margin_points(f"protocols.{self.name}.assets.{asset}", margins, margins.liquidation_bonus)
        configurator = artifact(f"{self.folder}/PoolConfigurator")
        return self.configurator, configurator.encode("configureReserveAsCollateral", self.tokens[asset], *points)

    def poke_call(self, poke: Poke) -> tuple[str, bytes]:
        """It has no pokes."""
        raise NotImplementedError

    def chores(self, timestamp: int) -> list[Chore]:
        """None."""
        return []

    def open_book(self, set_up: SetUp, positions: Sequence[OpeningPosition]) -> None:
        """Supply each account's collateral on its behalf, and let it borrow."""
        open_positions(set_up, self.name, self.pool, self.tokens, positions)
        self.book = self._book = AaveBook([account(position.name).address for position in positions], self.assets)

    # ------------------------------------------------------------------------------------------------ reading

    def read_all(self, read: Reader) -> None:
        """Read every account and every asset from the chain."""
        pool = artifact(f"{self.folder}/Pool")
        (view,) = read(self.moving_calls())
        self.book.states = self._decoded(view.data)
        self._read_accounts(self.book.accounts, read)
        (answer,) = read([Call(self.pool, pool.encode("FLASHLOAN_PREMIUM_TOTAL"))])
        self._premium = pool.decode("FLASHLOAN_PREMIUM_TOTAL", answer.data)

    def _read_accounts(self, accounts: Sequence[str], read: Reader) -> None:
        lens, tokens = artifact("AaveLens"), list(self.tokens.values())
        batches = [accounts[start : start + BATCH] for start in range(0, len(accounts), BATCH)]
        calls = [Call(self.lens, lens.encode("accounts", self.pool, tokens, batch)) for batch in batches]
        for batch, result in zip(batches, read(calls) if calls else [], strict=True):
            for address, view in zip(batch, lens.decode("accounts", result.data), strict=True):
                self._book.set_account(address, *view)

    def moving_calls(self) -> list[Call]:
        """One read of all reserves: configurations, prices, indices."""
        return [self._reserves_call(0)]

    def _reserves_call(self, ahead: int) -> Call:
        data = artifact("AaveLens").encode("reserves", self.pool, list(self.tokens.values()))
        return Call(self.lens, data, ahead=ahead)

    @staticmethod
    def _decoded(data: bytes) -> tuple[Reserve, ...]:
        return tuple(Reserve(*view) for view in artifact("AaveLens").decode("reserves", data))

    def follow(self, logs: Sequence[Log]) -> None:
        """Carry the book over one block: accounts that its logs name, and all reserves."""
        self._terms.clear()
        touched = self.touched(logs)
        if touched:
            self._read_accounts(touched, self.chain.call_many)
        (view,) = self.chain.call_many(self.moving_calls())
        self.book.states = self._decoded(view.data)

    def _events(self, logs: Iterable[Log]) -> Iterable[Event]:
        """Of the pool and of its tokens."""
        known = {self.pool, *(token for one in self._book.reserves for token in (one.a_token, one.debt_token))}
        for log in logs:
            event = decode_log(log) if log.address in known else None
            if event is not None:
                yield event

    def touched(self, logs: Iterable[Log]) -> list[str]:
        """Accounts of the book that logs of the pool and its tokens name, in the book's order."""
        index = self.book.index
        named = {index[v] for event in self._events(logs) for v in event.arguments.values() if v in index}
        return [self.book.accounts[number] for number in sorted(named)]

    def liquidations(self, logs: Iterable[Log]) -> list[Liquidation]:
        """Liquidations among one transaction's logs; the health factor is that after the block before.

        What the protocol keeps stands in no event of its own: it is the last collateral that goes from the borrower to
        somebody else, after what a liquidator took without redeeming it.
        """
        found: list[Liquidation] = []
        moved: dict[tuple[str, str], list[int]] = {}
        for event in self._events(logs):
            values = event.arguments
            if event.name == "Transfer" and values["to"] != NOBODY:
                moved.setdefault((event.address, values["from"]), []).append(values["value"])
            elif event.name == "LiquidationCall":
                reserve = self._book.reserves[self.assets.index(self._asset_of[values["collateralAsset"]])]
                passed = moved.pop((reserve.a_token, values["user"]), [])
                found.append(self._liquidation(values, sum(passed[values["receiveAToken"] :])))
        return found

    def _liquidation(self, values: Mapping[str, Any], protocol: int) -> Liquidation:
        number = self.book.index.get(values["user"])
        return Liquidation(
            borrower=values["user"],
            debt_asset=self._asset_of[values["debtAsset"]],
            collateral_asset=self._asset_of[values["collateralAsset"]],
            liquidator=values["liquidator"],
            debt=values["debtToCover"],
            collateral=values["liquidatedCollateralAmount"],
            protocol_collateral=protocol,
            health_factor=0 if number is None else self.book.position(number).health_factor,
            paid=values["debtToCover"],
        )

    # ------------------------------------------------------------------------------------------------ liquidation

    def terms(self, number: int, debt: str, collateral: str) -> Terms:
        """Terms for account `number` of the book, by the twin."""
        key = (number, debt, collateral)
        if key not in self.book.kept:
            self.book.kept[key] = self.mechanism.terms(self.book, number, *self._columns(debt, collateral))
        known: Terms = self.book.kept[key]
        return known

    def _columns(self, debt: str, collateral: str) -> tuple[int, int]:
        return self.assets.index(debt), self.assets.index(collateral)

    def keeps_enough(self, number: int, debt: str, collateral: str, amount: int) -> int:
        """A partial repayment that the pool allows."""
        return self.mechanism.keeps_enough(self.book, number, *self._columns(debt, collateral), amount)

    def closable(self, health: NDArray[Any], debts: NDArray[Any]) -> NDArray[Any]:
        """Dollars of debt that one liquidation may repay."""
        return self.mechanism.closable(health, debts)

    def check(self, wanted: Sequence[tuple[str, str, str]]) -> list[Terms]:
        """Terms by the pool's own health factor in the next block, with its interest; asked once a block for each."""
        unknown = [key for key in dict.fromkeys(wanted) if key not in self._terms]
        if unknown:
            pool = artifact(f"{self.folder}/Pool")
            calls = [Call(self.pool, pool.encode("getUserAccountData", who), ahead=1) for who, _, _ in unknown]
            *answers, view = self.chain.call_many([*calls, self._reserves_call(1)])
            reserves = self._decoded(view.data)
            for (who, debt, collateral), answer in zip(unknown, answers, strict=True):
                health = pool.decode("getUserAccountData", answer.data)[-1]
                pair = self._book.pair(self.book.index[who], *self._columns(debt, collateral), reserves)
                self._terms[who, debt, collateral] = self._liquidations.of(pair, health)
        return [self._terms[key] for key in wanted]

    # ------------------------------------------------------------------------------------------------ transactions

    def _call(self, function: str, *arguments: Any) -> tuple[str, bytes]:
        return self.pool, artifact(f"{self.folder}/Pool").encode(function, *arguments)

    def liquidate_call(self, target: Target, minimum: int) -> tuple[str, bytes]:
        """Target and calldata of a liquidation out of the sender's own tokens; the pool knows no minimum."""
        collateral, debt = self.tokens[target.collateral], self.tokens[target.debt]
        return self._call("liquidationCall", collateral, debt, target.borrower, target.amount, False)

    def keeper(self, set_up: SetUp, owner: Account, venue: Venue) -> str:
        """An `AaveFlashLiquidator` that sells at `venue`."""
        return set_up.deploy("AaveFlashLiquidator", owner.address, venue.seller(set_up), self.pool)

    def flash_call(self, keeper: str, venue: str, target: Target, minimum_profit: int) -> tuple[str, bytes]:
        """Target and calldata of a liquidation by flash loan through the sender's keeper contract."""
        pair = (self.tokens[target.debt], self.tokens[target.collateral])
        order = (venue, target.borrower, *pair, target.amount, minimum_profit)
        return keeper, artifact("AaveFlashLiquidator").encode("liquidate", order)

    def supply_call(self, asset: str, amount: int, owner: str) -> tuple[str, bytes]:
        """Target and calldata of a top-up."""
        return self._call("supply", self.tokens[asset], amount, owner, NO_REFERRAL)

    def repay_call(self, asset: str, amount: int, owner: str) -> tuple[str, bytes]:
        """Target and calldata of a repayment."""
        return self._call("repay", self.tokens[asset], amount, VARIABLE, owner)

    def prepare_keeper(self, set_up: SetUp, keeper: Account, debt_assets: Iterable[str]) -> None:
        """Approvals that a keeper needs to pay the pool."""
        for asset in debt_assets:
            if asset in self.tokens:
                set_up.approve(keeper, self.tokens[asset], self.pool)

    def flash_fee(self, amount: int) -> int:
        """Premium of a flash loan of `amount`, rounded to the nearest."""
        return percent_of(amount, self._premium)
