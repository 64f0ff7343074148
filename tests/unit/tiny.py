"""A tiny valid scenario: one pool, one venue, one keeper, one arbitrageur."""

from __future__ import annotations

from typing import Any

from simulator.scenario import Scenario, parse

ABSENT = object()
"""In `changes`: take the setting out."""


def settings(changes: dict[str, Any] | None = None) -> dict[str, Any]:
    """A new mapping, with what `changes` names by dotted path put in; list entries are named by number."""
    raw = _raw()
    for path, value in (changes or {}).items():
        target: Any = raw
        *parents, leaf = [int(part) if part.isdigit() else part for part in path.split(".")]
        for part in parents:
            target = target[part]
        if value is ABSENT:
            del target[leaf]
        else:
            target[leaf] = value
    return raw


def scenario(changes: dict[str, Any] | None = None) -> Scenario:
    return parse(settings(changes))


def listed(supplied: str, threshold: str) -> dict[str, Any]:
    return {
        "supplied": supplied,
        "loan_to_value": "75%",
        "liquidation_threshold": threshold,
        "liquidation_bonus": "5%",
        "reserve_factor": "10%",
        "supply_cap": "$2B",
        "borrow_cap": "$1B",
        "interest": {"base": "0%", "kink": "90%", "slope_below": "5%", "slope_above": "40%"},
    }


def _raw() -> dict[str, Any]:
    fee = {"kind": "percentile", "percentile": "80%", "maximum": "500 gwei"}
    feed = {"heartbeat": "3600s", "deviation_threshold": "0.5%", "fee": fee}
    return {
        "name": "tiny",
        "description": "As little as a scenario can be.",
        "seed": 7,
        "chain": {
            "blocks": 40,
            "block_time": "12s",
            "gas_limit": 30_000_000,
            "base_fee": "20 gwei",
            "start": "2024-08-05T00:00:00Z",
            "native": "WETH",
        },
        "assets": {
            "WETH": {"decimals": 18, "price": {"model": "constant", "start": "$2000"}, "feed": {**feed}},
            "USDC": {"decimals": 6, "price": {"model": "constant", "start": "$1"}, "feed": {**feed}},
        },
        "outside": {"depth": "$20M", "recovery_half_life": "30min"},
        "venues": {"pair": {"base": "WETH", "quote": "USDC", "liquidity": "$40M", "fee": "0.3%"}},
        "protocols": {
            "main": {
                "maximum_price_age": "2d",
                "flash_loan_fee": "0.05%",
                "assets": {"WETH": listed("$0", "82.5%"), "USDC": listed("$2M", "78%")},
                "liquidation": {
                    "close_factor": "50%",
                    "full_close_health_factor": "95%",
                    "minimum_position": "$2000",
                    "minimum_left": "$1000",
                    "protocol_share": "10%",
                },
                "positions": {
                    "kind": "synthetic",
                    "count": 10,
                    "total_debt": "$1M",
                    "size_sigma": 1.0,
                    "minimum_debt": "$2500",
                    "collateral": "WETH",
                    "debt": "USDC",
                    "loan_to_value": {"mean": "47%", "deviation": "10%", "maximum": "74%", "source": "stated"},
                },
            }
        },
        "liquidators": [
            {
                "name": "swift",
                "count": 2,
                "venue": "pair",
                "capital": {"kind": "flash_loan"},
                "fee": {"kind": "profit_share", "share": "20%", "maximum": "500 gwei"},
                "latency": 0,
                "minimum_profit": "$5",
                "in_flight": 3,
            }
        ],
        "arbitrageurs": [
            {
                "name": "trader",
                "venue": "pair",
                "capital": "$50M",
                "fee": {"kind": "fixed", "price": "30 gwei"},
                "latency": 0,
                "minimum_profit": "$20",
            }
        ],
        "events": [
            {"kind": "price_shock", "at": 5, "over": 10, "asset": "WETH", "change": "-40%", "source": "stated"},
            {"kind": "liquidity_withdrawal", "at": 6, "venue": "pair", "share": "10%"},
        ],
    }
