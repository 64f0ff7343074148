"""What an audit runs: every arm over the same numbered runs, each with its seed and its stress."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..code import code_digest
from ..montecarlo import Task
from ..paired import NETWORKS, versions
from ..proposal import Proposal
from ..scenario import Scenario
from .arms import Arm, arms_of

__all__ = ["Plan", "Run"]


@dataclass(frozen=True)
class Run:
    """One run, the same for all arms."""

    number: int
    seed: int
    stress: str


@dataclass(frozen=True)
class Plan:
    """All runs of an audit.

    Attributes
    ----------
    arms : the market as it is first, the proposal second, then each change alone
    runs : in their order; a longer audit begins with the same ones
    engine : that they run on
    folder : of the audit's files
    named : the same, as it was named when the audit began
    """

    proposal: Proposal
    arms: Sequence[Arm]
    runs: Sequence[Run]
    engine: str
    folder: Path
    named: str

    @classmethod
    def of(cls, proposal: Proposal, runs: int | None, engine: str, folder: Path, named: str = "") -> Plan:
        """The plan of a proposal; `runs` replaces its own number of them."""
        stresses = proposal.stress.of_run(runs or proposal.stress.runs)
        numbered = [Run(number, proposal.seed + number, stress) for number, stress in enumerate(stresses)]
        return cls(proposal, arms_of(proposal), numbered, engine, folder, named or folder.as_posix())

    @property
    def tried(self) -> list[Arm]:
        """Arms that can run."""
        return [arm for arm in self.arms if not arm.refused]

    @property
    def changes_nothing(self) -> bool:
        """Whether the proposal runs the very scenarios that the market as it is does."""
        current, proposed, *_ = self.arms
        return current.scenarios == proposed.scenarios

    def each(self) -> Iterator[tuple[Arm, Run]]:
        """Arm and run of each task: arm by arm, so that a worker stays with one world."""
        return ((arm, run) for arm in self.tried for run in self.runs)

    def number(self, task: int) -> str:
        """What a journal calls a task: a name that a longer audit has as well."""
        arm, run = divmod(task, len(self.runs))
        return f"{self.tried[arm].name}/{run}"

    def tasks(self) -> list[Task]:
        """All runs of all arms."""
        return [
            Task(self.scenario(arm, run), self.engine, self.command("scenario", arm, run)) for arm, run in self.each()
        ]

    @staticmethod
    def scenario(arm: Arm, run: Run) -> Scenario:
        """What one run of an arm is."""
        return arm.scenarios[run.stress].model_copy(update={"seed": run.seed})

    def command(self, verb: str, arm: Arm, run: Run, *more: str) -> str:
        """The command that repeats one run alone."""
        path = f"{self.named}/{self.file(arm, run.stress)}"
        words = (
            "ape",
            "run",
            verb,
            path,
            "--seed",
            str(run.seed),
            *more,
            "--network",
            NETWORKS[self.engine],
        )
        return shlex.join(words)

    @staticmethod
    def file(arm: Arm, stress: str) -> str:
        """Where the scenario of an arm under a stress is kept, in the audit's folder."""
        return f"scenarios/{arm.name.replace(' ', '-')}-{stress}.yaml"

    def identity(self, release: str) -> dict[str, Any]:
        """What every run follows from, but for how many there are; `release` is the engine's."""
        digest = hashlib.sha256()
        for arm in self.tried:
            for stress, scenario in arm.scenarios.items():
                digest.update(f"{arm.name}\0{stress}\0{scenario.to_yaml()}\0".encode())
                for name in scenario.files():
                    digest.update(scenario.path(name).read_bytes())
        shares = [(one.name, str(one.share)) for one in self.proposal.stress.models]
        digest.update(repr(shares).encode())
        return {
            "proposal": self.proposal.name,
            "seed": self.proposal.seed,
            "scenarios": digest.hexdigest()[:16],
            "versions": versions(release),
            "code": code_digest(),
        }
