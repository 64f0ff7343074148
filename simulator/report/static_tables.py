"""Static checks, whatever they hold: lists of flat rows become tables, single values a list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .audit_files import ARMS, Audit
from .audit_tables import flat_cell
from .parts import Cell, Facts, Part, Sentence, Table

__all__ = ["static"]


def static(audit: Audit) -> Iterable[Part]:
    """Tables with the rows of both arms, or of one where they are the same; then the single values."""
    found = {arm: audit.static[arm] for arm in ARMS if isinstance(audit.static.get(arm), Mapping)}
    if not found:
        yield Sentence("The audit made no static checks.")
    names = list(dict.fromkeys(str(name) for checks in found.values() for name in checks))
    single: list[tuple[str, str]] = []
    for name in names:
        values = {arm: checks[name] for arm, checks in found.items() if name in checks}
        if any(_is_table(value) for value in values.values()):
            yield _table(name, {arm: value if _is_table(value) else [] for arm, value in values.items()})
        else:
            single += _pairs(name, _words(name), values)
    if single:
        yield Facts(single)


def _words(name: str) -> str:
    return name.replace("_usd", ", $").replace("_bps", ", bps").replace("_", " ")


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, Mapping) for row in value)


def _table(name: str, by_arm: Mapping[str, list[Mapping[str, Any]]]) -> Table:
    arms = list(by_arm)
    same = all(by_arm[arm] == by_arm[arms[0]] for arm in arms)
    shown = arms[:1] if same else arms
    columns = list(dict.fromkeys(str(column) for arm in shown for row in by_arm[arm] for column in row))
    rows = [
        [*([] if same else [Cell(arm, arm)]), *(flat_cell(column, row.get(column)) for column in columns)]
        for arm in shown
        for row in by_arm[arm]
    ]
    both = ", the same with both settings" if same and len(arms) > 1 else ""
    heads = [*([] if same else ["settings"]), *map(_words, columns)]
    return Table(f"{_words(name).capitalize()}{both}", heads, rows)


def _pairs(name: str, words: str, values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A value, or its values where it is a mapping of them; both arms where they differ."""
    if any(isinstance(value, Mapping) for value in values.values()):
        inner = {arm: value for arm, value in values.items() if isinstance(value, Mapping)}
        keys = dict.fromkeys(str(key) for value in inner.values() for key in value)
        return [
            pair
            for key in keys
            for pair in _pairs(key, f"{words}, {_words(key)}", {arm: value.get(key) for arm, value in inner.items()})
        ]
    texts = {arm: flat_cell(name, value).text for arm, value in values.items()}
    if len(set(texts.values())) == 1:
        return [(words, next(iter(texts.values())))]
    return [(words, ", ".join(f"{arm} {text}" for arm, text in texts.items()))]
