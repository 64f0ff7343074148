"""A small crash on Aave v3, and what its own contracts say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from simulator import Scenario, load
from simulator.chain import Call
from simulator.contracts import artifact
from simulator.market import Market
from simulator.protocols.aave_v3 import AaveV3
from tests.scenarios.world import CRASH, read

FOLDER = "aave_v3"
"""Of the published code whose signatures are used: they are the same from v3.0 to v3.6."""


def aave_crash(*overrides: str, kind: str = "aave_v3") -> Scenario:
    return load(CRASH, overrides=[f"protocols.main.kind={kind}", *overrides])


def main(market: Market) -> AaveV3:
    return cast(AaveV3, market.protocols["main"])


def account_data(market: Market, accounts: Sequence[str]) -> list[tuple[int, ...]]:
    """Of each account: collateral, debt, room, mean threshold, mean loan-to-value, health factor."""
    pool = main(market).pool
    return read(market.chain, [(f"{FOLDER}/Pool", pool, "getUserAccountData", account) for account in accounts])


def call(market: Market, contract: str, to: str, function: str, *arguments: Any) -> Any:
    known = artifact(contract)
    return known.decode(function, market.chain.call(Call(to, known.encode(function, *arguments))))
