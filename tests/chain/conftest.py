from __future__ import annotations

from collections.abc import Iterator

import pytest

from simulator.chain import ENGINES, AnvilChain, Chain, PyEvmChain, engine_named
from tests.chain.agreement import Pair, deploy_programs
from tests.chain.drafts import story_genesis
from tests.chain.world import GWEI, genesis


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


@pytest.fixture(scope="module", params=[GWEI, 0], ids=["base fee", "auction"])
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    start = story_genesis(request.param)
    pyevm, anvil = PyEvmChain(start), AnvilChain(start)
    yield Pair(pyevm, anvil, deploy_programs(pyevm, anvil), request.param)
    pyevm.close()
    anvil.close()
