"""Finished runs on disk, each as soon as it is finished: what a killed command leaves for the next one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from .errors import InputError
from .montecarlo import Outcome

__all__ = ["Journal", "code_digest"]

_ROOT = Path(__file__).resolve().parent.parent
_DIGEST = 16


class Journal:
    """A file of lines, each a digest and JSON: first what is being run, then a line for each finished run.

    Parameters
    ----------
    path : of the file
    identity : what the runs follow from; runs of anything else are not ours
    """

    def __init__(self, path: Path, identity: Mapping[str, Any]) -> None:
        self._path, self._identity = path, dict(identity)

    def begin(self) -> None:
        """Start anew.

        Raises
        ------
        InputError : it cannot be written
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_bytes(_line(self._identity))
        except OSError as error:
            raise InputError(
                f"--out {self._path.parent}", f"cannot be written ({error.strerror})", "Choose another"
            ) from error

    def resume(self) -> dict[str, Outcome]:
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
        return {entry.pop("name"): Outcome(**entry) for entry in entries[1:] if entry is not None}

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
        try:
            with self._path.open("ab") as file:
                file.write(_line({"name": name, **asdict(outcome)}))
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            rule = f"cannot be written ({error.strerror}); the runs before are kept"
            raise InputError(str(self._path), rule, f"Make room, then --resume {self._path.parent}") from error


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


@cache
def code_digest() -> str:
    """Of the simulator and the contracts: what else two runs of one scenario and seed may differ by."""
    digest = hashlib.sha256()
    for folder, pattern in (("simulator", "*.py"), ("contracts", "*.sol")):
        for path in sorted((_ROOT / folder).rglob(pattern)):
            digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:_DIGEST]
