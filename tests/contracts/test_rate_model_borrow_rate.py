from __future__ import annotations

import pytest

from simulator.contracts import decode_error
from simulator.errors import SetUpReverted
from tests.contracts.world import WAD, World

P = WAD // 100
YEAR = 365 * 86_400


@pytest.mark.parametrize(
    ("utilisation", "rate"), [(0, P), (40 * P, 3 * P), (80 * P, 5 * P), (90 * P, 35 * P), (WAD, 65 * P)]
)
def test_the_rate_follows_two_lines_that_meet_at_the_kink(world: World, utilisation: int, rate: int) -> None:
    model = world.deploy("KinkedRateModel", P, 80 * P, 4 * P, 60 * P)
    assert model.read("borrowRate", utilisation) == rate // YEAR


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ((0, 0, 0, 0), "KinkOutOfRange(0)"),
        ((0, WAD, 0, 0), f"KinkOutOfRange({WAD})"),
        ((500 * WAD, P, 500 * WAD, 1), f"RateTooHigh({1_000 * WAD + 1})"),
    ],
)
def test_parameters_out_of_range_cannot_be_deployed(world: World, parameters: tuple[int, ...], error: str) -> None:
    with pytest.raises(SetUpReverted) as caught:
        world.deploy("KinkedRateModel", *parameters)
    assert decode_error(caught.value.data) == error
