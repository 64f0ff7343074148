"""A scenario file → one mapping: what it extends is read first, and settings are replaced by path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from .errors import ScenarioError

__all__ = ["SCENARIOS", "Source", "csv_names", "mapping", "names", "override", "read", "replace"]

SCENARIOS = Path(__file__).parent / "scenarios"
KINDS_OF = {"protocol": "protocols", "venue": "venues"}
"""Settings that stand for the kind of everything in a section."""


class Source(NamedTuple):
    """What a file says, with what it extends.

    `folder` is where relative CSV paths start; `csv_folders` names another for each CSV that a file elsewhere named.
    """

    settings: dict[str, Any]
    folder: Path
    csv_folders: Mapping[str, str]


def names() -> list[str]:
    """Shipped scenarios."""
    return sorted(path.stem for path in SCENARIOS.glob("*.yaml"))


def read(source: str | Path, beside: Path | None = None, extended_by: tuple[Path, ...] = ()) -> Source:
    """Read a shipped scenario by name, or a file by path, which is relative to `beside` where that is given.

    Raises
    ------
    ScenarioError : unreadable, or what it extends cannot be had
    """
    path = _find(source, beside)
    if path.resolve() in extended_by:
        raise ScenarioError(f"{path}: extends", "leads back to itself", "Let one of the files stand alone")
    own = mapping(path)
    kinds = {key: own.pop(key) for key in KINDS_OF if key in own}
    base, folder = own.pop("extends", None), path.resolve().parent
    if base is None:
        return _of_kinds(Source(own, folder, {}), kinds, path)
    if not isinstance(base, str) or "name" not in own:
        rule = "must name one scenario, and the file needs a name of its own"
        raise ScenarioError(f"{path}: extends = {base!r}", rule, "See docs/scenarios.md")
    extended = _extended(path, own, folder, read(base, folder, (*extended_by, path.resolve())))
    return _of_kinds(extended, kinds, path)


def _of_kinds(source: Source, kinds: Mapping[str, Any], path: Path) -> Source:
    """The source with every protocol or venue of the kind that the file names at its top."""
    for key, kind in kinds.items():
        replace(source.settings, key, kind, f"{path}: {key}")
    return source


def _extended(path: Path, own: dict[str, Any], folder: Path, base: Source) -> Source:
    """The base with the file's top-level keys in place of its own; each CSV stays where the file that names it is."""
    inherited = {key: value for key, value in base.settings.items() if key not in own}
    elsewhere = {name: base.csv_folders.get(name, str(base.folder)) for name in csv_names(inherited)}
    elsewhere = {name: where for name, where in elsewhere.items() if where != str(folder)}
    for name in csv_names(own):
        if name in elsewhere:
            rule = f"is a file beside {path.name} and one in {elsewhere[name]}, which it extends"
            raise ScenarioError(f"{path}: {name}", rule, "Rename one of them")
    return Source(inherited | own, folder, elsewhere)


def csv_names(settings: Any, key: str = "") -> Iterator[str]:
    """Every CSV that is named, in overlays too."""
    if isinstance(settings, dict):
        for inner, value in settings.items():
            yield from csv_names(value, str(inner))
    elif isinstance(settings, list):
        for value in settings:
            yield from csv_names(value)
    elif isinstance(settings, str) and key.rpartition(".")[2] == "csv":
        yield settings


def _find(source: str | Path, beside: Path | None) -> Path:
    if str(source).endswith((".yaml", ".yml")):
        path = beside / source if beside else Path(source)
    else:
        path = SCENARIOS / f"{source}.yaml"
    if not path.is_file():
        raise ScenarioError(f"scenario {source}", "no such scenario or file", f"Choose one of {', '.join(names())}")
    return path


def mapping(path: Path) -> dict[str, Any]:
    """What a YAML file says.

    Raises
    ------
    ScenarioError : unreadable, or no mapping
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ScenarioError(str(path), "must be readable YAML", " ".join(str(error).split())) from error
    if not isinstance(raw, dict):
        raise ScenarioError(str(path), "must be a mapping of settings", "Start from a shipped scenario")
    return dict(_unshared(raw))


def _unshared(raw: Any) -> Any:
    """A copy in which what YAML aliases share is separate, so that an override changes one place."""
    if isinstance(raw, dict):
        return {key: _unshared(value) for key, value in raw.items()}
    return [_unshared(value) for value in raw] if isinstance(raw, list) else raw


def override(settings: dict[str, Any], text: str) -> None:
    """Set one ``key.path=value`` of the command line in place; the value is YAML."""
    told = f"--set {text}"
    path, equals, written = text.partition("=")
    if not equals:
        raise ScenarioError(told, "must read key.path=value", "For example --set outside.depth=infinite")
    try:
        value = yaml.safe_load(written)
    except yaml.YAMLError as error:
        raise ScenarioError(told, "the value must be YAML", "Close brackets and quotes") from error
    replace(settings, path, value, told)


def replace(settings: dict[str, Any], path: str, value: Any, told: str) -> None:
    """Set what is at a dotted path in place; list entries are named by number or by their ``name``.

    ``protocol`` and ``venue`` stand for the kind of every protocol and of every venue; a split over venues stays one.

    Parameters
    ----------
    told : how a complaint names the replacement
    """
    if path in KINDS_OF:
        section = settings[_key(settings, KINDS_OF[path], told)]
        for one in section.values() if isinstance(section, dict) else ():
            if isinstance(one, dict) and one.get("kind") != "split":
                one["kind"] = _unshared(value)
        return
    target: Any = settings
    *parents, leaf = path.split(".")
    for part in parents:
        target = target[_key(target, part, told)]
    if isinstance(target, dict):
        target[leaf] = _unshared(value)
    else:
        target[_key(target, leaf, told)] = _unshared(value)


def _key(target: Any, part: str, told: str) -> Any:
    """Key or number under which `target` holds `part`."""
    if isinstance(target, list):
        for number, entry in enumerate(target):
            if part == str(number) or (isinstance(entry, dict) and entry.get("name") == part):
                return number
    elif isinstance(target, dict) and part in target:
        return part
    raise ScenarioError(told, f"no setting called {part}", "Check the path against the scenario file")
