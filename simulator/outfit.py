"""What agents own before the first block: capital, contracts, approvals, wallets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from .adapters import LendingProtocol, Venue
from .agent_settings import DepositorSettings, FlashLoan, LiquidatorSettings
from .chain.signing import account
from .mechanisms.liquidations.stability_pool import StabilityPoolMechanism
from .opening_book import OpeningPosition
from .roster import Roster
from .scenario import Scenario
from .set_up import SetUp
from .transaction import Account
from .units import FEED_SCALE, to_units
from .view import Token

__all__ = ["Outfitter"]


class Outfitter:
    """Gives the agents of a scenario what they need.

    Parameters
    ----------
    scenario, roster : who takes part, and what with
    tokens, venues, protocols : deployed, by name
    prices : first outside prices by asset, eight decimals
    """

    def __init__(
        self,
        scenario: Scenario,
        roster: Roster,
        tokens: Mapping[str, Token],
        venues: Mapping[str, Venue],
        protocols: Mapping[str, LendingProtocol],
        prices: Mapping[str, int],
    ) -> None:
        self._scenario, self._roster = scenario, roster
        self._tokens, self._venues, self._protocols, self._prices = tokens, venues, protocols, prices

    def equip(self, set_up: SetUp) -> dict[str, str]:
        """Capital, contracts and approvals of keepers and arbitrageurs; returns each flash-loan keeper's contract."""
        contracts: dict[str, str] = {}
        for settings in self._scenario.liquidators:
            for keeper in self._roster.liquidators[settings.name]:
                if isinstance(settings.capital, FlashLoan):
                    protocol = self._protocols[self._served(settings)[0]]
                    contracts[keeper.name] = protocol.keeper(set_up, keeper, self._venues[settings.venue])
                else:
                    self._stock(set_up, keeper, settings, settings.capital.amount)
        for depositors in self._scenario.depositors:
            for owner in self._roster.depositors[depositors.name]:
                self._deposit(set_up, owner, depositors)
        for trader in self._scenario.arbitrageurs:
            venue, owner = self._scenario.venues[trader.venue], self._roster.arbitrageurs[trader.name]
            for asset in (venue.base, venue.quote):
                self._fund(set_up, owner, asset, trader.capital)
                set_up.approve(owner, self._tokens[asset].address, self._venues[trader.venue].router)
        return contracts

    def _served(self, settings: LiquidatorSettings) -> tuple[str, ...]:
        return settings.protocols or tuple(self._protocols)

    def _stock(self, set_up: SetUp, keeper: Account, settings: LiquidatorSettings, worth: Decimal) -> None:
        venue = self._scenario.venues[settings.venue]
        self._fund(set_up, keeper, venue.quote, worth)
        set_up.approve(keeper, self._tokens[venue.base].address, self._venues[settings.venue].router)
        for protocol in self._served(settings):
            self._protocols[protocol].prepare_keeper(set_up, keeper, (venue.quote,))

    def _deposit(self, set_up: SetUp, owner: Account, settings: DepositorSettings) -> None:
        mechanism = self._protocols[settings.protocol].mechanism
        assert isinstance(mechanism, StabilityPoolMechanism)
        token = self._tokens[mechanism.rules.debt]
        amount = to_units(settings.amount * FEED_SCALE / self._prices[token.name], token.decimals)
        set_up.mint(token.address, owner.address, amount)
        set_up.approve(owner, token.address, mechanism.address)
        set_up.call(owner, *mechanism.deposit_call(amount))
        base = self._scenario.venues[settings.venue].base
        set_up.approve(owner, self._tokens[base].address, self._venues[settings.venue].router)

    def _fund(self, set_up: SetUp, owner: Account, asset: str, worth: Decimal) -> None:
        """Tokens worth so many dollars."""
        token = self._tokens[asset]
        amount = to_units(worth * FEED_SCALE / self._prices[asset], token.decimals)
        set_up.mint(token.address, owner.address, amount)

    def fill_wallets(self, set_up: SetUp, attentive: Iterable[tuple[str, OpeningPosition]]) -> None:
        """Tokens and approvals of borrowers who will defend themselves, beside what they borrowed and still hold."""
        settings = self._scenario.borrowers
        for protocol, position in attentive:
            assert settings is not None
            owner, pool = account(position.name), self._protocols[protocol].pool
            sides = ((position.collateral, settings.wallet_collateral), (position.debt, settings.wallet_debt))
            for side, share in sides:
                for asset, amount in side.items():
                    token = self._tokens[asset].address
                    set_up.mint(token, owner.address, int(amount * share))
                    set_up.approve(owner, token, pool)
