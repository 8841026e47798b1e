"""Censored times, counted at each distinct time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ir5nb.stats.arguments import require

__all__ = ["Counts", "checked_causes", "checked_events", "checked_labels", "checked_times", "count_events", "distinct"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
_TOLERANCE = float(np.sqrt(np.finfo(float).eps))
"""Times closer than this, absolutely or relative to their mean, are one time (R survival's timefix)."""


@dataclass(frozen=True, eq=False)
class Counts:
    """Numbers at each distinct time, all of one length k, times ascending.

    Attributes
    ----------
    time : distinct times.
    at_risk : subjects with time >= this time.
    events, censored : subjects whose observation ends at this time, by an event or without one.
    """

    time: Floats
    at_risk: Integers
    events: Integers
    censored: Integers


def checked_times(time: ArrayLike) -> Floats:
    """Return times as a one-dimensional array of finite, non-negative floats, at least one.

    >>> checked_times([3, 1]).tolist()
    [3.0, 1.0]
    """
    times = np.asarray(time, dtype=np.float64)
    require(times.ndim == 1 and times.size > 0, "time must be one-dimensional with at least one entry")
    require(bool(np.isfinite(times).all()), "time must be finite: it holds NaN or infinity")
    require(bool(times.min() >= 0.0), f"time >= 0 must hold, got {times.min()}")
    return times


def checked_events(event: ArrayLike, size: int) -> NDArray[np.bool_]:
    """Return event indicators as booleans of shape (size,); only True, False, 0 and 1 are accepted.

    >>> checked_events([1, 0], 2).tolist()
    [True, False]
    """
    events = np.asarray(event)
    require(events.shape == (size,), f"event must have the shape of time, ({size},), got {events.shape}")
    if events.dtype != np.bool_:
        require(np.issubdtype(events.dtype, np.number), f"event must be boolean or 0/1, got {events.dtype}")
        require(bool(((events == 0) | (events == 1)).all()), "event must be 0 or 1 everywhere")
    return events.astype(np.bool_)


def checked_causes(cause: ArrayLike, size: int) -> Integers:
    """Return causes as integers of shape (size,): 0 censored, 1, 2, ... what happened first.

    >>> checked_causes([0, 2], 2).tolist()
    [0, 2]
    """
    labels = np.asarray(cause)
    require(labels.shape == (size,), f"cause must have the shape of time, ({size},), got {labels.shape}")
    require(labels.dtype.kind in "iufb", f"cause must be integers, got {labels.dtype}")
    require(bool((labels >= 0).all() and (labels % 1 == 0).all()), "cause must be 0, 1, 2, ... everywhere, none NaN")
    return labels.astype(np.int64)


def checked_labels(name: str, values: ArrayLike, size: int) -> NDArray[np.str_]:
    """Return group labels as text of shape (size,).

    >>> checked_labels("group", [1, 2], 2).tolist()
    ['1', '2']
    """
    labels = np.asarray(values).astype(str)
    require(labels.shape == (size,), f"{name} must have the shape of time, ({size},), got {labels.shape}")
    return labels


def distinct(sorted_times: Floats) -> Integers:
    """Return the index at which each distinct time begins; times equal up to floating noise are one time.

    >>> distinct(np.array([0.3, 0.1 + 0.2, 0.7])).tolist()
    [0, 2]
    """
    threshold = _TOLERANCE * max(1.0, float(np.mean(sorted_times)))
    return np.concatenate(([0], np.flatnonzero(np.diff(sorted_times) > threshold) + 1))


def count_events(time: ArrayLike, event: ArrayLike) -> Counts:
    """Return the numbers at risk, with events and censored at each distinct time.

    Parameters
    ----------
    time : shape (n,), finite, >= 0.
    event : shape (n,), boolean or 0/1; 1 is an event.

    Examples
    --------
    >>> counts = count_events([2, 2, 3], [1, 0, 1])
    >>> counts.time.tolist(), counts.at_risk.tolist(), counts.events.tolist(), counts.censored.tolist()
    ([2.0, 3.0], [3, 1], [1, 1], [1, 0])
    """
    times = checked_times(time)
    events = checked_events(event, times.size)
    ordered, marks = _sorted_together(times, events)
    start = distinct(ordered)
    if len(start) == times.size:
        return Counts(ordered, times.size - start, marks, 1 - marks)
    happened = np.add.reduceat(marks, start)
    return Counts(ordered[start], times.size - start, happened, np.diff(start, append=times.size) - happened)


def _sorted_together(times: Floats, events: NDArray[np.bool_]) -> tuple[Floats, Integers]:
    """Return times ascending and their event indicators.

    The bits of a non-negative float order like an integer and leave the sign bit free: shifted up by one they hold the
    indicator too. Sorting that one array of integers is four times as fast as sorting by index, and loses nothing.
    """
    bits = np.add(times, 0.0).view(np.uint64)  # + 0.0 turns -0.0, whose sign bit is set, into 0.0
    packed = np.sort((bits << np.uint64(1)) | events.astype(np.uint64))
    return (packed >> np.uint64(1)).view(np.float64), (packed & np.uint64(1)).astype(np.int64)
