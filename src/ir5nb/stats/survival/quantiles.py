"""The time at which a step function crosses a level, by R survival's rule for flat steps."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = ["crossing"]

Floats = NDArray[np.float64]
_TOLERANCE = float(np.sqrt(np.finfo(float).eps))
"""A height this close to the level is at the level: a product of fractions rarely gives exactly 1/2."""


def crossing(time: Floats, height: Floats, q: float) -> float:
    """Return the time at which a curve falls below 1 - q, or the midpoint of a step exactly there; NaN if neither.

    Missing heights are left out. A last step exactly at the level ends at the last time (as quantile.survfit of R).

    Parameters
    ----------
    time, height : shape (k,), times ascending.
    q : proportion that has fallen, in (0, 1).

    Examples
    --------
    >>> crossing(np.array([1.0, 2.0, 4.0]), np.array([0.75, 0.5, 0.25]), 0.5)
    3.0
    """
    known = ~np.isnan(height)
    fallen = 1.0 - height[known]
    reached = np.flatnonzero(fallen >= q - _TOLERANCE)
    if len(reached) == 0:
        return math.nan
    first = float(time[known][reached[0]])
    below = np.flatnonzero(fallen >= q + _TOLERANCE)
    if len(below):
        return (first + float(time[known][below[0]])) / 2.0
    return (first + float(time[-1])) / 2.0 if known[-1] else math.nan
