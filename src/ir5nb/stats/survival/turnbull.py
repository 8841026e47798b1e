"""The survival curve of interval-censored times: an event is known to lie between two assessments (A4)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ir5nb.stats.arguments import require

__all__ = ["IntervalCurve", "turnbull"]

Floats = NDArray[np.float64]
_GAP = 1e-9  # the likelihood can rise by no more than this share of n: far below a printed decimal
_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class IntervalCurve:
    """The nonparametric maximum likelihood estimate of survival from interval-censored times.

    Attributes
    ----------
    left, right : shape (k,), the innermost intervals that can hold mass: (left, right], or the point left = right.
    mass : shape (k,), the probability in each; the sum is 1.
    n : number of subjects.
    gap : bound on what the log-likelihood could still gain, over n.
    """

    left: Floats
    right: Floats
    mass: Floats
    n: int
    gap: float

    def bounds(self, time: float) -> tuple[float, float]:
        """Return the least and the largest survival at `time` that the estimate allows.

        They differ only inside an interval that holds mass: where in it the mass lies, the data do not say.

        >>> turnbull([0, 4], [4, 8]).bounds(6)
        (0.0, 0.5)
        """
        beyond = float(self.mass[(self.left >= time) & (self.right > time)].sum())
        within = float(self.mass[(self.left < time) & (self.right > time)].sum())
        return min(beyond, 1.0), min(beyond + within, 1.0)

    def at(self, time: float) -> float:
        """Return survival at `time`, the mass of the interval around it spread evenly over the interval.

        In the last interval, which has no end, the mass lies after `time`.

        >>> turnbull([0, 4], [4, 8]).at(6), turnbull([0, 4], [4, math.inf]).at(6)
        (0.25, 0.5)
        """
        share = [_after(time, *ends) for ends in zip(self.left.tolist(), self.right.tolist(), strict=True)]
        return float((self.mass * share).sum())


def _after(time: float, left: float, right: float) -> float:
    """Return how much of an interval's mass lies after a time."""
    if left >= time:
        return float(right > time)
    return 0.0 if right <= time else 1.0 if math.isinf(right) else (right - time) / (right - left)


def turnbull(left: ArrayLike, right: ArrayLike) -> IntervalCurve:
    """Return the nonparametric maximum likelihood estimate from intervals (left, right] that hold the events.

    Self-consistency algorithm (Turnbull, JRSS B 1976; 38: 290-295) on the innermost intervals (Peto, Appl Stat 1973;
    22: 86-91), until the gradient (Gentleman & Geyer, Biometrika 1994; 81: 618-623) shows that the likelihood is at
    its maximum. R: `icfit` of package interval, `ic_np` of icenReg. No confidence limits: the estimate does not have
    the usual root-n law when intervals overlap (Groeneboom & Wellner 1992), so none are claimed.

    Parameters
    ----------
    left : shape (n,), n >= 1, finite, >= 0: last time known without event.
    right : shape (n,), first time known with event; inf where none was seen; equal to `left`: the time is exact.

    Raises
    ------
    ValueError : with the condition that broke.

    Examples
    --------
    >>> curve = turnbull([0, 8, 8, 16], [8, 16, math.inf, math.inf])
    >>> round(curve.at(8), 6), round(curve.at(16), 6)
    (0.75, 0.375)
    """
    low, high = np.asarray(left, dtype=float), np.asarray(right, dtype=float)
    require(low.ndim == 1 and low.shape == high.shape and low.size > 0, "left and right must be equally many, n >= 1")
    require(bool(np.all(np.isfinite(low) & (low >= 0.0))), "0 <= left < inf must hold")
    require(bool(np.all(high >= low)), "left <= right must hold")
    begins, ends = _innermost(low, high)
    inside = _holds(low, high, begins, ends)
    mass = np.full(begins.size, 1.0 / begins.size)
    gap = math.inf
    for _ in range(_STEPS):
        gradient = inside.T @ (1.0 / (inside @ mass)) / low.size
        gap = float(gradient.max()) - 1.0
        if gap < _GAP:
            break
        mass = mass * gradient
    return IntervalCurve(begins, ends, mass / mass.sum(), int(low.size), gap)


def _innermost(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the intervals from a left end to a right end with no other end between: only they can hold mass.

    At one time the ends follow as: end of an interval, exact time (begin, end), begin of an interval; for (a, t] ends
    at t, the exact t lies at t, and (t, b] begins after it. An interval that ends at t does hold an exact time t.
    """
    exact = low == high
    ends = [(time, 0, -1) for time in low[exact]] + [(time, 1, 1) for time in high[exact]]
    ends += [(time, 2, -1) for time in low[~exact]] + [(time, 1, 1) for time in high[~exact]]
    ends.sort()
    pairs = [(first[0], second[0]) for first, second in pairwise(ends) if first[2] == -1 and second[2] == 1]
    found = np.array(sorted(set(pairs)), dtype=float)
    return found[:, 0], found[:, 1]


def _holds(low: Floats, high: Floats, begins: Floats, ends: Floats) -> Floats:
    """Return 1 where subject i's interval contains innermost interval j, else 0."""
    exact, point = (low == high)[:, None], (begins == ends)[None, :]
    starts = (begins[None, :] >= low[:, None]) & ~(point & ~exact & (begins[None, :] == low[:, None]))
    stops = ends[None, :] <= high[:, None]
    return np.where(exact & ~point, False, starts & stops).astype(float)
