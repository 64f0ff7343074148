"""Finds an Aave v3 market, its prices and its borrowers on somebody else's chain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .deployment import AaveMarket, FoundProtocol
from .deployment_place import Place
from .errors import ScenarioError
from .opening_book import OpeningPosition
from .units import FEED_SCALE

__all__ = ["find_aave"]

POOL = "aave_v3/Pool"
DIRECTORY = "aave_v3/PoolAddressesProvider"
ORACLE = "aave_v3/AaveOracle"
DEBT = "aave_v3/VariableDebtToken"
FIXED_DEBT = "aave_v3/StableDebtToken"
SUPPLY = "aave_v3/AToken"
FLAT, ISOLATED = "owes nothing now", "in isolation mode"
CEILING_BITS = (212, 40)
"""Where in a reserve's bit map its debt ceiling stands, which makes it a collateral in isolation."""


class _Reserve(NamedTuple):
    """A listed asset of the scenario."""

    name: str
    number: int
    isolated: bool
    supply: str
    debt: str
    fixed_debt: str


class _Account(NamedTuple):
    """A borrower: what Aave says of it as a whole."""

    address: str
    debt: int  # base currency
    bits: int
    category: int


def find_aave(place: Place, name: str, market: AaveMarket, assets: Mapping[str, str]) -> FoundProtocol:
    """What there is of a market; `assets` are the tokens that the scenario has in protocol `name`.

    Accounts are left out that the adapter has no picture of: in an efficiency mode or in isolation, with debt at a
    fixed rate, or with collateral or debt in assets that the scenario does not have.

    Raises
    ------
    ScenarioError : it is no such market, or lists no such asset
    EndpointError : the endpoint cannot tell
    """
    tokens = {f"assets.{asset}": token for asset, token in assets.items()}
    place.need_code([(f"protocols.{name}.addresses_provider", market.addresses_provider), *tokens.items()])
    contracts = _contracts(place, market.addresses_provider)
    reserves = _reserves(place, contracts["pool"], assets)
    sources = _sources(place, contracts["oracle"], assets)
    prices = place.ask_many([(contracts["oracle"], ORACLE, "getAssetPrice", (token,)) for token in assets.values()])
    decimals = place.ask_many([(token, "TestToken", "decimals", ()) for token in assets.values()])
    for asset, price in zip(assets, prices, strict=True):
        if not price:
            raise ScenarioError(f"assets.{asset}", "has no price at this block", "Fork another block")
    left_out: Counter[str] = Counter()
    accounts = _borrowers(place, contracts["pool"], market, assets, left_out)
    positions = _positions(place, name, accounts, reserves, left_out)
    found = (dict(zip(assets, prices, strict=True)), dict(zip(assets, decimals, strict=True)))
    return FoundProtocol(contracts, *found, sources, positions, dict(sorted(left_out.items())))


def _contracts(place: Place, directory: str) -> dict[str, str]:
    names = {"pool": "getPool", "configurator": "getPoolConfigurator", "oracle": "getPriceOracle"}
    found = place.ask_many([(directory, DIRECTORY, function, ()) for function in names.values()])
    return dict(zip(names, found, strict=True))


def _reserves(place: Place, pool: str, assets: Mapping[str, str]) -> list[_Reserve]:
    answers = place.ask_many([(pool, POOL, "getReserveData", (token,)) for token in assets.values()])
    found = []
    for (asset, token), answer in zip(assets.items(), answers, strict=True):
        bits, number, (supply, fixed_debt, debt) = answer[0][0], answer[7], answer[8:11]
        if not int(supply, 16):
            raise ScenarioError(f"assets.{asset} = {token}", "is not listed in this market", "Name a listed token")
        start, length = CEILING_BITS
        isolated = bool(bits >> start & (1 << length) - 1)
        found.append(_Reserve(asset, number, isolated, supply, debt, fixed_debt))
    return found


