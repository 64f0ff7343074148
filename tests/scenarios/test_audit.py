"""Audits of a small proposal: the same bytes whoever computes them and whatever dies, and figures that fit the rows."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest

from simulator import Audit, DaskWorkers, InputError, Processes, audit, load, load_proposal, run
from simulator.figures import figures_of
from tests.scenarios.world import FOLDER

ROOT = FOLDER.parent.parent
SMALL = FOLDER / "proposal.yaml"
OUT = Path("audit")
"""Relative, so that the commands inside are the same wherever the test runs."""
MACHINE = {"journal.jsonl", "timing.json"}
"""Files that tell how it was computed."""
ARMS = ["current", "proposed", "alone 1", "alone 2"]


@contextmanager
def inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def audited(folder: Path, crew: Any = None, **options: Any) -> Audit:
    with inside(folder):
        return audit(load_proposal(SMALL), OUT, crew or Processes(2), command="ape run audit small", **options)


def written(folder: Path) -> dict[str, bytes]:
    """Every file of an audit that must not depend on the machine."""
    files = (path for path in sorted((folder / OUT).rglob("*")) if path.is_file() and path.name not in MACHINE)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("audits") / "undisturbed"


@pytest.fixture(scope="module")
def found(home: Path) -> Audit:
    return audited(home)


def told(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / OUT / "audit.json").read_text(), parse_constant=pytest.fail)
    return found


# What it says


def test_files_are_there_and_say_the_same(found: Audit, home: Path) -> None:
    names = set(written(home))
    assert {f"audit/{name}" for name in ("audit.json", "summary.md", "report.html", "proposal.yaml")} <= names
    assert {
        f"audit/scenarios/{arm}-{stress}.yaml" for arm in ("current", "alone-2") for stress in ("shock", "gap")
    } <= names
    assert {f"audit/worst/{arm}/blocks.csv" for arm in ("current", "proposed")} <= names
    read = told(home)
    assert read["verdict"] == found.verdict
    assert read["arms"] == ARMS
    assert read["seeds"] == {"first": 11, "runs": 3}
    assert read["metrics"]["bad_debt_usd.mean"] == json.loads(json.dumps(found.told["metrics"]["bad_debt_usd.mean"]))
    assert f"{found.verdict}\n\nA higher threshold" in (home / OUT / "summary.md").read_text()


def test_a_run_is_what_its_scenario_file_gives_alone(found: Audit, home: Path) -> None:
    rows = pd.read_parquet(home / OUT / "runs.parquet").set_index(["arm", "run"])
    assert len(rows) == 4 * 3
    for arm, number in (("current", 0), ("proposed", 2), ("alone 1", 1)):
        row = rows.loc[(arm, number)]
        path = home / OUT / "scenarios" / f"{arm.replace(' ', '-')}-{row['stress']}.yaml"
        alone = figures_of(run(load(path, seed=int(row["seed"])), engine="anvil").summary)
        known = {name: value for name, value in alone.items() if value is not None}
        assert {name: row[name] for name in known} == known
        assert all(pd.isna(row[name]) for name in alone if name not in known)


def test_deficits_add_up_to_the_bad_debt_of_their_runs(found: Audit, home: Path) -> None:
    runs = pd.read_parquet(home / OUT / "runs.parquet").set_index(["arm", "run"])["bad_debt_usd"]
    by_run = pd.read_parquet(home / OUT / "deficits.parquet").groupby(["arm", "run"])["bad_debt_usd"].sum()
    assert runs.sum() > 0
    assert by_run.reindex(runs.index, fill_value=0.0).to_numpy() == pytest.approx(runs.to_numpy(), abs=0.01)
    causes = told(home)["causes"]
    for arm in ARMS:
        total = sum(one["bad_debt_usd"] for one in causes if one["arm"] == arm)
        assert total == pytest.approx(runs[arm].sum(), abs=0.05)
        assert sum(one["share"] for one in causes if one["arm"] == arm) == pytest.approx(1)


def test_differences_are_those_of_the_rows(found: Audit, home: Path) -> None:
    runs = pd.read_parquet(home / OUT / "runs.parquet").set_index(["arm", "run"])["borrowers_loss_usd"]
    read = told(home)
    expected = (runs["proposed"] - runs["current"]).mean()
    assert expected != 0
    assert read["metrics"]["borrowers_loss_usd.mean"]["difference"]["estimate"] == pytest.approx(expected)
    for arm, alone in zip(("alone 1", "alone 2"), read["alone"], strict=True):
        found_alone = alone["metrics"]["borrowers_loss_usd.mean"]["difference"]["estimate"]
        assert found_alone == pytest.approx((runs[arm] - runs["current"]).mean())


def test_the_worst_run_is_kept_in_full(found: Audit, home: Path) -> None:
    runs = pd.read_parquet(home / OUT / "runs.parquet").set_index(["arm", "run"])["bad_debt_usd"]
    kept = json.loads((home / OUT / "worst" / "proposed" / "summary.json").read_text())
    assert kept["bad_debt_usd"] == runs["proposed"].max()


def test_no_change_makes_no_difference_at_all(tmp_path: Path) -> None:
    with inside(tmp_path):
        unchanged = load_proposal(SMALL).model_copy(update={"changes": (), "limits": ()})
        found = audit(unchanged, OUT, Processes(2), runs=2)
    metrics = found.told["metrics"]
    assert metrics["borrowers_loss_usd.mean"]["current"]["estimate"] > 0
    differences = [one["difference"] for one in metrics.values()]
    assert all((one["estimate"], one["low"], one["high"]) == (0, 0, 0) for one in differences if one["n"] or one["low"])
    assert {one["estimate"] for one in differences} <= {0, None}


# Who computes it


def test_one_worker_and_two_write_the_same_bytes(found: Audit, home: Path, tmp_path: Path) -> None:
    audited(tmp_path, Processes(1))
    assert written(tmp_path) == written(home)


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Address of a scheduler with two worker processes, all on loopback."""
    place = folder / "scheduler.json"
    dask = str(Path(sys.executable).with_name("dask"))
    where = ["--host", "127.0.0.1", "--no-dashboard"]
    here: Any = {"cwd": ROOT, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    started = [subprocess.Popen([dask, "scheduler", "--port", "0", *where, "--scheduler-file", str(place)], **here)]
    try:
        _until(place.exists)
        address = json.loads(place.read_text())["address"]
        one = [
            dask,
            "worker",
            address,
            "--nthreads",
            "1",
            "--no-nanny",
            *where,
            "--local-directory",
            str(folder / "dask"),
        ]
        started += [subprocess.Popen(one, **here) for _ in range(2)]
        yield address
    finally:
        for process in reversed(started):
            process.kill()
        for process in started:
            process.wait()


def _until(holds: Callable[[], Any], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def test_a_dask_cluster_writes_the_same_bytes(found: Audit, home: Path, tmp_path: Path) -> None:
    with cluster(tmp_path) as address:
        audited(tmp_path, DaskWorkers(address))
    assert written(tmp_path) == written(home)


def test_an_address_where_no_scheduler_answers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"--scheduler tcp://127\.0\.0\.1:1: no Dask scheduler answers there"):
        audited(tmp_path, DaskWorkers("tcp://127.0.0.1:1"))


# What dies

SCRIPT = """
from pathlib import Path
from simulator import Processes, audit, load_proposal
if __name__ == "__main__":
    audit(load_proposal({proposal!r}), Path("audit"), Processes(2), command="ape run audit small")
"""


def started(folder: Path) -> subprocess.Popen[bytes]:
    """The same audit in a process of its own, once a few of its runs are finished."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "one.py").write_text(SCRIPT.format(proposal=str(SMALL)))
    path = os.pathsep.join([str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)])
    process = subprocess.Popen([sys.executable, "one.py"], cwd=folder, env={**os.environ, "PYTHONPATH": path})
    _until(lambda: lines(folder) >= 5 or process.poll() is not None)
    return process


def lines(folder: Path) -> int:
    journal = folder / OUT / "journal.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0


def test_a_killed_audit_goes_on_and_ends_with_the_same_bytes(found: Audit, home: Path, tmp_path: Path) -> None:
    process = started(tmp_path)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = lines(tmp_path) - 2
    assert 3 <= kept < 12
    with pytest.raises(InputError, match=rf"holds {kept} finished runs .* did not end.*--resume audit"):
        audited(tmp_path)
    resumed = audited(tmp_path, resume=True)
    assert resumed.timing["runs"] == 12 - kept
    assert written(tmp_path) == written(home)


def test_a_killed_worker_costs_the_run_that_it_was_at(found: Audit, home: Path, tmp_path: Path) -> None:
    process = started(tmp_path)
    workers = [one for one in psutil.Process(process.pid).children() if "spawn_main" in " ".join(one.cmdline())]
    workers[0].kill()
    assert process.wait(300) == 0
    assert written(tmp_path) == written(home)


def test_a_longer_audit_takes_over_the_runs_of_a_shorter_one(found: Audit, home: Path, tmp_path: Path) -> None:
    audited(tmp_path, runs=1)
    assert audited(tmp_path, resume=True).timing["runs"] == 0
    longer = audited(tmp_path, resume=True, runs=3)
    assert longer.timing["runs"] == 8
    assert written(tmp_path) == written(home)


def test_a_longer_audit_that_is_stopped_is_not_taken_for_an_ended_one(
    found: Audit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    audited(tmp_path, runs=1)

    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(import_module("simulator.audit.audit"), "run_tasks", stopped)
        with pytest.raises(KeyboardInterrupt):
            audited(tmp_path, resume=True, runs=3)
    with pytest.raises(InputError, match="holds 4 finished runs of an audit that did not end"):
        audited(tmp_path)


def test_a_journal_of_another_proposal_is_refused(found: Audit, home: Path) -> None:
    other = load_proposal(SMALL).model_copy(update={"seed": 12})
    with inside(home), pytest.raises(InputError, match="was begun with other seed"):
        audit(other, OUT, Processes(1), resume=True)


def test_a_run_that_fails_is_told_with_its_replay_and_run_again_by_resume(
    found: Audit, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module("simulator.audit.audit")
    real = module.run_tasks

    def failing(*arguments: Any, **options: Any) -> Any:
        outcomes = real(*arguments, **options)
        outcomes[4] = type(outcomes[4])(fault="EngineDied: for a test")
        return outcomes

    with monkeypatch.context() as patch:
        patch.setattr(module, "run_tasks", failing)
        failed = audited(tmp_path)
    (failure,) = failed.told["failures"]
    assert failure == {
        "arm": "proposed",
        "run": 1,
        "seed": 12,
        "stress": "gap",
        "fault": "EngineDied: for a test",
        "replay": "ape run scenario audit/scenarios/proposed-gap.yaml --seed 12 --network ethereum:local:foundry",
    }
    assert failed.told["metrics"]["bad_debt_usd.mean"]["proposed"]["n"] == 2
    assert ", but 1 runs failed" in (tmp_path / OUT / "summary.md").read_text()
    audited(tmp_path, resume=True)
    assert written(tmp_path) == written(home)


# The command


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    ape = str(Path(sys.executable).with_name("ape"))
    return subprocess.run(
        [ape, "run", "audit", *arguments, "--network", "ethereum:local:foundry"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_command_tells_the_verdict_and_ends_with_its_code(tmp_path: Path) -> None:
    raw = SMALL.read_text().replace("accounts_liquidatable_now == 0", "borrowing_headroom_usd >= $0")
    (tmp_path / "crash.yaml").write_text((FOLDER / "crash.yaml").read_text())
    (tmp_path / "proposal.yaml").write_text(raw.replace("bad_debt_usd.mean <= $1M", "accounts_liquidatable_now >= 0"))
    passed = command(str(tmp_path / "proposal.yaml"), "--runs", "2", "--out", str(tmp_path / "one"))
    assert passed.returncode == 0, passed.stderr
    assert "verdict: pass" in passed.stdout
    assert "building worlds" in passed.stdout
    (tmp_path / "proposal.yaml").write_text(raw.replace("bad_debt_usd.mean <= $1M", "accounts_liquidatable_now > 0"))
    broken = command(str(tmp_path / "proposal.yaml"), "--runs", "1", "--out", str(tmp_path / "two"))
    assert broken.returncode == 1, broken.stderr
    assert "verdict: fail" in broken.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "proposal nowhere: no such proposal or file"),
        (["null", "--workers", "1", "--scheduler", "tcp://127.0.0.1:1"], "--workers and --scheduler: name one of them"),
        (["null", "--resume", "nowhere"], "--resume nowhere: holds no journal of an audit"),
    ],
)
def test_bad_input_is_refused(arguments: list[str], message: str) -> None:
    refused = command(*arguments)
    assert refused.returncode == 2
    assert message in refused.stderr.replace("\n", " ")
    assert "Traceback" not in refused.stderr
