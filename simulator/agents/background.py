"""Everybody else's demand for gas: calls to a contract that burns all it is given."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from ..errors import ScenarioError
from ..events import GasSpike, LogNormalFee
from ..scenario import Scenario
from ..tables import read_csv
from ..transaction import Account, Transaction
from ..units import GWEI
from ..view import MarketView

__all__ = ["BackgroundDemand"]

NORMAL_P30 = -0.5244005127080407
NORMAL_P90 = 1.2815515655446004


class _LogNormal(NamedTuple):
    since: int  # timestamp
    mu: float
    sigma: float


class BackgroundDemand:
    """Draws a Poisson number of transactions a block, each with a log-normal gas price, from free senders.

    Parameters
    ----------
    scenario : its background and gas spikes
    crowd : senders
    sink : contract that burns all gas
    """

    name = "background"
    latency = 0

    def __init__(self, scenario: Scenario, crowd: Sequence[Account], sink: str) -> None:
        assert scenario.background is not None
        self._settings, self._crowd, self._sink = scenario.background, crowd, sink
        self._spikes = [event for event in scenario.events if isinstance(event, GasSpike)]
        self._laws = _laws(scenario)
        self._turn = 0

    def act(self, view: MarketView, price: Mapping[str, int], rng: np.random.Generator) -> list[Transaction]:
        """New demand of this block."""
        # READ
        busy = set(view.mempool.senders())
        spikes = [spike for spike in self._spikes if spike.at <= view.step < spike.at + spike.blocks]
        # DECIDE
        load = float(self._settings.load) * math.prod(spike.load_factor for spike in spikes)
        law = self._laws[max(0, bisect_right([law.since for law in self._laws], view.timestamp) - 1)]
        number = rng.poisson(load * view.gas_limit / self._settings.transaction_gas)
        fees = rng.lognormal(law.mu, law.sigma, number) * math.prod(spike.fee_factor for spike in spikes)
        # ACT
        sent = []
        for fee in fees:
            sender = self._free_sender(busy)
            if sender is None:
                break
            sent.append(self._burn(sender, int(fee * GWEI), view.nonces[sender.address]))
        return sent

    def _free_sender(self, busy: set[str]) -> Account | None:
        for _ in self._crowd:
            self._turn = (self._turn + 1) % len(self._crowd)
            sender = self._crowd[self._turn]
            if sender.address not in busy:
                busy.add(sender.address)
                return sender
        return None

    def _burn(self, sender: Account, fee: int, nonce: int) -> Transaction:
        gas = self._settings.transaction_gas
        tip = int(fee * self._settings.priority_share)
        return Transaction(
            sender, self._sink, b"", gas, fee, tip, nonce, gas_floor=gas, kind="background", agent=self.name
        )


def _laws(scenario: Scenario) -> list[_LogNormal]:
    """Laws of the gas price in order of time."""
    assert scenario.background is not None
    fee = scenario.background.fee
    if isinstance(fee, LogNormalFee):
        return [_fitted(0, float(fee.p30), float(fee.p90), "background.fee")]
    rows = read_csv(scenario.path(fee.csv), ("time_utc", "gas_p30_gwei", "gas_p90_gwei"))
    laws = [
        _fitted(
            int(row.time("time_utc").timestamp()), row.number("gas_p30_gwei"), row.number("gas_p90_gwei"), row.place
        )
        for row in rows
        if row["gas_p30_gwei"]
    ]
    if not laws or any(later.since <= earlier.since for earlier, later in pairwise(laws)):
        raise ScenarioError(fee.csv, "must hold gas prices in order of time", "Sort the rows")
    return laws


def _fitted(since: int, p30: float, p90: float, place: str) -> _LogNormal:
    """The log-normal law through two percentiles."""
    if p90 < p30:
        raise ScenarioError(f"{place}, p90 {p90:g} gwei", f"is below p30 {p30:g} gwei", "Swap them")
    sigma = math.log(p90 / p30) / (NORMAL_P90 - NORMAL_P30)
    return _LogNormal(since, math.log(p30) - NORMAL_P30 * sigma, sigma)
