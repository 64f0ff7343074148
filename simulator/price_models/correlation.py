"""Standard normals of several assets, correlated as stated."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ..randomness import stream

__all__ = ["Correlations", "correlated_normals", "correlation_problem"]

Correlations = Mapping[str, Mapping[str, float]]
ROUNDING = 1e-9
"""What an eigenvalue may be below zero by, when correlations of exactly one are meant."""


def correlation_problem(correlations: Correlations) -> str | None:
    """Rule that they break and the remedy, if they do."""
    for one, others in correlations.items():
        for other, stated in others.items():
            if one == other:
                return f"{one} with itself is 1; take it out"
            if correlations.get(other, {}).get(one, stated) != stated:
                return f"{one} with {other} is stated twice, as {stated:g} and {correlations[other][one]:g}; keep one"
    names = tuple(dict.fromkeys(name for one, others in correlations.items() for name in (one, *others)))
    least = np.linalg.eigvalsh(_matrix(names, correlations)).min() if names else 0.0
    if least < -ROUNDING:
        return (
            f"no prices can have all of these at once: the matrix of {', '.join(names)} is not positive semi-definite "
            f"(lowest eigenvalue {least:.3f}); bring them nearer to zero"
        )
    return None


def correlated_normals(
    assets: Sequence[str], correlations: Correlations, seed: int, count: int
) -> dict[str, NDArray[np.float64]]:
    """(count,) standard normals of each asset, made of independent ones from its stream and those before it."""
    independent = [stream(seed, f"prices/{asset}").standard_normal(count) for asset in assets]
    found = {}
    for number, (asset, weights) in enumerate(zip(assets, _factor(_matrix(assets, correlations)), strict=True)):
        found[asset] = weights[number] * independent[number]
        # one by one: a matrix product may round otherwise when another asset is added
        for weight, normals in zip(weights[:number], independent, strict=False):
            if weight:
                found[asset] = found[asset] + weight * normals
    return found


def _matrix(assets: Sequence[str], correlations: Correlations) -> NDArray[np.float64]:
    matrix, places = np.eye(len(assets)), {asset: number for number, asset in enumerate(assets)}
    for one, others in correlations.items():
        for other, stated in others.items():
            matrix[places[one], places[other]] = matrix[places[other], places[one]] = stated
    return matrix


def _factor(matrix: NDArray[np.float64]) -> list[list[float]]:
    """Cholesky's lower triangle, by rows; unlike a library's it takes correlations of exactly one."""
    rows: list[list[float]] = []
    for number in range(len(matrix)):
        row: list[float] = []
        for column, above in enumerate(rows):
            rest = matrix[number, column] - sum(a * b for a, b in zip(row, above, strict=False))
            row.append(float(rest / above[column]) if above[column] else 0.0)
        rest = 1 - sum(weight**2 for weight in row)
        rows.append([*row, math.sqrt(rest) if rest > ROUNDING else 0.0])
    return rows
