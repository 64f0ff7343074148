"""Aave v3.0, as it was published, behind the adapter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from numpy.typing import NDArray

from ..adapters import Venue
from ..chain.engine import Call, Chain, Reader
from ..chain.signing import account
from ..contracts import artifact
from ..mechanisms import InsuranceFund, Mechanism, Poke, VenueSite
from ..opening_book import OpeningPosition
from ..position_book import PositionBook
from ..set_up import SetUp
from ..settings import ProtocolSettings
from ..terms import Chore, Deficit, Holding, Liquidation, Losses, Target, Terms
from ..transaction import Account, Log
from .aave_v3_deployment import POOL, VARIABLE, Market, deploy, open_positions
from .aave_v3_logs import Record
from .aave_v3_reserve import Reserve, percent_of
from .aave_v3_state import AaveBook
from .aave_v3_terms import AaveLiquidations
from .aave_v3_units import accepted, margin_points

__all__ = ["AaveV3"]

CONFIGURATOR = "aave_v3/PoolConfigurator"
"""Its calls of governance are the same from v3.0 to v3.6."""
SHARED_RULES = (
    "a price counts whatever its age",
    "a liquidator sets no minimum for the collateral",
    "caps are whole tokens, rounded up",
)
MARGIN = 10_000
NO_REFERRAL = 0
BATCH = 100
"""Accounts to one lens call: about 3 million gas for each asset."""


class Version(NamedTuple):
    """What differs from one release of Aave v3 to another."""

    market: type[Market]
    reserve: type[Reserve]
    book: type[AaveBook]
    liquidations: type[AaveLiquidations]


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

    version = Version(Market, Reserve, AaveBook, AaveLiquidations)
    chain: Chain
    fund: InsuranceFund | None = None
    pokes: Sequence[Poke] = ()
    own_rules: Sequence[str] = (
        "one liquidation repays up to half of a debt, all of it at a health factor of 0.95 or less",
        "there are no dust rules: any amount may be left",
        "debt without collateral stays on its account: nothing is written off",
        *SHARED_RULES,
    )

    def __init__(self, name: str, settings: ProtocolSettings, tokens: Mapping[str, tuple[str, int]]) -> None:
        self.name, self.settings = name, settings
        self.protocol_share = accepted(name, settings).protocol_share
        self.assets = tuple(settings.assets)
        self._tokens = {asset: tokens[asset] for asset in self.assets}
        self.tokens = {asset: token for asset, (token, _) in self._tokens.items()}
        self.mechanism: Mechanism
        self.mechanism = self._liquidations = self.version.liquidations()
        self.extra_gas = self.mechanism.extra_gas
        self.pool = self.configurator = self.lens = ""
        self.losses = Losses()
        self.deficits: list[Deficit] = []
        self.book: PositionBook
        self.book = self._book = self.version.book((), self.assets)
        self._record = Record("", self.tokens)
        self._premium = 0
        self._terms: dict[tuple[str, str, str], Terms] = {}

    def deploy(
        self, set_up: SetUp, feeds: Mapping[str, str], venues: Mapping[str, VenueSite], prices: Mapping[str, int]
    ) -> None:
        """Create and wire the contracts, list the assets and put the lenders' money in."""
        market = self.version.market(self.name, set_up)
        deploy(market, self.name, self.settings, self._tokens, set_up, feeds, prices)
        self.adopt(set_up, market.pool, market.configurator, ())

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
        self._record = Record(self.pool, self.tokens)
        self.lens = set_up.once("AaveLens")
        self.book = self._book = self.version.book([one.lower() for one in accounts], self.assets)

    def arm(self, set_up: SetUp) -> None:
        """After positions are open: the scenario's own margins from here on."""
        for asset in self.settings.opened_under:
            set_up.call(set_up.deployer, *self.margin_call(asset, self.settings.assets[asset]))

    def margin_call(self, asset: str, margins: Any) -> tuple[str, bytes]:
        """Target and calldata by which governance sets the margins of `asset`, in basis points."""
        points = margin_points(f"protocols.{self.name}.assets.{asset}", margins, margins.liquidation_bonus)
        configurator = artifact(CONFIGURATOR)
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
        self.book = self._book = self.version.book(
            [account(position.name).address for position in positions], self.assets
        )

    # ------------------------------------------------------------------------------------------------ reading

    def read_all(self, read: Reader) -> None:
        """Read every account and every asset from the chain."""
        pool = artifact(POOL)
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

    def _decoded(self, data: bytes) -> tuple[Reserve, ...]:
        return tuple(self.version.reserve(*view) for view in artifact("AaveLens").decode("reserves", data))

    def follow(self, logs: Sequence[Log]) -> None:
        """Carry the book over one block: accounts that its logs name, and all reserves."""
        self._terms.clear()
        touched = self.touched(logs)
        if touched:
            self._read_accounts(touched, self.chain.call_many)
        (view,) = self.chain.call_many(self.moving_calls())
        self.book.states = self._decoded(view.data)
        for kind, deficit in self._record.losses(self._book, self._record.events(self._book, logs)):
            self.losses = self.losses._replace(**{kind: getattr(self.losses, kind) + deficit.dollars})
            if kind == "recorded":
                self.deficits.append(deficit)

    def touched(self, logs: Iterable[Log]) -> list[str]:
        """Accounts of the book that logs of the pool and its tokens name, in the book's order."""
        index = self.book.index
        events = self._record.events(self._book, logs)
        named = {index[v] for event in events for v in event.arguments.values() if v in index}
        return [self.book.accounts[number] for number in sorted(named)]

    def balance_of_books(self) -> list[Holding]:
        """Cash of every asset, which the asset's own token holds."""
        listed = zip(self.assets, self.reserves, strict=True)
        balances = ((asset, one.a_token, *one.balance()) for asset, one in listed)
        return [Holding(*balance) for balance in balances]

    def liquidations(self, logs: Iterable[Log]) -> list[Liquidation]:
        """Liquidations among one transaction's logs; the health factor is that after the block before."""
        return self._record.liquidations(self._book, self._record.events(self._book, logs))

    # ------------------------------------------------------------------------------------------------ liquidation

    def terms(self, number: int, debt: str, collateral: str) -> Terms:
        """Terms for account `number` of the book, by the twin."""
        key = (number, debt, collateral)
        if key not in self.book.kept:
            self.book.kept[key] = self.mechanism.terms(self.book, number, *self._columns(debt, collateral))
        known: Terms = self.book.kept[key]
        return known

    @property
    def reserves(self) -> tuple[Reserve, ...]:
        """The listed assets, in the order of `assets`."""
        return self._book.reserves

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
            pool = artifact(POOL)
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
        return self.pool, artifact(POOL).encode(function, *arguments)

    def liquidate_call(self, target: Target, minimum: int) -> tuple[str, bytes]:
        """Target and calldata of a liquidation out of the sender's own tokens; the pool knows no minimum."""
        collateral, debt = self.tokens[target.collateral], self.tokens[target.debt]
        return self._call("liquidationCall", collateral, debt, target.borrower, self._offered(target), False)

    def _offered(self, target: Target) -> int:
        """What to offer: where the most takes all collateral, a little above it, or a rounding would leave some."""
        number = self.book.index.get(target.borrower)
        if number is None:
            return target.amount
        most = self.terms(number, target.debt, target.collateral)
        held = self._book.pair(number, *self._columns(target.debt, target.collateral)).held
        clears = most.collateral + most.protocol_collateral + 1 >= held and target.amount >= most.maximum_debt
        return target.amount + target.amount // MARGIN + 1 if clears else target.amount

    def keeper(self, set_up: SetUp, owner: Account, venue: Venue) -> str:
        """An `AaveFlashLiquidator` that sells at `venue`."""
        return set_up.deploy("AaveFlashLiquidator", owner.address, venue.seller(set_up))

    def flash_call(self, keeper: str, venue: str, target: Target, minimum_profit: int) -> tuple[str, bytes]:
        """Target and calldata of a liquidation by flash loan through the sender's keeper contract."""
        pair = (self.tokens[target.debt], self.tokens[target.collateral])
        order = (self.pool, venue, target.borrower, *pair, target.amount, minimum_profit)
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
