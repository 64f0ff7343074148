"""py-evm's interpreter loop with less between two instructions: half of what a Python EVM does is calling itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, cast

from eth.abc import ComputationAPI, MessageAPI, StateAPI, TransactionContextAPI
from eth.exceptions import Halt
from eth.vm.code_stream import CodeStream
from eth.vm.computation import NO_RESULT
from eth.vm.forks.prague.computation import PragueComputation
from eth.vm.gas_meter import GasMeter
from eth.vm.logic.invalid import InvalidOpcode
from eth.vm.opcode import _FastOpcode

from .pyevm_steps import STEPS

__all__ = ["Computation"]

_Step = tuple[int, Callable[[Any], Any]]
"""Gas, and what to do once it is paid. Gas of −1: the library's own instruction, which pays for itself."""


class Computation(PragueComputation):
    """The library's computation: same instructions, same gas, same order."""

    def __init__(self, state: StateAPI, message: MessageAPI, context: TransactionContextAPI) -> None:
        super().__init__(state, message, context)
        code = cast(CodeStream, self.code)
        # the library finds out anew in every call which bytes of the code are instructions
        code.valid_positions, code.invalid_positions = _positions(message.code)

    @classmethod
    def apply_computation(
        cls,
        state: StateAPI,
        message: MessageAPI,
        transaction_context: TransactionContextAPI,
        parent_computation: ComputationAPI | None = None,
    ) -> ComputationAPI:
        """Run a message as the library does; see `_run` for what differs."""
        with cls(state, message, transaction_context) as computation:
            if computation.is_origin_computation:
                computation.contracts_created = []
                if message.is_create:
                    cls.consume_initcode_gas_cost(computation)
            if parent_computation is not None:
                computation.contracts_created = parent_computation.contracts_created
            if message.is_create:
                computation.contracts_created.append(message.storage_address)
            precompile = computation.precompiles.get(message.code_address, NO_RESULT)
            if precompile is NO_RESULT:
                _run(cast(Computation, computation))
            elif not message.is_delegation:
                precompile(computation)
        return computation


def _run(computation: Computation) -> None:
    """Execute until something halts; plain instructions are paid here, without three calls for it."""
    meter = cast(GasMeter, computation._gas_meter)
    for opcode in cast(CodeStream, computation.code):
        gas, step = _STEPS[opcode]
        try:
            if 0 <= gas <= meter.gas_remaining:
                meter.gas_remaining -= gas
                step(computation)
            else:
                _instruction(opcode)(computation=computation)
        except Halt:
            break


def _instruction(opcode: int) -> Callable[..., Any]:
    return PragueComputation.opcodes.get(opcode) or InvalidOpcode(opcode)


def _step(opcode: int) -> _Step:
    instruction = _instruction(opcode)
    if not isinstance(instruction, _FastOpcode):
        return -1, instruction
    return instruction.gas_cost, STEPS.get(opcode, instruction.logic_fn)


_STEPS = [_step(opcode) for opcode in range(256)]


@lru_cache(maxsize=1_024)
def _positions(_code: bytes) -> tuple[set[int], set[int]]:
    """Places in a code known to be instructions and known to be data; the library adds to them."""
    return set(), set()
