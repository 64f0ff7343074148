from __future__ import annotations

import pytest

from tests.contracts.world import World


@pytest.fixture(scope="session")
def built() -> World:
    return World()
