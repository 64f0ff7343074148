"""The per-block loop: the only file that knows every step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial

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

    Attributes
    ----------
    price : outside prices of the newest block, eight decimals
    block : the newest block; None before the first
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
        self.begin()

    def begin(self) -> None:
        """Stand before the first block: who takes part is called, and measured from here on."""
        scenario, market = self.scenario, self.market
        self.agents = cast(scenario, market, self.prices)
        self.measurements = Measurements(market, self.prices.control, self.prices.assets, self.agents)
        self.mempool = Mempool(scenario.chain.expiry, market.nonces)
        self.capital = {asset: dict(held) for asset, held in market.balances.items()}
        self.block: Block | None = None
        self._timestamp = int(scenario.chain.start.timestamp())
        self._sold: dict[str, float] = {}
        self._streams = cache(partial(stream, scenario.seed))

    def run(self, progress: Callable[[int], None]) -> Run:
        """Run all blocks; `progress` is told each finished step.

        Ctrl-C and a dying chain end the run early: what whole blocks gave is kept and the run says what stopped it.
        """
        stopped_by = ""
        try:
            self._loop(progress)
        except KeyboardInterrupt:
            stopped_by = "interrupted"
        except ChainError as error:
            stopped_by = str(error)
        return self.ran(stopped_by)

    def ran(self, stopped_by: str = "") -> Run:
        """What the blocks so far leave behind."""
        results = (self.measurements, self.market, self.prices, self.capital, self.price, stopped_by)
        return Run(self.scenario, self.chain.name, *results)

    def _loop(self, progress: Callable[[int], None]) -> None:
        blocks = self.scenario.chain.blocks
        for step in range(blocks):
            self.advance(step)
            progress(step)
        self.measurements.finish(blocks, self.mempool.drain())

    def advance(self, step: int) -> None:
        """One block; ask for each once, in order. It has its time by the scenario, or later if others mined between."""
        market, mempool, measurements = self.market, self.mempool, self.measurements
        timestamp = max(self._timestamp, self.chain.head.timestamp + 1)
        price = self.price = self.prices.at(step, self._sold)
        view = market.view(step, timestamp, mempool, self.block)
        for agent in self.agents:
            mempool.add(agent.act(view, price, self._streams(agent.name)), step, agent.latency)
        dropped = mempool.arrive(step)
        built = build(mempool, self.chain, timestamp)
        block = self.block = built.block
        measurements.before(step, built, price)
        effects = market.refresh(block)
        self._sold = self._sold_outside(block, effects, price)
        self._timestamp = timestamp + int(self.scenario.chain.block_time)
        measurements.after(step, built, effects, dropped, mempool, price, self.prices.control_at(step))

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
