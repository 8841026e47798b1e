"""Comparison of survival between groups: the log-rank test and its G-rho family."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from ir5nb.stats.arguments import require
from ir5nb.stats.survival.observations import checked_events, checked_labels, checked_times, distinct

__all__ = ["LogRank", "log_rank"]

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class LogRank:
    """A k-sample test of equal survival.

    Attributes
    ----------
    groups : the k group labels, sorted.
    observed, expected : weighted events of each group and what equality would give, shape (k,).
    chi_square, df, p : statistic, k - 1, upper tail of the chi-squared distribution.
    rho : weight S(t-)^rho; 0 is the log-rank test, 1 the Peto-Peto modification of the Wilcoxon test.
    """

    groups: tuple[str, ...]
    observed: tuple[float, ...]
    expected: tuple[float, ...]
    chi_square: float
    df: int
    p: float
    rho: float


def log_rank(
    time: ArrayLike, event: ArrayLike, group: ArrayLike, strata: ArrayLike | None = None, rho: float = 0.0
) -> LogRank:
    """Return the (stratified) G-rho test (Harrington & Fleming, Biometrika 1982; 69: 553-566; rho = 0: log-rank).

    Parameters
    ----------
    time, event : as `kaplan_meier`.
    group : shape (n,), at least two different labels.
    strata : shape (n,); expected events are formed within each, then added.
    rho : weight exponent, >= 0.

    Raises
    ------
    ValueError : with the condition that broke.

    Examples
    --------
    >>> test = log_rank([1, 2, 3, 4], [1, 1, 1, 1], ["a", "a", "b", "b"])
    >>> round(test.chi_square, 4), test.df
    (2.8824, 1)
    """
    times = checked_times(time)
    events = checked_events(event, times.size)
    labels, member = np.unique(checked_labels("group", group, times.size), return_inverse=True)
    require(len(labels) >= 2, "group must hold at least two different labels")
    require(rho >= 0.0, f"rho >= 0 must hold, got {rho}")
    stratum = np.zeros(times.size, dtype="U1") if strata is None else checked_labels("strata", strata, times.size)
    parts = [
        _within(times[inside], events[inside], member[inside], len(labels), rho)
        for inside in (stratum == name for name in np.unique(stratum))
    ]
    observed, expected, variance = (np.sum([part[i] for part in parts], axis=0) for i in range(3))
    difference = (observed - expected)[:-1]
    chi_square = float(difference @ np.linalg.pinv(variance[:-1, :-1]) @ difference)
    df = len(labels) - 1
    return LogRank(
        tuple(str(label) for label in labels),
        tuple(map(float, observed)),
        tuple(map(float, expected)),
        chi_square,
        df,
        float(special.chdtrc(df, chi_square)),
        float(rho),
    )


def _within(
    times: Floats, events: NDArray[np.bool_], member: NDArray[np.int64], k: int, rho: float
) -> tuple[Floats, Floats, Floats]:
    """Return weighted observed and expected events of each group and their covariance, in one stratum."""
    order = np.argsort(times, kind="stable")
    start = distinct(times[order])
    in_group = (member[order][:, None] == np.arange(k)).astype(np.float64)
    d_group = np.add.reduceat(in_group * events[order][:, None], start)
    y_group = np.cumsum(in_group[::-1], axis=0)[::-1][start]
    d, y = d_group.sum(axis=1), y_group.sum(axis=1)
    survival = np.cumprod(1.0 - d / y)
    weight = np.concatenate(([1.0], survival[:-1])) ** rho
    share = y_group / y[:, None]
    expected = d[:, None] * share
    spread = weight**2 * d * (y - d) / np.maximum(y - 1.0, 1.0)
    variance = np.diag((spread[:, None] * share).sum(axis=0)) - np.einsum("t,ti,tj->ij", spread, share, share)
    return (weight[:, None] * d_group).sum(axis=0), (weight[:, None] * expected).sum(axis=0), variance
