"""Deploys Aave v3.0 as it was published: libraries, directory, proxies, oracle, reserves; then the lenders' money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import ceil
from typing import Any

from ..chain.signing import account, created_address
from ..opening_book import OpeningPosition
from ..set_up import GAS, SetUp
from ..settings import InterestSettings, ListedAsset, ProtocolSettings
from ..transaction import Account
from ..units import FEED_SCALE, to_units
from .aave_v3_units import accepted, basis_points, margin_points, ray

__all__ = ["LABELS", "NOBODY", "POOL", "VARIABLE", "Market", "deploy", "named", "open_positions"]

POOL = "aave_v3/Pool"
"""Its calls of users and keepers are the same from v3.0 to v3.6."""
LABELS = ("Supplied", "Owed", "Owed at a fixed rate")
"""Names of an asset's tokens, in the configurator's order."""
NOBODY = "0x" + "00" * 20
PROXY_GAS, RESERVE_GAS = 1_000_000, 3_500_000
SUPPLY_GAS, BORROW_GAS, BORROW_GAS_AN_ASSET = 330_000, 330_000, 70_000
"""Limits of the calls that open a position: about a third more than what they use."""
MOST_TOKENS = 2**36 - 1
"""The largest cap, in whole tokens."""
VARIABLE = 2
"""Aave's number for debt at a variable rate."""


class Market:
    """One market of v3.0 while it is built: the deployer owns its directory and is its pool admin.

    Addresses of the proxies follow from the directory's, which creates them in order.

    Attributes
    ----------
    folder, pool_code, configurator_code : of the published code
    libraries : that need no other; ``FlashLoanLogic`` calls ``BorrowLogic``
    premium_function : of the configurator
    """

    folder = "aave_v3"
    pool_code, configurator_code = "Pool", "PoolConfigurator"
    libraries: Sequence[str] = (
        *("BorrowLogic", "BridgeLogic", "ConfiguratorLogic", "EModeLogic", "LiquidationLogic", "PoolLogic"),
        "SupplyLogic",
    )
    premium_function = "updateFlashloanPremiumTotal"

    def __init__(self, name: str, set_up: SetUp) -> None:
        self._set_up, self._owner = set_up, set_up.deployer
        self._treasury = account(f"treasury/{name}").address
        self._provider = self._create("PoolAddressesProvider", f"Undertow {name}", self._owner.address)
        self.pool, self.configurator = (created_address(self._provider, nonce) for nonce in (1, 2))
        libraries = {library: set_up.once(f"{self.folder}/{library}") for library in self.libraries}
        flash_loans = {"BorrowLogic": libraries["BorrowLogic"]}
        libraries["FlashLoanLogic"] = self._create("FlashLoanLogic", libraries=flash_loans)
        self._direct("setACLAdmin", self._owner.address)
        rights = self._create("ACLManager", self._provider)
        self._direct("setACLManager", rights)
        self._send(rights, "ACLManager", "addPoolAdmin", self._owner.address)
        code = self._create(self.pool_code, *self._of_pool(), libraries=libraries)
        self._direct("setPoolImpl", code, gas=PROXY_GAS)
        configurator = self._create(self.configurator_code, libraries=libraries)
        self._direct("setPoolConfiguratorImpl", configurator, gas=PROXY_GAS)
        self._tokens = self._token_codes()

    def _of_pool(self) -> tuple[str, ...]:
        """Arguments of the pool's code."""
        return (self._provider,)

    def _token_codes(self) -> list[str]:
        """Code of an asset's tokens, in the configurator's order."""
        self._direct("setPoolDataProvider", self._create("AaveProtocolDataProvider", self._provider))
        return [self._create(kind, self.pool) for kind in ("AToken", "StableDebtToken", "VariableDebtToken")]

    def _listing(self, asset: str, token: str, decimals: int, interest: InterestSettings) -> tuple[Any, ...]:
        """How the configurator is told to list a token."""
        numbers = (interest.kink, interest.base, interest.slope_below, interest.slope_above)
        stable = (0, 0, 0, 0, 0)
        strategy = "DefaultReserveInterestRateStrategy"
        rates = self._create(strategy, self._provider, *(ray(number) for number in numbers), *stable)
        return (*self._tokens, decimals, rates, token, self._treasury, NOBODY, *named(asset, LABELS), b"")

    def _create(self, contract: str, *arguments: Any, libraries: Mapping[str, str] | None = None) -> str:
        return self._set_up.deploy(f"{self.folder}/{contract}", *arguments, libraries=libraries)

    def _send(self, to: str, contract: str, function: str, *arguments: Any, gas: int = GAS) -> None:
        self._set_up.send(self._owner, to, f"{self.folder}/{contract}", function, *arguments, gas=gas)

    def _direct(self, function: str, *arguments: Any, gas: int = GAS) -> None:
        self._send(self._provider, "PoolAddressesProvider", function, *arguments, gas=gas)

    def configure(self, function: str, *arguments: Any, gas: int = GAS) -> None:
        """Queue a call of the pool admin."""
        self._send(self.configurator, self.configurator_code, function, *arguments, gas=gas)

    def price(self, feeds: Mapping[str, str]) -> None:
        """Create the oracle over `feeds` by token; it takes an answer of any age, and knows no second source."""
        proxies = [self._set_up.deploy("AggregatorProxy", feed) for feed in feeds.values()]
        arguments = (self._provider, list(feeds), proxies, NOBODY, NOBODY, FEED_SCALE)
        self._direct("setPriceOracle", self._create("AaveOracle", *arguments))

    def list_reserve(self, asset: str, token: str, decimals: int, interest: InterestSettings) -> None:
        """List a token without any right to be collateral."""
        self.configure("initReserves", [self._listing(asset, token, decimals, interest)], gas=RESERVE_GAS)

    def limit(self, token: str, listed: ListedAsset, price: int) -> None:
        """Set what may be done with a token and how much of it; caps are whole tokens, rounded up."""

        def whole(dollars: Decimal) -> int:
            return min(MOST_TOKENS, ceil(dollars * FEED_SCALE / price))

        self.configure("setReserveFactor", token, basis_points(listed.reserve_factor, "reserve_factor"))
        self.configure("setSupplyCap", token, whole(listed.supply_cap))
        self.configure("setBorrowCap", token, whole(listed.borrow_cap))
        self.configure("setReserveBorrowing", token, bool(listed.borrow_cap))
        self.configure("setReserveFlashLoaning", token, True)


