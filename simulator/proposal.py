"""File → frozen, validated proposal: what is to change, under which stress, within which limits."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Self

import yaml
from pydantic import Field, ValidationError, model_validator

from .errors import ScenarioError
from .fields import Model, Name
from .refusals import refusal
from .scenario_file import mapping
from .units import Duration, Fraction

__all__ = ["PROPOSALS", "Change", "Proposal", "Stress", "load_proposal", "overlap"]

PROPOSALS = Path(__file__).parent / "proposals"


class Change(Model):
    """One parameter: `path` as ``--set`` names it, the value that it has (`from`), and the one that is proposed."""

    path: str
    from_: Annotated[Any, Field(alias="from")]
    to: Any


class Stress(Model):
    """What may happen: settings by path that replace the scenario's, in this share of the runs."""

    name: Name
    description: str = ""
    share: Annotated[Fraction, Field(gt=0, le=1)]
    settings: Annotated[dict[str, Any], Field(alias="set")] = Field(default_factory=dict)


class StressPlan(Model):
    """All that may happen, how often it is tried, and how long each run lasts; by default as long as the scenario."""

    runs: Annotated[int, Field(ge=1, le=1_000_000)]
    horizon: Annotated[Duration, Field(gt=0)] | None = None
    models: Annotated[tuple[Stress, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        total = sum((one.share for one in self.models), Decimal(0))
        if total != 1:
            raise ValueError(f"the shares of the models are {total:%} together, not 100 %; change one")
        names = [one.name for one in self.models]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two models are called {name}; rename one")
        return self

    def of_run(self, runs: int) -> list[str]:
        """Name of the model of each run: at any time each has had its share, to less than one run or so."""
        had = dict.fromkeys((one.name for one in self.models), 0)
        order = []
        for number in range(1, runs + 1):
            behind = max(self.models, key=lambda one: one.share * number - had[one.name])
            had[behind.name] += 1
            order.append(behind.name)
        return order


def overlap(path: str, other: str) -> bool:
    """Whether two settings by path are one, or one is inside the other."""
    return f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}.")


class Proposal(Model):
    """A change of parameters and what it must withstand.

    `scenario` is the market as it is: a shipped one by name, or a file beside the proposal. `seed` is that of the first
    run. `folder` is where the proposal lies.
    """

    name: Name
    description: str
    notes: str = ""
    scenario: str
    seed: Annotated[int, Field(ge=0)] = 1
    changes: tuple[Change, ...] = ()
    stress: StressPlan
    limits: Annotated[tuple[str, ...], Field(min_length=1)]
    folder: Annotated[str, Field(exclude=True)] = str(PROPOSALS)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        paths = [change.path for change in self.changes]
        for number, path in enumerate(paths):
            if any(overlap(path, other) for other in paths[:number]):
                raise ValueError(f"{path} is changed twice; leave one out")
        return self

    def to_yaml(self) -> str:
        """The proposal as a file."""
        settings = self.model_dump(mode="json", by_alias=True)
        return yaml.safe_dump(settings, sort_keys=False, allow_unicode=True, width=110)


def load_proposal(source: str | Path) -> Proposal:
    """Read a shipped proposal by name, or a file by path.

    Raises
    ------
    ScenarioError : value, rule and remedy
    """
    path = Path(source) if str(source).endswith((".yaml", ".yml")) else PROPOSALS / f"{source}.yaml"
    if not path.is_file():
        shipped = ", ".join(sorted(one.stem for one in PROPOSALS.glob("*.yaml")))
        raise ScenarioError(f"proposal {source}", "no such proposal or file", f"Choose one of {shipped}")
    raw = mapping(path)
    try:
        return Proposal.model_validate({**raw, "folder": str(path.resolve().parent)})
    except ValidationError as error:
        raise refusal(raw, error, "proposal", f"Correct it in {path.name}") from error
