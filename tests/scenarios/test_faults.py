"""What is left of a run that is interrupted, or whose node dies or hangs, or that is not alone."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import psutil
import pytest

from simulator import load, run
from simulator.chain import AnvilChain, Genesis
from simulator.chain import anvil_node as node_module
from tests.scenarios.world import CRASH

ROOT = Path(__file__).resolve().parent.parent.parent
APE = Path(sys.executable).with_name("ape")
FOLLOWED = 12
"""Blocks that a run has finished when something happens to it."""


class Started(NamedTuple):
    process: subprocess.Popen[str]
    terminal: int
    folder: Path


class Ended(NamedTuple):
    code: int
    printed: str
    shown: str
    nodes: list[psutil.Process]


@contextmanager
def long_run(network: str, folder: Path) -> Iterator[Started]:
    """A run of thousands of blocks, already some way in; its bar shows on a terminal only."""
    ours, theirs = pty.openpty()
    command = [str(APE), "run", "scenario", "--network", f"ethereum:local:{network}", str(CRASH)]
    arguments = [*command, "--set", "chain.blocks=30000", "--out", str(folder)]
    process = subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs, text=True)
    os.close(theirs)
    try:
        wait_for_block(ours)
        yield Started(process, ours, folder)
    finally:
        process.kill()
        process.wait()
        os.close(ours)


def wait_for_block(terminal: int) -> None:
    """Read the bar until it has come far enough."""
    shown, until = "", time.monotonic() + 120
    while time.monotonic() < until:
        if select.select([terminal], [], [], 1)[0]:
            shown += os.read(terminal, 65_536).decode(errors="replace")
        if any(int(done) >= FOLLOWED for done in re.findall(r"(\d+)/30000", shown)):
            return
    raise AssertionError(f"no block {FOLLOWED} within two minutes: {shown[-500:]!r}")


def nodes_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return [child for child in psutil.Process(process.pid).children(recursive=True) if "anvil" in child.name()]


def ended(started: Started, nodes: list[psutil.Process]) -> Ended:
    """Let the process end without filling its terminal."""
    shown, until = "", time.monotonic() + 60
    while started.process.poll() is None and time.monotonic() < until:
        if select.select([started.terminal], [], [], 0.2)[0]:
            try:
                shown += os.read(started.terminal, 65_536).decode(errors="replace")
            except OSError:  # the other end is closed
                break
    printed = started.process.communicate(timeout=30)[0]
    return Ended(started.process.returncode, printed, shown, nodes)


def kept(folder: Path, stopped_by: str) -> None:
    """What was written is whole blocks, and is marked incomplete."""
    summary = json.loads((folder / "summary.json").read_text())
    blocks, transactions = (pd.read_csv(folder / f"{name}.csv") for name in ("blocks", "transactions"))
    assert not summary["complete"]
    assert re.search(stopped_by, summary["stopped_by"])
    assert FOLLOWED <= summary["blocks"] == len(blocks) < 30_000
    assert blocks["step"].tolist() == list(range(len(blocks)))
    assert transactions["step"].max() < len(blocks)
    gas = transactions.dropna(subset=["index"]).groupby("step")["gas_used"].sum()
    assert gas.reindex(blocks["step"], fill_value=0).tolist() == blocks["gas_used"].tolist()


@pytest.mark.parametrize("network", ["test", "foundry"])
@pytest.mark.parametrize("interruption", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_run_keeps_what_was_measured(network: str, interruption: signal.Signals, tmp_path: Path) -> None:
    with long_run(network, tmp_path / "out") as started:
        nodes = nodes_of(started.process)
        assert bool(nodes) is (network == "foundry")
        started.process.send_signal(interruption)
        end = ended(started, nodes)
    assert end.code == 1, end.shown
    assert "incomplete: interrupted" in end.printed
    assert "Traceback" not in end.shown
    kept(tmp_path / "out", "interrupted")
    assert not psutil.wait_procs(end.nodes, timeout=5)[1]


def test_a_killed_node_leaves_the_rows_and_a_few_words(tmp_path: Path) -> None:
    with long_run("foundry", tmp_path / "out") as started:
        nodes = nodes_of(started.process)
        used = max(nodes, key=lambda node: node.cpu_times().user)
        used.send_signal(signal.SIGKILL)
        end = ended(started, nodes)
    assert end.code == 3, end.shown
    assert "Traceback" not in end.shown + end.printed
    message = end.shown.partition("error")[2]
    assert "whole blocks: the Anvil node stopped during" in message
    assert len(message.strip().splitlines()) < 10
    kept(tmp_path / "out", r"the Anvil node stopped during \w+ \(exit code -9\)")
    assert not psutil.wait_procs(end.nodes, timeout=5)[1]


def in_the_middle(do: Callable[[AnvilChain], None]) -> tuple[Callable[[Genesis], AnvilChain], Callable[[int], None]]:
    """How to make the chain of a run, and what to do after its tenth block."""
    made: list[AnvilChain] = []

    def make(genesis: Genesis) -> AnvilChain:
        made.append(AnvilChain(genesis))
        return made[0]

    def progress(step: int) -> None:
        if step == 9:
            do(made[0])

    return make, progress


def test_a_node_that_hangs_ends_the_run_like_one_that_died(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_module, "_ANSWER_SECONDS", 5.0)
    make, progress = in_the_middle(lambda chain: os.kill(chain.node.process_id, signal.SIGSTOP))
    result = run(load(CRASH), chain=make, progress=progress)
    assert (result.summary["complete"], result.summary["blocks"]) == (False, 10)
    assert re.search(r"node did not answer \w+ within 5 s \(still running\)", result.summary["stopped_by"])
    result.write(tmp_path)
    assert len(pd.read_csv(tmp_path / "blocks.csv")) == 10


def test_two_runs_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, simulator\nsimulator.run(sys.argv[1], engine='anvil').write(pathlib.Path(sys.argv[2]))\n"
    )
    folders = [tmp_path / name for name in ("one", "other", "alone")]
    commands = [[sys.executable, "-c", program, str(CRASH), str(folder)] for folder in folders]
    together = [subprocess.Popen(command, cwd=ROOT) for command in commands[:2]]
    assert [process.wait(timeout=120) for process in together] == [0, 0]
    subprocess.run(commands[2], cwd=ROOT, check=True, timeout=120)
    for path in folders[2].iterdir():
        if path.name != "timing.json":
            assert (folders[0] / path.name).read_bytes() == (folders[1] / path.name).read_bytes() == path.read_bytes()
