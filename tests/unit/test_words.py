from __future__ import annotations

import pytest
from eth_abi import decode, encode
from hypothesis import given
from hypothesis import strategies as st

from simulator.words import decode_words, encode_words

VALUES = {
    "uint256": st.integers(0, 2**256 - 1),
    "uint80": st.integers(0, 2**80 - 1),
    "int256": st.integers(-(2**255), 2**255 - 1),
    "bool": st.booleans(),
    "address": st.binary(min_size=20, max_size=20).map(lambda raw: "0x" + raw.hex()),
    "bytes32": st.binary(min_size=32, max_size=32),
    "uint256[]": st.lists(st.integers(0, 2**256 - 1), max_size=3).map(tuple),
    "(uint256,bool)": st.tuples(st.integers(0, 2**256 - 1), st.booleans()),
}


@given(
    st.lists(st.sampled_from(sorted(VALUES)), max_size=5).flatmap(
        lambda types: st.tuples(st.just(types), st.tuples(*(VALUES[kind] for kind in types)))
    )
)
def test_words_are_those_of_the_library(drawn: tuple[list[str], tuple[object, ...]]) -> None:
    types, values = drawn
    data = encode(types, values)
    assert encode_words(types, values) == data
    assert decode_words(types, data) == decode(types, data) == values


@pytest.mark.parametrize("value", [-1, 2**256])
def test_a_value_that_does_not_fit_is_refused(value: int) -> None:
    with pytest.raises(OverflowError):
        encode_words(["uint256"], [value])
