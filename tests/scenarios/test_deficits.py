"""Each cause of a deficit in a world made for it; amounts add up; the same on every engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator import Scenario
from tests.scenarios.world import crash, with_events

FLASH = "capital: {kind: flash_loan}, latency: 0, minimum_profit: $5, in_flight: 10, venue: weth_usdc"
OWN = "latency: 0, minimum_profit: $5, in_flight: 30, venue: weth_usdc"
MARKET = "fee: {kind: percentile, percentile: 80%, maximum: 2000 gwei}"
RICH = "{kind: percentile, percentile: 99%, maximum: 10000000 gwei}"
DEEP = "venues.weth_usdc.liquidity=$80M"
QUIET = ("borrowers.attentive=0%", "chain.blocks=30", "background.load=10%", "outside.depth=infinite")
SLOW = "{kind: price_shock, at: 6, over: 16, asset: WETH, change: -50%, source: stated}"
SILENCE = "{kind: oracle_outage, at: 6, blocks: 14, asset: WETH}"
ABSENCE = "{kind: keeper_outage, at: 5, blocks: 20, liquidators: [swift]}"
SUDDEN = "{kind: price_shock, at: 6, asset: WETH, change: -60%, source: stated}"
SWIFT = f"liquidators=[{{name: swift, count: 3, {FLASH}, {MARKET}}}]"
BREAKER = (
    "protocols.main.guards=[{kind: circuit_breaker, pauses: [liquidation], maximum_time: 540s, cooldown: 600s, "
    "interval: 30s, watches: {WETH: {maximum_move: 15%, window: 300s}}}]"
)
TIDY = f"housekeepers=[{{name: tidy, {MARKET}}}]"
DUTCH = (
    "protocols.main.liquidation={kind: dutch_auction, buffer: 120%, cut: 99%, step: 60s, tail: 3600s, cusp: 40%, "
    "chip: 0.1%, tip: $100, minimum_left: $1000}"
)

WORLDS: Mapping[str, Sequence[str]] = {
    "price_gap": (DEEP, SWIFT, with_events(SUDDEN)),
    "oracle": (DEEP, SWIFT, with_events(SLOW, SILENCE)),
    "fee_policy": (
        DEEP,
        f"liquidators=[{{name: stingy, count: 3, {FLASH}, fee: {{kind: fixed, price: 11 gwei}}}}]",
        "background.load=150%",
        with_events(SLOW),
    ),
    "no_room": (
        DEEP,
        SWIFT,
        f"assets.WETH.feed.fee={RICH}",
        "background.load=200%",
        "background.priority_share=100%",
        "background.fee={kind: log_normal, p30: 500000 gwei, p90: 600000 gwei}",
        with_events(SLOW),
    ),
    "capital": (
        DEEP,
        f"liquidators=[{{name: poor, count: 3, {OWN}, {MARKET}, "
        "capital: {kind: inventory, amount: $1, sell_after: 1h}}]",
        with_events(SLOW),
    ),
    "slippage": ("venues.weth_usdc.liquidity=$20k", SWIFT, with_events(SLOW)),
    "guard": (DEEP, SWIFT, TIDY, BREAKER, with_events(SLOW)),
    "rules": (DEEP, SWIFT, TIDY, DUTCH, with_events(SLOW)),
    "outage": (DEEP, SWIFT, with_events(SLOW, ABSENCE)),
    "unserved": (DEEP, "liquidators=[]", with_events(SLOW)),
}
"""By the cause that each must give."""


def world(cause: str) -> Scenario:
    return crash(*QUIET, *WORLDS[cause])
