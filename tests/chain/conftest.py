from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.chain import ENGINES, Chain, engine_named
from tests.chain.world import genesis


@pytest.fixture(params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def chain(engine: str) -> Iterator[Chain]:
    chain = engine_named(engine, genesis())
    yield chain
    chain.close()


@pytest.fixture
def auction(engine: str) -> Iterator[Chain]:
    """A chain whose base fee is zero."""
    chain = engine_named(engine, genesis(base_fee=0))
    yield chain
    chain.close()
