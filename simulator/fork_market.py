"""The market of a scenario over contracts that are there already: what is missing is added, on the fork only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from .adapters import LendingProtocol, Venue
from .chain.engine import Call, CallResult, Chain, Reader
from .chain.fork import ForkedChain
from .contracts import decode_error
from .deployment import Deployment, FoundProtocol
from .errors import ChainError, ScenarioError, SetUpReverted
from .market import Market
from .opening_book import OpeningPosition
from .protocols import PROTOCOLS
from .roster import Roster
from .scenario import Scenario
from .set_up import SetUp
from .venues import VENUES

__all__ = ["ForkSetUp", "ForkedMarket", "Ground"]


@dataclass(frozen=True)
class Ground:
    """What a fork's market stands on.

    Attributes
    ----------
    deployment : addresses, by the scenario's names
    protocols : what was found of each
    venues : what was found of those that are there, as arguments of their ``adopt``
    nonce : the deployer's next one
    """

    deployment: Deployment
    protocols: Mapping[str, FoundProtocol]
    venues: Mapping[str, Mapping[str, Any]]
    nonce: int


class ForkSetUp(SetUp):
    """Queues what a fork needs; nobody can mint somebody else's tokens, so they are given out beforehand.

    Attributes
    ----------
    gifts : balance by (token, holder), whatever it was
    """

    def __init__(self, gas_limit: int, nonce: int) -> None:
        super().__init__(gas_limit)
        self.nonces[self.deployer.address] = nonce
        self.gifts: dict[tuple[str, str], int] = {}

    def mint(self, token: str, recipient: str, amount: int) -> None:
        """Note that `recipient` gets so much more."""
        self.gifts[token, recipient] = self.gifts.get((token, recipient), 0) + amount


class ForkedMarket(Market):
    """A `Market` whose tokens, protocols and perhaps venues are somebody else's.

    Each price source that a protocol reads is given the code of an `AggregatorProxy` over a feed of ours: whatever else
    is computed from that source follows it too. Owners of positions do not act, as nobody has their keys.

    Parameters
    ----------
    scenario : with the prices and the time of the fork
    prices : first outside prices by asset, eight decimals
    ground : what is there
    """

    def __init__(self, scenario: Scenario, prices: Mapping[str, int], ground: Ground) -> None:
        self._ground = ground
        self._replaced: dict[str, str] = {}  # price source → our proxy, whose code it gets
        super().__init__(scenario, prices)

    def open(self, chain: Chain) -> None:
        """Put what is missing on the fork, and read all for the first time."""
        assert isinstance(chain, ForkedChain)
        self.chain = chain
        for protocol in self.protocols.values():
            protocol.chain = chain
        self._give(chain)
        try:
            receipts = chain.transact(self.set_up.transactions)
        except SetUpReverted as error:
            raise SetUpReverted(error.what, error.data, decode_error(error.data)) from error
        created = [receipt.contract_address for receipt in receipts if receipt.transaction.to is None]
        if created != self.set_up.created:
            raise ChainError("the chain created contracts at other addresses than planned")
        for source, proxy in self._replaced.items():
            chain.replace_code(source, proxy)
        self._read(self._reader(chain))
        chain.expect([call for protocol in self.protocols.values() for call in protocol.moving_calls()])

    def _reader(self, chain: ForkedChain) -> Reader:
        """Of accounts, by the lens of a protocol: as they are there. Of what our feeds move: as it is here."""
        near = {call for protocol in self.protocols.values() for call in protocol.moving_calls()}
        lenses = {getattr(protocol, "lens", "") for protocol in self.protocols.values()}

        def read(calls: Sequence[Call]) -> list[CallResult]:
            far = {lens: [one for one in calls if one.to == lens and one not in near] for lens in lenses}
            known = {
                call: answer
                for lens, asked in far.items()
                for call, answer in zip(asked, chain.call_there(asked, lens), strict=True)
            }
            rest = [call for call in calls if call not in known]
            known.update(zip(rest, chain.call_many(rest) if rest else [], strict=True))
            return [known[call] for call in calls]

        return read

    def _give(self, chain: ForkedChain) -> None:
        assert isinstance(self.set_up, ForkSetUp)
        for (token, holder), amount in self.set_up.gifts.items():
            if not chain.give(token, holder, amount):
                name = self._names[token]
                rule = "keeps balances where nobody can write them, so that agents cannot be given any"
                raise ScenarioError(f"assets.{name} = {token}", rule, "Leave out who needs it")

    # ------------------------------------------------------------------------------------------------ planning

    def _roster(self) -> Roster:
        return replace(Roster.of(self.scenario), positions=(), attentive=frozenset())

    def _books(self, prices: Mapping[str, int]) -> dict[str, list[OpeningPosition]]:
        return {name: list(self._ground.protocols[name].positions) for name in self.scenario.protocols}

    def _new_set_up(self) -> SetUp:
        return ForkSetUp(self.scenario.chain.gas_limit, self._ground.nonce)

    def _token(self, set_up: SetUp, name: str) -> str:
        return self._ground.deployment.assets[name]

    def _deploy_venue(self, set_up: SetUp, name: str, prices: Mapping[str, int]) -> Venue:
        there = self._ground.deployment.venues[name]
        if there == "deploy":
            return super()._deploy_venue(set_up, name, prices)
        settings = self.scenario.venues[name]
        base, quote = self.tokens[settings.base], self.tokens[settings.quote]
        venue = VENUES[settings.kind](name, base.address, quote.address, settings)
        assert hasattr(venue, "adopt")
        venue.adopt(set_up, there.address, **self._ground.venues[name])
        return venue

    def _deploy_protocol(self, set_up: SetUp, name: str, prices: Mapping[str, int]) -> LendingProtocol:
        settings, found = self.scenario.protocols[name], self._ground.protocols[name]
        tokens = {token.name: (token.address, token.decimals) for token in self.tokens.values()}
        protocol = PROTOCOLS[settings.kind](name, settings, tokens)
        if not hasattr(protocol, "adopt"):
            value = f"protocols.{name}.kind = {settings.kind}"
            raise ScenarioError(value, "cannot be taken over where it is", "Choose aave_v3")
        accounts = [position.account for position in self.books[name]]
        protocol.adopt(set_up, found.contracts["pool"], found.contracts["configurator"], accounts)
        for asset, source in found.sources.items():
            self._replaced[source] = set_up.once("AggregatorProxy", self.feeds[asset].address)
        return protocol

    def _poke(self, set_up: SetUp) -> None:
        """Nothing: oracles and margins are as they are."""
