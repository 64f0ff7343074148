"""What a lending protocol and a venue are to everything else: the two adapters that real ones stand behind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from .chain.engine import Call, Chain, Reader
from .mechanisms import InsuranceFund, Mechanism, Poke, VenueSite
from .opening_book import OpeningPosition
from .position_book import PositionBook
from .set_up import SetUp
from .terms import Chore, Deficit, Holding, Liquidation, Losses, Target, Terms
from .transaction import Account, Log

__all__ = ["Effects", "LendingProtocol", "Quote", "Trade", "Venue"]


class LendingProtocol(Protocol):
    """A deployed lending protocol and its position book.

    Attributes
    ----------
    chain : where it is, once the market is opened
    assets : names, in the order of the book's columns
    pool : contract that holds the tokens and that borrowers call
    book : accounts, shares and asset states, kept up to date by `follow`
    mechanism : its liquidations
    extra_gas : of a liquidation beyond one of the plainest design, about
    protocol_share : what the protocol keeps of a bonus, a share of one
    own_rules : what of a liquidation the protocol's code fixes, whatever a scenario says; sentences
    fund : what pays its deficits, if anything does
    pokes : contracts that must be told when to look
    losses : what became of debt that nobody paid
    deficits : what was written off, in order
    """

    name: str
    chain: Chain
    assets: tuple[str, ...]
    pool: str
    book: PositionBook
    mechanism: Mechanism
    extra_gas: int
    protocol_share: Decimal
    own_rules: Sequence[str]
    fund: InsuranceFund | None
    pokes: Sequence[Poke]
    losses: Losses
    deficits: list[Deficit]

    def chores(self, timestamp: int) -> list[Chore]:
        """What anybody may do at `timestamp` and somebody must."""
        ...

    def poke_call(self, poke: Poke) -> tuple[str, bytes]:
        """Target and calldata of a poke."""
        ...

    def deploy(
        self, set_up: SetUp, feeds: Mapping[str, str], venues: Mapping[str, VenueSite], prices: Mapping[str, int]
    ) -> None:
        """Create the contracts, list the assets, put the lenders' money in."""
        ...

    def arm(self, set_up: SetUp) -> None:
        """End the set-up, once positions are open and oracles poked: what would have been in the way takes effect."""
        ...

    def open_book(self, set_up: SetUp, positions: Sequence[OpeningPosition]) -> None:
        """Open the positions; the book is empty until it is read."""
        ...

    def keeper(self, set_up: SetUp, owner: Account, venue: Venue) -> str:
        """Deploy the contract with which `owner` liquidates by flash loan and sells at `venue`; returns its address."""
        ...

    def prepare_keeper(self, set_up: SetUp, keeper: Account, debt_assets: Iterable[str]) -> None:
        """Approvals that a keeper with an own inventory needs."""
        ...

    def read_all(self, read: Reader) -> None:
        """Read every account and every asset from the chain."""
        ...

    def follow(self, logs: Sequence[Log]) -> None:
        """Carry the book over one block's logs."""
        ...

    def moving_calls(self) -> list[Call]:
        """Reads that `follow` makes after every block."""
        ...

    def touched(self, logs: Iterable[Log]) -> list[str]:
        """Accounts of the book whose shares the logs may have changed."""
        ...

    def balance_of_books(self) -> list[Holding]:
        """Tokens that it must have if nothing is lost or made: what was put in less what is owed and written off."""
        ...

    def liquidations(self, logs: Iterable[Log]) -> list[Liquidation]:
        """Liquidations among one transaction's logs."""
        ...

    def terms(self, number: int, debt: str, collateral: str) -> Terms:
        """Terms by the Python twin, from the book."""
        ...

    def check(self, wanted: Sequence[tuple[str, str, str]]) -> list[Terms]:
        """Terms by the contract itself for (borrower, debt, collateral)."""
        ...

    def keeps_enough(self, number: int, debt: str, collateral: str, amount: int) -> int:
        """`amount` of a partial repayment lowered until what is left of debt and collateral is allowed to be left."""
        ...

    def closable(self, health: Any, debts: Any) -> Any:
        """Dollars of debt that one liquidation may repay, elementwise from health factors and debts in dollars."""
        ...

    def flash_fee(self, amount: int) -> int:
        """Fee of a flash loan."""
        ...

    def liquidate_call(self, target: Target, minimum: int) -> tuple[str, bytes]:
        """Target and calldata of a liquidation out of the sender's own tokens."""
        ...

    def flash_call(self, keeper: str, venue: str, target: Target, minimum_profit: int) -> tuple[str, bytes]:
        """Target and calldata of a liquidation by flash loan through the keeper's contract."""
        ...

    def supply_call(self, asset: str, amount: int, owner: str) -> tuple[str, bytes]:
        """Target and calldata of a top-up."""
        ...

    def repay_call(self, asset: str, amount: int, owner: str) -> tuple[str, bytes]:
        """Target and calldata of a repayment."""
        ...

    def margin_call(self, asset: str, margins: Any) -> tuple[str, bytes]:
        """Target and calldata by which governance sets loan_to_value, liquidation_threshold and liquidation_bonus."""
        ...


