"""Cumulative incidence with competing events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from ir5nb.stats.arguments import open_rate, require
from ir5nb.stats.survival.observations import checked_causes, checked_times, distinct
from ir5nb.stats.survival.variances import aalen_variance, jackknife_variance

__all__ = ["CumulativeIncidence", "IncidencePoint", "Variance", "cumulative_incidence"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Variance = Literal["aalen", "jackknife"]


@dataclass(frozen=True)
class IncidencePoint:
    """Cumulative incidence of one cause at one time; `beyond_follow_up` as in `Landmark`."""

    time: float
    cause: int
    incidence: float
    std_error: float
    lower: float
    upper: float
    at_risk: int
    beyond_follow_up: bool


@dataclass(frozen=True, eq=False)
class CumulativeIncidence:
    """Aalen-Johansen curves of all causes; arrays over k distinct times and the causes in ascending order.

    Attributes
    ----------
    time, at_risk, survival : distinct times, numbers at risk, event-free survival just after them, shape (k,).
    causes : the causes 1, 2, ... that occur.
    events, incidence, std_error, lower, upper : shape (number of causes, k).
    n, level, variance : number of subjects, confidence level, which variance.
    """

    time: Floats
    at_risk: Integers
    survival: Floats
    causes: tuple[int, ...]
    events: Integers
    incidence: Floats
    std_error: Floats
    lower: Floats
    upper: Floats
    n: int
    level: float
    variance: Variance

    def __post_init__(self) -> None:
        shape = (len(self.causes), len(self.time))
        for name in ("events", "incidence", "std_error", "lower", "upper"):
            require(getattr(self, name).shape == shape, f"{name} must have the shape (causes, times) = {shape}")
            getattr(self, name).flags.writeable = False
        for column in (self.time, self.at_risk, self.survival):
            column.flags.writeable = False

    def at(self, t: float, cause: int = 1) -> IncidencePoint:
        """Return the curve of a cause at time t >= 0; a cause that never occurred has incidence 0.

        >>> cumulative_incidence([1, 2, 3, 4], [1, 2, 0, 1]).at(2).incidence
        0.25
        """
        require(t >= 0.0, f"t >= 0 must hold, got {t}")
        index = int(np.searchsorted(self.time, t + 1e-9 * max(1.0, t), side="right")) - 1
        later = int(np.searchsorted(self.time, t - 1e-9 * max(1.0, t), side="left"))
        at_risk = int(self.at_risk[later]) if later < len(self.time) else 0
        beyond = at_risk == 0 and float(self.survival[-1]) > 0.0
        if index < 0 or cause not in self.causes:
            return IncidencePoint(t, cause, 0.0, 0.0, 0.0, 0.0, at_risk, beyond)
        row = self.causes.index(cause)
        values = [float(column[row, index]) for column in (self.incidence, self.std_error, self.lower, self.upper)]
        return IncidencePoint(t, cause, values[0], values[1], values[2], values[3], at_risk, beyond)


def cumulative_incidence(
    time: ArrayLike, cause: ArrayLike, level: float = 0.95, variance: Variance = "aalen"
) -> CumulativeIncidence:
    """Return the cumulative incidence of each cause (Aalen & Johansen, Scand J Stat 1978; 5: 141-150).

    "aalen" is the variance of cmprsk (Aalen 1978, with a correction for ties), "jackknife" the infinitesimal jackknife
    of survfit in R; they differ by up to .0055 on the reference data, and neither is wrong. Limits: log-log.

    Parameters
    ----------
    time : shape (n,), finite, >= 0.
    cause : shape (n,), integers; 0 censored, 1, 2, ... the event that came first.
    level : confidence level in (0, 1).
    variance : "aalen" or "jackknife" (time grows with the square of the number of distinct times).

    Raises
    ------
    ValueError : with the condition that broke.

    Examples
    --------
    >>> curves = cumulative_incidence([1, 2, 3, 4], [1, 2, 0, 1])
    >>> curves.causes, curves.incidence[0].tolist()
    ((1, 2), [0.25, 0.25, 0.25, 0.75])
    """
    times, level = checked_times(time), open_rate("level", level)
    labels = checked_causes(cause, times.size)
    require(variance in ("aalen", "jackknife"), f"variance must be aalen or jackknife, got {variance!r}")
    order = np.argsort(times, kind="stable")
    start = distinct(times[order])
    causes = tuple(int(c) for c in np.unique(labels[labels > 0]))
    by_time = [np.add.reduceat((labels[order] == c).astype(np.int64), start) for c in causes]
    events = np.array(by_time, dtype=np.int64).reshape(len(causes), len(start))
    at_risk = (times.size - start).astype(np.int64)
    survival, incidence = _aalen_johansen(events, at_risk)
    ending = np.diff(start, append=times.size)
    if variance == "aalen":
        squares = [aalen_variance(events, at_risk, survival, incidence, row) for row in range(len(causes))]
    else:
        squares = [jackknife_variance(events, at_risk, ending, incidence, row) for row in range(len(causes))]
    error = np.sqrt(np.array(squares).reshape(incidence.shape))
    lower, upper = _log_log(incidence, error, float(special.ndtri((1.0 + level) / 2.0)))
    first = times[order][start]
    return CumulativeIncidence(
        first, at_risk, survival, causes, events, incidence, error, lower, upper, times.size, level, variance
    )


def _aalen_johansen(events: Integers, at_risk: Integers) -> tuple[Floats, Floats]:
    """Return event-free survival just after each time, and the incidence of each cause."""
    all_causes = events.sum(axis=0)
    survival = np.cumprod((at_risk - all_causes) / at_risk)
    before = np.concatenate(([1.0], survival[:-1]))
    return survival, np.cumsum(before * events / at_risk, axis=1)


def _log_log(incidence: Floats, error: Floats, z: float) -> tuple[Floats, Floats]:
    """Return F^exp(+-z se / (F log F)); 0 where F = 0, missing where F = 1 up to rounding."""
    lower = np.where(incidence == 0.0, 0.0, np.nan)
    upper = lower.copy()
    inside = (incidence > 0.0) & (incidence < 1.0 - 1e-12)
    f = incidence[inside]
    factor = np.exp(np.minimum(z * error[inside] / (f * -np.log(f)), 700.0))  # exp(710) overflows; f**exp(700) is 0
    lower[inside], upper[inside] = f**factor, f ** (1.0 / factor)
    return lower, upper
