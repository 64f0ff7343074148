"""Gas of bare liquidations on Aave v3, within 5 % of what was measured apart from this project."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from simulator.contracts import artifact
from tests.contracts.aave import AaveWorld
from tests.contracts.world import MAX

MEASURED = {
    ("aave_v3", False): (403_000, 403_000),
    ("aave_v3", True): (374_000, 374_000),
    ("aave_v3_6", False): (296_000, 327_000),
    ("aave_v3_6", True): (296_000, 327_000),
}
"""By kind and by whether the liquidator keeps Aave's tokens: least and most."""
built = cache(AaveWorld)


@pytest.fixture(params=["aave_v3", "aave_v3_6"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def world(kind: str) -> Iterator[AaveWorld]:
    """The first borrower at a health factor of 0.97, the keeper with no collateral yet."""
    made = built(kind=kind)
    with made.chain.anchor():
        made.refresh()
        made.set_health(0, 0.97)
        yield made


@pytest.mark.parametrize("takes_tokens", [False, True])
def test_a_bare_liquidation_uses_what_was_measured(world: AaveWorld, kind: str, takes_tokens: bool) -> None:
    arguments = (world.weth, world.usdc, world.book.accounts[0], MAX, takes_tokens)
    data = artifact("aave_v3/Pool").encode("liquidationCall", *arguments)
    used = world.send(world.keeper, world.protocol.pool, data).gas_used
    least, most = MEASURED[kind, takes_tokens]
    assert least * 0.95 <= used <= most * 1.05
