"""A local EVM behind one protocol (`engine.Chain`), on two engines."""

from .anvil import AnvilChain
from .attach import ENGINES, attach, engine_named
from .engine import Call, CallResult, Chain, Genesis, Head
from .pyevm import PyEvmChain
from .signing import account

__all__ = [
    "ENGINES",
    "AnvilChain",
    "Call",
    "CallResult",
    "Chain",
    "Genesis",
    "Head",
    "PyEvmChain",
    "account",
    "attach",
    "engine_named",
]
