"""Finished runs on disk, each as soon as it is finished: what a killed command leaves for the next one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from .errors import InputError
from .montecarlo import Outcome

__all__ = ["Asked", "Journal", "finished_runs", "last_asked"]

_DIGEST = 16


class Asked(NamedTuple):
    """What was asked for last: how many runs, into which folder as it was named, and by which command."""

    runs: int
    folder: str
    command: str


class Journal:
    """A file of lines, each a digest and JSON: what is being run, what was asked for, and each finished run.

    Parameters
    ----------
    path : of the file
    identity : what the runs follow from; runs of anything else are not ours
    """

    def __init__(self, path: Path, identity: Mapping[str, Any]) -> None:
        self._path, self._identity = path, dict(identity)

    def begin(self, asked: Asked) -> None:
        """Start anew.

        Raises
        ------
        InputError : it cannot be written
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_bytes(_line(self._identity) + _line({"asked": asked._asdict()}))
        except OSError as error:
            raise InputError(
                f"--out {self._path.parent}", f"cannot be written ({error.strerror})", "Choose another"
            ) from error

    def resume(self, asked: Asked) -> dict[str, Outcome]:
        """Finished runs by name; a last line that was not written whole is forgotten.

        Raises
        ------
        InputError : there is no journal, it is damaged, or it is of something else
        """
        place = f"--resume {self._path.parent}"
        try:
            lines = self._path.read_bytes().splitlines(keepends=True)
        except OSError as error:
            raise InputError(place, "holds no journal of an audit", "Name the folder of one that was begun") from error
        if lines and _read(lines[-1]) is None:
            lines.pop()
        entries = [_read(line) for line in lines]
        if not entries or None in entries:
            raise InputError(place, f"line {entries.index(None) + 1 if entries else 1} of its journal is damaged", ANEW)
        self._same(place, entries[0])
        os.truncate(self._path, sum(map(len, lines)))
        self._append({"asked": asked._asdict()})
        return {entry.pop("name"): Outcome(**entry) for entry in entries[1:] if entry and "name" in entry}

    def _same(self, place: str, identity: Mapping[str, Any] | None) -> None:
        for name, value in self._identity.items():
            found = (identity or {}).get(name)
            if found != value:
                raise InputError(place, f"was begun with other {name} ({found}, now {value})", ANEW)

    def keep(self, name: str, outcome: Outcome) -> None:
        """Write down a finished run; it is on the disk when this returns.

        Raises
        ------
        InputError : it cannot be written; what was kept before stays
        """
        self._append({"name": name, **asdict(outcome)})

    def _append(self, entry: Mapping[str, Any]) -> None:
        try:
            with self._path.open("ab") as file:
                file.write(_line(entry))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            rule = f"cannot be written ({error.strerror}); the runs before are kept"
            raise InputError(str(self._path), rule, f"Make room, then --resume {self._path.parent}") from error


def finished_runs(path: Path) -> int:
    """Runs that a journal holds."""
    return path.read_bytes().count(b' {"name": ')


def last_asked(path: Path) -> Asked | None:
    """What a journal was last asked for; None where there is none that can be read."""
    try:
        entries = [_read(line) for line in path.read_bytes().splitlines(keepends=True)]
    except OSError:
        return None
    asked = [entry["asked"] for entry in entries if entry and "asked" in entry]
    return Asked(**asked[-1]) if asked else None


ANEW = "Begin anew with --out and another folder"


def _line(entry: Mapping[str, Any]) -> bytes:
    body = json.dumps(entry, allow_nan=False).encode()
    return _digest(body) + b" " + body + b"\n"


def _read(line: bytes) -> dict[str, Any] | None:
    """None if it is damaged."""
    digest, _, body = line.removesuffix(b"\n").partition(b" ")
    if digest != _digest(body) or not line.endswith(b"\n"):
        return None
    entry: dict[str, Any] = json.loads(body)
    return entry


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:_DIGEST].encode()
