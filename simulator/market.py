"""Builds the world of a scenario on a chain, and keeps what is known of it up to date from the blocks' logs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from .adapters import Effects, LendingProtocol, Venue
from .chain.engine import Call, Chain, Reader
from .chain.signing import account
from .contracts import artifact, decode_log
from .events import ParameterChange
from .genesis import genesis
from .mechanisms import VenueSite
from .mempool import Mempool
from .opening_book import OpeningPosition, opening_positions
from .outfit import Outfitter
from .protocols import PROTOCOLS
from .roster import Roster
from .scenario import Scenario
from .set_up import SetUp
from .transaction import Account, Block, Log, Receipt
from .units import FEED_SCALE, to_units
from .venue_settings import PoolSettings
from .venues import VENUES
from .view import FeedState, FeeMarket, MarketView, Token
from .worlds import opened

__all__ = ["Market"]

NO_LATER = 2
"""Seconds before the start in which the last pokes of the set-up are mined."""
TRANSFER = "Transfer"


class Market:
    """Everything deployed, by the scenario's names.

    It is planned first: every transaction of the set-up is written down, and every address known. `open` puts it on a
    chain.

    Parameters
    ----------
    scenario : what
    prices : first outside prices by asset, eight decimals

    Attributes
    ----------
    set_up : the transactions that make it
    tokens, feeds, venues, protocols : by name
    keepers : contract that each flash-loan keeper deployed, by the keeper's name
    sink : burns all gas of a call
    """

    chain: Chain

    def __init__(self, scenario: Scenario, prices: Mapping[str, int]) -> None:
        self.scenario = scenario
        self.roster = self._roster()
        self.books = self._books(prices)
        self.set_up = set_up = self._new_set_up()
        self.tokens = {
            name: Token(name, self._token(set_up, name), asset.decimals) for name, asset in scenario.assets.items()
        }
        self._names = {token.address: name for name, token in self.tokens.items()}
        self.feeds = {
            feed: self._deploy_feed(set_up, feed, prices[asset])
            for asset, settings in scenario.assets.items()
            for feed in (asset, *(f"{asset}/{name}" for name in settings.feeds))
        }
        self.sink = set_up.deploy("GasSink")
        self.venues: dict[str, Venue] = {}
        for name in sorted(scenario.venues, key=lambda one: scenario.venues[one].kind == "split"):
            self.venues[name] = self._deploy_venue(set_up, name, prices)
        self.protocols = {name: self._deploy_protocol(set_up, name, prices) for name in scenario.protocols}
        self._foresee_changes()
        outfitter = Outfitter(scenario, self.roster, self.tokens, self.venues, self.protocols, prices)
        self.keepers = outfitter.equip(set_up)
        outfitter.fill_wallets(set_up, self.attentive())
        self._poke(set_up)
        agents = [one.address for one in self.roster.everyone]
        self.nonces = {agent: set_up.nonces.get(agent, 0) for agent in agents}

    def open(self, chain: Chain) -> None:
        """Put the world on a chain, fresh or standing at this very world, and read it for the first time."""
        self.chain = chain
        for protocol in self.protocols.values():
            protocol.chain = chain
        start = int(self.scenario.chain.start.timestamp())
        with opened(chain, genesis(self.scenario), self.set_up, start) as read:
            self._read(read)
        chain.expect([call for protocol in self.protocols.values() for call in protocol.moving_calls()])

    def join(self, name: str, address: str, *, borrows: bool) -> None:
        """Follow a newcomer's balances and nonce; where it `borrows`, its positions too.

        It holds nothing yet. Who borrows joins before anything is measured.
        """
        self.nonces[address] = 0
        for held in self.balances.values():
            held[address] = 0
        for protocol, one in self.protocols.items() if borrows else ():
            self.books[protocol].append(OpeningPosition(f"position/{protocol}/{name}", {}, {}))
            one.book.add(address)

    # ------------------------------------------------------------------------------------------------ planning

    def _roster(self) -> Roster:
        return Roster.of(self.scenario)

    def _books(self, prices: Mapping[str, int]) -> dict[str, list[OpeningPosition]]:
        return {name: opening_positions(self.scenario, name, prices) for name in self.scenario.protocols}

    def _new_set_up(self) -> SetUp:
        return SetUp(self.scenario.chain.gas_limit)

    def _token(self, set_up: SetUp, name: str) -> str:
        """Address of the token of an asset."""
        decimals = self.scenario.assets[name].decimals
        return set_up.deploy("TestToken", name, name, decimals, set_up.deployer.address)

    def _foresee_changes(self) -> None:
        """What a protocol refuses to change it refuses now, not when governance's block comes."""
        for number, margins in self.scenario.changes().items():
            event = self.scenario.events[number]
            assert isinstance(event, ParameterChange)
            self.protocols[event.protocol].margin_call(event.asset, margins)

    def _deploy_feed(self, set_up: SetUp, feed: str, price: int) -> FeedState:
        reporter = account(f"reporter/{feed}")
        address = set_up.deploy("PriceFeed", 8, f"{feed} / USD", reporter.address, set_up.deployer.address)
        set_up.send(reporter, address, "PriceFeed", "report", price)
        return FeedState(address, price, 0)

    def _deploy_venue(self, set_up: SetUp, name: str, prices: Mapping[str, int]) -> Venue:
        settings = self.scenario.venues[name]
        base, quote = self.tokens[settings.base], self.tokens[settings.quote]
        venue = VENUES[settings.kind](name, base.address, quote.address, settings)
        venue.deploy(set_up, self.venues)
        if not isinstance(settings, PoolSettings):
            return venue
        for provider, worth in (("liquidity provider", settings.liquidity), ("treasury", settings.protocol_liquidity)):
            if worth:
                self._provide(set_up, venue, account(provider), (base, quote), worth / 2, prices)
        return venue

    def _provide(
        self,
        set_up: SetUp,
        venue: Venue,
        provider: Account,
        pair: tuple[Token, Token],
        worth: Decimal,
        prices: Mapping[str, int],
    ) -> None:
        """Let `provider` put in `worth` dollars of each token."""
        amounts = [to_units(worth * FEED_SCALE / prices[token.name], token.decimals) for token in pair]
        for token, amount in zip(pair, amounts, strict=True):
            set_up.mint(token.address, provider.address, amount)
            set_up.approve(provider, token.address, venue.manager)
        venue.provide(set_up, provider, *amounts)

    def _deploy_protocol(self, set_up: SetUp, name: str, prices: Mapping[str, int]) -> LendingProtocol:
        settings = self.scenario.protocols[name]
        tokens = {token.name: (token.address, token.decimals) for token in self.tokens.values()}
        protocol = PROTOCOLS[settings.kind](name, settings, tokens)
        feeds = {feed: state.address for feed, state in self.feeds.items()}
        venues = {
            venue: VenueSite(self.venues[venue].address, one.base, one.quote)
            for venue, one in self.scenario.venues.items()
        }
        protocol.deploy(set_up, feeds, venues, prices)
        protocol.open_book(set_up, self.books[name])
        return protocol

    def _poke(self, set_up: SetUp) -> None:
        """Let oracles see as much of the past as they need for a first price."""
        pokes = [(poke, protocol) for protocol in self.protocols.values() for poke in protocol.pokes]
        times = {NO_LATER + number * poke.interval for poke, _ in pokes for number in range(poke.earlier + 1)}
        for before in sorted(times, reverse=True):
            set_up.wait(before)
            for poke, protocol in pokes:
                number, rest = divmod(before - NO_LATER, poke.interval)
                if rest == 0 and number <= poke.earlier:
                    set_up.call(set_up.deployer, *protocol.poke_call(poke))
        for protocol in self.protocols.values():
            protocol.arm(set_up)

    def attentive(self) -> Iterable[tuple[str, OpeningPosition]]:
        """Protocol and position of each borrower who watches."""
        for protocol, positions in self.books.items():
            for position in positions:
                if position.name in self.roster.attentive:
                    yield protocol, position

    # ------------------------------------------------------------------------------------------------ reading

    def liquidity(self, provider: str) -> dict[str, int]:
        """What `provider` holds of each venue."""
        return {name: venue.liquidity(provider, self.chain.call_many) for name, venue in self.venues.items()}

    def _read(self, read: Reader) -> None:
        """First full read, as the set-up's last block left things."""
        self.balances = {name: self._read_balances(token.address, read) for name, token in self.tokens.items()}
        for venue in self.venues.values():
            venue.refresh(read)
        for protocol in self.protocols.values():
            protocol.read_all(read)

    def _read_balances(self, token: str, read: Reader) -> dict[str, int]:
        test_token = artifact("TestToken")
        holders = [one.address for one in self.roster.holders]
        calls = [Call(token, test_token.encode("balanceOf", holder)) for holder in holders]
        results = read(calls)
        return {
            holder: test_token.decode("balanceOf", result.data) for holder, result in zip(holders, results, strict=True)
        }

    def refresh(self, block: Block) -> list[Effects]:
        """Follow one block's logs; returns the effects of each receipt."""
        effects = [self._follow(receipt) for receipt in block.receipts]
        logs = [log for receipt in block.receipts for log in receipt.logs]
        self._follow_feeds(logs)
        for protocol in self.protocols.values():
            protocol.follow(logs)
        return effects

    def _follow(self, receipt: Receipt) -> Effects:
        sender = receipt.transaction.sender.address
        self.nonces[sender] = receipt.transaction.nonce + 1
        if not receipt.logs:
            return Effects([], {})
        before = {asset: held[sender] for asset, held in self.balances.items() if sender in held}
        trades = [(name, trade) for name, venue in self.venues.items() for trade in venue.follow(receipt.logs)]
        self._follow_tokens(receipt.logs)
        return Effects(trades, {asset: self.balances[asset][sender] - held for asset, held in before.items()})

    def _follow_tokens(self, logs: Sequence[Log]) -> None:
        for log in logs:
            asset = self._names.get(log.address)
            event = decode_log(log) if asset is not None else None
            if asset is None or event is None or event.name != TRANSFER:
                continue
            held, amount = self.balances[asset], event.arguments["value"]
            for side, sign in (("from", -1), ("to", 1)):
                if event.arguments[side] in held:
                    held[event.arguments[side]] += sign * amount

    def _follow_feeds(self, logs: Sequence[Log]) -> None:
        by_address = {feed.address: asset for asset, feed in self.feeds.items()}
        for log in logs:
            asset = by_address.get(log.address)
            event = decode_log(log) if asset is not None else None
            if asset is not None and event is not None and event.name == "AnswerUpdated":
                answer, updated_at = event.arguments["current"], event.arguments["updatedAt"]
                self.feeds[asset] = replace(self.feeds[asset], answer=answer, updated_at=updated_at)

    def view(self, step: int, timestamp: int, mempool: Mempool, block: Block | None) -> MarketView:
        """What bots know when they prepare block `step`; `block` is the one before."""
        head = self.chain.head
        paid = (
            [(receipt.effective_gas_price - block.base_fee, receipt.gas_used) for receipt in block.receipts]
            if block
            else []
        )
        offered = [
            (min(one.priority_fee, one.max_fee - head.next_base_fee), one.gas_limit)
            for one in (waiting.transaction for waiting in mempool.public())
        ]
        return MarketView(
            step=step,
            timestamp=timestamp,
            base_fee=head.next_base_fee,
            gas_limit=head.gas_limit,
            block_time=int(self.scenario.chain.block_time),
            native=self.scenario.chain.native,
            tokens=self.tokens,
            feeds=self.feeds,
            venues=self.venues,
            protocols=self.protocols,
            balances=self.balances,
            nonces=self.nonces,
            mempool=mempool,
            fees=FeeMarket(paid, offered, head.gas_limit),
        )
