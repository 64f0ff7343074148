"""Which module a run spends its time in."""

from __future__ import annotations

import signal
from collections import Counter
from contextlib import closing
from pathlib import Path
from types import FrameType

from ..chain import engine_named
from ..genesis import genesis
from ..scenario import load
from ..simulation import Simulation

__all__ = ["profile"]

PACKAGE = Path(__file__).resolve().parent.parent
EVERY = 0.001
"""Seconds between samples."""
SHOWN = 0.01
"""Modules with less than this share are summed up."""


class _Sampler:
    """Counts, at each tick of the clock, the innermost module of ours; what a library does counts for who called it."""

    def __init__(self) -> None:
        self.samples: Counter[str] = Counter()

    def __call__(self, _: int, frame: FrameType | None) -> None:
        while frame is not None:
            path = Path(frame.f_code.co_filename)
            if path.is_relative_to(PACKAGE):
                self.samples[str(path.relative_to(PACKAGE))] += 1
                return
            frame = frame.f_back


def profile(engine: str, name: str) -> dict[str, float]:
    """Share of the wall time of a run by module, largest first. Time in `chain/rpc.py` is the node's."""
    scenario = load(name)
    sampler = _Sampler()
    with closing(engine_named(engine, genesis(scenario))) as chain:
        simulation = Simulation(scenario, chain)
        before = signal.signal(signal.SIGALRM, sampler)
        signal.setitimer(signal.ITIMER_REAL, EVERY, EVERY)
        try:
            simulation.run(lambda _: None)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
    total = sampler.samples.total()
    shares = {module: count / total for module, count in sampler.samples.most_common()}
    shown = {module: round(share, 3) for module, share in shares.items() if share >= SHOWN}
    return shown | {"all others": round(1 - sum(shown.values()), 3)}
