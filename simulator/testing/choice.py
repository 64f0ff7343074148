"""Which scenario a test runs in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import ScenarioError
from ..scenario import Scenario, load

__all__ = ["chosen"]

OWN = Path(__file__).with_name("market.yaml")
"""A small market in which nothing happens by itself."""


def chosen(
    source: str | Path | None = None,
    *,
    protocol: str | None = None,
    venue: str | None = None,
    seed: int | None = None,
    variant: str | None = None,
    set: Mapping[str, Any] | None = None,  # noqa: A002 - the name that the command has
) -> Scenario:
    """The scenario of a test.

    Parameters
    ----------
    source : a shipped scenario by name, or a file; by default the plugin's own market
    protocol, venue : kind of every protocol, of every venue
    seed, variant : as of `simulator.load`
    set : settings by path, as ``--set`` names them; values as YAML would read them

    Raises
    ------
    ScenarioError : it does not hold
    """
    kinds = {"protocol": protocol, "venue": venue}
    settings = {key: kind for key, kind in kinds.items() if kind is not None} | dict(set or {})
    try:
        overrides = [f"{path}={json.dumps(value)}" for path, value in settings.items()]  # JSON is YAML
    except TypeError as error:
        raise ScenarioError(f"set={set}", str(error), "Write values as the scenario file does, '5%' say") from error
    return load(source or OWN, seed=seed, overrides=overrides, variant=variant)
