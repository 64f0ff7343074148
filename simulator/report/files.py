"""Tables, figures and the scenario → files in a folder, each whole or not at all."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import InputError
from ..scenario import Scenario

__all__ = ["check_folder", "write_all", "write_json", "write_scenario", "write_text"]


def check_folder(folder: Path) -> None:
    """Refuse, before a run, a folder that could not be written after it.

    Raises
    ------
    InputError : it is a file, or its nearest existing parent is not writable
    """
    nearest = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise InputError(f"--out {folder}", f"{nearest} is not a folder that can be written", "Choose another folder")


def write_all(
    folder: Path,
    scenario: Scenario,
    tables: Mapping[str, pd.DataFrame],
    figures: Mapping[str, Mapping[str, Any]],
    pictures: Mapping[str, str] | None = None,
) -> None:
    """Write the scenario with the CSVs that it names, a CSV for each table, a JSON for each mapping, and SVG pictures.

    Raises
    ------
    InputError : the folder cannot be written
    """
    try:
        write_scenario(folder / "scenario.yaml", scenario)
        for name, table in tables.items():
            write_text(folder / f"{name}.csv", table.to_csv(index=False, lineterminator="\n"))
        for name, values in figures.items():
            write_json(folder / f"{name}.json", values)
        for name, picture in (pictures or {}).items():
            write_text(folder / f"{name}.svg", picture)
    except OSError as error:
        raise InputError(f"--out {folder}", f"cannot be written ({error.strerror})", "Choose another one") from error


def write_scenario(path: Path, scenario: Scenario) -> None:
    """Write a scenario, with the CSVs that it names beside it."""
    write_text(path, scenario.to_yaml())
    for name in scenario.files():
        write_text(path.parent / name, scenario.path(name).read_text(encoding="utf-8"))


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Write JSON without NaN."""
    write_text(path, json.dumps(values, indent=2, allow_nan=False) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