def _sources(place: Place, oracle: str, assets: Mapping[str, str]) -> dict[str, str]:
    """The contract behind each price: replacing its code replaces the price, and no other asset's of the scenario."""
    unit = place.ask(oracle, ORACLE, "BASE_CURRENCY_UNIT")
    if unit != FEED_SCALE:
        raise ScenarioError(
            f"contract {oracle}", f"counts in 1/{unit}, not in dollars of eight decimals", "Name another"
        )
    found = place.ask_many([(oracle, ORACLE, "getSourceOfAsset", (token,)) for token in assets.values()])
    by_source: dict[str, str] = {}
    for asset, source in zip(assets, found, strict=True):
        if not int(source, 16):
            raise ScenarioError(f"assets.{asset}", "has no source in the market's oracle", "Leave it out")
        if source in by_source:
            rule = f"has the price of {by_source[source]}: both are read from {source}"
            raise ScenarioError(f"assets.{asset}", rule, "Leave one of them out")
        by_source[source] = asset
    return dict(zip(assets, found, strict=True))


def _borrowers(
    place: Place, pool: str, market: AaveMarket, assets: Mapping[str, str], left_out: Counter[str]
) -> list[_Account]:
    """Everybody who ever borrowed one of the assets, in the order of the first time, and owes enough now."""
    tokens = ["0x" + "00" * 12 + token[2:] for token in assets.values()]
    borrowed = place.events(pool, POOL, "Borrow", [tokens], market.first_block)
    everybody = list(dict.fromkeys(event.arguments["onBehalfOf"] for event in borrowed))
    functions = ("getUserAccountData", "getUserConfiguration", "getUserEMode")
    answers = place.ask_many([(pool, POOL, function, (who,)) for who in everybody for function in functions])
    kept = []
    for who, data, (bits,), category in zip(everybody, answers[::3], answers[1::3], answers[2::3], strict=True):
        account = _Account(who, data[1], bits, category)
        reason = FLAT if not account.debt else _small(account, market)
        if reason:
            left_out[reason] += 1
        else:
            kept.append(account)
    return kept


def _small(account: _Account, market: AaveMarket) -> str:
    return "owes less than the least" if account.debt < market.minimum_debt * FEED_SCALE else ""


def _positions(
    place: Place, name: str, accounts: Sequence[_Account], reserves: Sequence[_Reserve], left_out: Counter[str]
) -> tuple[OpeningPosition, ...]:
    """Positions of those that the adapter can have."""
    strange = {account.address: _strange(account, reserves) for account in accounts}
    kept = [who for who, reason in strange.items() if not reason]
    for who in _owe_at_fixed_rate(place, kept, reserves):
        strange[who] = "owes at a fixed rate"
    left_out.update(reason for reason in strange.values() if reason)
    kept = [who for who, reason in strange.items() if not reason]
    supplied = {one.name: _balances(place, one.supply, SUPPLY, kept) for one in reserves}
    owed = {one.name: _balances(place, one.debt, DEBT, kept) for one in reserves}
    return tuple(
        OpeningPosition(
            f"position/{name}/{who}",
            {asset: balances[number] for asset, balances in supplied.items() if balances[number]},
            {asset: balances[number] for asset, balances in owed.items() if balances[number]},
        )
        for number, who in enumerate(kept)
    )


def _balances(place: Place, token: str, contract: str, holders: Sequence[str]) -> list[int]:
    return place.ask_many([(token, contract, "balanceOf", (who,)) for who in holders])


def _owe_at_fixed_rate(place: Place, accounts: Sequence[str], reserves: Sequence[_Reserve]) -> list[str]:
    """Of `accounts` those with such debt; later versions have no token for it."""
    owed = [_balances(place, one.fixed_debt, FIXED_DEBT, accounts) for one in reserves if int(one.fixed_debt, 16)]
    return [who for number, who in enumerate(accounts) if any(balances[number] for balances in owed)]


def _strange(account: _Account, reserves: Sequence[_Reserve]) -> str:
    """Why the adapter has no picture of an account, by its bit map: two bits a reserve, debt and collateral."""
    if account.category:
        return "in an efficiency mode"
    known = sum(3 << 2 * reserve.number for reserve in reserves)
    if account.bits & ~known:
        return "has other assets"
    if any(reserve.isolated and account.bits >> 2 * reserve.number + 1 & 1 for reserve in reserves):
        return ISOLATED
    return ""
