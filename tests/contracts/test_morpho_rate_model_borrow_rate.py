from __future__ import annotations

import pytest

from tests.contracts.morpho import LLTV
from tests.contracts.world import WAD, ZERO, World

PARAMS = (ZERO, ZERO, ZERO, ZERO, LLTV)


@pytest.mark.parametrize(
    ("supplied", "borrowed", "utilisation"),
    [
        (0, 0, 0),
        (10**12, 0, 0),
        (3 * 10**12, 10**12, WAD // 3),
        (10**12, 9 * 10**11, 9 * WAD // 10),
        (10**12, 10**12, WAD),
        (10**12, 10**12 + 10**6, WAD),
        (0, 1, WAD),
    ],
    ids=[
        "empty",
        "nothing lent",
        "a third lent",
        "above the kink",
        "all lent",
        "more lent than there is",
        "all written off",
    ],
)
def test_rate_is_the_model_s_at_the_market_s_utilisation(
    world: World, supplied: int, borrowed: int, utilisation: int
) -> None:
    model = world.deploy("KinkedRateModel", WAD // 50, 8 * WAD // 10, WAD // 20, 2 * WAD)
    rates = world.deploy("MorphoRateModel", model.address)
    market = (supplied, supplied * 10**6, borrowed, borrowed * 10**6, 1, 0)
    rate = model.read("borrowRate", utilisation)
    assert rate > 0
    assert rates.read("borrowRate", PARAMS, market) == rates.read("borrowRateView", PARAMS, market) == rate
    assert rates.read("model") == model.address
