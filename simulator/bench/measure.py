"""All measurements in one go, as the command prints and writes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from .crew import crews
from .overhead import overhead
from .profile import profile
from .scale import drift, megabytes, scale
from .start import opening, sending

__all__ = ["BENCH_PARTS", "run_bench"]

SCENARIOS = ("black_thursday", "flash_crash")
OPENED = 1_000
POSITIONS = (100, 1_000, 10_000)
BLOCKS = (100, 1_000)
MARKS = (100, 1_000, 5_000)
Figures = dict[str, Any]


def _overhead(engine: str, repeats: int) -> Figures:
    found = {name: overhead(engine, name, repeats) for name in SCENARIOS}
    return {"overhead": {name: one.pop("ratio") for name, one in found.items()}, "rates": found}


def _start(engine: str, repeats: int) -> Figures:
    return {"opening": {str(OPENED): opening(engine, OPENED, repeats)}, "sending": sending(engine, repeats)}


def _scale(engine: str, repeats: int) -> Figures:
    positions = {str(number): scale(engine, number, BLOCKS[0], repeats) for number in POSITIONS}
    blocks = {str(number): scale(engine, POSITIONS[1], number, repeats) for number in BLOCKS}
    return {"scale": {"positions": positions, "blocks": blocks}}


def _drift(engine: str, _: int) -> Figures:
    """Once: each figure is the median of 51 blocks."""
    return {
        "drift": drift(engine, POSITIONS[1], MARKS),
        "drift_of_10000_positions": drift(engine, POSITIONS[-1], BLOCKS),
    }


def _crews(engine: str, repeats: int) -> Figures:
    return {"crews": crews(engine, repeats)}


def _profile(engine: str, _: int) -> Figures:
    return {"profile": {name: profile(engine, name) for name in SCENARIOS}}


BENCH_PARTS: dict[str, Callable[[str, int], Figures]] = {
    "overhead": _overhead,
    "start": _start,
    "scale": _scale,
    "drift": _drift,
    "profile": _profile,
    "crews": _crews,
}


def run_bench(engine: str, repeats: int, parts: Sequence[str], progress: Callable[[str], None]) -> Figures:
    """Figures of the named `parts`, each the median of `repeats`.

    Parameters
    ----------
    progress : told each part before it begins

    Returns
    -------
    ``engine``, ``peak_mb`` (the most that was seen of this process and its nodes together) and what the parts give
    """
    figures: Figures = {"engine": engine, "repeats": repeats}
    for part in parts:
        progress(part)
        figures |= BENCH_PARTS[part](engine, repeats)
    return figures | {"peak_mb": max([megabytes(), *_memories(figures)])}


def _memories(figures: Figures) -> Iterator[int]:
    for key, value in figures.items():
        if isinstance(value, dict):
            yield from _memories(value)
        elif key in ("mb", "peak_mb"):
            yield value
