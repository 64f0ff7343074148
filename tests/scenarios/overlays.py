"""The small crash under every mechanism: overlays by name, and runs of them with all that contracts told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from simulator import Scenario, load
from simulator.contracts import decode_log
from simulator.position_book import AssetState, Position
from simulator.simulation import Simulation
from simulator.transaction import Block
from simulator.view import FeedState
from tests.scenarios.books import Books, read_books
from tests.scenarios.world import CRASH, SHOCK, watched, with_events

__all__ = ["OVERLAYS", "Moment", "Ran", "Told", "ran", "scenario"]

BLOCKS = 40
SMALL = (f"chain.blocks={BLOCKS}", "protocols.main.positions.count=12", "background.load=30%")
FEE = "{kind: percentile, percentile: 80%, maximum: 2000 gwei}"
TIDY = f"housekeepers=[{{name: tidy, fee: {FEE}}}]"
SILENT = "{kind: oracle_outage, at: 0, blocks: 40, asset: WETH%s}"
WITHDRAWAL = "{kind: liquidity_withdrawal, at: 8, venue: weth_usdc, share: 90%}"


def _shock(at: int, over: int, change: str) -> str:
    return f"{{kind: price_shock, at: {at}, over: {over}, asset: WETH, change: {change}, source: stated}}"


def _absence(at: int, blocks: int) -> str:
    return f"{{kind: keeper_outage, at: {at}, blocks: {blocks}, liquidators: [swift, patient]}}"


SHORT = "chain.blocks=24"
"""Where every keeper asks the contract for the terms of every target: py-evm takes milliseconds for an answer."""
SPREAD = (
    "close_factor: 50%, full_close_health_factor: 95%, minimum_position: $2000, minimum_left: $1000, "
    "protocol_share: 10%"
)


def _further_feeds(**thresholds: str) -> str:
    feeds = (f"{name}: {{heartbeat: 120s, deviation_threshold: {far}, fee: {FEE}}}" for name, far in thresholds.items())
    return f"assets.WETH.feeds={{{', '.join(feeds)}}}"


def _oracle(text: str, *more: str) -> tuple[str, ...]:
    return f"protocols.main.oracle={{{text}}}", TIDY, *more


def _liquidation(text: str, *more: str) -> tuple[str, ...]:
    return f"protocols.main.liquidation={{{text}}}", TIDY, "borrowers.attentive=0%", *more


def _guard(text: str) -> tuple[str, ...]:
    return f"protocols.main.guards=[{{{text}}}]", TIDY, "borrowers.attentive=0%", SHORT


def _capital(low: str, high: str, name: str, latency: int) -> tuple[str, ...]:
    settings = {
        "capital": "{kind: inventory, amount: $3M, sell_after: 90s}",
        "offers": f"{{low: {low}, high: {high}}}",
        "latency": latency,
        "in_flight": 20,
    }
    return tuple(f"liquidators.{name}.{key}={value}" for key, value in settings.items())


AVERAGE = "kind: pool_average, window: 300s, interval: 60s, venues: [weth_usdc], source: {kind: feed}"
FUND = f"venue: weth_usdc, interval: 120s, fee: {FEE}"

OVERLAYS: Mapping[str, Sequence[str]] = {
    "delayed": _oracle("kind: delayed, hop: 120s, source: {kind: feed}"),
    "median": _oracle(
        "kind: median, quorum: 2, maximum_age: 190s, "
        "sources: [{kind: feed}, {kind: feed, feed: second}, {kind: feed, feed: third}]",
        "assets.WETH.feed.heartbeat=120s",
        "assets.USDC.feed.heartbeat=120s",
        _further_feeds(second="6%", third="0.5%"),
        with_events(SHOCK, SILENT % ", feed: third"),
    ),
    "arithmetic pool average": _oracle(AVERAGE),
    "geometric pool average": _oracle(f"{AVERAGE}, mean: geometric"),
    "exponential": _oracle("kind: exponential, time_constant: 180s, interval: 30s, source: {kind: feed}"),
    "capped move": _oracle("kind: capped_move, maximum_move: 5%, interval: 60s, source: {kind: feed}"),
    "fallback": _oracle(
        "kind: fallback, maximum_age: 120s, primary: {kind: feed}, secondary: {kind: feed, feed: second}",
        _further_feeds(second="0.5%"),
        with_events(SHOCK, SILENT % ""),
    ),
    "sanity": _oracle(
        "kind: sanity, maximum_difference: 10%, feed: {kind: feed}, "
        "anchor: {kind: exponential, time_constant: 300s, interval: 30s, source: {kind: feed}}"
    ),
    "tiered": (
        "protocols.main.margins={kind: tiered, tiers: {WETH: [{up_to: $100k, haircut: 0%}, "
        "{up_to: $500k, haircut: 5%}, {haircut: 12%}]}}",
    ),
    "volatility scaled": (
        "protocols.main.margins={kind: volatility_scaled, calm_volatility: 50%, slope: 5%, maximum_haircut: 12%, "
        "speed: 100%, time_constant: 300s, interval: 30s, maximum_elapsed: 300s}",
        TIDY,
    ),
    "dynamic penalty": _liquidation(
        f"kind: dynamic_penalty, {SPREAD}, slope: 50%, minimum_discount: 6%, maximum_discount: 14%, "
        "volatility_factor: 2%, volatility_time_constant: 300s, volatility_interval: 30s",
        SHORT,
    ),
    "delayed liquidation": _liquidation(
        f"kind: delayed, {SPREAD}, large_debt: $200k, grace: 120s, slice: 20%, interval: 60s, mark_expiry: 1200s, "
        "emergency_health_factor: 85%",
        with_events(SHOCK, _shock(20, 3, "50%")),
        "chain.blocks=28",
    ),
    "english auction": _liquidation(
        "kind: english_auction, bid_lifetime: 90s, auction_lifetime: 150s, minimum_increment: 3%, lots: {WETH: 150}",
        *_capital("30%", "70%", "swift", 0),
        *_capital("90%", "99%", "patient", 1),
        with_events(
            _shock(6, 3, "-30%"), _absence(6, 9), _shock(24, 1, "-15%"), _absence(24, 16), _shock(26, 1, "50%")
        ),
    ),
    "dutch auction": _liquidation(
        "kind: dutch_auction, buffer: 110%, cut: 97%, step: 30s, tail: 300s, cusp: 40%, chip: 0.1%, tip: $100, "
        "minimum_left: $1000",
        with_events(SHOCK, _absence(6, 18), _shock(34, 1, "60%")),
    ),
    "stability pool": _liquidation(
        "kind: stability_pool, debt: USDC, gas_compensation: 0.5%",
        "liquidators=[]",
        "depositors=[{name: patient, count: 4, protocol: main, venue: weth_usdc, amount: $150k, "
        f"leaves: {{low: 20%, high: 45%}}, sell_after: 60s, fee: {FEE}}}]",
    ),
    "circuit breaker": _guard(
        "kind: circuit_breaker, pauses: [liquidation], haircut: 5%, maximum_time: 180s, cooldown: 600s, "
        "interval: 30s, watches: {WETH: {maximum_move: 15%, window: 300s, venue: weth_usdc, "
        "maximum_divergence: 20%, minimum_depth: $100k}}"
    ),
    "depth speed limit": _guard("kind: depth_speed_limit, share: 50%, venues: [weth_usdc]"),
    "fund": (f"protocols.main.fund={{capital: {{USDC: $20k}}, {FUND}}}",),
    "fund with patience": (f"protocols.main.fund={{capital: {{USDC: $20k}}, patience: 180s, {FUND}}}",),
    "protocol liquidity": ("venues.weth_usdc.protocol_liquidity=$1M", with_events(SHOCK, WITHDRAWAL)),
}


def scenario(name: str) -> Scenario:
    return load(CRASH, overrides=[*SMALL, *OVERLAYS[name]])


class Told(NamedTuple):
    """An event of a contract, and the block that it was in."""

    step: int
    name: str
    address: str
    arguments: Mapping[str, Any]


class Moment(NamedTuple):
    """After a block: what the position book says, and the feeds."""

    timestamp: int
    states: Mapping[str, AssetState]
    positions: Sequence[Position]
    eligible: Sequence[bool]
    feeds: Mapping[str, FeedState]


class Ran:
    """A run on Anvil; `watch` looks at it after every block.

    Attributes
    ----------
    told : events of blocks that were mined, in order
    moments : before the run, and after each block
    books : at the end, from the chain
    """

    books: Books

    def __init__(self, chosen: Scenario, watch: Callable[[Simulation], None] = lambda simulation: None) -> None:
        self.told: list[Told] = []
        self.moments: list[Moment] = []
        self._step, self._look = 0, watch
        self.simulation, self.result = watched(chosen, self._watch)
        self.protocol = self.simulation.market.protocols["main"]

    def events(self, *names: str) -> list[Told]:
        return [one for one in self.told if one.name in names]

    def after(self, step: int) -> Moment:
        return self.moments[step + 1]

    def _watch(self, simulation: Simulation, step: int) -> None:
        if step < 0:
            self._listen(simulation)
        market = simulation.market
        book = market.protocols["main"].book
        positions = [book.position(number) for number in range(len(book.accounts))]
        states = dict(zip(book.assets, book.states, strict=True))
        told = (simulation.chain.head.timestamp, states, positions, book.eligible().tolist(), dict(market.feeds))
        self.moments.append(Moment(*told))
        self._look(simulation)
        self._step = step + 1
        if step == simulation.scenario.chain.blocks - 1:
            self.books = read_books(market)

    def _listen(self, simulation: Simulation) -> None:
        follow = simulation.market.refresh

        def refresh(block: Block) -> Any:
            logs = (log for receipt in block.receipts for log in receipt.logs)
            events = (event for log in logs if (event := decode_log(log)) is not None)
            self.told += [Told(self._step, one.name, one.address, one.arguments) for one in events]
            return follow(block)

        simulation.market.refresh = refresh  # type: ignore[method-assign]


@cache
def ran(name: str) -> Ran:
    """The run of an overlay, once."""
    return Ran(scenario(name))
