"""Who takes part: the accounts of a scenario by role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

import numpy as np

from .book_file import account_names
from .chain.signing import account
from .events import GasSpike
from .randomness import stream
from .scenario import Scenario
from .settings import CsvBook
from .transaction import Account

__all__ = ["Roster", "senders_enough"]


@dataclass(frozen=True)
class Roster:
    """Accounts by role.

    Attributes
    ----------
    liquidators, housekeepers, depositors : keepers of each habit
    attentive : names of the positions whose owners watch
    crowd : senders of background demand; each has one transaction under way at most
    """

    staff: tuple[Account, ...]
    liquidators: Mapping[str, tuple[Account, ...]]
    housekeepers: Mapping[str, tuple[Account, ...]]
    depositors: Mapping[str, tuple[Account, ...]]
    arbitrageurs: Mapping[str, Account]
    positions: tuple[Account, ...]
    attentive: frozenset[str]
    crowd: tuple[Account, ...]

    @classmethod
    def of(cls, scenario: Scenario) -> Roster:
        """The roster of a scenario; the same for the same scenario and seed."""
        staff = ["deployer", "liquidity provider", "treasury"]
        for asset, settings in scenario.assets.items():
            staff += [f"reporter/{asset}", *(f"reporter/{asset}/{feed}" for feed in settings.feeds)]
        staff += [f"{role}/{name}" for name in scenario.protocols for role in ("lender", "depositor", "fund manager")]
        positions = [name for protocol in scenario.protocols for name in _positions(scenario, protocol)]
        return cls(
            staff=tuple(account(name) for name in staff),
            liquidators={
                one.name: tuple(account(f"liquidator/{one.name}/{number}") for number in range(one.count))
                for one in scenario.liquidators
            },
            housekeepers={
                one.name: tuple(account(f"housekeeper/{one.name}/{number}") for number in range(one.count))
                for one in scenario.housekeepers
            },
            depositors={
                one.name: tuple(account(f"depositor/{one.name}/{number}") for number in range(one.count))
                for one in scenario.depositors
            },
            arbitrageurs={one.name: account(f"arbitrageur/{one.name}") for one in scenario.arbitrageurs},
            positions=tuple(account(name) for name in positions),
            attentive=_attentive(scenario, positions),
            crowd=tuple(account(f"background/{number}") for number in range(_crowd_size(scenario))),
        )

    @property
    def keepers(self) -> Mapping[str, tuple[Account, ...]]:
        """All who work for the protocols, by habit."""
        return {**self.liquidators, **self.housekeepers}

    @property
    def holders(self) -> tuple[Account, ...]:
        """Accounts whose token balances somebody watches."""
        keepers = [one for group in (*self.keepers.values(), *self.depositors.values()) for one in group]
        owners = [owner for owner in self.positions if owner.name in self.attentive]
        return (*keepers, *self.arbitrageurs.values(), *owners)

    @property
    def everyone(self) -> tuple[Account, ...]:
        """All accounts that may send."""
        keepers = [one for group in (*self.keepers.values(), *self.depositors.values()) for one in group]
        return (*self.staff, *keepers, *self.arbitrageurs.values(), *self.positions, *self.crowd)


def _positions(scenario: Scenario, protocol: str) -> list[str]:
    book = scenario.protocols[protocol].positions
    if isinstance(book, CsvBook):
        return [f"position/{protocol}/{name}" for name in account_names(scenario.path(book.csv), book)]
    return [f"position/{protocol}/{number}" for number in range(book.count)]


def _attentive(scenario: Scenario, positions: list[str]) -> frozenset[str]:
    if scenario.borrowers is None:
        return frozenset()
    draws = stream(scenario.drawn_from, "borrowers/attentive").random(len(positions))
    return frozenset(np.array(positions)[draws < float(scenario.borrowers.attentive)].tolist())


def _crowd_size(scenario: Scenario) -> int:
    if scenario.background is not None and scenario.background.senders is not None:
        return scenario.background.senders
    return senders_enough(scenario)


def senders_enough(scenario: Scenario) -> int:
    """Senders for everything that may wait at a time."""
    background = scenario.background
    if background is None or background.load == 0:
        return 0
    spike = max([1.0, *(event.load_factor for event in scenario.events if isinstance(event, GasSpike))])
    a_block = float(background.load) * spike * scenario.chain.gas_limit / background.transaction_gas
    return ceil(1.2 * a_block * (min(scenario.chain.expiry, scenario.chain.blocks) + 1)) + 10
