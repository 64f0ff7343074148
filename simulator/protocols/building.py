"""Builds Undertow's own lending pool: contracts, listed assets, lenders' money, the position book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..adapters import Venue
from ..chain.signing import account
from ..mechanisms import CircuitBreaker, DeployedMargins, Feed, InsuranceFund, Mechanism, Poke, Site, VenueSite
from ..opening_book import OpeningPosition
from ..set_up import SetUp
from ..settings import ListedAsset, ProtocolSettings
from ..transaction import Account
from ..units import FEED_SCALE, to_units, wad

__all__ = ["NOWHERE", "Parts", "build", "deploy_keeper", "foreseen_pokes", "open_positions"]

NOWHERE = "0x" + "00" * 20
KEEPERS = {"spread": "FlashLiquidator", "dutch": "FlashTaker"}
"""What a keeper without capital deploys, by the style of the liquidations."""
SUPPLY_GAS, BORROW_GAS, BORROW_GAS_AN_ASSET = 220_000, 200_000, 150_000
"""Limits of the calls that open a position: about a third more than the gas snapshot's first supply and borrow."""


class Parts(NamedTuple):
    """One deployed pool's contracts; `guard` is empty when there is none."""

    pool: str
    lens: str
    oracle: str
    margins: DeployedMargins
    guard: str
    fund: InsuranceFund | None


def build(name: str, settings: ProtocolSettings, mechanism: Mechanism, site: Site, prices: Mapping[str, int]) -> Parts:
    """Create and wire the contracts, list the assets and put the lenders' money in.

    Positions are opened at the feeds' prices and unguarded: a stack of adapters has no price before it was poked.
    `ReferenceProtocol.arm` puts the rest in.
    """
    set_up = site.set_up
    fund = InsuranceFund(settings.fund, site) if settings.fund else None
    site.oracle = settings.oracle.deploy(site)
    site.pool = set_up.deploy("LendingPool", site.owner, fund.address if fund else account("treasury").address)
    margins = settings.margins.deploy(site)
    guard, margins = _guard(settings, site, margins)
    lens = set_up.deploy("PoolLens")
    wiring = (
        ("setOracle", site.oracle if isinstance(settings.oracle, Feed) else Feed().deploy(site)),
        ("setMarginModel", margins.address),
        ("setFlashLoanFee", wad(settings.flash_loan_fee)),
    )
    for function, value in wiring:
        site.govern(site.pool, "LendingPool", function, value)
    for asset, listed in settings.assets.items():
        data = settings.margins.set_data(asset, site.token(asset), settings.opening(asset))
        set_up.call(set_up.deployer, margins.base, data)
        _list(name, site, asset, listed, prices[asset])
    mechanism.deploy(site)
    site.govern(site.pool, "LendingPool", "setLiquidationModule", mechanism.address)
    for contract, kind, function, arguments in site.later:
        site.govern(contract, kind, function, *arguments)
    if fund and settings.fund:
        fund.arm(site, account(f"fund manager/{name}").address)
        for asset, amount in settings.fund.capital.items():
            _supply(name, site, asset, to_units(amount * 10**8 / prices[asset], site.tokens[asset][1]), fund.address)
    return Parts(site.pool, lens, site.oracle, margins, guard, fund)


def foreseen_pokes(
    settings: ProtocolSettings, decimals: Mapping[str, int], venues: Mapping[str, tuple[str, str]]
) -> Sequence[Poke]:
    """Pokes that a protocol will need, before there is a chain: it is built on paper, at no address.

    `decimals` are those of all assets, `venues` base and quote of all venues, by name.
    """
    tokens = {asset: (NOWHERE, decimals[asset]) for asset in settings.assets}
    sites = {name: VenueSite(NOWHERE, *pair) for name, pair in venues.items()}
    age, feeds = int(settings.maximum_price_age), dict.fromkeys(tokens, NOWHERE)
    site = Site(SetUp(1), tuple(tokens), tokens, feeds, sites, age, collateral=settings.collateral())
    build("", settings, settings.liquidation.mechanism(), site, dict.fromkeys(tokens, FEED_SCALE))
    return site.pokes


def _guard(settings: ProtocolSettings, site: Site, margins: DeployedMargins) -> tuple[str, DeployedMargins]:
    """All guards as one, and margins as they raise them."""
    if not settings.guards:
        return "", margins
    guards = site.set_up.deploy("GuardList", site.owner, site.pool)
    members = []
    for guard in settings.guards:
        members.append(guard.deploy(site, guards))
        if isinstance(guard, CircuitBreaker) and guard.haircut:
            raised = site.set_up.deploy("RaisedMarginModel", margins.address, members[-1])
            margins = margins._replace(address=raised, moving=True)
    site.govern(guards, "GuardList", "setGuards", members)
    return guards, margins


def _list(name: str, site: Site, asset: str, listed: ListedAsset, price: int) -> None:
    set_up, (token, decimals), rates = site.set_up, site.tokens[asset], listed.interest
    numbers = (rates.base, rates.kink, rates.slope_below, rates.slope_above)
    model = set_up.deploy("KinkedRateModel", *(wad(number) for number in numbers))

    def tokens_for(value: Any) -> int:
        return to_units(value * 10**8 / price, decimals)

    caps = (tokens_for(listed.supply_cap), tokens_for(listed.borrow_cap))
    site.govern(site.pool, "LendingPool", "listAsset", token, (model, wad(listed.reserve_factor), *caps))
    _supply(name, site, asset, tokens_for(listed.supplied), account(f"lender/{name}").address)


def _supply(name: str, site: Site, asset: str, amount: int, owner: str) -> None:
    """Let the lender pay `amount` in for `owner`."""
    lender, token = account(f"lender/{name}"), site.token(asset)
    if amount:
        site.set_up.mint(token, lender.address, amount)
        site.set_up.approve(lender, token, site.pool)
        site.set_up.send(lender, site.pool, "LendingPool", "supply", token, amount, owner)


def deploy_keeper(set_up: SetUp, style: str, owner: Account, venue: Venue) -> str:
    """The contract of a keeper without capital: it knows our own pools, and elsewhere goes through a seller."""
    if venue.kind == "constant_product":
        return set_up.deploy(KEEPERS[style], owner.address)
    return set_up.deploy(f"Routed{KEEPERS[style]}", owner.address, venue.seller(set_up))


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
        address = account(position.name).address
        for asset, amount in position.collateral.items():
            set_up.send(depositor, pool, "LendingPool", "supply", tokens[asset], amount, address, gas=SUPPLY_GAS)
    gas = BORROW_GAS + BORROW_GAS_AN_ASSET * len(tokens)
    for position in positions:
        owner = account(position.name)
        for asset, amount in position.debt.items():
            set_up.send(owner, pool, "LendingPool", "borrow", tokens[asset], amount, owner.address, gas=gas)
