"""Everything that must balance after a block, read from the chain and from nowhere else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from simulator.contracts import artifact
from simulator.genesis import genesis
from simulator.market import Market
from simulator.transaction import Transaction
from tests.scenarios.world import Read, asset_states, holdings, read, shares

GWEI = 10**9


@dataclass(frozen=True)
class Books:
    """Numbers by name; those that one sum runs over lie in one inner mapping.

    Attributes
    ----------
    states : by protocol/asset: supply, supply shares, debt, debt shares, deficit
    held : tokens of each pool and venue, by protocol/asset or venue/side
    supply_shares, borrow_shares : by protocol/asset and account
    reserves : by venue/side
    minted : total supply of each token
    tokens : by asset and holder
    ether : wei of every account that had some at genesis, of the coinbase and of every contract
    """

    states: dict[str, dict[str, int]]
    held: dict[str, int]
    supply_shares: dict[str, dict[str, int]]
    borrow_shares: dict[str, dict[str, int]]
    reserves: dict[str, int]
    minted: dict[str, int]
    tokens: dict[str, dict[str, int]]
    ether: dict[str, int]


def problems(books: Books) -> list[str]:
    """What does not add up, to the unit."""
    found = []
    for key, state in books.states.items():
        lent = state["supply"] - state["debt"] - state["deficit"]
        if books.held[key] != lent:
            found.append(f"{key}: holds {books.held[key]}, supply - debt - deficit is {lent}")
        for kind, held in (("supply_shares", books.supply_shares), ("borrow_shares", books.borrow_shares)):
            if sum(held[key].values()) != state[kind]:
                found.append(f"{key}: {kind} {sum(held[key].values())} of accounts, {state[kind]} in all")
    for key, reserve in books.reserves.items():
        if books.held[key] != reserve:
            found.append(f"{key}: holds {books.held[key]}, reserve is {reserve}")
    for asset, holders in books.tokens.items():
        if sum(holders.values()) != books.minted[asset]:
            found.append(f"{asset}: {sum(holders.values())} held, {books.minted[asset]} minted")
    return found


def ether_problems(before: Books, after: Books, coinbase: str, row: Mapping[str, int]) -> list[str]:
    """What a block did to ETH beside burning and tipping what its row says."""
    lost = sum(before.ether.values()) - sum(after.ether.values())
    gained = after.ether[coinbase] - before.ether[coinbase]
    found = []
    if lost != row["burnt_wei"]:
        found.append(f"{lost} wei gone, {row['burnt_wei']} burnt")
    if gained != row["tipped_wei"]:
        found.append(f"coinbase gained {gained} wei, {row['tipped_wei']} tipped")
    return found


def read_books(market: Market) -> Books:
    """Read all books at the newest block."""
    contracts = _contracts(market)
    people = [one.address for one in market.roster.everyone]
    investors = [*(one.address for one in market.roster.everyone if one not in market.roster.crowd), *contracts]
    tokens = {asset: holdings(market, asset, investors) for asset in market.tokens}
    supplies = read(market.chain, [("TestToken", token.address, "totalSupply") for token in market.tokens.values()])
    reserves, held = _venues(market, tokens)
    states, supplied, borrowed = _pools(market, investors)
    for key in states:
        protocol, asset = key.split("/")
        held[key] = tokens[asset][market.protocols[protocol].pool]
    everybody = [*people, genesis(market.scenario).coinbase, *contracts]
    return Books(
        states=states,
        held=held,
        supply_shares=supplied,
        borrow_shares=borrowed,
        reserves=reserves,
        minted=dict(zip(market.tokens, supplies, strict=True)),
        tokens=tokens,
        ether=dict(zip(everybody, market.chain.balances(everybody), strict=True)),
    )


def _contracts(market: Market) -> list[str]:
    """Contracts through which tokens pass."""
    pools = [protocol.pool for protocol in market.protocols.values()]
    modules = [protocol.mechanism.address for protocol in market.protocols.values()]
    funds = [protocol.fund.address for protocol in market.protocols.values() if protocol.fund]
    venues = [venue.address for venue in market.venues.values()]
    return [
        *pools,
        *modules,
        *funds,
        *venues,
        *(venue.router for venue in market.venues.values()),
        market.sink,
        *market.keepers.values(),
    ]


def _venues(market: Market, tokens: dict[str, dict[str, int]]) -> tuple[dict[str, int], dict[str, int]]:
    reserves, held = {}, {}
    for name, venue in market.venues.items():
        settings = market.scenario.venues[name]
        amounts = read(market.chain, [("ConstantProductPool", venue.address, "getReserves")])[0][:2]
        for side, asset, amount in zip(("base", "quote"), (settings.base, settings.quote), amounts, strict=True):
            reserves[f"{name}/{side}"] = amount
            held[f"{name}/{side}"] = tokens[asset][venue.address]
    return reserves, held


def _pools(
    market: Market, accounts: list[str]
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """States and shares; accrued first, on a block that is undone, since the treasury's newest shares are in no account
    before."""
    states: dict[str, dict[str, int]] = {}
    supplied: dict[str, dict[str, int]] = {}
    borrowed: dict[str, dict[str, int]] = {}
    with market.chain.anchor():
        _accrue(market)
        for (protocol, asset), state in asset_states(market).items():
            names = ("supply", "supply_shares", "debt", "borrow_shares", "deficit")
            states[f"{protocol}/{asset}"] = dict(zip(names, state, strict=True))
        for protocol in market.protocols:
            for asset, held in shares(market, protocol, accounts).items():
                supplied[f"{protocol}/{asset}"] = {one: supply for one, (supply, _) in held.items()}
                borrowed[f"{protocol}/{asset}"] = {one: borrow for one, (_, borrow) in held.items()}
    return states, supplied, borrowed


def _accrue(market: Market) -> None:
    sender, chain = market.roster.staff[0], market.chain
    wanted: list[Read] = [
        ("LendingPool", protocol.pool, "accrue", market.tokens[asset].address)
        for protocol in market.protocols.values()
        for asset in protocol.assets
    ]
    transactions = [
        Transaction(sender, to, artifact(name).encode(function, *arguments), 300_000, 10_000 * GWEI, 0, nonce)
        for nonce, (name, to, function, *arguments) in enumerate(wanted, chain.nonces([sender.address])[0])
    ]
    block = chain.build_block(transactions, chain.head.timestamp + 1)
    assert [receipt.succeeded for receipt in block.receipts] == [True] * len(wanted)
