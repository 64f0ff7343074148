"""The values of one swept parameter, as the command line writes them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml
from pydantic import TypeAdapter, ValidationError

from .errors import InputError
from .units import Duration, Fraction, Gwei, Money

__all__ = ["Axis"]

UNITS: Sequence[TypeAdapter[Decimal]] = [TypeAdapter(unit) for unit in (Fraction, Duration, Gwei, Money)]
PLAIN = len(UNITS)
"""Place of numbers without a unit, after those with one."""
MOST_VALUES = 1_000
EXAMPLE = "For example outside.depth=$500k:$2M:$500k, or outside.depth=$500k,$2M,infinite"
Quantity = tuple[int, Decimal]
"""Number of its unit, and how many."""


@dataclass(frozen=True)
class Axis:
    """A parameter.

    Attributes
    ----------
    key : as it was named: one path, or several joined by ``+`` that get the same value
    values : what each path is set to, as a scenario file writes it
    """

    key: str
    values: Sequence[Any]

    @classmethod
    def parse(cls, text: str) -> Axis:
        """``key=first:last:step``, the last included when a step meets it, or ``key=value,value,…``, values as YAML.

        Raises
        ------
        InputError : it is neither
        """
        key, equals, written = text.partition("=")
        told = f"--over {text}"
        if not equals or not all(key.split("+")):
            raise InputError(told, "must read key=first:last:step or key=value,value", EXAMPLE)
        if ":" in written and written[0] in "$+-.0123456789":
            return cls(key, _range(written, told))
        return cls(key, _list(written, told))

    @property
    def paths(self) -> list[str]:
        """The settings that it moves."""
        return self.key.split("+")

    @property
    def labels(self) -> list[Any]:
        """The values as one cell of a table each."""
        return [json.dumps(value) if isinstance(value, dict | list) else value for value in self.values]

    @property
    def positions(self) -> list[float]:
        """Where the values stand on a line: at their numbers where all have the same unit, else one after the other."""
        found = [_quantity(str(value)) for value in self.values]
        quantities = [one for one in found if one is not None]
        if len(quantities) < len(found) or len({unit for unit, _ in quantities}) > 1:
            return [float(number) for number in range(len(found))]
        return [float(number) for _, number in quantities]


def _range(text: str, told: str) -> list[Any]:
    quantities = [found for part in text.split(":") if (found := _quantity(part)) is not None]
    units = {unit for unit, _ in quantities}
    if len(quantities) != 3 or text.count(":") != 2 or len(units) != 1:
        raise InputError(told, "first:last:step must be three numbers of one unit", EXAMPLE)
    first, last, step = (number for _, number in quantities)
    if step <= 0 or last < first:
        raise InputError(told, "must go up from first to last by a step above zero", EXAMPLE)
    count = int((last - first) // step) + 1
    if count > MOST_VALUES:
        raise InputError(told, f"makes {count} values, more than {MOST_VALUES}", "Take a larger step")
    return [_written(units.copy().pop(), first + number * step) for number in range(count)]


def _quantity(text: str) -> Quantity | None:
    for number, unit in enumerate(UNITS):
        try:
            return number, unit.validate_python(text)
        except ValidationError:
            continue
    try:
        plain = Decimal(text)
    except InvalidOperation:
        return None
    return (PLAIN, plain) if plain.is_finite() else None


def _written(unit: int, number: Decimal) -> Any:
    """As a scenario file has it."""
    if unit == PLAIN:
        return int(number) if number == int(number) else float(number)
    return UNITS[unit].dump_python(number, mode="json")


def _list(text: str, told: str) -> list[Any]:
    try:
        values = yaml.safe_load(f"[{text}]")
    except yaml.YAMLError as error:
        raise InputError(told, "the values must be YAML, with commas between them", EXAMPLE) from error
    if not values:
        raise InputError(told, "has no values", EXAMPLE)
    return list(values)