class Quote(Protocol):
    """State of a venue that can price trades without the chain; immutable. Token units."""

    @property
    def base(self) -> int:
        """Base tokens to trade against."""
        ...

    def spot(self) -> tuple[int, int]:
        """Marginal price without the fee, quote units for base units, as numerator and denominator."""
        ...

    def quote_exact_input(self, sells_base: bool, amount_in: int) -> int:
        """Output of an exact input, equal to the contract's."""
        ...

    def after(self, sells_base: bool, amount_in: int) -> Quote:
        """State after an exact input."""
        ...

    def input_to_price(self, sells_base: bool, numerator: int, denominator: int) -> int:
        """Input after which the marginal price, fee included, is numerator/denominator; zero within the fee."""
        ...


class Trade(NamedTuple):
    """One swap; token units. `slippage` is the shortfall against the spot price before it, fee included."""

    trader: str
    sold_base: bool
    amount_in: int
    amount_out: int
    slippage: float


class Effects(NamedTuple):
    """What one transaction did: trades by venue, and by how much its sender's tokens changed, by asset."""

    trades: list[tuple[str, Trade]]
    gained: dict[str, int]


class Venue(Protocol):
    """A deployed place to trade base for quote.

    Attributes
    ----------
    kind : the scenario's name for what it is
    address : the pool
    router : who must be approved for what `swap_call` sells
    manager : who must be approved for what `provide` puts in
    reserves : state after the last block
    """

    name: str
    kind: str
    address: str
    router: str
    manager: str

    @property
    def extra_gas(self) -> int:
        """Gas of a swap beyond one on a constant-product pool, about."""
        ...

    @property
    def removal_gas(self) -> int:
        """Most gas that a `remove_call` uses."""
        ...

    @property
    def reserves(self) -> Quote:
        """State after the last block."""
        ...

    def deploy(self, set_up: SetUp, others: Mapping[str, Venue]) -> None:
        """Create it; `others` are those created before it."""
        ...

    def provide(self, set_up: SetUp, provider: Account, base: int, quote: int) -> None:
        """Let `provider` put in so much of each token, which it has and `manager` may take."""
        ...

    def seller(self, set_up: SetUp) -> str:
        """Address of the contract (`ISeller`) through which contracts sell here, deployed when first asked for."""
        ...

    def refresh(self, read: Reader) -> None:
        """Read the reserves from the chain."""
        ...

    def follow(self, logs: Sequence[Log]) -> list[Trade]:
        """Carry the reserves over one transaction's logs; returns its trades here."""
        ...

    def liquidity(self, holder: str, read: Reader) -> int:
        """What a provider holds, in the unit of `remove_call`."""
        ...

    def remove_call(self, liquidity: int, provider: str) -> tuple[str, bytes]:
        """Target and calldata that take liquidity out."""
        ...

    def swap_call(self, token_in: str, amount: int, minimum: int, recipient: str, deadline: int) -> tuple[str, bytes]:
        """Target and calldata of an exact-input swap."""
        ...

    def price(self, base_decimals: int, quote_decimals: int) -> float:
        """Spot price, whole quote tokens a whole base token."""
        ...
