"""Two variances of a cumulative incidence; which one is used is said in the result."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["aalen_variance", "jackknife_variance"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def aalen_variance(events: Integers, at_risk: Integers, survival: Floats, incidence: Floats, row: int) -> Floats:
    """Return Aalen's variance of the incidence of cause `row` at each time (Aalen, Ann Stat 1978; 6: 534-545).

    Sum over event times u of S(u-)^2 d c / Y^2 times (1 - (F(t) - F(u)) / S(u))^2 for the cause itself and
    ((F(t) - F(u)) / S(u))^2 for the others, c = 1 - (d - 1) / (Y - 1) for ties (as cmprsk). Arrays have shape (k,),
    events (causes, k); k times are handled in one pass by expanding the square in F(t).
    """
    before = np.concatenate(([1.0], survival[:-1]))
    own, others = events[row], events.sum(axis=0) - events[row]
    f = incidence[row]
    inverse = np.divide(1.0, survival, out=np.zeros(len(f)), where=survival > 0.0)
    weight_own = _weight(own, at_risk, before)
    weight_others = np.where(survival > 0.0, _weight(others, at_risk, before), 0.0)
    level_own, level_others = 1.0 + f * inverse, f * inverse
    v1 = np.cumsum(level_own**2 * weight_own + level_others**2 * weight_others)
    v2 = np.cumsum(inverse * (level_own * weight_own + level_others * weight_others))
    v3 = np.cumsum(inverse**2 * (weight_own + weight_others))
    return np.asarray(np.maximum(v1 - 2.0 * f * v2 + f**2 * v3, 0.0), dtype=np.float64)


def _weight(d: Integers, at_risk: Integers, before: Floats) -> Floats:
    ties = 1.0 - np.maximum(d - 1, 0) / np.maximum(at_risk - 1, 1)
    return np.asarray(before**2 * ties * d / at_risk.astype(np.float64) ** 2, dtype=np.float64)


def jackknife_variance(events: Integers, at_risk: Integers, ending: Integers, incidence: Floats, row: int) -> Floats:
    """Return the infinitesimal jackknife variance of the incidence of cause `row` at each time (as R survfit).

    The sum over subjects of the squared derivative of F(t) with respect to the subject's weight. Subjects that leave
    at the same time for the same reason share it, so that each time costs one pass over the times before it.
    """
    return np.array([_jackknife_at(events, at_risk, ending, incidence, row, j) for j in range(incidence.shape[1])])


def _jackknife_at(
    events: Integers, at_risk: Integers, ending: Integers, incidence: Floats, row: int, last: int
) -> float:
    until = slice(0, last + 1)
    y, own, total = at_risk[until].astype(np.float64), events[row, until], events[:, until].sum(axis=0)
    survival = np.cumprod(1.0 - total / y)
    before = np.concatenate(([1.0], survival[:-1]))
    left = 1.0 - total / y
    to_come = (incidence[row, last] - incidence[row, until]) / y
    spread = np.divide(to_come, left, out=np.zeros(len(y)), where=left > 0.0)
    gain = before / y
    expected = np.cumsum(gain * own / y - spread * total / y)
    remaining = at_risk[0] - ending[until].sum()
    censored = ending[until] - total
    parts = (
        own * (gain - spread - expected) ** 2,
        (total - own) * (spread + expected) ** 2,
        censored * expected**2,
    )
    return float(sum(part.sum() for part in parts) + remaining * expected[-1] ** 2)
