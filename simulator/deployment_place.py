"""Reads of somebody else's contracts at one block, with complaints that name the contract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from .chain.engine import Call, CallResult
from .chain.fork_endpoint import Endpoint
from .chain.fork_logs import events
from .contracts import Event, artifact, decode_log
from .errors import ScenarioError

__all__ = ["Place", "Question"]

Question = tuple[str, str, str, tuple[Any, ...]]
"""Address, contract whose interface it has, function, arguments."""


class Place:
    """The state after a block of `endpoint`'s chain."""

    def __init__(self, endpoint: Endpoint, block: int) -> None:
        self.endpoint, self.block = endpoint, block

    def need_code(self, addresses: Iterable[tuple[str, str]]) -> None:
        """Refuse (setting, address) where there is no contract.

        Raises
        ------
        ScenarioError : the first of them
        EndpointError : it does not know the state of that block
        """
        wanted = list(addresses)
        codes = self.endpoint.batch([("eth_getCode", address, hex(self.block)) for _, address in wanted])
        for (setting, address), code in zip(wanted, codes, strict=True):
            if isinstance(code, Exception):
                rule = f"must know the state of block {self.block} ({code})"
                raise self.endpoint.fail(rule, "Name one that keeps it, or a later --fork-block")
            if code == "0x":
                rule = f"has no code at block {self.block} of chain {self.endpoint.host}"
                raise ScenarioError(f"{setting} = {address}", rule, "Correct the address, or name a later block")

    def ask(self, address: str, contract: str, function: str, *arguments: Any) -> Any:
        """The answer to one question."""
        return self.ask_many([(address, contract, function, arguments)])[0]

    def ask_many(self, questions: Sequence[Question]) -> list[Any]:
        """The answers to many.

        Raises
        ------
        ScenarioError : a contract does not understand its question
        """
        calls = [Call(to, artifact(contract).encode(name, *given)) for to, contract, name, given in questions]
        results = self.endpoint.calls(calls, self.block)
        return [_answer(question, result) for question, result in zip(questions, results, strict=True)]

    def events(self, address: str, contract: str, event: str, topics: Sequence[list[str]], first: int) -> list[Event]:
        """All of one kind since block `first`; `topics` are those after the event's own."""
        wanted = [[artifact(contract).topic(event)], *topics]
        decoded = (decode_log(log) for log in events(self.endpoint, address, wanted, first, self.block))
        return [one for one in decoded if one is not None]


def _answer(question: Question, result: CallResult) -> Any:
    address, contract, function, _ = question
    try:
        if result.succeeded:
            return artifact(contract).decode(function, result.data)
    except Exception as error:  # whatever a decoder makes of another contract's answer
        raise _stranger(address, contract, function) from error
    raise _stranger(address, contract, function)


def _stranger(address: str, contract: str, function: str) -> ScenarioError:
    rule = f"does not answer {function} as a {contract.rpartition('/')[2]} does"
    return ScenarioError(f"contract {address}", rule, "Check the addresses of the deployment")
