"""How many liquidations fit a block, by what one of them uses and what others take."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .events import GasSpike
from .market import Market
from .scenario import Scenario

__all__ = ["block_room"]

GAS = {
    ("spread", "flash_loan"): 420_000,
    ("spread", "inventory"): 286_000,
    ("dutch", "flash_loan"): 960_000,
    ("dutch", "inventory"): 845_000,
    ("english", "inventory"): 776_000,
    ("offset", ""): 324_000,
}
"""Mean gas used by one liquidation, its auction's start, one bid and the settlement included, by the style of the
mechanism and the keepers' capital. Measured on Anvil with seed 1: flash_crash (spread), black_thursday_maker
(English and Dutch from an inventory), V2 of generations less its median's (Dutch by flash loan); the stability pool of
tests/scenarios/overlays.py. Oracles, margins, guards and the mechanism's kind come on top as `extra_gas` of the
protocol: what keepers reckon with, on the high side."""
SOURCE = "measured in shipped runs, and what keepers reckon with for oracle, margins and guards"
REPORT_GAS = 73_562
"""A report to a feed, as in tests/gas/snapshot.json."""


def block_room(market: Market, gas: Mapping[tuple[str, str], int]) -> list[dict[str, Any]]:
    """Rows by protocol, group of keepers and load: ⌊(gas limit − what others take) / gas of one liquidation⌋.

    Parameters
    ----------
    gas : by (protocol, group), where it was measured; a stability pool's group is ""
    """
    return [
        {
            "protocol": protocol,
            "keepers": keepers,
            "gas_each": each,
            "source": "given" if (protocol, keepers) in gas else SOURCE,
            "load": load,
            "taken_gas": taken,
            "liquidations": max(0, market.scenario.chain.gas_limit - taken) // each,
        }
        for protocol, keepers, usual in _groups(market)
        for each in (gas.get((protocol, keepers), usual),)
        for load, taken in _loads(market.scenario)
    ]


def _groups(market: Market) -> Iterable[tuple[str, str, int]]:
    """Protocol, group and gas of each that may liquidate there."""
    for name, protocol in market.protocols.items():
        style = protocol.mechanism.style
        if style == "offset":
            yield name, "", GAS[style, ""] + protocol.extra_gas
        for group in market.scenario.liquidators:
            if name in (group.protocols or market.protocols):
                yield name, group.name, GAS[style, group.capital.kind] + protocol.extra_gas


def _loads(scenario: Scenario) -> Iterable[tuple[str, int]]:
    """What others take of a block: nobody; the background and one report to every feed; the same in a gas spike."""
    yield "empty block", 0
    if scenario.background is None or not scenario.background.load:
        return
    reports = REPORT_GAS * sum(1 + len(asset.feeds) for asset in scenario.assets.values())
    asked = scenario.background.load * scenario.chain.gas_limit
    yield "background", int(asked) + reports
    spikes = [event.load_factor for event in scenario.events if isinstance(event, GasSpike)]
    if spikes:
        yield "gas spike", int(float(asked) * max(spikes)) + reports