def named(asset: str, labels: Sequence[str]) -> list[str]:
    """Name and symbol of each of an asset's tokens."""
    return [f"{label} {asset}" for label in labels for _ in ("name", "symbol")]


def deploy(
    market: Market,
    name: str,
    settings: ProtocolSettings,
    tokens: Mapping[str, tuple[str, int]],
    set_up: SetUp,
    feeds: Mapping[str, str],
    prices: Mapping[str, int],
) -> None:
    """Price and list the assets of a `market`, and put the lenders' money in.

    Parameters
    ----------
    tokens : address and decimals by asset
    feeds : address by asset
    prices : first prices by asset, eight decimals
    """
    market.price({tokens[asset][0]: feeds[asset] for asset in settings.assets})
    market.configure(market.premium_function, basis_points(settings.flash_loan_fee, "flash_loan_fee"))
    rules, lender = accepted(name, settings), account(f"lender/{name}")
    for asset, listed in settings.assets.items():
        token, decimals = tokens[asset]
        market.list_reserve(asset, token, decimals, listed.interest)
        market.configure("setLiquidationProtocolFee", token, basis_points(rules.protocol_share, "protocol_share"))
        market.limit(token, listed, prices[asset])
        margins = margin_points(asset, settings.opening(asset), listed.liquidation_bonus)
        if any(margins):
            market.configure("configureReserveAsCollateral", token, *margins)
        amount = to_units(listed.supplied * FEED_SCALE / prices[asset], decimals)
        if amount:
            set_up.mint(token, lender.address, amount)
            set_up.approve(lender, token, market.pool)
            supply(set_up, market.pool, lender, token, amount, lender.address)


def supply(set_up: SetUp, pool: str, payer: Account, token: str, amount: int, owner: str) -> None:
    """Queue a supply out of `payer`'s tokens for `owner`."""
    arguments = (token, amount, owner, 0)
    set_up.send(payer, pool, POOL, "supply", *arguments, gas=SUPPLY_GAS)


def open_positions(
    set_up: SetUp, name: str, pool: str, tokens: Mapping[str, str], positions: Sequence[OpeningPosition]
) -> None:
    """Supply each account's collateral on its behalf, and let it borrow."""
    depositor = account(f"depositor/{name}")
    for asset, token in tokens.items():
        total = sum(position.collateral.get(asset, 0) for position in positions)
        if total:
            set_up.mint(token, depositor.address, total)
            set_up.approve(depositor, token, pool)
    for position in positions:
        for asset, amount in position.collateral.items():
            supply(set_up, pool, depositor, tokens[asset], amount, account(position.name).address)
    gas = BORROW_GAS + BORROW_GAS_AN_ASSET * len(tokens)
    for position in positions:
        owner = account(position.name)
        for asset, amount in position.debt.items():
            arguments = (tokens[asset], amount, VARIABLE, 0, owner.address)
            set_up.send(owner, pool, POOL, "borrow", *arguments, gas=gas)
