"""What pydantic finds wrong with a file, as value, rule and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from .errors import ScenarioError

__all__ = ["refusal"]


def refusal(raw: Any, error: ValidationError, kind: str, remedy: str, page: str = "") -> ScenarioError:
    """The first of the errors, with its place in `raw`, a file of that kind, which `page` of docs/ is about."""
    first = error.errors()[0]
    place = _place(raw, first["loc"]) or kind
    given = first["input"]
    shown = f" = {given!r}" if isinstance(given, str | int | float | bool) else ""
    rule = first["msg"].removeprefix("Value error, ")
    if first["type"] == "union_tag_invalid":
        told = first["ctx"]
        place, shown, rule = f"{place}.kind", f" = {told['tag']!r}", f"must be one of {told['expected_tags']}"
    if first["type"] == "extra_forbidden":
        return ScenarioError(place, "unknown key", f"Check its spelling against docs/{page or f'{kind}s'}.md")
    others = f" ({error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return ScenarioError(f"{place}{shown}", rule, f"{remedy}{others}")


def _place(raw: Any, location: Sequence[str | int]) -> str:
    """Path to a setting as ``--set`` takes it, without the kinds that pydantic adds for unions."""
    parts, last = [], len(location) - 1
    for number, part in enumerate(location):
        inside = part in raw if isinstance(raw, dict) else isinstance(raw, list | tuple) and isinstance(part, int)
        if inside or number == last:
            parts.append(str(part))
        if inside:
            raw = raw[part]
    return ".".join(parts)
