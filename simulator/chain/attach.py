"""Which chain to run on: one of our own by name, or the one that Ape is connected to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from ..errors import InputError
from .anvil import AnvilChain
from .anvil_shared import SharedAnvilChain
from .engine import Chain, Genesis
from .pyevm import PyEvmChain

__all__ = ["ENGINES", "attach", "engine_named"]

ENGINES: Mapping[str, Callable[[Genesis], Chain]] = MappingProxyType({"anvil": AnvilChain, "pyevm": PyEvmChain})
"""Engines by the name that a user gives."""

# `ape run -I` opens its console after the script has let go of its chain: the node must not go with it
_KEPT: list[Chain] = []


def engine_named(name: str, genesis: Genesis) -> Chain:
    """Start a chain of its own on the engine called `name`.

    Raises
    ------
    InputError : there is no such engine
    """
    if name not in ENGINES:
        raise InputError(f"engine {name}", f"must be one of {', '.join(sorted(ENGINES))}", "Name one of them.")
    return ENGINES[name](genesis)


def attach(provider: Any, genesis: Genesis) -> Chain:
    """Put `genesis` into the chain that Ape is connected to, for scripts under ``ape run``.

    What that chain held is gone; Ape's test accounts keep their balances. Afterwards Ape's console sees our blocks,
    contracts and balances, and what is sent from there moves our chain. Nothing has to be closed.

    Parameters
    ----------
    provider : Ape's connected provider (``networks.active_provider``)
    genesis : what the chain starts from

    Raises
    ------
    InputError : it is neither of Ape's two local networks
    """
    name = provider.name if provider.network.is_local else provider.network_choice
    if name == "test":
        return _attach_test(provider, genesis)
    if name == "foundry":
        return _attach_foundry(provider, genesis)
    raise InputError(
        f"network {name}",
        "must be ethereum:local:test or ethereum:local:foundry",
        "Choose one of them with --network.",
    )


def _attach_test(provider: Any, genesis: Genesis) -> Chain:
    tester = provider.tester.ethereum_tester
    holders = ["0x" + holder.hex() for holder in tester.backend.get_accounts()]
    chain = PyEvmChain(_with_accounts_of_ape(provider, holders, genesis))
    tester.backend.chain = chain.chain
    # filters and snapshots are of the chain that is gone
    tester._reset_local_state()
    provider.chain_manager._snapshots[provider.chain_id] = []
    return chain


def _attach_foundry(provider: Any, genesis: Genesis) -> Chain:
    # Ape's own node sorts by fee, mines by itself and lives today: it cannot be told our genesis
    holders = [holder.address.lower() for holder in provider.account_manager.test_accounts]
    funded = _with_accounts_of_ape(provider, holders, genesis)
    provider.stop()

    def point_ape_at(uri: str) -> None:
        provider._host = uri
        provider.cached_chain_id = None
        provider._set_web3()
        provider.chain_manager._snapshots[provider.chain_id] = []

    chain = SharedAnvilChain(funded, point_ape_at)
    _KEPT.append(chain)
    return chain


def _with_accounts_of_ape(provider: Any, holders: list[str], genesis: Genesis) -> Genesis:
    balances = {holder: int(provider.get_balance(holder)) for holder in holders}
    return replace(genesis, balances=balances | dict(genesis.balances))
