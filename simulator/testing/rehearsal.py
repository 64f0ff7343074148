"""The market block by block, with whatever a test does between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from ..errors import InputError, ScenarioError
from ..events import PriceShock
from ..position_book import Position
from ..report import Result, result_of
from ..units import FEED_SCALE, WAD
from ..view import MarketView
from .bots import Bot, Decide
from .contract import plain
from .world import World

__all__ = ["Rehearsal"]


class Rehearsal:
    """A scenario that a test moves on.

    Parameters
    ----------
    world : opened, before the first block

    Attributes
    ----------
    blocks : built so far
    """

    def __init__(self, world: World) -> None:
        self.world, self._simulation = world, world.simulation
        self.blocks = 0
        self._bots: list[Bot] = []

    # ------------------------------------------------------------------------------------------------ moving on

    def step(self, blocks: int = 1) -> None:
        """Build so many blocks, each with what all agents and bots send.

        Raises
        ------
        ScenarioError : the scenario has no more
        """
        __tracebackhide__ = True
        self._refuse_more(blocks)
        self._begin()
        for _ in range(blocks):
            self._advance()

    def run(self, *, check: Callable[[], object] | None = None) -> Result:
        """Build all blocks that are left; `check` is called after each."""
        __tracebackhide__ = True
        return self._go(self.world.scenario.chain.blocks - self.blocks, check)

    def crash(
        self,
        change: str | float,
        *,
        over: int = 10,
        blocks: int = 60,
        asset: str | None = None,
        check: Callable[[], object] | None = None,
    ) -> Result:
        """Let a price fall outside, beginning with the next block, and see what comes of it.

        Parameters
        ----------
        change : ``"-40%"`` or −0.4
        over : blocks over which it falls, evenly in logarithms
        blocks : blocks built, those of the fall included
        asset : what the first venue trades, where none is named
        check : called after each block, to hold what must always be true

        Returns
        -------
        Result of all blocks so far; `blocks`, `transactions`, `liquidations`, `accounts`, `deficits` are tables
        """
        __tracebackhide__ = True
        event = self._shock(change, over, asset)
        self._refuse_more(blocks)
        self._add(event)
        return self._go(blocks, check)

    def shock(self, change: str | float, *, over: int = 1, asset: str | None = None) -> None:
        """The same, without building a block: ``market.step()`` does."""
        __tracebackhide__ = True
        self._add(self._shock(change, over, asset))

    def _add(self, event: PriceShock) -> None:
        simulation = self._simulation
        self._begin()
        simulation.prices.shock(event)
        simulation.measurements.eligibility.control[:] = simulation.prices.control / FEED_SCALE
        events = (*simulation.scenario.events, event)
        simulation.scenario = simulation.scenario.model_copy(update={"events": events})

    def _shock(self, change: str | float, over: int, asset: str | None) -> PriceShock:
        asset = asset or next(iter(self.world.scenario.venues.values())).base
        told = f"{change:.6%}" if isinstance(change, float) else change
        if asset not in self.world.scenario.assets:
            known = ", ".join(self.world.scenario.assets)
            raise ScenarioError(f"asset {asset}", f"is not in the scenario ({known})", "Name one that is")
        try:
            return PriceShock.model_validate(
                {
                    "kind": "price_shock",
                    "at": self.blocks,
                    "over": over,
                    "asset": asset,
                    "change": told,
                    "source": "test",
                }
            )
        except ValidationError as error:
            (place, *_), rule = error.errors()[0]["loc"], error.errors()[0]["msg"]
            raise ScenarioError(f"{place} of a crash", rule, 'For example crash("-40%", over=10)') from error

    def _go(self, blocks: int, check: Callable[[], object] | None) -> Result:
        __tracebackhide__ = True
        for _ in range(blocks):
            self.step()
            if check is not None:
                check()
        return self.result()

    def _begin(self) -> None:
        if self.world.sending.begun:
            return
        self.world.sending.begun = True
        self._simulation.begin()
        self._simulation.agents += self._bots

    def _advance(self) -> None:
        __tracebackhide__ = True
        self.world.sending.busy = True
        try:
            self._simulation.advance(self.blocks)
        finally:
            self.world.sending.busy = False
        self.blocks += 1
        assert self._simulation.block is not None
        self.world.sending.note(self._simulation.block)

    def _refuse_more(self, blocks: int) -> None:
        __tracebackhide__ = True
        most = self.world.scenario.chain.blocks
        if self.blocks + blocks > most:
            rule = f"after {self.blocks} exceed the scenario's {most}"
            remedy = '@pytest.mark.scenario(set={"chain.blocks": ...}) gives it more'
            raise ScenarioError(f"{blocks} blocks", rule, remedy)

    # ------------------------------------------------------------------------------------------------ taking part

    def bot(self, decide: Decide | None = None, *, name: str | None = None, latency: int = 0) -> Any:
        """Let a function take part in each block from here on; also a decorator.

        Parameters
        ----------
        decide : called with a `Turn` for each block; what it sends waits in the mempool with everybody's
        name : in the column `agent`; by default the function's
        latency : blocks until what it sends reaches the mempool
        """

        def joined(function: Decide) -> Decide:
            bot = Bot(name or function.__name__, latency, function)
            if any(one.name == bot.name for one in (*self._bots, *self._simulation.agents)):
                raise InputError(f"bot {bot.name}", "has the name of another agent", "Give it a name of its own")
            self._bots.append(bot)
            if self.world.sending.begun:
                self._simulation.agents.append(bot)
            return function

        return joined if decide is None else joined(decide)

    # ------------------------------------------------------------------------------------------------ looking

    @property
    def view(self) -> MarketView:
        """What bots know before the next block."""
        simulation, head = self._simulation, self._simulation.chain.head
        timestamp = head.timestamp + int(self.world.scenario.chain.block_time)
        return simulation.market.view(self.blocks, timestamp, simulation.mempool, simulation.block)

    def price(self, asset: str) -> float:
        """Outside price in dollars, of the newest block."""
        return self._simulation.price[asset] / FEED_SCALE

    def oracle_price(self, asset: str, protocol: str | None = None) -> float:
        """Dollars that a protocol, the first where none is named, takes an asset to be worth."""
        book = self.world.protocol(protocol).book
        return float(book.prices()[book.assets.index(asset)])

    def position(self, who: Any, protocol: str | None = None) -> Position:
        """Values of an account in a protocol, 1e18-scaled dollars, as the protocol reckons."""
        book, address = self.world.protocol(protocol).book, plain(who).lower()
        if address not in book.index:
            raise InputError(
                f"account {address}", "is in none of the books", "world.watch(...) it before the first block"
            )
        return book.position(book.index[address])

    def health(self, who: Any, protocol: str | None = None) -> float:
        """Health factor of an account; infinite without debt."""
        position = self.position(who, protocol)
        return position.health_factor / WAD if position.debt_value else float("inf")

    def result(self) -> Result:
        """Tables and figures of all blocks so far, as if the run ended here; the market can go on."""
        self._begin()
        measured = self._simulation.measurements
        growing: list[list[Any]] = [
            measured.outcomes.transactions,
            measured.outcomes.attempts,
            measured.eligibility.unliquidated,
        ]
        lengths = [len(rows) for rows in growing]
        measured.finish(self.blocks, self._simulation.mempool.left())
        found = result_of(self._simulation.ran(), {})
        record = measured.following.record
        found = replace(found, followed=record._replace(**_copied(record._asdict())))
        for rows, length in zip(growing, lengths, strict=True):
            del rows[length:]
        record.shortfalls.clear()
        return found


def _copied(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: type(held)(held) for name, held in fields.items() if isinstance(held, list | dict | set)}
