"""The area under a survival curve up to a time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ir5nb.stats.arguments import require
from ir5nb.stats.survival.limits import normal_quantile

__all__ = ["RestrictedMean", "restricted_mean"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class RestrictedMean:
    """The mean time up to `tau`, the area under the curve, with its standard error and normal limits."""

    tau: float
    estimate: float
    std_error: float
    lower: float
    upper: float


def restricted_mean(
    time: Floats, survival: Floats, events: Integers, at_risk: Integers, tau: float, level: float
) -> RestrictedMean:
    """Return the area under the curve up to tau, 0 < tau <= the last time; the columns are those of a `KaplanMeier`.

    se^2 = sum over event times t_j < tau of (integral of S from t_j to tau)^2 d_j / (Y_j (Y_j - d_j)).

    >>> times, fallen, ones = np.array([1.0, 2.0]), np.array([0.5, 0.0]), np.array([1, 1])
    >>> restricted_mean(times, fallen, ones, np.array([2, 1]), 2.0, 0.95).estimate
    1.5
    """
    last = float(time[-1])
    require(0.0 < tau <= last, f"0 < tau <= {last} (the last time) must hold, got tau = {tau}")
    inside = time < tau
    edges = np.concatenate(([0.0], time[inside], [tau]))
    areas = np.diff(edges) * np.concatenate(([1.0], survival[inside]))
    beyond = np.cumsum(areas[::-1])[::-1][1:]
    d, y = events[inside], at_risk[inside]
    left = y - d
    terms = np.divide(beyond**2 * d, y * left, out=np.zeros(len(d)), where=left > 0)
    estimate, error = float(areas.sum()), float(np.sqrt(terms.sum()))
    half = normal_quantile(level) * error
    return RestrictedMean(tau, estimate, error, max(0.0, estimate - half), min(tau, estimate + half))
