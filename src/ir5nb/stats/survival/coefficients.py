"""Covariates of a regression as checked columns, its coefficients as rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from ir5nb.stats.arguments import open_rate, require

__all__ = ["Coefficient", "checked_covariates", "coefficient_rows"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Coefficient:
    """One covariate: log hazard ratio, its error, Wald test, hazard ratio limits."""

    name: str
    estimate: float
    std_error: float
    z: float
    p: float
    hr_lower: float
    hr_upper: float


def checked_covariates(covariates: dict[str, ArrayLike], size: int) -> tuple[list[str], Floats]:
    """Return the names and, as columns of shape (size, names), the centred values.

    >>> names, x = checked_covariates({"age": [40, 50, 60]}, 3)
    >>> names, x.tolist()
    (['age'], [[-10.0], [0.0], [10.0]])
    """
    require(bool(covariates), "at least one covariate is needed")
    columns = []
    for name, values in covariates.items():
        column = np.asarray(values, dtype=np.float64)
        require(column.shape == (size,), f"{name} must have the shape of time, ({size},), got {column.shape}")
        require(bool(np.isfinite(column).all()), f"{name} must be finite: it holds NaN or infinity")
        require(float(np.ptp(column)) > 0.0, f"{name} must not be constant")
        columns.append(column - column.mean())
    return list(covariates), np.column_stack(columns)


def coefficient_rows(names: Sequence[str], beta: Floats, errors: Floats, level: float) -> tuple[Coefficient, ...]:
    """Return estimate, error, Wald test and limits of the hazard ratio for each covariate.

    >>> coefficient_rows(["x"], np.array([0.0]), np.array([1.0]), 0.95)[0].p
    1.0
    """
    half = float(special.ndtri((1.0 + open_rate("level", level)) / 2.0))
    return tuple(
        Coefficient(
            name,
            float(b),
            float(se),
            float(b / se),
            2.0 * float(special.ndtr(-abs(b / se))),
            float(np.exp(b - half * se)),
            float(np.exp(b + half * se)),
        )
        for name, b, se in zip(names, beta, errors, strict=True)
    )
