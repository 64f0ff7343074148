"""The per-block loop: the only file that knows every step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from .adapters import Effects
from .block import build
from .casting import cast
from .chain.engine import Chain
from .errors import ChainError
from .market import Market
from .measurements import Measurements
from .mempool import Mempool
from .prices import OutsidePrices
from .randomness import stream
from .scenario import Scenario
from .transaction import Block
from .units import FEED_SCALE

__all__ = ["Run", "Simulation"]


@dataclass(frozen=True, slots=True)
class Run:
    """What a simulation leaves behind.

    `capital` holds the balances before the first block, `last_price` the last outside prices; `stopped_by` names what
    ended the run early, or is empty.
    """

    scenario: Scenario
    engine: str
    measurements: Measurements
    market: Market
    prices: OutsidePrices
    capital: Mapping[str, Mapping[str, int]]
    last_price: Mapping[str, int]
    stopped_by: str


class Simulation:
    """One scenario on one chain.

    Parameters
    ----------
    scenario : what to run
    chain : fresh with the scenario's `genesis`, or standing at its world; without one it is planned only, see `open`
    plan : plans the market, where it is not one built from nothing
    """

    chain: Chain

    def __init__(
        self,
        scenario: Scenario,
        chain: Chain | None = None,
        plan: Callable[[Scenario, Mapping[str, int]], Market] = Market,
    ) -> None:
        self.scenario = scenario
        self.prices = OutsidePrices(scenario)
        self.price = self.prices.control_at(0)
        self.market = plan(scenario, self.price)
        if chain is not None:
            self.open(chain)

    def open(self, chain: Chain) -> None:
        """Put the world on a chain."""
        self.chain = chain
        self.market.open(chain)
        self.agents = cast(self.scenario, self.market, self.prices)
        self.measurements = Measurements(self.market, self.prices.control, self.prices.assets, self.agents)

    def run(self, progress: Callable[[int], None]) -> Run:
        """Run all blocks; `progress` is told each finished step.

        Ctrl-C and a dying chain end the run early: what whole blocks gave is kept and the run says what stopped it.
        """
        capital = {asset: dict(held) for asset, held in self.market.balances.items()}
        stopped_by = ""
        try:
            self._loop(progress)
        except KeyboardInterrupt:
            stopped_by = "interrupted"
        except ChainError as error:
            stopped_by = str(error)
        return Run(
            self.scenario, self.chain.name, self.measurements, self.market, self.prices, capital, self.price, stopped_by
        )

    def _loop(self, progress: Callable[[int], None]) -> None:
        scenario, market, measurements = self.scenario, self.market, self.measurements
        streams = {agent.name: stream(scenario.seed, agent.name) for agent in self.agents}
        mempool = Mempool(scenario.chain.expiry, market.nonces)
        start, block_time = int(scenario.chain.start.timestamp()), int(scenario.chain.block_time)
        block: Block | None = None
        sold: dict[str, float] = {}
        for step in range(scenario.chain.blocks):
            timestamp = start + step * block_time
            price = self.price = self.prices.at(step, sold)
            view = market.view(step, timestamp, mempool, block)
            for agent in self.agents:
                mempool.add(agent.act(view, price, streams[agent.name]), step, agent.latency)
            dropped = mempool.arrive(step)
            built = build(mempool, self.chain, timestamp)
            block = built.block
            measurements.before(step, built, price)
            effects = market.refresh(block)
            sold = self._sold_outside(block, effects, price)
            measurements.after(step, built, effects, dropped, mempool, price, self.prices.control_at(step))
            progress(step)
        measurements.finish(scenario.chain.blocks, mempool.drain())

    def _sold_outside(self, block: Block, effects: list[Effects], price: Mapping[str, int]) -> dict[str, float]:
        """Dollars of each asset that arbitrage, having bought it from a pool, sells outside; negative the other way."""
        sold: dict[str, float] = {}
        for receipt, effect in zip(block.receipts, effects, strict=True):
            if receipt.transaction.kind != "arbitrage":
                continue
            for venue, trade in effect.trades:
                base = self.scenario.venues[venue].base
                amount = -trade.amount_in if trade.sold_base else trade.amount_out
                dollars = amount / 10 ** self.market.tokens[base].decimals * price[base] / FEED_SCALE
                sold[base] = sold.get(base, 0.0) + dollars
        return sold
