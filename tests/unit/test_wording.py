from __future__ import annotations

import pytest

from simulator.report.wording import counted, written


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (13_297_460.77, "dollars", "$13.3M"),
        (-308_739.3, "dollars", "−$309k"),
        (2_400_000_000.0, "dollars", "$2.40B"),
        (12.345, "dollars", "$12.35"),
        (0.0, "dollars", "$0"),
        (-0.001, "dollars", "$0.00"),
        (0.3419, "share", "34.2\u00a0%"),
        (1.19901, "ratio", "1.199"),
        (284.31, "bps", "284.3"),
        (1_234.0, "count", "1,234"),
        (2.5, "count", "2.5"),
        (1_234.5678, "", "1,234.57"),
        (float("inf"), "dollars", "∞"),
        (float("nan"), "share", "–"),
        (None, "dollars", "–"),
    ],
)
def test_a_number_is_written_as_its_kind_is_read(value: float | None, kind: str, text: str) -> None:
    assert written(value, kind) == text


def test_one_is_one() -> None:
    assert (counted(1, "block"), counted(2_000, "block")) == ("1 block", "2,000 blocks")
