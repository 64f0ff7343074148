"""The commonest instructions, on plain integers: a fifth of a run's time in py-evm is checks and conversions of these.

Each does what the library's own does; what is out of the ordinary is left to that.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import and_, eq, gt, lt, or_
from typing import Any

from eth.exceptions import FullStack, InsufficientStack

__all__ = ["STEPS"]

_MASK = 2**256 - 1
_LIMIT = 1_024
Step = Callable[[Any], Any]


def _push(size: int) -> Step:
    def push(computation: Any) -> None:
        values, code = computation._stack.values, computation.code
        if len(values) >= _LIMIT:
            raise FullStack("Stack limit reached")
        start = code.program_counter
        code.program_counter = end = start + size
        # code that ends in the middle of the value goes on with zeros
        values.append(int.from_bytes(code._raw_code_bytes[start:end].ljust(size, b"\0"), "big"))

    return push


def _dup(depth: int) -> Step:
    def dup(computation: Any) -> None:
        values = computation._stack.values
        if len(values) >= _LIMIT:
            raise FullStack("Stack limit reached")
        if len(values) < depth:
            raise InsufficientStack(f"DUP{depth} of {len(values)} items")
        values.append(values[-depth])

    return dup


def _swap(depth: int) -> Step:
    def swap(computation: Any) -> None:
        values = computation._stack.values
        if len(values) <= depth:
            raise InsufficientStack(f"SWAP{depth} of {len(values)} items")
        values[-1], values[-1 - depth] = values[-1 - depth], values[-1]

    return swap


def _pop_integer(values: list[Any]) -> int:
    if not values:
        raise InsufficientStack("no item on the stack")
    value = values.pop()
    return value if type(value) is int else int.from_bytes(value, "big")


def _combine(combine: Callable[[int, int], int]) -> Step:
    def combined(computation: Any) -> None:
        values = computation._stack.values
        values.append(int(combine(_pop_integer(values), _pop_integer(values))))

    return combined


def _is_zero(computation: Any) -> None:
    values = computation._stack.values
    values.append(int(_pop_integer(values) == 0))


def _pop(computation: Any) -> None:
    values = computation._stack.values
    if not values:
        raise InsufficientStack("no item on the stack")
    values.pop()


STEPS: dict[int, Step] = {
    0x01: _combine(lambda left, right: (left + right) & _MASK),
    0x03: _combine(lambda left, right: (left - right) & _MASK),
    0x10: _combine(lt),
    0x11: _combine(gt),
    0x14: _combine(eq),
    0x15: _is_zero,
    0x16: _combine(and_),
    0x17: _combine(or_),
    0x50: _pop,
    **{0x5F + size: _push(size) for size in range(33)},
    **{0x7F + depth: _dup(depth) for depth in range(1, 17)},
    **{0x8F + depth: _swap(depth) for depth in range(1, 17)},
}
"""By opcode: ADD, SUB, LT, GT, EQ, ISZERO, AND, OR, POP, PUSH0 to PUSH32, DUP1 to DUP16, SWAP1 to SWAP16."""
