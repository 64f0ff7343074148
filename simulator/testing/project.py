"""The contracts that a user's Ape project compiled."""

from __future__ import annotations

import json
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ..contracts import Artifact, learn
from ..errors import ToolError

__all__ = ["Project"]

BUILD = Path(".build", "__local__.json")
CONFIGURATIONS = ("ape-config.yaml", "ape-config.yml", "ape-config.json")
COMPILE = "Run `ape compile` in {}"


class Project:
    """An Ape project, read from what ``ape compile`` left in its ``.build``.

    Parameters
    ----------
    folder : the project's root
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._manifest: dict[str, Any] | None = None

    @classmethod
    def around(cls, path: Path, root: Path) -> Project:
        """The project that `path` lies in: the nearest folder that is one of Ape's, at most `root`."""
        within = [folder for folder in (path, *path.parents) if folder.is_relative_to(root)]
        return cls(next((folder for folder in within if _is_project(folder)), root))

    def names(self) -> list[str]:
        """Compiled contracts that can be deployed."""
        return sorted(name for name, one in self._contracts().items() if _code(one))

    def artifact(self, name: str) -> Artifact:
        """Compiled contract `name`.

        Raises
        ------
        ToolError : nothing is compiled, this is not, or its source has changed since
        """
        __tracebackhide__ = True
        found = self._contracts().get(name)
        if found is None:
            near = get_close_matches(name, self._contracts(), n=1)
            meant = f"Did you mean {near[0]}? " if near else ""
            known = ", ".join(self.names()) or "none"
            raise ToolError(
                f"contract {name}",
                f"is not among those compiled in {self.folder} ({known})",
                f"{meant}{COMPILE.format(self.folder)} if it is new",
            )
        self._refuse_stale()
        return Artifact(name, found["abi"], bytes.fromhex(_code(found)))

    def _contracts(self) -> dict[str, Any]:
        __tracebackhide__ = True
        if self._manifest is None:
            self._manifest = self._read()
            for contract in self._manifest["contractTypes"].values():
                learn(contract["abi"])
        contracts: dict[str, Any] = self._manifest["contractTypes"]
        return contracts

    def _read(self) -> dict[str, Any]:
        __tracebackhide__ = True
        path = self.folder / BUILD
        try:
            manifest: dict[str, Any] = json.loads(path.read_bytes())
            manifest["contractTypes"].items()
        except FileNotFoundError:
            rule = "is missing: the project's contracts must be compiled"
            raise ToolError(str(path), rule, COMPILE.format(self.folder)) from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise ToolError(str(path), "cannot be read", f"{COMPILE.format(self.folder)}, with --force") from None
        return manifest

    def _refuse_stale(self) -> None:
        """A test must not pass with contracts of yesterday."""
        __tracebackhide__ = True
        changed = [source for source, text in self._sources() if _differs(self.folder / source, text)]
        if changed:
            rule = "has changed since it was compiled"
            raise ToolError(", ".join(changed), rule, COMPILE.format(self.folder))

    def _sources(self) -> Iterable[tuple[str, str]]:
        assert self._manifest is not None
        for source, one in (self._manifest.get("sources") or {}).items():
            if isinstance(one, dict) and isinstance(one.get("content"), str):
                yield source, one["content"]


def _is_project(folder: Path) -> bool:
    return any((folder / mark).is_file() for mark in (BUILD, *CONFIGURATIONS))


def _code(contract: dict[str, Any]) -> str:
    """Creation code as hex; empty of an interface."""
    code: str = (contract.get("deploymentBytecode") or {}).get("bytecode") or ""
    return code.removeprefix("0x")


def _differs(path: Path, text: str) -> bool:
    """Whether a source is there and says something else, line by line."""
    try:
        return path.read_text(encoding="utf-8").split() != text.split()
    except OSError:
        return False
