"""Chains that stand at their worlds, ready for the next run of the same world."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from .chain import Chain, engine_named
from .genesis import genesis
from .simulation import Simulation
from .worlds import name_of

__all__ = ["Stages"]

MOST = 2
"""Chains kept: an Anvil chain is two nodes, of some 60 MB together."""


class Stages:
    """Opens simulations on chains of one engine and takes back what they did.

    The first run of a world builds or loads it; the next ones find it standing.

    Parameters
    ----------
    engine : "pyevm" or "anvil"
    """

    def __init__(self, engine: str) -> None:
        self.engine = engine
        self._stages: dict[str, Chain] = {}  # by world, the last used at the end

    @contextmanager
    def open(self, simulation: Simulation) -> Iterator[None]:
        """Put a planned simulation on a chain at its world; what happens inside is undone afterwards.

        Raises
        ------
        InputError, SetUpReverted, EngineDied : the world could not be built; the next run gets a fresh chain
        """
        start = genesis(simulation.scenario)
        world = name_of(self.engine, start, simulation.market.set_up)
        chain = self._stages.pop(world, None) or engine_named(self.engine, start)
        try:
            simulation.open(chain)
            with chain.anchor():
                yield
        except BaseException:
            _close(chain)
            raise
        self._stages[world] = chain
        while len(self._stages) > MOST:
            _close(self._stages.pop(next(iter(self._stages))))

    def close(self) -> None:
        """Stop all chains."""
        while self._stages:
            _close(self._stages.popitem()[1])


def _close(chain: Chain) -> None:
    with suppress(Exception):
        chain.close()
