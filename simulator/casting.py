"""The agents of a scenario: one line each. Their order decides who arrives first among equals."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from .agents.agent import Agent
from .agents.arbitrageur import Arbitrageur
from .agents.background import BackgroundDemand
from .agents.bidder import Bidder
from .agents.borrowers import Borrowers
from .agents.depositor import Depositor
from .agents.fund_manager import FundManager
from .agents.governance import Governance
from .agents.housekeeper import Housekeeper
from .agents.liquidator import Liquidator
from .agents.reporter import Reporter
from .agents.taker import Taker
from .chain.signing import account
from .events import KeeperOutage, OracleOutage
from .market import Market
from .prices import OutsidePrices
from .randomness import stream
from .scenario import Scenario

__all__ = ["cast"]

KEEPERS: Mapping[str, Callable[..., Agent]] = {"spread": Liquidator, "english": Bidder, "dutch": Taker}
"""Who works for liquidations of each style; see `mechanisms.Mechanism`."""


def cast(scenario: Scenario, market: Market, prices: OutsidePrices) -> list[Agent]:
    """All agents, in the order in which they act."""
    return [
        *_governance(scenario, market),
        *_reporters(scenario),
        *_background(scenario, market),
        *_borrowers(scenario, market),
        *_housekeepers(scenario, market),
        *_fund_managers(scenario),
        *_depositors(scenario, market),
        *_liquidators(scenario, market),
        *_arbitrageurs(scenario, market, prices),
    ]


def _governance(scenario: Scenario, market: Market) -> Iterable[Agent]:
    provider = account("liquidity provider")
    yield Governance(scenario, account("deployer"), provider, market.liquidity(provider.address))


def _reporters(scenario: Scenario) -> Iterable[Agent]:
    for asset, settings in scenario.assets.items():
        for name, feed in ((None, settings.feed), *settings.feeds.items()):
            outages = tuple(
                (event.at, event.at + event.blocks)
                for event in scenario.events
                if isinstance(event, OracleOutage) and (event.asset, event.feed) == (asset, name)
            )
            key = f"{asset}/{name}" if name else asset
            yield Reporter(asset, key, account(f"reporter/{key}"), feed, outages)


def _background(scenario: Scenario, market: Market) -> Iterable[Agent]:
    if scenario.background is not None and market.roster.crowd:
        yield BackgroundDemand(scenario, market.roster.crowd, market.sink)


def _borrowers(scenario: Scenario, market: Market) -> Iterable[Agent]:
    if scenario.borrowers is None:
        return
    for name, protocol in market.protocols.items():
        watching = [account(position.name) for home, position in market.attentive() if home == name]
        owners = [(owner, protocol.book.index[owner.address]) for owner in watching]
        if owners:
            yield Borrowers(name, owners, scenario.borrowers, stream(scenario.seed, f"borrowers/{name}/health"))


def _housekeepers(scenario: Scenario, market: Market) -> Iterable[Agent]:
    for settings in scenario.housekeepers:
        for keeper in market.roster.housekeepers[settings.name]:
            yield Housekeeper(settings, keeper, settings.protocols or tuple(scenario.protocols))


def _depositors(scenario: Scenario, market: Market) -> Iterable[Agent]:
    for settings in scenario.depositors:
        collateral = scenario.venues[settings.venue].base
        for owner in market.roster.depositors[settings.name]:
            yield Depositor(settings, owner, collateral, stream(scenario.seed, f"{owner.name}/leaves"))


def _fund_managers(scenario: Scenario) -> Iterable[Agent]:
    for name, protocol in scenario.protocols.items():
        if protocol.fund is not None:
            yield FundManager(name, account(f"fund manager/{name}"), protocol.fund.fee)


def _liquidators(scenario: Scenario, market: Market) -> Iterable[Agent]:
    for settings in scenario.liquidators:
        venue = scenario.venues[settings.venue]
        outages = tuple(
            (event.at, event.at + event.blocks)
            for event in scenario.events
            if isinstance(event, KeeperOutage) and settings.name in event.liquidators
        )
        protocols = settings.protocols or tuple(scenario.protocols)
        pair = (venue.base, venue.quote)
        for keeper in market.roster.liquidators[settings.name]:
            style = market.protocols[protocols[0]].mechanism.style
            yield KEEPERS[style](settings, keeper, market.keepers.get(keeper.name, ""), pair, protocols, outages)


def _arbitrageurs(scenario: Scenario, market: Market, prices: OutsidePrices) -> Iterable[Agent]:
    for settings in scenario.arbitrageurs:
        venue = scenario.venues[settings.venue]
        owner = market.roster.arbitrageurs[settings.name]
        yield Arbitrageur(settings, owner, venue.base, venue.quote, prices.impact_a_dollar())
