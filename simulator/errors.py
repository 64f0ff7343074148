"""Everything that Undertow raises on purpose.

UndertowError
├── InputError            the user can mend it: value, rule, remedy; exit code 2
│   ├── ScenarioError     a scenario, a position book or an override does not hold
│   └── ToolError         compiled contracts, node binary or library missing
├── ChainError            a fault of the chain: exit code 3
│   ├── AnchoredError     a dump cannot be loaded inside an anchor
│   ├── EndpointError     the endpoint of a fork fails: value, rule, remedy; exit code 2
│   ├── EngineDied        the node went away; what was measured is kept
│   └── SetUpReverted     a set-up transaction failed: the world could not be built
└── CallReverted          an `eth_call` reverted; carries the data, decoded by `contracts`

WorldWarning              a kept world is damaged or cannot be kept; the run goes on without it
"""

from __future__ import annotations

__all__ = [
    "AnchoredError",
    "CallReverted",
    "ChainError",
    "EndpointError",
    "EngineDied",
    "InputError",
    "ScenarioError",
    "SetUpReverted",
    "ToolError",
    "UndertowError",
    "WorldWarning",
]


class UndertowError(Exception):
    """Root of the tree; `exit_code` is what a command ends with."""

    exit_code = 1


class InputError(UndertowError):
    """Bad input: says the value, the rule it breaks and the remedy.

    Parameters
    ----------
    value : what was given, with its place (``assets.WETH.loan_to_value = 90%``)
    rule : what must hold
    remedy : what to do about it
    """

    exit_code = 2

    def __init__(self, value: str, rule: str, remedy: str) -> None:
        self.value, self.rule, self.remedy = value, rule, remedy
        super().__init__(f"{value}: {rule}. {remedy}")


class ScenarioError(InputError):
    """A scenario, a position book or an override does not hold."""


class ToolError(InputError):
    """Something that the product needs on this machine is missing."""


class ChainError(UndertowError):
    """The chain failed in a way that no scenario asked for."""

    exit_code = 3


class AnchoredError(ChainError):
    """A dump cannot be loaded inside an anchor: the node would lose what the anchor returns to."""

    def __init__(self) -> None:
        super().__init__("a dump cannot be loaded inside an anchor")


class EndpointError(ChainError):
    """An endpoint of somebody else's does not answer, or not as it must; a run under way ends early and is kept.

    Parameters
    ----------
    value, rule, remedy : as of an `InputError`
    """

    exit_code = 2

    def __init__(self, value: str, rule: str, remedy: str) -> None:
        self.value, self.rule, self.remedy = value, rule, remedy
        super().__init__(f"{value}: {rule}. {remedy}")


class EngineDied(ChainError):
    """The node stopped answering."""


class SetUpReverted(ChainError):
    """A set-up transaction reverted; `data` is the revert data, `reason` the same in words, where somebody knows."""

    def __init__(self, what: str, data: bytes, reason: str = "") -> None:
        self.what, self.data, self.reason = what, data, reason
        super().__init__(f"set-up transaction failed: {what} ({reason or f'0x{data.hex()}'})")


class CallReverted(UndertowError):
    """A call reverted; `data` is the revert data."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        super().__init__(f"call reverted (0x{data.hex()})")


class WorldWarning(UserWarning):
    """A kept world could not be read or written; it is built instead."""
