"""Finds venues on somebody else's chain: that they trade what they should, and what an adapter must know of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .deployment_place import Place
from .errors import ScenarioError

__all__ = ["find_venue"]

CONTRACTS = {"constant_product": "ConstantProductPool", "uniswap_v2": "uniswap_v2/UniswapV2Pair"}
"""Whose interface a pool of each kind has that can be taken over."""
FACTS = {"constant_product": {"fee": "feePartsPerMillion"}, "uniswap_v2": {"factory": "factory"}}
"""Arguments of the adapter's ``adopt``, and where the pool says them."""


def find_venue(place: Place, name: str, kind: str, address: str, pair: tuple[str, str]) -> Mapping[str, Any]:
    """What ``adopt`` needs beside the address; `pair` are the base and quote tokens of the scenario's venue `name`.

    Raises
    ------
    ScenarioError : no venue of this kind can be taken over, or it is another, or trades something else
    """
    setting = f"venues.{name}"
    if kind not in CONTRACTS:
        rule = f"is a {kind} in the scenario, which cannot be taken over where it is"
        raise ScenarioError(f"{setting} = {address}", rule, f"Write venues: {{{name}: deploy}}")
    place.need_code([(setting, address)])
    tokens = tuple(place.ask(address, CONTRACTS[kind], token) for token in ("token0", "token1"))
    ordered = kind == "constant_product"  # its base is its token0
    if tokens != pair and (ordered or tokens[::-1] != pair):
        rule = f"trades {tokens[0]} and {tokens[1]}, not {pair[0]} and {pair[1]}"
        raise ScenarioError(f"{setting} = {address}", rule, "Name another")
    return {argument: place.ask(address, CONTRACTS[kind], function) for argument, function in FACTS[kind].items()}
