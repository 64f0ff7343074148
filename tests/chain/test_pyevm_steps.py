"""Our short cuts through py-evm do what its own instructions do."""

from __future__ import annotations

from typing import Any

import pytest
from eth.exceptions import VMError
from eth.vm.code_stream import CodeStream
from eth.vm.forks.prague.computation import PragueComputation
from eth.vm.stack import Stack, to_int
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.chain.pyevm_steps import STEPS

WORDS = st.one_of(
    st.sampled_from([0, 1, 2**255, 2**256 - 1]),
    st.integers(0, 2**256 - 1),
    st.binary(min_size=1, max_size=32),
)


def computation(stack: list[int | bytes], code: bytes) -> Any:
    made: Any = PragueComputation.__new__(PragueComputation)
    made._stack, made.code = Stack(), CodeStream(code)
    made._stack.values.extend(stack)
    return made


def outcome(step: Any, stack: list[int | bytes], code: bytes) -> object:
    """What an instruction leaves: stack, place in the code; or which error."""
    made = computation(stack, code)
    try:
        step(made)
    except VMError as error:
        return type(error)
    return [to_int(value) for value in made._stack.values], made.code.program_counter


@pytest.mark.parametrize("opcode", sorted(STEPS))
@settings(max_examples=30)
@given(stack=st.lists(WORDS, max_size=20), code=st.binary(max_size=40))
def test_a_step_leaves_what_the_library_leaves(opcode: int, stack: list[int | bytes], code: bytes) -> None:
    assert outcome(STEPS[opcode], stack, code) == outcome(PragueComputation.opcodes[opcode].logic_fn, stack, code)


@pytest.mark.parametrize("opcode", sorted(STEPS))
@pytest.mark.parametrize("height", [1_023, 1_024])
def test_a_full_stack_is_the_librarys(opcode: int, height: int) -> None:
    stack: list[int | bytes] = [7] * height
    assert outcome(STEPS[opcode], stack, b"\1" * 32) == outcome(
        PragueComputation.opcodes[opcode].logic_fn, stack, b"\1" * 32
    )
