"""The node process: found, started, watched, and gone when it should be."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simulator.chain import AnvilChain
from simulator.chain.anvil_node import find_anvil
from simulator.errors import EngineDied, ToolError
from tests.chain.world import ALICE, NOBODY, genesis, next_block, send

ROOT = Path(__file__).resolve().parents[2]


def pid_of(chain: AnvilChain) -> int:
    return chain.node.process_id


def is_running(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False


def wait_until_gone(pid: int) -> bool:
    for _ in range(200):
        if not is_running(pid):
            return True
        time.sleep(0.01)
    return False


def test_a_killed_node_is_reported() -> None:
    chain = AnvilChain(genesis())
    os.kill(pid_of(chain), signal.SIGKILL)
    with pytest.raises(EngineDied, match=r"Anvil node stopped during .* \(exit code -9\)"):
        next_block(chain, send(ALICE, NOBODY, nonce=0))
    chain.close()


def test_a_node_killed_inside_an_anchor_is_reported_as_such() -> None:
    chain = AnvilChain(genesis())

    def die_inside() -> None:
        with chain.anchor():
            os.kill(pid_of(chain), signal.SIGKILL)
            next_block(chain)

    with pytest.raises(EngineDied, match="stopped during evm_mine"):
        die_inside()
    chain.close()


def test_a_node_that_hangs_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.chain.anvil_node._ANSWER_SECONDS", 0.5)
    chain = AnvilChain(genesis())
    os.kill(pid_of(chain), signal.SIGSTOP)
    with pytest.raises(EngineDied, match=r"did not answer evm_mine within 0\.5 s \(still running\)"):
        next_block(chain)
    assert wait_until_gone(pid_of(chain))
    chain.close()


def test_close_stops_the_node() -> None:
    chain = AnvilChain(genesis())
    pid = pid_of(chain)
    assert is_running(pid)
    chain.close()
    assert not is_running(pid)


@pytest.mark.parametrize("end", ["pass", "os.kill(os.getpid(), 9)", "raise SystemExit(3)"])
def test_no_node_outlives_its_owner(end: str) -> None:
    script = (
        "import os; from tests.chain.world import genesis; from simulator.chain import AnvilChain; "
        f"chain = AnvilChain(genesis()); print(chain.node.process_id, chain._empty.process_id, flush=True); {end}"
    )
    # the folder of the tests is no package
    command = (
        f"import sys, types; m = types.ModuleType('tests'); m.__path__ = ['tests']; sys.modules['tests'] = m; {script}"
    )
    ended = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert len(ended.stdout.split()) == 2, ended.stderr
    assert all(wait_until_gone(int(each)) for each in ended.stdout.split())


def test_a_node_that_cannot_start_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "anvil"
    broken.write_text("#!/bin/sh\necho no room on this machine >&2\nexit 7\n")
    broken.chmod(broken.stat().st_mode | stat.S_IXUSR)
    with pytest.raises(EngineDied, match=r"did not start \(exit code 7\): no room on this machine"):
        AnvilChain(genesis(), broken)


def test_two_nodes_do_not_meet() -> None:
    first, second = AnvilChain(genesis()), AnvilChain(genesis())
    next_block(first)
    assert (first.head.number, second.head.number) == (1, 0)
    assert first.uri != second.uri
    first.close()
    second.close()


def test_the_named_binary_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    named = tmp_path / "mine"
    named.write_text("")
    named.chmod(0o755)
    monkeypatch.setenv("UNDERTOW_ANVIL", str(named))
    assert find_anvil() == named


def test_a_named_binary_must_exist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("UNDERTOW_ANVIL", str(tmp_path / "none"))
    with pytest.raises(ToolError, match="UNDERTOW_ANVIL"):
        find_anvil()


def test_a_missing_binary_names_the_remedy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("UNDERTOW_ANVIL", raising=False)
    monkeypatch.setattr("simulator.chain.anvil_node._ROOT", tmp_path)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="make setup"):
        find_anvil()
