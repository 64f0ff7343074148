from __future__ import annotations

import numpy as np
import pytest

from simulator.randomness import stream


def test_one_name_and_seed_give_the_same_draws() -> None:
    assert stream(1, "prices/WETH").random(100).tolist() == stream(1, "prices/WETH").random(100).tolist()


@pytest.mark.parametrize(("seed", "name"), [(1, "prices/USDC"), (2, "prices/WETH"), (1, ""), (1, "prices/WETH ")])
def test_another_name_or_seed_gives_other_draws(seed: int, name: str) -> None:
    assert not np.any(stream(seed, name).random(100) == stream(1, "prices/WETH").random(100))


def test_draws_of_one_stream_do_not_move_another() -> None:
    ours = stream(1, "ours")
    first = ours.random(3).tolist()
    stream(1, "theirs").random(1_000)
    both = stream(1, "ours").random(6).tolist()
    assert [*first, *ours.random(3).tolist()] == both


def test_draws_are_those_of_every_machine() -> None:
    assert stream(1, "prices/WETH").integers(0, 2**32, 4).tolist() == PINNED


PINNED = [873688535, 1040428361, 2526503489, 4161812790]
