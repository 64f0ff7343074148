"""How the time of a block and the memory grow with the positions and with the length of the chain."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import psutil

from ..chain import engine_named
from ..genesis import genesis
from ..scenario import Scenario, load
from ..simulation import Run, Simulation

__all__ = ["drift", "megabytes", "scale"]

AT_RISK = 100
"""Positions that the fall of the price makes eligible; all others are far from it, however many there are."""
WINDOW = 51
"""Blocks round a place in the chain, of whose times the median is taken: one block more or less busy is no drift."""
MEGABYTE = 1 << 20


class _Timed:
    """Seconds of each block of a run, and memory after it."""

    def __init__(self, engine: str, scenario: Scenario, marks: tuple[int, ...] = ()) -> None:
        self.seconds: list[float] = []
        self.megabytes: dict[int, int] = {}
        self.peak = 0
        self._marks = marks
        self._chain = engine_named(engine, genesis(scenario))
        try:
            simulation = Simulation(scenario, self._chain)
            self._last = perf_counter()
            self.run: Run = simulation.run(self._note)
        finally:
            self._chain.close()

    def _note(self, step: int) -> None:
        self.seconds.append(perf_counter() - self._last)
        if step + 1 in self._marks or step % 50 == 0:
            self.megabytes[step + 1] = megabytes()
            self.peak = max(self.peak, self.megabytes[step + 1])
        self._last = perf_counter()

    def milliseconds(self, until: int) -> float:
        """Median time of the blocks before and up to block `until`."""
        return round(median(self.seconds[max(until - WINDOW, 0) : until]) * 1e3, 3)


def megabytes() -> int:
    """Resident memory of this process and of the nodes that it started."""
    here = psutil.Process()
    return sum(process.memory_info().rss for process in (here, *here.children())) // MEGABYTE


def _crash(folder: Path, positions: int, blocks: int) -> Scenario:
    """The flash crash with a book in which the same accounts are at risk, however many there are."""
    lines = ["account,collateral_asset,collateral,debt_asset,debt"]
    for number in range(positions):
        debt = 1_400 if number < AT_RISK else 100
        lines.append(f"{number},WETH,1,USDC,{debt}")
    (folder / "book.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    path = folder / "crash.yaml"
    path.write_text(load("flash_crash").to_yaml(), encoding="utf-8")
    book = "protocols.main.positions={kind: csv, csv: book.csv}"
    return load(path, overrides=[book, f"chain.blocks={blocks}"])


def scale(engine: str, positions: int, blocks: int, repeats: int) -> dict[str, Any]:
    """Milliseconds a block and peak memory of a crash with so many positions, of which the same ones are at risk."""
    with TemporaryDirectory() as folder:
        scenario = _crash(Path(folder), positions, blocks)
        runs = [_Timed(engine, scenario) for _ in range(repeats)]
    return {
        "ms_per_block": round(median(sum(one.seconds) for one in runs) / blocks * 1e3, 3),
        "liquidations": sum(row["liquidations"] for row in runs[0].run.measurements.blocks),
        "peak_mb": max(one.peak for one in runs),
    }


def drift(engine: str, positions: int, marks: tuple[int, ...]) -> Mapping[str, dict[str, Any]]:
    """Milliseconds a block and memory at some places in the chain, on an ordinary day with so many positions."""
    overrides = [f"protocols.main.positions.count={positions}", f"chain.blocks={max(marks)}"]
    scenario = load("calm", overrides=[*overrides, "protocols.main.positions.minimum_debt=$500"])
    run = _Timed(engine, scenario, marks)
    return {str(mark): {"ms_per_block": run.milliseconds(mark), "mb": run.megabytes[mark]} for mark in marks}
