"""Tables of means and intervals."""

from collections.abc import Sequence

from rich.table import Table

from scripts._screen import OUT
from simulator import FIGURES, Comparison, Interval, Measurement, Sweep

MOST = 3
"""Variants side by side: with more a table would be wider than 100 characters."""
SWEPT = ("liquidated_debt_usd", "amplification", "bad_debt_usd")


def show_comparison(found: Comparison) -> None:
    """Figures down, variants across; then the differences to the first variant."""
    header, variants = found.paired.header, found.variants
    OUT.print(f"\n[bold]{found.scenario.label}[/]  {_runs(header['seeds'])} of each variant on {header['engine']}")
    first, *others = list(variants)
    for names in _parts([first, *others]):
        OUT.print(_table("mean, 95 % interval", names, [[variants[name][key] for name in names] for key in FIGURES]))
    for names in _parts(others):
        title = f"difference to {first}, seed by seed"
        OUT.print(_table(title, names, [[variants[name][key] for name in names] for key in FIGURES], difference=True))


def _parts(names: list[str]) -> list[list[str]]:
    return [names[start : start + MOST] for start in range(0, len(names), MOST)]


def _table(title: str, names: list[str], rows: list[list[Measurement]], difference: bool = False) -> Table:
    table = Table("", *names, title=title, title_justify="left")
    for figure, row in zip(FIGURES.values(), rows, strict=True):
        cells = (one.difference if difference else one.value for one in row)
        table.add_row(figure.label, *(_cell(one, figure.kind) for one in cells))
    return table


def show_sweep(found: Sweep) -> None:
    """One row a point: its parameters and the figures that the loop is about."""
    header = found.paired.header
    OUT.print(f"\n[bold]{found.scenario.label}[/]  {_runs(header['seeds'])} of each point on {header['engine']}")
    keys = [axis.key for axis in found.axes]
    for number, key in enumerate(keys, 1):
        OUT.print(f"({number}) {key}", highlight=False)
    names = [f"({number})" for number in range(1, len(keys) + 1)]
    table = Table(
        *names, *(FIGURES[column].label for column in SWEPT), title="mean, 95 % interval", title_justify="left"
    )
    for design, measured in zip(found.paired.designs, found.paired.measured, strict=True):
        cells = [_cell(measured[column].value, FIGURES[column].kind) for column in SWEPT]
        table.add_row(*(str(label) for label in design.labels.values()), *cells)
    OUT.print(table)


def _runs(seeds: Sequence[int]) -> str:
    return f"seed {seeds[0]}" if len(seeds) == 1 else f"seeds {seeds[0]} to {seeds[-1]}"


def _cell(interval: Interval | None, kind: str) -> str:
    if interval is None or interval.mean is None:
        return "-"
    mean = _short(interval.mean, kind)
    if interval.low is None or interval.high is None:
        return mean
    return f"{mean}\n[{_short(interval.low, kind)}, {_short(interval.high, kind)}]"


def _short(value: float, kind: str) -> str:
    if kind == "dollars":
        size, mark = next(((size, mark) for size, mark in SIZES if abs(value) >= size), (1, ""))
        scaled = abs(value) / size
        digits = 0 if not mark or scaled >= 100 else 1 if scaled >= 10 else 2
        text = f"${scaled:,.{digits}f}{mark}"
    elif kind == "share":
        text = f"{abs(value):.1%}"
    else:
        text = f"{abs(value):,.{DIGITS[kind]}f}"
    return f"-{text}" if value < 0 and any(digit in text for digit in "123456789") else text


SIZES = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
DIGITS = {"ratio": 3, "bps": 1, "blocks": 1, "count": 0}
