from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from simulator.units import Duration, Fraction, Gwei, Money, to_units, wad

UNITS = {"fraction": Fraction, "duration": Duration, "gwei": Gwei, "money": Money}


def read(unit: str, value: Any) -> Decimal:
    parsed: Decimal = TypeAdapter(UNITS[unit]).validate_python(value)
    return parsed


def written(unit: str, value: Decimal) -> str:
    text: str = TypeAdapter(UNITS[unit]).dump_python(value, mode="json")
    return text


@pytest.mark.parametrize(
    ("unit", "text", "value"),
    [
        ("fraction", "0.5%", "0.005"),
        ("fraction", "-40%", "-0.4"),
        ("fraction", "82.5 %", "0.825"),
        ("fraction", "1,000%", "10"),
        ("duration", "3600s", "3600"),
        ("duration", "10min", "600"),
        ("duration", "1.5h", "5400"),
        ("duration", "2 d", "172800"),
        ("gwei", "40 gwei", "40"),
        ("gwei", "0.5gwei", "0.5"),
        ("money", "$25M", "25000000"),
        ("money", "$1_500", "1500"),
        ("money", "$ 2.5B", "2500000000"),
        ("money", "$3k", "3000"),
        ("money", " $0 ", "0"),
    ],
)
def test_text_with_a_unit_is_read_exactly(unit: str, text: str, value: str) -> None:
    assert read(unit, text) == Decimal(value)


@pytest.mark.parametrize(
    ("unit", "value", "remedy"),
    [
        *(("fraction", value, "percent sign") for value in (0.5, 1, "0.5", "5s", "%", "five%", "1e-3%", None, True)),
        *(("duration", value, "s, min, h or d") for value in (3600, "3600", "1 m", "1 week", "5%", "--1s")),
        *(("gwei", value, "in gwei") for value in (40, "40", "40 wei", "40 Gwei", "$40")),
        *(("money", value, "in dollars") for value in (25, "25M", "$25m", "$25T", "25$", "$", "€25")),
    ],
)
def test_a_bare_number_or_another_unit_is_refused_with_how_to_write_it(unit: str, value: Any, remedy: str) -> None:
    with pytest.raises(ValidationError, match=f"needs a unit; write it .*{remedy}"):
        read(unit, value)


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("fraction", "0.005", "0.5%"),
        ("fraction", "-0.40", "-40%"),
        ("duration", "5400.0", "5400s"),
        ("gwei", "40", "40 gwei"),
        ("money", "2.5E+9", "$2500000000"),
        ("money", "100", "$100"),
    ],
)
def test_values_are_written_without_exponent_or_idle_zeros(unit: str, value: str, text: str) -> None:
    assert written(unit, Decimal(value)) == text


@given(unit=st.sampled_from(sorted(UNITS)), value=st.decimals(-(10**12), 10**12, places=9))
def test_what_is_written_reads_back_as_it_was(unit: str, value: Decimal) -> None:
    assert read(unit, written(unit, value)) == value


@pytest.mark.parametrize(
    ("tokens", "decimals", "units"),
    [("1.9999999", 6, 1_999_999), ("1.9999999", 18, 1_999_999_900_000_000_000), ("0.9", 0, 0), ("3", 8, 300_000_000)],
)
def test_token_units_are_rounded_down(tokens: str, decimals: int, units: int) -> None:
    assert to_units(Decimal(tokens), decimals) == units


def test_scales() -> None:
    assert wad(Decimal("0.825")) == 825_000_000_000_000_000
    assert wad(3) == 3 * 10**18
    assert wad(Decimal("0.1234567890123456789")) == 123_456_789_012_345_678
